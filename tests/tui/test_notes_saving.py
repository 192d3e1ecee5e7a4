"""When an edit is saved, and what is done with what the other side wrote."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from clearhead.core.agents.base import State
from clearhead.core.lineends import Form
from clearhead.core.notefile import Loaded, Stamp
from clearhead.core.problems import Report
from clearhead.tui import themes
from clearhead.tui.widgets.notes.saving import PATIENCE, QUIET, OpenFile, Theirs, Turn
from clearhead.tui.widgets.notes.title import Choice, Room, plan_row

NOW = 1_000.0


def loaded(text: str) -> Loaded:
    stamp = Stamp(1, 2, 3, len(text), sha256(text.encode()).hexdigest())
    return Loaded(Path("/r/n.md"), Path("/r/n.md"), text, Form(), stamp)


def edited(text: str = "mine", base: str = "base") -> OpenFile:
    file = OpenFile(loaded(base), base)
    file.type(text, NOW)
    return file


@pytest.mark.parametrize("state", [State.IDLE, State.ENDED, State.UNKNOWN])
def test_without_a_turn_it_is_saved_after_a_pause(state: State) -> None:
    assert edited().wait(Turn(state), NOW) == QUIET
    assert edited().wait(Turn(state), NOW + QUIET + 1) == 0.0


def test_typing_on_puts_it_off() -> None:
    file = edited()
    file.type("mine too", NOW + 1.5)
    assert file.wait(Turn(State.IDLE), NOW + 1.5) == QUIET


def test_a_turn_has_no_time_limit_and_a_waiting_agent_has_one() -> None:
    file = edited()
    assert file.wait(Turn(State.BUSY), NOW + 10_000) is None
    assert file.wait(Turn(State.WAITING, since=NOW - 500), NOW) == PATIENCE
    assert file.wait(Turn(State.WAITING, since=NOW + 60), NOW + 60) == PATIENCE
    assert file.wait(Turn(State.WAITING, since=NOW - 500), NOW + PATIENCE + 1) == 0.0


def test_typing_on_does_not_lengthen_the_wait_for_a_waiting_agent() -> None:
    file = edited()
    file.type("mine too", NOW + 100)
    assert file.wait(Turn(State.WAITING), NOW + 100) == PATIENCE - 100


def test_nothing_is_saved_by_itself_that_needs_a_person() -> None:
    clean, undecided, failed = OpenFile(loaded("base"), "base"), edited(), edited()
    undecided.theirs = Theirs(loaded("other"), "changed")
    failed.report = Report("Not saved", "disk full")
    closed = OpenFile(replace(loaded("base"), read_only="why"), "mine")
    for file in (clean, undecided, failed, closed):
        assert file.wait(Turn(State.IDLE), NOW + 100) is None


def test_taking_an_edit_back_leaves_nothing_to_save() -> None:
    file = edited()
    file.type("base", NOW + 1)
    assert not file.unsaved
    assert (file.edits, file.edited_at) == (0, None)


def test_another_text_on_disk_is_taken_only_where_nothing_is_lost() -> None:
    clean = OpenFile(loaded("base"), "base")
    assert clean.find(Theirs(loaded("other"), ""))
    assert (clean.text, clean.unsaved) == ("other", False)
    file = edited()
    assert not file.find(Theirs(loaded("other"), ""))
    assert (file.text, file.theirs is not None) == ("mine", True)


def test_a_choice_goes_when_the_other_side_takes_its_change_back() -> None:
    file = edited()
    file.find(Theirs(loaded("other"), ""))
    file.find(Theirs(loaded("base"), ""))
    assert file.theirs is None
    assert file.unsaved


def test_a_file_that_is_gone_and_comes_back_unchanged_needs_no_choice() -> None:
    file = OpenFile(loaded("base"), "base")
    file.find(Theirs(None, "deleted"))
    assert file.theirs is not None
    file.find(Theirs(loaded("base"), ""))
    assert file.theirs is None


def test_a_save_while_typing_goes_on_leaves_the_rest_unsaved() -> None:
    file = edited("mine and more")
    file.save(loaded("mine"))
    assert file.unsaved
    assert file.edited_at == NOW


KEYS = (Choice("ctrl+s", "now"), Choice("ctrl+g Z", "wait"))
PLAN = "saves when the turn ends"


@pytest.mark.parametrize(
    ("width", "note", "rows"),
    [
        (80, "", [f"{PLAN} ctrl+s now ctrl+g Z wait"]),
        (80, "a note", [f"{PLAN} ctrl+s now ctrl+g Z wait a note"]),
        (58, "a longer note", [f"{PLAN} ctrl+s now ctrl+g Z wait", "a longer note"]),
        (44, "", [PLAN, "ctrl+s now ctrl+g Z wait"]),
        (44, "a note", [f"{PLAN} a note", "ctrl+s now ctrl+g Z wait"]),
        (30, "a longer note", [PLAN, "a longer note", "ctrl+s now ctrl+g Z wait"]),
    ],
)
def test_what_stands_below_the_editor_keeps_to_its_width(
    width: int, note: str, rows: list[str]
) -> None:
    drawn = plan_row(PLAN, note, KEYS, Room(width, 1), themes.load("clearhead")).plain
    assert [" ".join(row.split()) for row in drawn.split("\n")] == rows
    assert all(len(row) <= width - 1 for row in drawn.split("\n"))
