"""The versions of the notes: listed, compared, put back; also those of a save that was cut short."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clearhead.core.agents.base import State
from clearhead.core.differing import MOST_ROWS, Row, difference
from clearhead.tui.screens.history import FORGOTTEN, NONE, HistoryScreen

from ..helpers import until_async
from .notes_world import NAME, World, held, notes_of, put, saved

FIRST, SECOND = "# Shop\n\n- one\n", "# Shop\n\n- one\n- two\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / NAME).write_text(FIRST)
    return folder


def shown(world: World) -> str:
    strips = world.pane.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


async def opened(world: World, *words: str) -> HistoryScreen:
    await world.press("o")
    await until_async(lambda: all(word in shown(world) for word in ("History", *words)))
    screen = world.pane.app.screen
    assert isinstance(screen, HistoryScreen)
    return screen


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_versions_are_listed_and_compared(root: Path, size: tuple[int, int]) -> None:
    async with notes_of(root, size=size) as world:
        await world.reads("- one")
        put(world.file, SECOND)
        await world.reads("- two")
        await opened(world, "2 versions", "found on disk", "No difference.")
        await world.press("down")
        await until_async(lambda: "- - two" in shown(world))
        await world.press("up", "v")
        await until_async(lambda: "+ - two" in shown(world))
        assert "what this version changed" in shown(world)


async def test_one_key_puts_a_version_back_as_an_edit(root: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("- one")
        put(world.file, SECOND)
        await world.reads("- two")
        await opened(world, "2 versions")
        await world.press("down", "enter")
        await until_async(lambda: world.editor.plain == FIRST)
        assert held(world.file) == SECOND
        world.pane.focus_editor()
        await world.press("ctrl+z")
        assert world.editor.plain == SECOND
        await world.press("ctrl+y", "ctrl+s")
        await saved(world, FIRST)
        await world.press("escape")
        await opened(world, "3 versions", "yours")


async def test_a_version_that_was_forgotten_meanwhile_is_said(root: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("- one")
        await opened(world, "1 version")
        world.kept.forget()
        await world.press("enter")
        await until_async(lambda: FORGOTTEN in shown(world))
        await world.press("escape")
        await opened(world, NONE)


def test_a_difference_shows_what_changed_and_a_little_around() -> None:
    before = "\n".join(f"line {n}" for n in range(20))
    rows = difference(before, before.replace("line 9\n", "nine\n"))
    assert rows == (
        Row("…", ""), Row(" ", "line 7"), Row(" ", "line 8"), Row("-", "line 9"), Row("+", "nine"),
    )  # fmt: skip
    assert difference(before, before) == ()
    assert len(difference("", "x\n" * 5_000)) == MOST_ROWS + 1


KILLED = """
import os, signal, sys
from pathlib import Path
from clearhead.core.kept import Kept
from clearhead.core.notes import Notes
root, state, step = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
notes = Notes(root, Kept(state))
loaded = notes.load(root / "claude-progress.md")
left = step
def watch(event, args):
    global left
    if event in {"open", "os.rename", "os.remove", "os.chmod", "os.chown", "ctypes.dlsym",
                 "os.utime", "os.listdir", "os.mkdir"}:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
notes.save(loaded, sys.argv[4])
"""


def test_a_save_killed_at_any_step_leaves_old_or_new_and_the_history_has_both(
    root: Path, tmp_path: Path
) -> None:
    from clearhead.core.kept import Kept
    from clearhead.core.notes import Notes

    states: set[str] = set()
    for step in range(1, 60):
        (root / NAME).write_text(FIRST)
        state = tmp_path / f"state{step}"
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(root), str(state), str(step), SECOND],
            check=False, env=dict(os.environ), timeout=30,
        )  # fmt: skip
        now = (root / NAME).read_text()
        assert now in {FIRST, SECOND}
        kept = Kept(state)
        texts = {kept.content(root / NAME, v.sha256) for v in kept.versions(root / NAME)}
        assert FIRST.encode() in texts
        if now == SECOND:
            assert SECOND.encode() in texts
        states.add(now)
        loaded = Notes(root, kept).load(root / NAME)
        Notes(root, kept).save(loaded, "after\n")
        assert (root / NAME).read_text() == "after\n"
        assert [place.name for place in root.iterdir()] == [NAME]
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    else:
        raise AssertionError("the save never came to its end")
    assert states == {FIRST, SECOND}
    assert step > 8
