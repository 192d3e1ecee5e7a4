"""Resets while the vendor is down: nobody is left waiting, and the person decides what follows."""

from collections.abc import Callable

import pytest

from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .codex import CodexSession
from .lab import Lab
from .openai_api import OpenAiApi
from .resetting import (
    ASKS_FOR_NOTES,
    BRIEF,
    BRINGS_UP_TO_DATE,
    NOTES,
    begun,
    begun_codex,
    done_of,
    good_boot,
    script_codex,
    script_notes,
    times,
)
from .script import TOO_LONG, Failure, Reply
from .test_driving import Shell
from .test_reset_screen import clearhead
from .tmux import Tmux

pytestmark = pytest.mark.real

DOWN = Reply(failure=Failure(500))
"""Claude Code tries this for about three minutes, ten times; a 529 it gives up after three."""


def drafted(lab: Lab, answer: dict[str, object]) -> bool:
    """Whether the notes were drafted, and committed so."""
    assert answer["outcome"] == "confirmed", answer
    evidence = answer["evidence"]
    assert isinstance(evidence, list)
    assert "drafted from the transcript" in evidence[0]["detail"], evidence[0]
    return "Drafted from the transcript" in lab.git("show", "HEAD:claude-progress.md")


def test_a_script_is_told_that_the_agent_cannot_answer(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    shell = notes_shell
    anthropic_api.on(BRINGS_UP_TO_DATE, DOWN)
    good_boot(anthropic_api, lab.repo)
    session = begun(shell)
    told = shell.run("reset", session, "--yes", status=1)
    assert "1 notes   begun: server_error, attempt 1 of 10" in told
    assert "The agent cannot answer: server_error, attempt" in told
    assert "--draft" in told
    assert shell.row(session)["state"] == "busy", "nobody agreed to an interruption"
    answer = shell.json("reset", "--go-on", session, "--draft")
    assert drafted(lab, answer)
    assert done_of(answer) == [True] * 4
    assert times(anthropic_api, BRIEF) == 1
    shell.run("stop", answer["new_session_id"])


def test_what_a_script_could_not_decide_is_decided_on_the_screen(
    notes_shell: Shell, lab: Lab, tmux: Tmux, anthropic_api: AnthropicApi
) -> None:
    shell = notes_shell
    anthropic_api.on(BRINGS_UP_TO_DATE, DOWN)
    good_boot(anthropic_api, lab.repo)
    session = begun(shell)
    assert "cannot answer" in shell.run("reset", session, "--yes", status=1)
    pane = clearhead(tmux, shell, (120, 36))
    pane.until("r goes on", within=30)
    pane.keys("r")
    pane.until("Enter looks into what came of step 1", within=30)
    pane.keys("Enter")
    pane.until("The agent cannot answer", within=40)
    pane.keys("d")
    pane.until("Notes drafted", within=30)
    pane.until("Enter ends this session and sends the brief", within=30)
    shell.run("stop", session)


def test_a_checkpoint_does_not_wait_for_it_either(
    notes_shell: Shell, anthropic_api: AnthropicApi
) -> None:
    shell = notes_shell
    anthropic_api.on(BRINGS_UP_TO_DATE, DOWN)
    session = begun(shell)
    told = shell.run("checkpoint", session, status=3)
    assert "it tries again: server_error, attempt 2 of 10" in told
    assert "It was asked and cannot answer: server_error" in told
    assert "A reset can draft the notes" in told
    shell.run("stop", session)


@pytest.mark.parametrize("version", ["2.1.197", "2.1.330"])
def test_what_a_terminal_puts_back_is_taken_away_before_it_is_cleared(
    notes_shell: Shell,
    lab: Lab,
    anthropic_api: AnthropicApi,
    claude_session: Callable[..., ClaudeSession],
    version: str,
) -> None:
    anthropic_api.on(BRINGS_UP_TO_DATE, DOWN)
    good_boot(anthropic_api, lab.repo)
    edits = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    session = claude_session(version, arguments=edits, size=(120, 50))
    session.run("begin lab:say[Yes]")
    answer = notes_shell.json("reset", session.session_id, "--yes", "--draft")
    assert drafted(lab, answer)
    assert done_of(answer) == [True] * 4
    assert times(anthropic_api, BRIEF) == 1
    assert ASKS_FOR_NOTES not in anthropic_api.turns(BRIEF)[0].text


def test_codex_gives_up_by_itself_and_its_notes_are_drafted(
    notes_shell: Shell, lab: Lab, openai_api: OpenAiApi
) -> None:
    shell = notes_shell
    script_codex(openai_api)
    openai_api.on(BRINGS_UP_TO_DATE, Reply(failure=Failure(400)))
    session = begun_codex(shell, "-a", "never")
    answer = shell.json("reset", session, "--yes")
    assert drafted(lab, answer)
    assert done_of(answer) == [True] * 4
    shell.run("stop", answer["new_session_id"])


def test_codex_in_somebodys_window_is_interrupted_for_a_draft(
    notes_shell: Shell,
    lab: Lab,
    openai_api: OpenAiApi,
    codex_session: Callable[..., CodexSession],
) -> None:
    script_codex(openai_api)
    openai_api.on(BRINGS_UP_TO_DATE, DOWN)
    window = codex_session(daemon=True, size=(120, 50))
    window.run("begin lab:say[Yes]")
    answer = notes_shell.json("reset", window.thread_id, "--yes", "--draft")
    assert drafted(lab, answer)
    assert done_of(answer) == [True] * 4
    assert times(openai_api, BRIEF) == 1


@pytest.mark.parametrize("version", ["2.1.197", "2.1.330"])
def test_a_full_context_in_somebodys_pane_is_helped_out_by_a_draft(
    notes_shell: Shell,
    lab: Lab,
    anthropic_api: AnthropicApi,
    claude_session: Callable[..., ClaudeSession],
    version: str,
) -> None:
    anthropic_api.on(BRINGS_UP_TO_DATE, Reply(failure=Failure(400, TOO_LONG)))
    good_boot(anthropic_api, lab.repo)
    edits = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    session = claude_session(version, arguments=edits, size=(120, 50))
    session.run("begin lab:say[Yes]")
    answer = notes_shell.json("reset", session.session_id, "--yes")
    assert drafted(lab, answer)
    assert done_of(answer) == [True] * 4


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["wide", "narrow"])
def test_the_sheet_offers_a_draft_while_it_waits(
    notes_shell: Shell,
    lab: Lab,
    tmux: Tmux,
    anthropic_api: AnthropicApi,
    size: tuple[int, int],
) -> None:
    anthropic_api.on(BRINGS_UP_TO_DATE, DOWN)
    good_boot(anthropic_api, lab.repo)
    begun(notes_shell)
    pane = clearhead(tmux, notes_shell, size)
    pane.until("owned")
    pane.keys("r")
    pane.until("Enter asks the agent for its notes")
    pane.keys("Enter")
    pane.until("The agent tries again", within=30)
    pane.until("The agent cannot answer", within=30)
    pane.until("drafts the notes")
    pane.keys("d")
    pane.until("Notes drafted", within=30)
    pane.until("Enter ends this session and sends the brief", within=30)
    pane.keys("Enter")
    pane.until("4 of 4 points hold", within=40)


def test_a_question_of_the_agents_is_left_to_the_person(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    shell = notes_shell
    script_notes(anthropic_api, lab.repo)
    good_boot(anthropic_api, lab.repo)
    session = begun(shell, "--permission-mode", "default")
    told = shell.run("reset", session, "--yes", "--draft", status=1)
    assert "1 notes   begun: the agent waits for your answer" in told
    assert "Answer it, then `clearhead reset --go-on" in told
    assert (lab.repo / "claude-progress.md").read_text() == NOTES
    answer = shell.json("reset", "--go-on", session, "--draft")
    assert drafted(lab, answer)
    shell.run("stop", answer["new_session_id"])
