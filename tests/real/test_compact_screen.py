"""Compactions and checkpoints of real sessions, from clearhead's own screen."""

from collections.abc import Callable

import pytest

from . import claude
from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .clearhead import Watching, clearhead_pane
from .clients import Client, find
from .codex import CodexSession
from .lab import Lab
from .openai_api import OpenAiApi, plain
from .script import Call, Failure, Reply
from .test_compacting import NOTES, SUMMARY, VERSIONS
from .test_driving import Shell, with_programs
from .tmux import Tmux
from .waiting import until

pytestmark = pytest.mark.real

TALK = ("Filter the list, please.", "more", "fill lab:fill=90000")
LINE = '- "Debounce the setter" because "it hides the loop"'
SENT_BACK = "Failed approach, do not try it again: Debounce the setter — it hides the loop"


@pytest.fixture(autouse=True)
def notes(lab: Lab, anthropic_api: AnthropicApi, openai_api: OpenAiApi) -> None:
    """Notes in the repository, and summaries that drop two of their lines."""
    (lab.repo / "claude-progress.md").write_text(NOTES)
    for api in (anthropic_api, openai_api):
        api.script.summary = SUMMARY


def compact(screen: Watching) -> str:
    """Compact from the sheet; return the screen with what the summary kept."""
    screen.until("90.0k", within=20)
    screen.pane.keys("c")
    screen.until("What the summary should keep", LINE, "Enter compacts")
    screen.pane.keys("Enter")
    screen.until("Compacted", "missing", within=30)
    shown = screen.pane.screen()
    rows = [row.split("missing")[1].strip() for row in shown.splitlines() if "× missing" in row]
    left_out = ("Debounce the setter", "No new dependencies for")
    assert all(map(str.startswith, rows, left_out)), shown
    assert len(rows) == 2, shown
    assert "URL params with useEffect" in shown
    assert "kept" in shown
    assert "90.0k" in shown
    assert "settling" in shown
    return shown


def send_back(screen: Watching) -> str:
    """Send what is missing; return the screen that says so."""
    screen.pane.keys("m")
    screen.until("2 sent back", "Sent back", within=30)
    return screen.pane.screen()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_claude_in_somebodys_pane(
    claude_session: Callable[..., ClaudeSession],
    watching: Callable[..., Watching],
    anthropic_api: AnthropicApi,
    version: str,
) -> None:
    session = claude_session(version)
    for prompt in TALK:
        session.run(prompt)
    screen = watching()
    assert "evidence: compact_boundary" in compact(screen)
    said = anthropic_api.compactions()[-1].prompt
    assert 'Failed approaches, not to be tried again: - "Debounce the setter" because' in said
    assert 'Next step: - "Wire the date range filter in src/filters.py"' in said
    send_back(screen)
    assert SENT_BACK in anthropic_api.until_asked("The summary left this out").prompt
    session.until_status("idle")
    screen.until("freed", within=20)
    screen.pane.until_gone("settling", within=20)
    screen.pane.keys("Enter")
    screen.until("claude-progress.md")


def test_a_claude_of_our_own(
    lab: Lab,
    tmux: Tmux,
    anthropic_api: AnthropicApi,
    announced: Callable[[Client], Client],
) -> None:
    claude.preset(lab)
    client = announced(find("claude"))
    shell = Shell(lab, with_programs(claude.environment(lab, anthropic_api), client))
    session = str(shell.json("run", "claude")["session_id"])
    for prompt in TALK:
        shell.run("prompt", session, prompt, "--when", "idle")
    shell.until(session, "idle")
    screen = Watching(clearhead_pane(tmux, lab, size=(80, 24)))
    compact(screen)
    send_back(screen)
    assert SENT_BACK in anthropic_api.until_asked("The summary left this out").prompt
    shell.run("stop", session)


def test_a_codex_of_our_own(
    lab: Lab,
    tmux: Tmux,
    openai_api: OpenAiApi,
    announced: Callable[[Client], Client],
) -> None:
    from . import codex

    codex.preset(lab, openai_api)
    shell = Shell(lab, with_programs(lab.environment(), announced(find("codex"))))
    session = str(shell.json("run", "codex")["session_id"])
    for prompt in TALK:
        shell.run("prompt", session, prompt, "--when", "idle")
    shell.until(session, "idle")
    screen = Watching(clearhead_pane(tmux, lab, size=(120, 36)))
    assert "contextCompaction item completed" in compact(screen)
    asked = openai_api.compactions()[-1].body["input"]
    assert any(LINE in plain(item) for item in asked)
    send_back(screen)
    assert SENT_BACK in openai_api.until_asked("The summary left this out").prompt
    shell.run("stop", session)


def test_a_codex_with_its_server(
    codex_session: Callable[..., CodexSession],
    watching: Callable[..., Watching],
    openai_api: OpenAiApi,
) -> None:
    session = codex_session(daemon=True)
    for prompt in TALK:
        session.run(prompt)
    screen = watching()
    compact(screen)
    asked = openai_api.compactions()[-1].body["input"]
    assert any(LINE in plain(item) for item in asked)
    send_back(screen)
    assert SENT_BACK in openai_api.until_asked("The summary left this out").prompt


def test_a_compaction_that_fails_leads_to_a_reset(
    claude_session: Callable[..., ClaudeSession],
    watching: Callable[..., Watching],
    anthropic_api: AnthropicApi,
) -> None:
    session = claude_session()
    for prompt in TALK:
        session.run(prompt)
    anthropic_api.script.summary_failure = Failure(400, "prompt is too long: 210000 > 200000")
    screen = watching()
    screen.until("90.0k", within=20)
    screen.pane.keys("c")
    screen.until(LINE, "Enter compacts")
    screen.pane.keys("Enter")
    screen.until("Not compacted", "r resets instead", within=60)
    asked = len(anthropic_api.compactions())
    screen.pane.keys("Enter")
    screen.until("It was tried.")
    assert len(anthropic_api.compactions()) == asked
    screen.pane.keys("r")
    screen.until("Reset", within=20)


def test_a_checkpoint(
    lab: Lab,
    claude_session: Callable[..., ClaudeSession],
    watching: Callable[..., Watching],
    anthropic_api: AnthropicApi,
) -> None:
    lab.git("add", ".")
    lab.git("commit", "-qm", "Notes")
    path = str(lab.repo / "claude-progress.md")
    anthropic_api.on(
        r"^Bring claude-progress\.md up to date",
        Reply(calls=(Call("read", path),)),
        Reply(calls=(Call("edit", f"{path}|Half way.|Nearly there."),)),
        Reply(text="The notes are up to date."),
    )
    session = claude_session(arguments=("--permission-mode", "acceptEdits"))
    session.run("begin lab:say[Yes]")
    screen = watching()
    screen.until("Yes")
    screen.pane.keys("k")
    screen.until("What the agent is asked", "Enter asks")
    screen.pane.keys("Enter")
    screen.until("+ Nearly there.", "Commit 1 of 1 path", within=30)
    assert lab.git("log", "-1", "--format=%s").strip() == "Notes"
    screen.pane.keys("Enter")
    screen.until("Committed.", within=20)
    assert "checkpoint" in lab.git("log", "-1", "--format=%s")
    assert session.session_id in lab.git("log", "-1", "--format=%B")
    until(lambda: session.status == "idle", within=10, what="an idle session")


def test_a_compaction_that_the_agent_did_by_itself(
    claude_session: Callable[..., ClaudeSession],
    watching: Callable[..., Watching],
    anthropic_api: AnthropicApi,
) -> None:
    session = claude_session(env={"CLAUDE_CODE_AUTO_COMPACT_WINDOW": "100000"})
    for prompt in ("Filter the list, please.", "more", "fill lab:fill=90000", "go on lab:hold"):
        session.prompt(prompt) if "hold" in prompt else session.run(prompt)
    anthropic_api.until_held()
    screen = watching()
    screen.until("what was lost", within=30)
    screen.pane.keys("J")
    screen.until("Compacted", "trigger auto", "2 missing", "seen in the transcript")
    anthropic_api.release()
    session.until_status("idle")
    send_back(screen)
    assert SENT_BACK in anthropic_api.until_asked("The summary left this out").prompt
