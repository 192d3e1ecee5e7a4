"""Acting on real sessions from the screen: what is typed arrives, what comes back is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from . import claude, codex
from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .clearhead import Watching, clearhead_pane
from .clients import Client, find
from .codex import CodexSession
from .conftest import BESIDE
from .lab import Lab
from .openai_api import OpenAiApi
from .test_driving import Shell, with_programs
from .tmux import Tmux
from .waiting import until

pytestmark = pytest.mark.real

VERSIONS = ("2.1.197", "2.1.330")
LONG = "alpha beta gamma delta epsilon zeta"


def composed(screen: Watching, text: str, *, writing: bool = False) -> None:
    """Write a message in the composer and send it; `writing` says that one is there already."""
    if not writing:
        screen.pane.keys("i")
        screen.pane.until_gone("i type")
    screen.pane.type(text)
    screen.pane.keys("Enter")


def left(screen: Watching) -> None:
    """Go back to the transcript."""
    screen.pane.keys("Escape")
    screen.pane.until("i type")


def rows_from(screen: Watching, word: str) -> list[str]:
    """The rows of the transcript from the one with `word` on, those with text."""
    rows = [row for row in screen.transcript.splitlines() if row]
    start = next(n for n, row in enumerate(rows) if word in row)
    return [" ".join(row.split()[1:] if row[:2].isdigit() else row.split()) for row in rows[start:]]


@pytest.fixture(params=VERSIONS)
def owned_claude(
    request: pytest.FixtureRequest,
    lab: Lab,
    tmux: Tmux,
    anthropic_api: AnthropicApi,
    announced: Callable[[Client], Client],
) -> Iterator[Watching]:
    """`clearhead run claude --owned` in a window, with a pinned client."""
    client = announced(find("claude", request.param))
    claude.preset(lab)
    shell = Shell(lab, with_programs(claude.environment(lab, anthropic_api), client))
    session = shell.json("run", "claude")["session_id"]
    screen = Watching(clearhead_pane(tmux, lab, size=BESIDE))
    screen.until("owned", "> Message the agent")
    yield screen
    shell.run("stop", session)


def test_an_owned_claude_is_prompted_streams_and_is_interrupted(
    owned_claude: Watching, anthropic_api: AnthropicApi
) -> None:
    screen = owned_claude
    composed(screen, f"lab:say[{LONG}] lab:hold")
    anthropic_api.until_held()
    screen.until_said("you", "agent alpha beta", within=20)
    screen.until("working", "the agent queues it")
    assert "zeta" not in screen.transcript.partition("agent")[2]
    composed(screen, "and then this lab:say[Done]", writing=True)
    screen.until("queued and then this")
    anthropic_api.release()
    screen.until_said("you", "agent", LONG, "you", "and then this", "agent", "Done", within=30)
    screen.until_header("idle")
    assert screen.transcript.count("alpha beta") == 2
    composed(screen, "lab:hold lab:say[never said to its end]", writing=True)
    anthropic_api.until_held()
    left(screen)
    screen.pane.keys("x")
    screen.until("Interrupted:", within=20)
    screen.until_header("idle")


@pytest.mark.parametrize("version", VERSIONS)
def test_an_attached_claude_is_prompted_armed_and_interrupted(
    version: str,
    claude_session: Callable[..., ClaudeSession],
    watching: Callable[..., Watching],
    anthropic_api: AnthropicApi,
) -> None:
    session = claude_session(version)
    session.pane.until("❯")
    screen = watching()
    screen.until("watching only · a attaches")
    screen.pane.keys("a")
    screen.until(f"Attached: attached {session.pane.id}.", within=15)
    screen.until("1 problem · Prompts are typed without the hooks")
    composed(screen, "hold this lab:hold lab:say[One two three four]")
    anthropic_api.until_held()
    screen.until("Sent: the prompt stands in the transcript.", within=20)
    screen.until_header("working")
    composed(screen, "after that lab:say[Second]", writing=True)
    screen.until("armed: prompt when the turn ends")
    assert not anthropic_api.turns("after that")
    anthropic_api.release()
    screen.until_said("hold this", "One two three four", "after that", "Second", within=30)
    screen.until_header("idle")
    assert "armed" not in screen.header
    left(screen)
    screen.pane.until_gone("Sent:")
    screen.pane.keys("x")
    screen.until("Nothing runs that could be interrupted.")


def test_a_draft_in_the_agents_own_box_refuses_and_nothing_is_lost(
    claude_session: Callable[..., ClaudeSession], watching: Callable[..., Watching]
) -> None:
    session = claude_session()
    session.pane.type("half a thought of mine")
    session.pane.until("half a thought of mine")
    screen = watching()
    screen.pane.keys("a")
    screen.until("Attached:", within=15)
    composed(screen, "ours")
    screen.until("Not sent:", "draft", within=20)
    screen.until("> ours")
    assert "half a thought of mine" in session.pane.screen()
    assert "ours" not in session.pane.screen()


def test_an_owned_codex_is_prompted_and_streams(
    lab: Lab,
    tmux: Tmux,
    openai_api: OpenAiApi,
    announced: Callable[[Client], Client],
) -> None:
    client = announced(find("codex"))
    codex.preset(lab, openai_api, None, window=codex.WINDOW)
    shell = Shell(lab, with_programs(lab.environment(), client))
    session = str(shell.json("run", "codex")["session_id"])
    screen = Watching(clearhead_pane(tmux, lab, size=BESIDE))
    screen.until("owned", "> Message the agent")
    composed(screen, f"lab:say[{LONG}] lab:hold")
    openai_api.until_held()
    screen.until_said("you", "agent alpha beta", within=20)
    openai_api.release()
    screen.until_said("you", "agent", LONG, within=20)
    screen.until_header("idle")
    left(screen)
    shell.run("stop", session)
    screen.until("--resume", within=20)


def test_an_attached_codex_is_prompted_and_interrupted(
    codex_session: Callable[..., CodexSession],
    watching: Callable[..., Watching],
    openai_api: OpenAiApi,
) -> None:
    session = codex_session(daemon=True)
    session.prompt("hello lab:say[Hi]")
    screen = watching()
    screen.until("watching only · a attaches")
    screen.pane.keys("a")
    screen.until("Attached:", within=15)
    composed(screen, f"lab:say[{LONG}] lab:hold")
    openai_api.until_held()
    screen.until_said("you", "agent alpha beta", within=20)
    left(screen)
    screen.pane.keys("x")
    screen.until("Interrupted:", within=20)
    openai_api.release()
    until(lambda: "interrupt" in session.pane.screen(), within=20, what="word of the interrupt")


def test_a_killed_driver_and_a_killed_screen_lose_no_word(
    lab: Lab, tmux: Tmux, anthropic_api: AnthropicApi, announced: Callable[[Client], Client]
) -> None:
    client = announced(find("claude"))
    claude.preset(lab)
    shell = Shell(lab, with_programs(claude.environment(lab, anthropic_api), client))
    session = str(shell.json("run", "claude")["session_id"])
    shell.run("prompt", session, "begin lab:say[Begun]")
    screen = Watching(clearhead_pane(tmux, lab, size=BESIDE))
    screen.until_said("begin", "Begun", within=20)
    screen.until("> Message the agent")
    screen.pane.keys("i")
    screen.pane.until_gone("i type")
    screen.pane.type("half a thought")
    screen.until("half a thought")
    record = json.loads(next((shell.folder / "drivers").glob("*.json")).read_text())
    lab.kill(record["pid"])
    screen.until(f"clearhead run claude --resume {session[:8]}", within=30)
    screen.pane.keys("Enter")
    screen.until("> half a thought")
    assert len(anthropic_api.turns()) == 1
    until(lambda: "half a thought" in drafts(shell), within=3, what="the draft on the disk")
    lab.kill(screen.pane.pid)
    again = begun_again(shell, session)
    second = Watching(clearhead_pane(tmux, lab, size=BESIDE))
    second.until("owned", "> half a thought", "i goes on", within=20)
    second.pane.keys("i")
    second.pane.until_gone("i goes on")
    second.pane.keys("Enter")
    second.until("Sent:", within=20)
    assert anthropic_api.until_asked("half a thought")
    shell.run("stop", again)


def drafts(shell: Shell) -> str:
    """Everything that is kept of what was typed and not sent."""
    folder = shell.folder / "messages" / "drafts"
    return "".join(path.read_text() for path in folder.glob("*.json"))


def begun_again(shell: Shell, session: str) -> str:
    """Take a session up again, once its client has ended."""
    until(lambda: shell.row(session)["pid"] is None, within=30, what="the end of the client")
    return str(shell.json("run", "claude", "--resume", session)["session_id"])


def test_the_persons_command_is_told_that_it_asks(
    lab: Lab,
    claude_session: Callable[..., ClaudeSession],
    watching: Callable[..., Watching],
) -> None:
    told = lab.root / "told"
    folder = lab.home / "xdg-config" / "clearhead"
    folder.mkdir(parents=True)
    script = f'printf "%s|%s" "$1" "$CLEARHEAD_WAITING_FOR" > {told}'
    command = json.dumps(["/bin/sh", "-c", script, "notify"])
    (folder / "config.toml").write_text(f"[notify]\ncommand = {command}\n")
    session = claude_session()
    screen = watching()
    screen.until("watching only")
    session.send("lab:bash[echo made > made.txt]")
    screen.until("NEEDS YOU", within=20)
    until(told.exists, within=10, what="the notification")
    until(told.read_text, within=5, what="its words")
    text, kind = told.read_text().split("|")
    assert kind == "permission"
    assert text.startswith("clearhead · project: Claude Code asks for permission")
    assert "echo made > made.txt" in text
