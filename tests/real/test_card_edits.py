"""Edits approved by a key in somebody's Claude Code without hooks: shown whole, or not approved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .claude import ClaudeSession
from .clearhead import Watching
from .lab import Lab
from .script import Call, Reply
from .test_card import CLAUDES, Card

pytestmark = [pytest.mark.real, pytest.mark.parametrize("version", CLAUDES)]

BEFORE = "def start():\n    return 1\n\n\ndef end():\n    return 2\n"
LONG = f"    total = {' + '.join(f'basket.items[{n}].price' for n in range(8))}  # to its end"


@pytest.fixture
def file(lab: Lab) -> Path:
    """A file that the agent is going to change."""
    path = lab.repo / "src" / "filters.py"
    path.parent.mkdir()
    path.write_text(BEFORE)
    return path


@pytest.fixture
def session(
    claude_session: Callable[..., ClaudeSession], version: str, file: Path
) -> ClaudeSession:
    return claude_session(version)


@pytest.fixture
def card(session: ClaudeSession, watching: Callable[..., Watching]) -> Card:
    """The card of a clearhead that is attached by the session's keys alone."""
    card = Card(watching())
    card.screen.until_header("◇ idle")
    card.pane.keys("a")
    card.screen.until_header("attached %")
    return card


def wants(session: ClaudeSession, call: Call) -> None:
    """Let the agent ask for a change, without a word of it in the prompt."""
    file = str(session.lab.repo / "src" / "filters.py")
    calls = [Reply(text="Reading.", calls=(Call("read", file),)), Reply("Changing.", calls=(call,))]
    session.api.on("do the thing", *calls, Reply("That was it."))
    session.prompt("do the thing")


@pytest.mark.parametrize(
    ("made", "new", "shown"),
    [
        pytest.param("edit", "return 11", ("- return 1", "+ return 11"), id="edit"),
        pytest.param("edit", f"return 1\n{LONG}", ("+     total = basket.items[0]",), id="wrapped"),
        pytest.param("write", "one line\nand\tanother", ("+ one line", "+ and"), id="overwrite"),
        pytest.param("write new", "- one line", ("new.py", "+ - one line"), id="new-file"),
    ],
)
def test_two_keys_make_the_change(
    session: ClaudeSession, card: Card, file: Path, made: str, new: str, shown: tuple[str, ...]
) -> None:
    tool, _, other = made.partition(" ")
    target = file.with_name("new.py") if other else file
    old = "|return 1" if tool == "edit" else ""
    wants(session, Call(tool, f"{target}{old}|{new}"))
    card.opens("wants to", *shown, "by a key in its terminal")
    card.approve()
    card.screen.until("Approved: the dialog was answered with yes.")
    card.screen.until_said("That was it.")
    session.until_status("idle")
    changed = BEFORE.replace("return 1", new) if tool == "edit" else new
    assert target.read_text() == changed


def test_a_refusal_leaves_the_file_alone(session: ClaudeSession, card: Card, file: Path) -> None:
    wants(session, Call("edit", f"{file}|return 1|return 11"))
    card.opens("Edit wants to change this file")
    card.refuse("Keep the one.")
    session.until(lambda: "Keep the one." in session.prompts(), "the reason as a prompt")
    session.until_status("idle")
    assert file.read_text() == BEFORE


def test_what_its_window_cannot_show_is_refused_and_not_approved(
    session: ClaudeSession, card: Card, file: Path
) -> None:
    many = "\n".join(f"    line {number} of many" for number in range(60))
    wants(session, Call("edit", f"{file}|    return 1|{many}"))
    card.opens("Edit wants to change this file")
    for _ in range(9):
        if "y then Enter" in card.pane.screen() and "Not yet" not in card.pane.screen():
            break
        card.pane.keys("PageDown")
        card.pane.until_still(0.2)
    card.approve()
    card.screen.until("Not approved: The dialog on its screen does not show this request whole.")
    assert (session.status, file.read_text()) == ("waiting", BEFORE)
    card.opens("Edit wants to change this file")
    card.refuse("")
    card.goes()
    session.until_status("idle")
    assert file.read_text() == BEFORE
