"""Resets of sessions in somebody's own terminal, and their undo beside them."""

import json
import re
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .codex import CodexSession
from .lab import Lab
from .loopback import Request
from .openai_api import OpenAiApi
from .resetting import (
    ASKS_FOR_NOTES,
    BRIEF,
    STEP,
    TAKES_UP,
    done_of,
    good_boot,
    script_codex,
    script_notes,
    times,
)
from .script import Call, Reply
from .test_driving import Shell
from .waiting import until

pytestmark = pytest.mark.real

EDITS = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash")


def flags_of(row: dict[str, Any]) -> list[str]:
    """The command line of the client that runs a session."""
    return psutil.Process(row["pid"]).cmdline()


@pytest.mark.parametrize("version", ["2.1.197", "2.1.330"])
@pytest.mark.parametrize("size", [(120, 80), (120, 40)], ids=["tall", "usual"])
def test_a_reset_in_somebodys_tmux_pane(
    notes_shell: Shell,
    lab: Lab,
    anthropic_api: AnthropicApi,
    claude_session: Callable[..., ClaudeSession],
    version: str,
    size: tuple[int, int],
) -> None:
    shell = notes_shell
    script_notes(anthropic_api, lab.repo)
    good_boot(anthropic_api, lab.repo)
    session = claude_session(version, arguments=EDITS, size=size)
    session.prompt("begin lab:say[Yes]")
    old = session.session_id
    plan = shell.json("reset", old, "--dry-run")
    answer = shell.json("reset", old, "--yes", "--when", "idle")
    assert answer["outcome"] == "confirmed", answer
    assert done_of(answer) == [True] * 4
    assert answer["new_session_id"] == session.session_id != old
    assert "(commit 1)" in lab.git("show", "HEAD:claude-progress.md")
    assert (times(anthropic_api, ASKS_FOR_NOTES), times(anthropic_api, BRIEF)) == (1, 1)
    sent = anthropic_api.turns(BRIEF)[0].prompt
    assert sent.split() == plan["brief"].split()
    session.pane.until(STEP)
    stages = [json.loads(x) for x in (shell.folder / "journal.jsonl").read_text().splitlines()]
    verbs = [line["verb"] for line in stages if line.get("stage") == "confirmed"]
    assert verbs == ["prompt", "clear", "prompt"]
    back = shell.json("undo", old[:8], "--yes")
    assert "pane" in back["evidence"][0]["detail"]
    until(lambda: shell.row(old).get("pid"), within=20, what="the old session in its pane")
    row = shell.row(old)
    assert shell.row(session.session_id)["pid"] != row["pid"]
    assert flags_of(row)[-2:] == ["--permission-mode", "acceptEdits"]
    assert "--allowedTools" not in flags_of(row), "what was allowed is asked for again"


@pytest.mark.parametrize("version", ["2.1.197", "2.1.330"])
@pytest.mark.parametrize("size", [(80, 24), (60, 15)], ids=["usual", "small"])
def test_a_brief_that_is_taller_than_the_pane_is_read_by_the_client_itself(
    notes_shell: Shell,
    lab: Lab,
    anthropic_api: AnthropicApi,
    claude_session: Callable[..., ClaudeSession],
    version: str,
    size: tuple[int, int],
) -> None:
    """No file in the repository, no tool that reads it, so nobody is asked for a permission."""
    shell = notes_shell
    reads = [
        Reply(calls=(Call("read", str(lab.repo / n)),)) for n in ("AGENTS.md", "claude-progress.md")
    ]
    log = Reply(calls=(Call("bash", "git log --oneline -10"),))

    anthropic_api.on(r"^@\S+\.md Do what", *reads, log, Reply(text=f"Next: {STEP}."))
    session = claude_session(version, arguments=("--allowedTools", "Bash"), size=size)
    session.prompt("begin lab:say[Yes]")
    old = session.session_id
    before = lab.git("status", "--porcelain", "--ignored")
    plan = shell.json("reset", old, "--dry-run")
    quick = ("--yes", "--no-notes", "--no-commit", "--when", "idle")
    answer = shell.json("reset", old, *quick)
    assert answer["outcome"] == "confirmed", answer
    assert done_of(answer) == [True] * 4, answer
    first = anthropic_api.turns("Do what this file says")[0]
    assert brief_in(first) == plan["brief"].splitlines()
    assert lab.git("status", "--porcelain", "--ignored") == before
    assert not [path for path in lab.root.rglob("*") if "prompts" in path.parts and path.is_file()]


def brief_in(request: Request) -> list[str]:
    """The lines of the file that a prompt brought along, without their numbers."""
    contents = [message["content"] for message in request.body["messages"]]
    blocks = [b for c in contents for b in ([{"text": c}] if isinstance(c, str) else c)]
    texts = [block["text"] for block in blocks if "text" in block]
    result = next(text for text in texts if "Result of calling the Read tool" in text)
    return [line for _, line in re.findall(r"^( *\d+[\t→])(.*)$", result, re.MULTILINE)]


def test_a_mode_that_the_person_narrowed_stays_narrow(
    notes_shell: Shell,
    anthropic_api: AnthropicApi,
    claude_session: Callable[..., ClaudeSession],
) -> None:
    shell = notes_shell
    anthropic_api.on(TAKES_UP, Reply(text=f"Next: {STEP}."))
    session = claude_session("2.1.330", arguments=EDITS, size=(120, 80))
    session.pane.keys("BTab")
    session.pane.until("plan mode on")
    session.prompt("begin lab:say[Yes, it is narrow]")
    session.pane.until("● Yes, it is narrow")
    old = session.session_id
    quick = ("--yes", "--no-notes", "--no-commit", "--when", "idle")
    answer = shell.json("reset", old, *quick)
    assert answer["outcome"] == "confirmed", answer
    assert shell.json("undo", old, "--dry-run")["flags"][-2:] == [
        "--permission-mode",
        "plan",
    ]


def test_codex_with_its_background_server_is_cleared_by_its_keys(
    notes_shell: Shell, openai_api: OpenAiApi, codex_session: Callable[..., CodexSession]
) -> None:
    shell = notes_shell
    script_codex(openai_api)
    window = codex_session(daemon=True, size=(120, 80))
    window.run("begin lab:say[Yes]")
    old = window.thread_id
    answer = shell.json("reset", old, "--yes", "--when", "idle")
    assert answer["outcome"] == "confirmed", answer
    assert done_of(answer) == [True] * 4
    assert answer["new_session_id"] not in (None, old)
    assert (times(openai_api, ASKS_FOR_NOTES), times(openai_api, BRIEF)) == (1, 1)
    window.pane.until(STEP)
    back = shell.json("undo", old, "--yes")
    assert back["new_session_id"] == old
    shell.run("prompt", old, "still here? lab:say[Still here]", "--when", "idle")
    assert "begin lab:say" in json.dumps(openai_api.until_asked("still here?").body)
