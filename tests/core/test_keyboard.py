"""One hand at the keyboard of a client, and never two Escapes in a burst, whoever presses them."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING, cast

import pytest

from clearhead.core.acting.keyboard import APART, Keyboard, Unsure, press_once
from clearhead.core.acting.lock import SessionTaken
from clearhead.core.acting.typed import (
    KEPT,
    LONG,
    file_of,
    fitting,
    let_go,
    same_text,
    untypable,
)
from clearhead.core.agents.claude.deeds import mention
from clearhead.core.tmux import Pane, TmuxGone

if TYPE_CHECKING:
    from pathlib import Path


class Keys:
    """A pane that remembers when keys were pressed."""

    def __init__(self, *, gone: bool = False) -> None:
        self.pressed: list[float] = []
        self._gone = gone

    async def press(self, *_: str) -> None:
        if self._gone:
            raise TmuxGone("the server has gone")
        self.pressed.append(time.monotonic())


def pane(keys: Keys) -> Pane:
    return cast("Pane", keys)


async def test_two_in_a_row_press_escape_well_apart(tmp_path: Path) -> None:
    keys = Keys()
    for _ in range(2):
        with Keyboard(7, tmp_path) as keyboard:
            await keyboard.escape(pane(keys))
    first, second = keys.pressed
    assert second - first >= APART * 0.99


async def test_another_process_keeps_the_distance_too(tmp_path: Path) -> None:
    code = (
        "import asyncio, pathlib, time\n"
        "from clearhead.core.acting.keyboard import Keyboard\n"
        "class Keys:\n"
        "    async def press(self, *_): print(time.monotonic())\n"
        f"with Keyboard(7, pathlib.Path({str(tmp_path)!r})) as keyboard:\n"
        "    asyncio.run(keyboard.escape(Keys()))\n"
    )
    keys = Keys()
    with Keyboard(7, tmp_path) as keyboard:
        await keyboard.escape(pane(keys))
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=-1)
    said, _ = await other.communicate()
    assert float(said) - keys.pressed[0] >= APART * 0.99


@pytest.mark.parametrize("kept", [b"", b"rubbish", b"1e300", b"nan"])
async def test_a_damaged_or_older_time_does_not_stop_anyone(tmp_path: Path, kept: bytes) -> None:
    (tmp_path / "7.escaped").write_bytes(kept)
    begun = time.monotonic()
    with Keyboard(7, tmp_path) as keyboard:
        await keyboard.rest()
    assert time.monotonic() - begun < APART / 2


def test_the_second_at_one_keyboard_is_told_and_other_clients_are_free(tmp_path: Path) -> None:
    with Keyboard(7, tmp_path):
        with pytest.raises(SessionTaken, match="Another clearhead"):
            Keyboard(7, tmp_path)
        Keyboard(8, tmp_path).release()
    Keyboard(7, tmp_path).release()


async def test_a_key_that_tmux_does_not_confirm_is_unsure() -> None:
    with pytest.raises(Unsure, match="Enter was on its way"):
        await press_once(pane(Keys(gone=True)), "Enter")


@pytest.mark.parametrize(
    ("words", "height", "typed"),
    [
        ("one line", 10, True),
        ("two\nlines", 10, True),
        ("three\nshort\nlines", 10, False),
        ("\n".join("abcdefgh"), 40, True),
        ("x" * LONG, 500, True),
        ("x" * (LONG + 1), 500, False),
    ],
)
def test_a_text_is_typed_where_its_box_has_room(words: str, height: int, typed: bool) -> None:
    given = fitting(words, "name", 80, height)
    assert (given == words) is typed
    if not typed:
        assert given.startswith("Read ")


@pytest.mark.parametrize("words", ["", " \n", "/exit", " !rm x", "# note", "a\tb", "a\x1bb"])
def test_what_is_no_prompt_is_not_typed(words: str) -> None:
    assert untypable(words)


def test_wrapping_does_not_make_another_text() -> None:
    assert same_text("one two three", "one two\n  three")
    assert not same_text("one two", "one two three")


def test_the_files_of_long_prompts_do_not_pile_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    words = "x" * (LONG + 1)
    for name in ("old", "older", "new"):
        fitting(words, name, 80, 24)
    assert file_of("new").read_text() == words
    for name in ("old", "older"):
        os.utime(file_of(name), (time.time() - 2 * KEPT,) * 2)
    fitting(words, "newest", 80, 24)
    left = sorted(path.stem for path in file_of("new").parent.iterdir())
    assert left == ["new", "newest"]
    let_go("new")
    let_go("new")
    assert not file_of("new").exists()


def test_a_client_that_reads_files_itself_is_given_its_own_pointer(tmp_path: Path) -> None:
    given = fitting("three\nshort\nlines", "name", 80, 10, mention)
    assert given == f"@{file_of('name')} Do what this file says."
    assert mention(tmp_path / "a b.md") == f'@"{tmp_path}/a b.md" Do what this file says.'
