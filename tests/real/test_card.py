"""The card on clearhead's own screen, with real clients: approve, refuse, be too late."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from . import claude, codex
from .anthropic_api import AnthropicApi
from .clearhead import Watching, clearhead_pane
from .clients import Client, find, pinned
from .lab import Lab
from .openai_api import OpenAiApi
from .test_driving import Shell, with_programs
from .tmux import Tmux
from .window import install_hooks

pytestmark = pytest.mark.real

CLAUDES = [client.version for client in pinned() if client.command == "claude"]
SIZE = (120, 36)
CALM = 0.8
"""Seconds after which the card takes keys: it is deaf for half a second."""


HAND = 0.15
"""Seconds that a person's hand takes from one key to another; a paste takes none."""


class Card:
    """The card as a person sees it, and the keys they press on it."""

    def __init__(self, screen: Watching) -> None:
        self.screen = screen
        self.pane = screen.pane

    def opens(self, *words: str, within: float = 20.0) -> None:
        """Wait until the card shows these words, and go to it."""
        self.screen.until("NEEDS YOU   ", *words, within=within)
        self.pane.keys("!")
        self.screen.until("Esc later", within=10)
        time.sleep(CALM)

    def approve(self) -> None:
        """Press the two keys."""
        self.pane.keys("y")
        self.screen.until("any other key stops")
        time.sleep(HAND)
        self.pane.keys("Enter")

    def refuse(self, reason: str) -> None:
        """Refuse with a reason."""
        self.pane.keys("n")
        self.screen.until("why not")
        if reason:
            self.pane.type(reason)
            self.screen.until(reason)
        self.pane.keys("Enter")

    def goes(self, within: float = 15.0) -> None:
        """Wait until the card is gone."""
        self.pane.until_gone("NEEDS YOU   ", within=within)


@pytest.fixture(params=CLAUDES)
def claude_shell(
    request: pytest.FixtureRequest,
    lab: Lab,
    anthropic_api: AnthropicApi,
    announced: Callable[[Client], Client],
) -> Shell:
    """A shell where `claude` is one of the pinned clients."""
    client = announced(find("claude", request.param))
    claude.preset(lab)
    return Shell(lab, with_programs(claude.environment(lab, anthropic_api), client))


def opened(tmux: Tmux, lab: Lab) -> Card:
    return Card(Watching(clearhead_pane(tmux, lab, size=SIZE)))


# Claude Code that clearhead started


def test_an_owned_claude_is_approved_and_refused_on_the_card(
    claude_shell: Shell, tmux: Tmux, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    session = str(claude_shell.json("run", "claude", "--", "--model", claude.MODEL)["session_id"])
    claude_shell.run("prompt", session, "lab:bash[rm -rf build && echo made > made.txt]")
    card = opened(tmux, lab)
    card.opens(
        "Bash wants to run this", "rm -rf build && echo made > made.txt", "its one line shown"
    )
    assert "note  deletes a folder with everything in it" in card.pane.screen()
    card.approve()
    card.screen.until("Approved", "the client read the answer")
    claude_shell.until(session, "idle")
    assert (lab.repo / "made.txt").read_text() == "made\n"
    card.screen.until_header("◇ idle")
    assert "NEEDS YOU" not in card.pane.screen()

    claude_shell.run(
        "prompt", session, f"lab:write[{lab.repo}/notes.txt|one line] lab:say[I leave it.]"
    )
    card.opens("Write wants to write this file", "+ one line")
    card.refuse("Not here, please.")
    claude_shell.until(session, "idle")
    card.screen.until("I leave it.")
    assert not (lab.repo / "notes.txt").exists()
    assert "Not here, please." in anthropic_api.turns()[-1].text
    claude_shell.run("stop", session)


def test_a_question_is_answered_on_the_card(
    claude_shell: Shell, tmux: Tmux, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    session = str(claude_shell.json("run", "claude", "--", "--model", claude.MODEL)["session_id"])
    claude_shell.run("prompt", session, "lab:question[Which way?|Left|Right] lab:say[Then so.]")
    card = opened(tmux, lab)
    card.opens("AskUserQuestion asks you", "Which way?", "2  Right")
    card.pane.keys("Enter")
    card.screen.until("Your answer")
    card.pane.type("2")
    card.pane.keys("Enter")
    claude_shell.until(session, "idle")
    assert "Right" in anthropic_api.turns()[-1].text
    card.screen.until("Then so.")
    claude_shell.run("stop", session)


# Claude Code in a person's terminal


@pytest.mark.parametrize("version", CLAUDES)
def test_an_attached_claude_is_approved_and_refused_by_keys(
    claude_session: Callable[..., claude.ClaudeSession],
    version: str,
    watching: Callable[..., Watching],
) -> None:
    session = claude_session(version)
    card = Card(watching())
    card.screen.until_header("◇ idle")
    card.pane.keys("a")
    card.screen.until_header("attached %")
    session.prompt("lab:bash[echo made > made.txt] lab:say[That was it.]")
    card.opens("Bash wants to run this", "echo made > made.txt", "by a key in its terminal")
    card.approve()
    session.until((session.folder / "made.txt").exists, "what the tool made")
    card.screen.until("That was it.")
    card.goes()

    session.prompt("lab:bash[echo more > more.txt]")
    card.opens("echo more > more.txt")
    card.refuse("Use the other door.")
    session.until(lambda: "Use the other door." in session.prompts(), "the reason as a prompt")
    session.until_status("idle")
    assert not (session.folder / "more.txt").exists()
    card.screen.until_said("Use the other door.")


@pytest.mark.parametrize("version", CLAUDES)
def test_a_watched_claude_asks_through_its_hook(
    claude_session: Callable[..., claude.ClaudeSession],
    version: str,
    lab: Lab,
    watching: Callable[..., Watching],
) -> None:
    install_hooks(lab)
    session = claude_session(version)
    card = Card(watching())
    card.screen.until_header("watched", "◇ idle")
    session.prompt("lab:bash[echo made > made.txt] lab:say[That was it.]")
    card.opens("Bash wants to run this", "echo made > made.txt", "by its hook")
    assert "watched" in card.screen.header
    card.approve()
    session.until((session.folder / "made.txt").exists, "what the tool made")
    card.screen.until("its hook took the answer: approved")
    card.screen.until_said("That was it.")

    session.prompt("lab:bash[echo more > more.txt] lab:say[I see.]")
    card.opens("echo more > more.txt")
    card.refuse("Not here, please.")
    session.pane.until("I see.")
    session.until_status("idle")
    assert not (session.folder / "more.txt").exists()
    assert "Not here, please." in session.api.turns()[-1].text

    session.prompt("lab:bash[echo third > third.txt] lab:say[Done.]")
    card.screen.until("echo third > third.txt", "answer it here")
    session.approve()
    card.screen.until("It was answered in its own terminal first: Bash echo third")
    card.goes()
    session.until((session.folder / "third.txt").exists, "what the tool made")


def test_without_a_way_in_the_card_shows_all_and_says_where_to_answer(
    claude_session: Callable[..., claude.ClaudeSession], watching: Callable[..., Watching]
) -> None:
    session = claude_session()
    card = Card(watching())
    card.screen.until_header("◇ idle")
    session.prompt("lab:bash[git push --force]")
    card.screen.until("NEEDS YOU   ", "git push --force", "overwrites history that others may have")
    card.screen.until("It can be answered in its own terminal", "attaches, if there is a way in.")
    card.pane.keys("!")
    card.pane.keys("y")
    card.pane.keys("Enter")
    time.sleep(1)
    assert session.status == "waiting"
    session.refuse()
    card.screen.until("It was answered in its own terminal first: Bash git push --force")


# Codex


def test_an_owned_codex_is_approved_and_refused_on_the_card(
    lab: Lab, tmux: Tmux, openai_api: OpenAiApi, announced: Callable[[Client], Client]
) -> None:
    client = announced(find("codex"))
    codex.preset(lab, openai_api, None, window=codex.WINDOW)
    shell = Shell(lab, with_programs(lab.environment(), client))
    words = ("run", "codex", "--", "-a", "on-request")
    session = str(shell.json(*words)["session_id"])
    shell.run("prompt", session, "lab:ask[touch made.txt] lab:say[That was it.]")
    card = opened(tmux, lab)
    card.opens("exec_command wants to run this", "touch made.txt")
    card.approve()
    shell.until(session, "idle")
    assert (lab.repo / "made.txt").exists()
    card.screen.until("That was it.")

    shell.run("prompt", session, "lab:ask[touch more.txt] lab:say[I see.]")
    card.opens("touch more.txt")
    card.refuse("Not here, please.")
    shell.until(session, "idle")
    assert not (lab.repo / "more.txt").exists()
    assert openai_api.until_asked("Not here, please.")
    shell.run("stop", session)


def test_an_attached_codex_is_approved_and_refused_on_the_card(
    codex_session: Callable[..., codex.CodexSession], watching: Callable[..., Watching]
) -> None:
    session = codex_session(daemon=True)
    session.run("Remember the blue door.")
    card = Card(watching())
    card.screen.until_header("idle")
    card.pane.keys("a")
    card.screen.until_header("attached")
    session.prompt("lab:ask[touch made.txt] lab:say[That was it.]")
    card.opens("exec_command wants to run this", "touch made.txt")
    card.approve()
    session.until((session.lab.repo / "made.txt").exists, "what the tool made")
    card.screen.until("That was it.")

    session.prompt("lab:ask[touch more.txt] lab:say[I see.]")
    card.opens("touch more.txt")
    card.refuse("Not here, please.")
    session.api.until_asked("Not here, please.")
    card.goes()
    assert not (session.lab.repo / "more.txt").exists()
