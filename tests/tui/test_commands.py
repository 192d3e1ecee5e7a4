"""The registry: keys that do not clash, keymaps of people, and the table of the README."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.binding import Binding

from clearhead.tui.command import Context, Situation, shown_key
from clearhead.tui.commands import COMMANDS, HELP, LEADER, bindings, readme_table
from clearhead.tui.keymap import Keymap, clashes, remap

FIND = "find.open"


def test_no_key_means_two_things_at_one_place() -> None:
    assert not list(clashes(COMMANDS))


def test_ids_and_actions_are_unique() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert len({command.action for command in COMMANDS}) == len(COMMANDS)


def test_every_command_says_in_a_sentence_what_it_does() -> None:
    for command in COMMANDS:
        assert command.help[0].isupper(), command.id
        assert command.help.endswith("."), command.id
        assert command.contexts, command.id


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_reasons_are_sentences(command: object) -> None:
    nothing = Situation(session=False, selected=False, searching=False, notes=False, unsaved=False)
    reason = command.why_not(nothing)
    assert reason is None or (reason[0].isupper() and reason.endswith("."))


def test_a_reason_goes_when_it_no_longer_holds() -> None:
    save = Keymap()["notes.save"]
    assert save.why_not(Situation(unsaved=False))
    assert save.why_not(Situation(unsaved=True)) is None


@pytest.mark.parametrize(
    ("key", "words"),
    [("f1", "F1"), ("f", "f"), ("escape", "Esc"), ("ctrl+g", "ctrl+g"), ("+", "+"), ("G", "G")],
)
def test_keys_are_shown_as_people_know_them(key: str, words: str) -> None:
    assert shown_key(key) == words


def test_bindings_carry_the_id_of_their_command() -> None:
    found = {b.id: b for b in bindings(Context.SUPERVISE) if isinstance(b, Binding)}
    assert found[FIND].key == "/"
    assert found[FIND].action == "find"
    assert "item.toggle" not in found


class Keys(App[None]):
    BINDINGS = bindings(Context.SUPERVISE, Context.TRANSCRIPT, Context.DEMO)

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.set_keymap(keymap.changed())

    def action_find(self) -> None:
        self.heard.append("find")

    def action_newest(self) -> None:
        self.heard.append("newest")

    def action_why(self) -> None:
        self.heard.append("why")

    def action_demo_faster(self) -> None:
        self.heard.append("faster")

    def action_jump(self, kind: str, step: int) -> None:
        self.heard.append(f"{kind}{step:+}")


async def test_every_kind_of_key_arrives() -> None:
    async with Keys(Keymap()).run_test() as pilot:
        await pilot.press("/", "G", "end", "?", "+", "t", "T")
        assert pilot.app.heard == ["find", "newest", "newest", "why", "faster", "turn+1", "turn-1"]


async def test_the_keys_of_a_person_take_the_place_of_the_others() -> None:
    keymap, reports = remap({FIND: "ctrl+f ,", "jump.newest": "N"})
    assert not reports
    async with Keys(keymap).run_test() as pilot:
        await pilot.press("/", "G", "end", "ctrl+f", ",", "N")
        assert pilot.app.heard == ["find", "find", "newest"]


@pytest.mark.parametrize(
    ("name", "keys", "told"),
    [
        pytest.param("find.openn", "x", "no command of this name", id="unknown-command"),
        pytest.param(FIND, "blah", "not the name of a key", id="unknown-key"),
        pytest.param(FIND, "ctrl+h", "backspace", id="terminals-cannot-tell"),
        pytest.param(FIND, "  ", "No key is named", id="empty"),
        pytest.param(LEADER, "x", "types a character", id="leader-types"),
        pytest.param(FIND, "s", "already the key of sessions.open", id="taken-by-default"),
        pytest.param("app.quit", "t", "already the key of jump.turn", id="taken-elsewhere"),
    ],
)
def test_a_wish_that_cannot_be_followed_is_reported(name: str, keys: str, told: str) -> None:
    keymap, (report,) = remap({name: keys})
    assert keymap.commands == COMMANDS
    assert told in report.detail
    assert report.remedy


def test_two_commands_may_swap_their_keys() -> None:
    keymap, reports = remap({"jump.turn": "e", "jump.error": "t"})
    assert not reports
    assert (keymap["jump.turn"].key, keymap["jump.error"].key) == ("e", "t")


def test_the_same_key_twice_is_reported_and_the_rest_followed() -> None:
    keymap, reports = remap({"jump.turn": "j", "jump.error": "j", "jump.edit": "Q"})
    assert len(reports) == 1
    assert keymap["jump.edit"].key == "Q"
    assert not list(clashes(keymap.commands))


def test_the_leader_offers_only_keys_that_would_type_text() -> None:
    letters = Keymap().after_leader(Context.NOTES, Context.SUPERVISE, Context.EVERYWHERE)
    assert letters["w"].id == "notes.save"
    assert letters["q"].id == "app.quit"
    assert all(len(letter) == 1 for letter in letters)
    assert HELP not in {command.id for command in letters.values()}


def test_the_key_table_has_every_key() -> None:
    table = readme_table()
    for command in COMMANDS:
        assert (f"`{command.id}`" in table) == bool(command.keys)
    assert (
        "| `G` or `end` | Go to the newest line and follow what comes. | `jump.newest` |" in table
    )
    assert all(line.count("|") == 4 for line in table.splitlines())
