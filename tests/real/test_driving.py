"""Sessions of our own from the command line: started, driven, left, found again, ended."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

from . import claude, codex
from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .clearhead import PROGRAM, Watching, clearhead_pane, environment
from .clients import Client, find
from .codex import CodexSession
from .lab import Lab
from .openai_api import OpenAiApi
from .tmux import Tmux
from .waiting import until

pytestmark = pytest.mark.real


class Shell:
    """Runs `clearhead` in a lab as a script would."""

    def __init__(self, lab: Lab, client: dict[str, str] | None = None) -> None:
        self.lab = lab
        self.environment = environment(lab) | (client or {})

    def run(self, *words: str, status: int = 0, stdin: str = "") -> str:
        """Run one command; it must end with `status`. Return what it printed."""
        done = self._done(*words, status=status, stdin=stdin)
        return done.stdout + done.stderr

    def _done(
        self, *words: str, status: int = 0, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(PROGRAM), *words],
            cwd=self.lab.repo,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    def json(self, *words: str, status: int = 0) -> dict[str, Any]:
        """Run one command with `--json` and return what it answered; warnings go elsewhere."""
        done = self._done(words[0], "--json", *words[1:], status=status)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def row(self, session: str) -> dict[str, Any]:
        """What `clearhead sessions` says of a session."""
        done = subprocess.run(
            [str(PROGRAM), "sessions", "--json"],
            cwd=self.lab.repo,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        rows = json.loads(done.stdout)["sessions"]
        return next((row for row in rows if row["session_id"] == session), {})

    def until(self, session: str, state: str) -> None:
        """Wait for a state."""
        until(lambda: self.row(session).get("state") == state, within=30, what=f"{session} {state}")

    @property
    def folder(self) -> Path:
        """clearhead's state folder."""
        return Path(self.environment["XDG_STATE_HOME"]) / "clearhead"


def with_programs(known: dict[str, str], *clients: Client) -> dict[str, str]:
    """Put pinned clients into the PATH under their usual names."""
    folders = [str(client.program.parent) for client in clients]
    return {**known, "PATH": ":".join([*folders, known["PATH"]])}


@pytest.fixture
def shell(lab: Lab, anthropic_api: AnthropicApi, announced: Callable[[Client], Client]) -> Shell:
    """A shell where `claude` is the newest pinned client."""
    client = announced(find("claude"))
    claude.preset(lab)
    return Shell(lab, with_programs(claude.environment(lab, anthropic_api), client))


def begun(shell: Shell, *words: str) -> str:
    answer = shell.json("run", "claude", *words)
    return str(answer["session_id"])


def test_a_session_is_started_prompted_and_ended_by_a_script(
    shell: Shell, anthropic_api: AnthropicApi
) -> None:
    session = begun(shell)
    assert shell.row(session)["channel"] == "owned"
    answer = shell.json("prompt", session, "hello lab:say[Good day]")
    assert (answer["action"], answer["outcome"]) == ("prompt", "confirmed")
    assert answer["evidence"][0]["kind"] == "stream"
    shell.run("prompt", session[:8], "-", "--when", "idle", stdin="from a pipe\nof two lines\n")
    assert anthropic_api.until_asked("from a pipe\nof two lines")
    assert shell.json("interrupt", session, status=1)["outcome"] == "refused"
    assert shell.json("stop", session)["outcome"] == "confirmed"
    assert shell.row(session)["channel"] == "watched"
    assert "No program runs this session" in shell.run("prompt", session, "x", status=1)
    assert begun(shell, "--resume", session) == session
    shell.run("stop", session)


def test_the_turn_goes_on_when_the_screen_is_left(
    shell: Shell, tmux: Tmux, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    session = begun(shell)
    shell.run("prompt", session, "long lab:hold lab:say[The end of the long reply]")
    anthropic_api.until_held()
    first = Watching(clearhead_pane(tmux, lab, size=(120, 36)))
    first.pane.until("owned")
    first.pane.keys("q")
    first.pane.until_gone("owned")
    anthropic_api.release()
    shell.until(session, "idle")
    second = Watching(clearhead_pane(tmux, lab, size=(120, 36)))
    second.pane.until("The end of the long reply", within=20)
    shell.run("stop", session)


def test_only_one_drives_and_the_other_is_told(shell: Shell) -> None:
    session = begun(shell)
    shell.run("prompt", session, "begin lab:say[Yes]", "--when", "idle")
    told = shell.run("run", "claude", "--resume", session, "--detach", status=1)
    assert "runs this session" in told
    assert (
        shell.json("prompt", session, "both may speak", "--when", "idle")["outcome"] == "confirmed"
    )
    shell.run("stop", session)


def test_a_driver_that_is_killed_sends_nothing_twice(
    shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    session = begun(shell)
    record = json.loads(next((shell.folder / "drivers").glob("*.json")).read_text())
    shell.run("prompt", session, "once only lab:hold")
    anthropic_api.until_held()
    lab.kill(record["pid"])
    assert "runs this session" in shell.run(
        "run", "claude", "--resume", session, "--detach", status=1
    )
    anthropic_api.release()
    until(lambda: shell.row(session)["pid"] is None, within=30, what="the end of the client")
    again = begun(shell, "--resume", session)
    assert again == session
    shell.until(session, "idle")
    assert len({r.prompt for r in anthropic_api.turns("once only")}) == 1
    lines = (shell.folder / "journal.jsonl").read_text().splitlines()
    assert sum('"once only' in line for line in lines) == 0
    stages = [json.loads(line)["stage"] for line in lines]
    assert stages == ["asked", "confirmed"]
    shell.run("stop", session)


def test_a_window_is_left_and_its_session_taken_over(
    shell: Shell, claude_session: Callable[..., ClaudeSession], anthropic_api: AnthropicApi
) -> None:
    window = claude_session(arguments=("--permission-mode", "acceptEdits"))
    window.run("remember lab:say[I remember]")
    session = window.session_id
    told = shell.run("run", "claude", "--resume", session, "--detach", status=1)
    assert f"Process {window.pane.pid}" in told
    late = shell.run(
        *("run", "claude", "--resume", session, "--take-over", "--timeout", "0"), status=1
    )
    assert "still runs" in late
    with subprocess.Popen(
        [str(PROGRAM), "run", "claude", "--json", "--resume", session[:8], "--take-over"],
        cwd=shell.lab.repo,
        env=shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as waiting:
        assert waiting.stderr is not None
        assert "Type /exit in its own window" in waiting.stderr.readline()
        window.quit()
        out, _ = waiting.communicate(timeout=60)
    assert json.loads(out)["session_id"] == session
    (record,) = [json.loads(p.read_text()) for p in (shell.folder / "drivers").glob("*.json")]
    assert record["args"] == ["--model", claude.MODEL, "--permission-mode", "acceptEdits"]
    assert shell.json("prompt", session, "go on lab:say[On]")["outcome"] == "confirmed"
    assert "I remember" in anthropic_api.until_asked("go on").text
    shell.run("stop", session)


def test_a_second_writer_is_named_and_nothing_is_sent(
    shell: Shell,
    claude_session: Callable[..., ClaudeSession],
    anthropic_api: AnthropicApi,
) -> None:
    session = begun(shell)
    shell.run("prompt", session, "begin lab:say[Begun]", "--when", "idle")
    shell.until(session, "idle")
    window = claude_session(arguments=("--resume", session))
    window.until(lambda: window.session_id == session, "the same session in a window")
    refused = shell.json("prompt", session, "branching off", status=1)
    assert refused["outcome"] == "refused"
    assert f"Process {window.pane.pid}" in refused["reason"]
    window.quit()
    assert shell.json("prompt", session, "alone again")["outcome"] == "confirmed"
    assert not anthropic_api.turns("branching off")
    shell.run("stop", session)


def test_inside_tmux_the_window_is_split(
    shell: Shell, tmux: Tmux, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    known = [f"{name}={value}" for name, value in shell.environment.items()]
    screen = tmux.window([*known, str(PROGRAM), "run", "claude"], env={}, size=(160, 40))
    screen.until("attached %", within=40)
    panes = tmux.run("list-panes", "-t", screen.id, "-F", "#{pane_id} #{pane_pid}").split()
    assert len(panes) == 4
    (entry,) = (lab.claude_config / "sessions").glob("*.json")
    session = json.loads(entry.read_text())["sessionId"]
    said = shell.run("prompt", session, "from outside lab:say[Heard]", "--when", "idle")
    assert "prompt: confirmed\n  transcript: the prompt stands in the transcript" in said
    assert "Without clearhead's hooks" in said
    screen.until("Heard")
    again = shell.run("prompt", session, "and again lab:say[Once more]", "--when", "idle")
    assert "Without clearhead's hooks" not in again
    screen.until("Heard")
    assert anthropic_api.turns("from outside")
    assert shell.json("stop", session)["outcome"] == "confirmed"


def test_an_agents_own_shell_cannot_prompt(
    shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    session = begun(shell, "--", "--allowedTools", "Bash")
    command = f"{quote(str(PROGRAM))} prompt {session} sneaked > {lab.repo}/said.txt 2>&1; true"
    shell.run("prompt", session, f"lab:bash[{command}]")
    until((lab.repo / "said.txt").exists, within=30, what="the try")
    shell.until(session, "idle")
    assert "An agent may not do that" in (lab.repo / "said.txt").read_text()
    assert not [turn for turn in anthropic_api.turns("sneaked") if turn.prompt == "sneaked"]
    shell.run("stop", session)


def test_a_codex_session_is_driven_in_the_same_way(
    lab: Lab, openai_api: OpenAiApi, announced: Callable[[Client], Client]
) -> None:
    client = announced(find("codex"))
    codex.preset(lab, openai_api, None, window=codex.WINDOW)
    shell = Shell(lab, with_programs(lab.environment(), client))
    session = str(shell.json("run", "codex")["session_id"])
    assert shell.row(session)["channel"] == "owned", "also before the first turn"
    assert shell.json("prompt", session, "hello lab:say[Good day]")["outcome"] == "confirmed"
    assert openai_api.until_asked("hello")
    assert shell.json("stop", session)["outcome"] == "confirmed"


def test_what_is_missing_is_named(lab: Lab) -> None:
    tools = lab.root / "tools"
    tools.mkdir()
    shell = Shell(lab, {"PATH": str(tools)})
    assert "not installed" in shell.run("run", "claude", "--detach", status=1)
    assert "no session" in shell.run("prompt", "7f3", "x", status=1)
    assert "Invalid value" in shell.run("run", "vim", status=2)


@pytest.mark.parametrize("daemon", [True, False], ids=["server", "keys"])
def test_a_window_of_codex_is_acted_on_from_a_script(
    codex_session: Callable[..., CodexSession], openai_api: OpenAiApi, daemon: bool
) -> None:
    window = codex_session(daemon=daemon)
    shell = Shell(window.lab)
    window.run("begin lab:say[Begun]")
    session = window.thread_id
    answer = shell.json("prompt", session, "from outside lab:say[Heard]", "--when", "idle")
    assert answer["outcome"] == "confirmed"
    assert answer["evidence"][0]["kind"] == ("app-server" if daemon else "transcript")
    window.pane.until("Heard")
    shell.run("prompt", session, "long lab:hold lab:say[one two three four]", "--when", "idle")
    openai_api.until_held()
    busy = shell.json("prompt", session, "pushing in", status=1)
    assert "A turn runs" in busy["reason"]
    assert shell.json("interrupt", session)["outcome"] == "confirmed"
    window.pane.until("Conversation interrupted")
    assert not openai_api.turns("pushing in")


def test_what_a_codex_runs_cannot_prompt_either(
    codex_session: Callable[..., CodexSession], openai_api: OpenAiApi
) -> None:
    window = codex_session()
    shell = Shell(window.lab)
    window.run("begin lab:say[Begun]")
    said = window.lab.repo / "said.txt"
    known = " ".join(f"{name}={value}" for name, value in shell.environment.items())
    command = (
        f"env {known} {quote(str(PROGRAM))} prompt {window.thread_id} sneaked > {said} 2>&1; true"
    )
    window.prompt(f"lab:ask[{command}]")
    window.approve()
    until(lambda: said.exists() and said.read_text().strip(), within=30, what="the try")
    assert "An agent may not do that" in said.read_text()
    assert not [turn for turn in openai_api.turns("sneaked") if turn.prompt == "sneaked"]


def test_waiting_queueing_and_not_knowing_from_a_script(
    shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    session = begun(shell)
    shell.run("prompt", session, "long lab:hold lab:say[one two three four]")
    anthropic_api.until_held()
    late = shell.json("prompt", session, "later", "--when", "idle", "--timeout", "0.5", status=1)
    assert (late["outcome"], late["reason"]) == ("refused", "It was not idle within 0.5 s.")
    queued = shell.json("prompt", session, "in the queue", "--queue")
    assert "takes it up when the turn ends" in queued["evidence"][0]["detail"]
    anthropic_api.release()
    anthropic_api.until_asked("in the queue")
    shell.until(session, "idle")
    entry = next((lab.claude_config / "sessions").glob("*.json"))
    os.kill(int(entry.stem), signal.SIGSTOP)
    unknown = shell.json("prompt", session, "into the dark", status=3)
    assert (unknown["outcome"], unknown["evidence"]) == ("unknown", [])
    os.kill(int(entry.stem), signal.SIGCONT)
    nobody = shell.json("prompt", "7f3", "x", status=1)
    assert (nobody["outcome"], "no session" in nobody["reason"]) == ("refused", True)
    assert shell.json("stop", session)["outcome"] == "confirmed"
    assert not anthropic_api.turns("later")
