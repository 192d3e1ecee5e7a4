"""Reset and undo by their keys with Codex, and undo beside somebody's own Claude Code."""

import json
from collections.abc import Callable

import psutil
import pytest

from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .codex import CodexSession
from .lab import Lab
from .openai_api import OpenAiApi
from .resetting import (
    ASKS_FOR_NOTES,
    BRIEF,
    STEP,
    begun_codex,
    good_boot,
    links_of,
    script_codex,
    script_notes,
    shell,  # noqa: F401
    times,
)
from .test_driving import Shell
from .test_reset_attached import EDITS, flags_of
from .test_reset_screen import clearhead
from .tmux import Pane, Size, Tmux
from .waiting import until

pytestmark = pytest.mark.real

SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["wide", "narrow"])
PATIENCE = 60.0
"""Seconds that a step of real clients may take on a busy machine."""


def reset_by_keys(pane: Pane) -> None:
    """Press the three keys, each when the screen asks for it, until the check has passed."""
    pane.keys("r")
    pane.until("Enter asks the agent for its notes", within=PATIENCE)
    pane.keys("Enter")
    pane.until("Enter ends this session and sends the brief", within=PATIENCE)
    pane.keys("Enter")
    pane.until("4 of 4 points hold", within=PATIENCE)


def undo_by_keys(pane: Pane, old: str) -> str:
    """Press `u` and Enter; what the screen said that it would do."""
    pane.keys("u")
    asked = pane.until(old, within=PATIENCE)
    pane.keys("Enter")
    return asked


def driven(shell: Shell) -> set[str]:  # noqa: F811
    """The sessions that a live driver of clearhead's own holds."""
    records = [json.loads(path.read_text()) for path in (shell.folder / "drivers").glob("*.json")]
    return {one["session_id"] for one in records if psutil.pid_exists(one["pid"])}


def lines(text: str) -> list[str]:
    """The lines of a text without the blanks around them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@SIZES
def test_three_keys_reset_an_owned_codex_and_two_bring_it_back(
    shell: Shell,  # noqa: F811
    tmux: Tmux,
    openai_api: OpenAiApi,
    size: Size,
) -> None:
    script_codex(openai_api)
    old = begun_codex(shell)
    planned = shell.json("reset", old, "--dry-run")["brief"]
    pane = clearhead(tmux, shell, size)
    pane.until("owned", within=PATIENCE)
    reset_by_keys(pane)
    assert (times(openai_api, ASKS_FOR_NOTES), times(openai_api, BRIEF)) == (1, 1)
    assert lines(openai_api.turns(BRIEF)[0].prompt) == lines(planned)
    chain = [link["session_id"] for link in links_of(shell)]
    new = chain[-1]
    assert new != old
    assert chain[0] == old
    assert "never a wider permission" in undo_by_keys(pane, f"codex {old}")
    pane.until("is back under clearhead", within=PATIENCE)
    pane.keys("Enter")
    pane.until("begin lab:say[Yes]", within=PATIENCE)
    assert driven(shell) == {old, new}, "the fresh session is kept beside it"
    shell.run("prompt", old, "still here? lab:say[Still here]")
    pane.until("Still here", within=PATIENCE)
    assert "begin lab:say" in json.dumps(openai_api.until_asked("still here?").body)


@SIZES
def test_codex_in_somebodys_window_is_reset_and_brought_back(
    shell: Shell,  # noqa: F811
    tmux: Tmux,
    openai_api: OpenAiApi,
    codex_session: Callable[..., CodexSession],
    size: Size,
) -> None:
    script_codex(openai_api)
    window = codex_session(daemon=True, size=(120, 80))
    window.run("begin lab:say[Yes]")
    old = window.thread_id
    planned = shell.json("reset", old, "--dry-run")["brief"]
    pane = clearhead(tmux, shell, size)
    pane.until("idle", within=PATIENCE)
    pane.keys("a")
    pane.until("attached", within=PATIENCE)
    reset_by_keys(pane)
    assert (times(openai_api, ASKS_FOR_NOTES), times(openai_api, BRIEF)) == (1, 1)
    assert lines(openai_api.turns(BRIEF)[0].prompt) == lines(planned)
    window.pane.until(STEP, within=PATIENCE)
    assert links_of(shell)[-1]["session_id"] != old
    before = panes(tmux)
    assert "never a wider permission" in undo_by_keys(pane, f"codex {old}")
    pane.until("is back in the pane", within=PATIENCE)
    (beside,) = panes(tmux) - before
    assert window_of(tmux, beside) == window_of(tmux, window.pane.id), "they stand side by side"
    Pane(tmux, beside).until("Nothing is new.", within=PATIENCE)
    pane.keys("Enter")
    pane.until("begin lab:say[Yes]", within=PATIENCE)


@SIZES
def test_claude_in_somebodys_pane_comes_back_in_a_pane_beside(
    shell: Shell,  # noqa: F811
    lab: Lab,
    tmux: Tmux,
    anthropic_api: AnthropicApi,
    claude_session: Callable[..., ClaudeSession],
    size: Size,
) -> None:
    script_notes(anthropic_api, lab.repo)
    good_boot(anthropic_api, lab.repo)
    session = claude_session("2.1.330", arguments=EDITS)
    session.prompt("begin lab:say[Yes]")
    old = session.session_id
    pane = clearhead(tmux, shell, size)
    pane.until("◇ idle", within=PATIENCE)
    reset_by_keys(pane)
    fresh = session.session_id
    assert fresh != old
    before = panes(tmux)
    undo_by_keys(pane, f"claude {old}")
    pane.until("is back in the pane", within=PATIENCE)
    (beside,) = panes(tmux) - before
    screen = pane.screen()
    assert f"is back in the pane {beside}." in screen
    assert "Enter go there" in screen
    assert "bring it back" not in screen
    assert window_of(tmux, beside) == window_of(tmux, session.pane.id), "they stand side by side"
    until(lambda: shell.row(old).get("pid"), within=PATIENCE, what="the old session in its pane")
    assert flags_of(shell.row(old))[-2:] == ["--permission-mode", "acceptEdits"]
    assert shell.row(fresh)["pid"] == session.pane.pid, "the fresh session stays in its own pane"
    Pane(tmux, beside).until("The notes are up to date.", within=PATIENCE)
    pane.keys("Enter")
    pane.until("agent  The notes are up to date.", within=PATIENCE)


def panes(tmux: Tmux) -> set[str]:
    """The panes of all windows of the server."""
    return set(tmux.run("list-panes", "-a", "-F", "#{pane_id}").split())


def window_of(tmux: Tmux, pane: str) -> str:
    """The window that a pane is in."""
    return tmux.run("display-message", "-p", "-t", pane, "#{window_id}")
