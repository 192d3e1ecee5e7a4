"""What the tests of resets and hand-offs share: a repository with notes, and scripted agents."""

import json
from pathlib import Path
from typing import Any

import pytest

from . import claude, codex
from .anthropic_api import AnthropicApi
from .anthropic_api import last_prompt as claude_prompt
from .clients import Client
from .lab import Lab
from .openai_api import OpenAiApi
from .openai_api import last_prompt as codex_prompt
from .script import Call, Reply
from .test_driving import Shell, with_programs

STEP = "Wire the date range filter in src/filters.py"
NOTES = f"""# Progress

## Current status
Half way through the filters.

## Completed
- [x] List query (tests/test_list.py)

## Failed approaches
- URL query params — endless re-render

## Next step
{STEP}
"""
BRINGS_UP_TO_DATE = r"^Bring claude-progress\.md up to date"
TAKES_UP = "^You continue a task in"
ASKS_FOR_NOTES = "Bring claude-progress.md up to date"
BRIEF = "You continue a task in"


def prepared(lab: Lab, anthropic: AnthropicApi, openai: OpenAiApi, *clients: Client) -> Shell:
    """A shell with these agents, in a repository with a map, notes and tests."""
    claude.preset(lab)
    codex.preset(lab, openai)
    (lab.repo / "AGENTS.md").write_text("# Map\nThe filters are in src/filters.py.\n")
    (lab.repo / "claude-progress.md").write_text(NOTES)
    (lab.repo / "Makefile").write_text("test:\n\ttrue\n")
    lab.git("add", ".")
    lab.git("commit", "-qm", "The list")
    return Shell(lab, with_programs(claude.environment(lab, anthropic), *clients))


@pytest.fixture
def shell(notes_shell: Shell) -> Shell:
    """The shell of these tests, for modules that take it from here."""
    return notes_shell


def begun(shell: Shell, *words: str) -> str:
    """Start a session that may edit and read without asking, and let it say something."""
    flags = words or ("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    session = str(shell.json("run", "claude", "--", *flags)["session_id"])
    shell.run("prompt", session, "begin lab:say[Yes] lab:fill=150000")
    shell.until(session, "idle")
    return session


def begun_codex(shell: Shell, *words: str) -> str:
    """Start a Codex session, and let it say something."""
    session = str(shell.json("run", "codex", "--", *words)["session_id"])
    shell.run("prompt", session, "begin lab:say[Yes]")
    shell.until(session, "idle")
    return session


def links_of(shell: Shell) -> list[dict[str, Any]]:
    """The sessions of all tasks, as they were written down."""
    lines = (shell.folder / "tasks.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if "session_id" in line]


def script_notes(api: AnthropicApi, repo: Path) -> None:
    """Let the agent tick something off when it is asked for its notes."""
    old, new = "- [x] List query (tests/test_list.py)", "- [x] List query (commit 1)"
    path = str(repo / "claude-progress.md")
    api.on(
        BRINGS_UP_TO_DATE,
        Reply(calls=(Call("read", path),)),
        Reply(calls=(Call("edit", f"{path}|{old}|{new}"),)),
        Reply(text="The notes are up to date."),
    )


def script_boot(api: AnthropicApi, repo: Path, *files: str, says: str, log: bool = True) -> None:
    """Let the fresh session read `files` and the log, and say its next step."""
    calls = [Call("read", str(repo / name)) for name in files]
    if log:
        calls.append(Call("bash", "git log --oneline -10"))
    replies = [Reply(calls=(call,)) for call in calls]
    api.on(TAKES_UP, *replies, Reply(text=says))


def script_codex(api: OpenAiApi) -> None:
    """Let Codex leave the notes as they are, and take up its brief."""
    api.on(BRINGS_UP_TO_DATE, Reply(text="Nothing is new."))
    calls = ("cat AGENTS.md", "cat claude-progress.md", "git log --oneline -10")
    replies = [Reply(calls=(Call("bash", command),)) for command in calls]
    api.on(TAKES_UP, *replies, Reply(text=f"Next: {STEP}."))


def good_boot(api: AnthropicApi, repo: Path) -> None:
    """Let the fresh session do all that its brief asks."""
    script_boot(api, repo, "AGENTS.md", "claude-progress.md", says=f"Next: {STEP}.")


def done_of(answer: dict[str, Any]) -> list[bool]:
    """Which points of the boot check were done."""
    return [check["done"] for check in answer["checks"]]


def times(api: AnthropicApi | OpenAiApi, begins: str) -> int:
    """How often a prompt that begins so was sent: the calls that nothing came before."""
    last = claude_prompt if isinstance(api, AnthropicApi) else codex_prompt
    found = [r for r in api.turns(begins) if r.prompt.startswith(begins)]
    bodies = [r.body.get("messages") or r.body.get("input") or [] for r in found]
    return sum(last(body)[1] == 0 for body in bodies)


def open_resets(shell: Shell) -> list[Path]:
    """The records of resets, newest last."""
    return sorted((shell.folder / "transactions").glob("*.jsonl"))
