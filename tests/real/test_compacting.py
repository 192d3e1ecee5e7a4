"""Compactions of real sessions: what is sent, what proves it, what the summary kept, what goes back."""

from collections.abc import Callable

import pytest

from . import claude, codex
from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .clients import Client, find
from .lab import Lab
from .openai_api import OpenAiApi, plain
from .script import Call, Failure, Reply
from .test_driving import Shell, with_programs

pytestmark = pytest.mark.real

VERSIONS = ("2.1.197", "2.1.330")
NOTES = """# Progress

## Goal
Filter the dashboard by date.

## Current status
Half way.

## Completed
- [x] The list query (tests/test_list.py)

## Failed approaches
- Debounce the setter — it hides the loop
- URL params with useEffect — endless re-render

## Decisions
- No new dependencies for date maths

## Next step
Wire the date range filter in src/filters.py
"""
SUMMARY = """1. The person wants to filter the dashboard by date.
2. URL params with useEffect gave an endless re-render.
3. Next: wire the date range filter in src/filters.py.
"""
LEFT_OUT = ["Debounce the setter", "No new dependencies for date maths"]


@pytest.fixture
def shell(lab: Lab, anthropic_api: AnthropicApi, openai_api: OpenAiApi) -> Shell:
    """A shell in a repository with notes; each summary drops two of their lines."""
    claude.preset(lab)
    codex.preset(lab, openai_api)
    (lab.repo / "claude-progress.md").write_text(NOTES)
    for api in (anthropic_api, openai_api):
        api.script.summary = SUMMARY
    return Shell(lab, claude.environment(lab, anthropic_api))


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def filled(shell: Shell, session: str) -> None:
    """Let a session say enough to be compacted."""
    for prompt in ("Filter the list, please.", "more", "fill lab:fill=90000"):
        shell.run("prompt", session, prompt, "--when", "idle")
    shell.until(session, "idle")


def check(answer: dict, sent: str) -> None:
    """The evidence, the figures and the lines that were dropped."""
    assert answer["outcome"] == "confirmed", answer
    assert answer["before"] == 90_000
    assert answer["evidence"]
    assert [row["text"] for row in answer["kept"] if not row["kept"]] == LEFT_OUT
    assert sum(row["kept"] for row in answer["kept"]) >= 3
    assert answer["put_back"] == "confirmed"
    assert "Debounce the setter — it hides the loop" in sent


def test_an_owned_claude(
    shell: Shell, anthropic_api: AnthropicApi, announced: Callable[[Client], Client], version: str
) -> None:
    shell.environment = with_programs(shell.environment, announced(find("claude", version)))
    session = str(shell.json("run", "claude")["session_id"])
    filled(shell, session)
    plan = shell.json("compact", session, "--dry-run")
    assert plan["before"] == 90_000
    assert '"Debounce the setter" because "it hides the loop"' in plan["text"]
    answer = shell.json("compact", session, "--put-back")
    said = " ".join(plan["text"].split())
    assert said in anthropic_api.compactions()[-1].prompt
    check(answer, anthropic_api.until_asked("The summary left this out").prompt)
    shell.run("stop", session)


def test_an_attached_claude(
    shell: Shell,
    anthropic_api: AnthropicApi,
    claude_session: Callable[..., ClaudeSession],
    version: str,
) -> None:
    session = claude_session(version)
    for prompt in ("Filter the list, please.", "more", "fill lab:fill=90000"):
        session.run(prompt)
    plan = shell.json("compact", session.session_id, "--dry-run")
    answer = shell.json("compact", session.session_id, "--put-back")
    said = " ".join(plan["text"].split())
    assert said in anthropic_api.compactions()[-1].prompt
    check(answer, anthropic_api.until_asked("The summary left this out").prompt)


def test_an_owned_codex(
    shell: Shell, openai_api: OpenAiApi, announced: Callable[[Client], Client]
) -> None:
    shell.environment = with_programs(shell.environment, announced(find("codex")))
    session = str(shell.json("run", "codex")["session_id"])
    filled(shell, session)
    plan = shell.json("compact", session, "--dry-run")
    assert not plan["takes_text"]
    answer = shell.json("compact", session, "--put-back")
    asked = openai_api.compactions()[-1].body["input"]
    assert any(plan["text"] in plain(item) for item in asked)
    check(answer, openai_api.until_asked("The summary left this out").prompt)
    shell.run("stop", session)


def test_a_checkpoint_asks_shows_and_commits(
    shell: Shell, anthropic_api: AnthropicApi, announced: Callable[[Client], Client]
) -> None:
    lab = shell.lab
    lab.git("add", ".")
    lab.git("commit", "-qm", "Notes")
    (lab.repo / "new.txt").write_text("new\n")
    path = str(lab.repo / "claude-progress.md")
    anthropic_api.on(
        r"^Bring claude-progress\.md up to date",
        Reply(calls=(Call("read", path),)),
        Reply(calls=(Call("edit", f"{path}|Half way.|Nearly there."),)),
        Reply(text="The notes are up to date."),
    )
    shell.environment = with_programs(shell.environment, announced(find("claude")))
    mode = ("--", "--permission-mode", "acceptEdits")
    session = str(shell.json("run", "claude", *mode)["session_id"])
    shell.run("prompt", session, "begin lab:say[Yes]")
    answer = shell.json("checkpoint", session, "--when", "idle")
    assert answer["outcome"] == "confirmed", answer
    assert answer["notes_changed"]
    assert answer["commit"] == lab.git("log", "-1", "--format=%H").strip()
    assert answer["committed"] == ["claude-progress.md"]
    assert session in lab.git("log", "-1", "--format=%B")
    again = shell.run("checkpoint", session, "--no-commit", "--when", "idle")
    assert "the notes are as they were" in again
    shell.run("stop", session)


def test_a_compaction_that_fails_leads_to_a_reset(
    shell: Shell, anthropic_api: AnthropicApi, announced: Callable[[Client], Client]
) -> None:
    shell.environment = with_programs(shell.environment, announced(find("claude")))
    session = str(shell.json("run", "claude")["session_id"])
    filled(shell, session)
    anthropic_api.script.summary_failure = Failure(400, "prompt is too long: 210000 > 200000")
    answer = shell.json("compact", session, status=1)
    assert answer["outcome"] == "refused"
    assert "Reset" in answer["remedy"]
    assert answer["kept"] == []
    assert "exclude each other" in shell.run("compact", session, "--bare", "--text", "x", status=2)
    shell.run("stop", session)


def test_a_text_that_the_pane_cannot_show_is_made_shorter_or_refused(
    shell: Shell, anthropic_api: AnthropicApi, claude_session: Callable[..., ClaudeSession]
) -> None:
    more = "".join(f"- Approach {n}: {'with many words ' * 8}— it failed\n" for n in range(20))
    notes = NOTES.replace("## Decisions", f"{more}\n## Decisions")
    (shell.lab.repo / "claude-progress.md").write_text(notes)
    session = claude_session(size=(80, 24))
    for prompt in ("Filter the list, please.", "more", "fill lab:fill=90000"):
        session.run(prompt)
    mine = shell.run("compact", session.session_id, "--text", "word " * 400, status=1)
    assert "The text is too long" in mine
    assert not anthropic_api.compactions()
    answer = shell.json("compact", session.session_id)
    assert answer["outcome"] == "confirmed", answer
    said = anthropic_api.compactions()[-1].prompt
    assert '"Approach 19"' in said
    assert "because" not in said, "reasons go first; they stand in the notes"
    assert "Next step:" in said
