"""Resets of real sessions, from the notes to the boot check."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from . import claude, codex
from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .clients import Client, find
from .lab import Lab
from .openai_api import OpenAiApi
from .script import Call, Reply
from .test_driving import Shell, with_programs
from .waiting import until

pytestmark = pytest.mark.real

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


@pytest.fixture
def shell(
    lab: Lab,
    anthropic_api: AnthropicApi,
    openai_api: OpenAiApi,
    announced: Callable[[Client], Client],
) -> Shell:
    """A shell with both agents, in a repository with a map, notes and tests."""
    clients = [announced(find(name)) for name in ("claude", "codex")]
    claude.preset(lab)
    codex.preset(lab, openai_api)
    (lab.repo / "AGENTS.md").write_text("# Map\nThe filters are in src/filters.py.\n")
    (lab.repo / "claude-progress.md").write_text(NOTES)
    (lab.repo / "Makefile").write_text("test:\n\ttrue\n")
    lab.git("add", ".")
    lab.git("commit", "-qm", "The list")
    return Shell(lab, with_programs(claude.environment(lab, anthropic_api), *clients))


def begun(shell: Shell) -> str:
    """Start a session that may edit and read without asking, and let it say something."""
    words = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    session = str(shell.json("run", "claude", "--", *words)["session_id"])
    shell.run("prompt", session, "begin lab:say[Yes] lab:fill=150000")
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


def test_a_reset_from_the_notes_to_the_boot_check(
    shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    script_notes(anthropic_api, lab.repo)
    script_boot(
        anthropic_api,
        lab.repo,
        "AGENTS.md",
        "claude-progress.md",
        says="The notes name the date range filter: I wire it in src/filters.py next.",
    )
    session = begun(shell)
    (lab.repo / "work.py").write_text("new\n")
    plan = shell.run("reset", session, "--dry-run")
    assert "claude-progress.md" in plan
    assert STEP in plan
    brief = plan.partition("with this brief:\n")[2].partition("\n5 check")[0]
    answer = shell.json("reset", session, "--yes")
    assert answer["outcome"] == "confirmed", answer
    assert [check["done"] for check in answer["checks"]] == [True] * 4
    new = answer["new_session_id"]
    assert new not in (None, session)
    assert lab.git("log", "-1", "--format=%H").strip() == answer["commit"]
    assert lab.git("show", "--name-only", "--format=", "HEAD").split() == ["claude-progress.md"]
    assert session in lab.git("log", "-1", "--format=%B")
    sent = anthropic_api.turns("You continue a task")[0].prompt
    assert [line.strip() for line in sent.splitlines() if line.strip()] == [
        line.strip() for line in brief.splitlines() if line.strip()
    ]
    assert "(commit 1)" in (lab.repo / "claude-progress.md").read_text()
    assert (lab.repo / "work.py").read_text() == "new\n"
    back = shell.json("undo", new, "--yes")
    assert back["new_session_id"] == session
    until(lambda: shell.row(session).get("pid"), within=20, what="the old session")
    shell.run("prompt", session, "still here? lab:say[Still here]")
    assert "begin lab:say" in json.dumps(anthropic_api.until_asked("still here?").body)
    for one in (session, new):
        shell.run("stop", one)


@pytest.mark.parametrize(
    ("files", "says", "missed"),
    [
        (("AGENTS.md",), "The next step is the date range filter.", "notes read"),
        (
            ("AGENTS.md", "claude-progress.md"),
            "I will rewrite the payment module next.",
            "next step named",
        ),
        (("claude-progress.md",), "The next step is the date range filter.", "map read"),
    ],
)
def test_a_fresh_session_that_does_not_take_up_its_brief_is_told(
    shell: Shell,
    lab: Lab,
    anthropic_api: AnthropicApi,
    files: tuple[str, ...],
    says: str,
    missed: str,
) -> None:
    script_boot(anthropic_api, lab.repo, *files, says=says)
    session = begun(shell)
    answer = shell.json("reset", session, "--yes", "--no-notes", "--no-commit")
    assert answer["outcome"] == "confirmed"
    assert [c["point"] for c in answer["checks"] if not c["done"]] == [missed]
    assert answer["commit"] is None
    shell.run("stop", answer["new_session_id"])


@pytest.mark.parametrize("version", ["2.1.197", "2.1.330"])
def test_a_reset_in_somebodys_tmux_pane(
    shell: Shell,
    lab: Lab,
    anthropic_api: AnthropicApi,
    claude_session: Callable[..., ClaudeSession],
    version: str,
) -> None:
    script_notes(anthropic_api, lab.repo)
    reads = ("AGENTS.md", "claude-progress.md")
    script_boot(anthropic_api, lab.repo, *reads, says=f"Next: {STEP}.")
    words = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    session = claude_session(version, arguments=words, size=(120, 80))
    session.prompt("begin lab:say[Yes]")
    old = session.session_id
    answer = shell.json("reset", old, "--yes", "--when", "idle")
    assert answer["outcome"] == "confirmed", answer
    assert [check["done"] for check in answer["checks"]] == [True] * 4
    assert answer["new_session_id"] == session.session_id != old
    assert "(commit 1)" in lab.git("show", "HEAD:claude-progress.md")
    session.pane.until(STEP)
    back = shell.json("undo", old[:8], "--yes")
    assert "pane" in back["evidence"][0]["detail"]
    until(lambda: shell.row(old).get("pid"), within=20, what="the old session in its pane")
    assert shell.row(session.session_id)["pid"] != shell.row(old)["pid"]


def test_a_reset_of_a_codex_session(shell: Shell, lab: Lab, openai_api: OpenAiApi) -> None:
    openai_api.on(BRINGS_UP_TO_DATE, Reply(text="Nothing is new."))
    calls = ("cat AGENTS.md", "cat claude-progress.md", "git log --oneline -10")
    replies = [Reply(calls=(Call("bash", command),)) for command in calls]
    openai_api.on(TAKES_UP, *replies, Reply(text=f"Next: {STEP}."))
    session = str(shell.json("run", "codex", "--", "-a", "never")["session_id"])
    shell.run("prompt", session, "begin lab:say[Yes]")
    shell.until(session, "idle")
    answer = shell.json("reset", session, "--yes")
    assert answer["outcome"] == "confirmed", answer
    assert [check["done"] for check in answer["checks"]] == [True] * 4
    assert answer["new_session_id"] != session
    shell.run("stop", answer["new_session_id"])


def test_a_task_goes_from_claude_to_codex_and_back(
    shell: Shell, lab: Lab, anthropic_api: AnthropicApi, openai_api: OpenAiApi
) -> None:
    anthropic_api.on(TAKES_UP, Reply(text=f"Next: {STEP}."))
    openai_api.on(TAKES_UP, Reply(text=f"Next: {STEP}."))
    first = begun(shell)
    quick = ("--yes", "--no-notes", "--no-commit")
    second = shell.json("handoff", first, "--to", "codex", *quick)["new_session_id"]
    assert openai_api.turns("You continue a task")
    shell.until(second, "idle")
    third = shell.json("handoff", second, "--to", "claude:haiku", *quick)["new_session_id"]
    assert "haiku" in anthropic_api.turns("You continue a task")[-1].body["model"]
    links = links_of(shell)
    assert [link["session_id"] for link in links] == [first, second, third]
    assert len({link["task"] for link in links}) == 1
    assert shell.row(first)["pid"], "the old session stays readable, and running"
    for one in (first, second, third):
        shell.run("stop", one)


def test_a_task_goes_to_a_person_and_to_another_machine(
    shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    session = begun(shell)
    assert STEP in shell.run("handoff", session, "--to", "person", "--output", "-")
    shell.run("handoff", session, "--to", "bundle")
    assert "is there already" in shell.run("handoff", session, "--to", "bundle", status=1)
    shell.run("stop", session)
    assert "Start it with --yes" in shell.run("pickup")
    anthropic_api.on(TAKES_UP, Reply(text=f"Next: {STEP}."))
    answer = shell.json("pickup", "--yes")
    assert answer["outcome"] == "confirmed"
    links = links_of(shell)
    assert [link["came"] for link in links] == ["begun", "picked up"]
    shell.run("stop", answer["session_id"])
    lab.git("checkout", "-qb", "other")
    assert "the branch is other, not main" in shell.run("pickup", status=1)
