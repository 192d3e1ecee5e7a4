"""Questions of the agent: shown as such, answered with an answer, never by a key that allows."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from . import claude, codex
from .anthropic_api import AnthropicApi
from .clearhead import Watching
from .clients import Client, find
from .lab import Lab
from .openai_api import OpenAiApi
from .test_card import CLAUDES, Card, claude_shell, opened  # noqa: F401 - fixtures too
from .test_driving import Shell, with_programs
from .tmux import Tmux
from .waiting import until
from .window import install_hooks

pytestmark = pytest.mark.real

ASK = "lab:question[Which way?|Left|Right] lab:say[Then so.]"
SEVERAL = "lab:several[Which ones?|Left|Right|Up] lab:say[Then these.]"


def answer(card: Card, words: str) -> None:
    """Answer the question on the card."""
    card.pane.keys("Enter")
    card.screen.until("Your answer")
    card.pane.type(words)
    card.screen.until(words)
    card.pane.keys("Enter")


def told_model(api: AnthropicApi | OpenAiApi, words: str) -> str:
    """What the tool answered to the model last, once it holds these words."""

    def said() -> str:
        body = api.turns()[-1].body
        last = str((body.get("input") or body.get("messages"))[-1])
        return last if "tool_result" in last or "function_call_output" in last else ""

    def holds() -> str:
        return said() if words in said() else ""

    return until(holds, within=20, what=f"{words!r} at the model", detail=said)


def test_an_owned_claude_is_answered_by_numbers_by_words_and_refused(
    claude_shell: Shell,  # noqa: F811
    tmux: Tmux,
    lab: Lab,
    anthropic_api: AnthropicApi,
) -> None:
    session = str(claude_shell.json("run", "claude", "--", "--model", claude.MODEL)["session_id"])
    claude_shell.run("prompt", session, SEVERAL)
    card = opened(tmux, lab)
    card.opens("AskUserQuestion asks you", "Which ones?", "3  Up", "It asks you a question")
    answer(card, "1, 3")
    assert "Left, Up" in told_model(anthropic_api, "Left")
    claude_shell.until(session, "idle")
    claude_shell.run("prompt", session, ASK)
    card.opens("Which way?")
    answer(card, "straight on")
    assert "straight on" in told_model(anthropic_api, "straight on")
    claude_shell.until(session, "idle")
    claude_shell.run("prompt", session, ASK)
    card.opens("Which way?")
    card.refuse("Decide it yourself.")
    assert told_model(anthropic_api, "Decide it yourself.")
    claude_shell.run("stop", session)


@pytest.mark.parametrize("version", CLAUDES)
def test_a_watched_claude_is_answered_through_its_hook(
    claude_session: Callable[..., claude.ClaudeSession],
    version: str,
    lab: Lab,
    watching: Callable[..., Watching],
) -> None:
    install_hooks(lab)
    session = claude_session(version)
    card = Card(watching())
    card.screen.until_header("watched", "◇ idle")
    session.prompt(ASK)
    card.opens("AskUserQuestion asks you", "2  Right", "by its hook")
    answer(card, "2")
    card.screen.until("its hook took the answer: answered")
    assert "Right" in told_model(session.api, "Which way?")
    session.until_status("idle")
    card.screen.until_said("Then so.")


@pytest.mark.parametrize("version", CLAUDES)
def test_no_key_answers_where_only_the_terminal_can(
    claude_session: Callable[..., claude.ClaudeSession],
    version: str,
    watching: Callable[..., Watching],
) -> None:
    session = claude_session(version)
    card = Card(watching())
    card.screen.until_header("◇ idle")
    card.pane.keys("a")
    card.screen.until_header("attached %")
    session.prompt(ASK)
    card.screen.until_header("NEEDS YOU", "an answer", within=20)
    card.screen.until("AskUserQuestion asks you", "It can be answered in its own terminal (")
    card.screen.until("closed while the agent waits for your answer", "It asks you a question")
    card.pane.keys("!")
    for key in ("y", "Enter", "n", "Enter", "1"):
        card.pane.keys(key)
        time.sleep(0.3)
    assert session.status == "waiting"
    assert len(session.api.turns()) == 1
    session.pane.keys("2")
    card.goes()
    assert "Right" in told_model(session.api, "Which way?")


def test_an_owned_codex_is_answered_and_refused(
    lab: Lab, tmux: Tmux, openai_api: OpenAiApi, announced: Callable[[Client], Client]
) -> None:
    client = announced(find("codex"))
    codex.preset(lab, openai_api, questions=True)
    shell = Shell(lab, with_programs(lab.environment(), client))
    session = str(shell.json("run", "codex")["session_id"])
    shell.run("prompt", session, ASK)
    card = opened(tmux, lab)
    card.opens("request_user_input asks you", "Which way?", "2  Right: go Right", "an answer")
    answer(card, "2")
    assert '"answers":["Right"]' in told_model(openai_api, "Right").replace("\\", "")
    shell.until(session, "idle")
    shell.run("prompt", session, ASK)
    card.opens("Which way?")
    answer(card, "straight on")
    assert told_model(openai_api, "user_note: straight on")
    shell.until(session, "idle")
    shell.run("prompt", session, ASK)
    card.opens("Which way?")
    card.refuse("Decide it yourself.")
    assert told_model(openai_api, "not answered: Decide it yourself.")
    shell.until(session, "idle")
    shell.run("stop", session)


def test_somebodys_codex_is_answered_and_its_window_sees_it(
    codex_session: Callable[..., codex.CodexSession], watching: Callable[..., Watching]
) -> None:
    session = codex_session(daemon=True, questions=True)
    session.run("Remember the blue door.")
    card = Card(watching())
    card.screen.until_header("idle")
    card.pane.keys("a")
    card.screen.until_header("attached")
    session.prompt(ASK)
    session.pane.until("Which way?")
    card.opens("request_user_input asks you", "2  Right: go Right")
    answer(card, "1")
    assert told_model(session.api, "Left")
    card.goes()
    session.pane.until("Then so.")
