"""Two texts that contradict each other: both are seen, one is chosen block by block."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearhead.core.agents.base import State
from clearhead.tui.screens.conflict import ConflictScreen

from ..helpers import until_async
from .notes_world import NAME, World, held, history, notes_of, put, saved

BASE = "# Shop\n\nstatus: begun\n\n- one\n- two\n\nnext: filters\n"
MINE = BASE.replace("begun", "half done").replace("filters", "export")
THEIRS = BASE.replace("begun", "tests fail").replace("filters", "login").replace("- two", "- 2")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / NAME).write_text(BASE)
    return folder


async def contradicting(world: World) -> ConflictScreen:
    """Open the screen on two blocks that both sides changed."""
    await world.reads("- two")
    world.pane.focus_editor()
    world.editor.become(MINE)
    await world.reads("not saved")
    put(world.file, THEIRS)
    await world.reads("changed on disk", "C block by block")
    await world.press("ctrl+g")
    await world.press("C")
    await until_async(lambda: isinstance(world.pane.app.screen, ConflictScreen))
    screen = world.pane.app.screen
    assert isinstance(screen, ConflictScreen)
    await world.pilot.pause()
    return screen


def shown(screen: ConflictScreen) -> str:
    return "\n".join(strip.text.rstrip() for strip in screen._compositor.render_strips())


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_both_sides_are_shown(root: Path, size: tuple[int, int]) -> None:
    async with notes_of(root, agent=State.BUSY, size=size) as world:
        seen = shown(await contradicting(world))
        for words in (
            "0 of 2 blocks decided",
            "status: half done",
            "status: tests fail",
            "next: export",
            "next: login",
            "undecided",
        ):
            assert words in seen
        assert held(world.file) == THEIRS


async def test_each_block_is_chosen_and_nothing_is_lost(root: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        screen = await contradicting(world)
        await world.press("left")
        assert "1 of 2 blocks decided" in shown(screen)
        await world.press("right", "enter")
        chosen = THEIRS.replace("tests fail", "half done")
        await until_async(lambda: world.editor.plain == chosen)
        assert not world.pane.conflict
        assert held(world.file) == THEIRS
        world.agent_is(State.IDLE)
        await saved(world, chosen)
        assert {MINE, THEIRS} <= history(world)


async def test_both_sides_can_be_taken(root: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await contradicting(world)
        await world.press("b", "b", "enter")
        await until_async(lambda: "status: tests fail\nstatus: half done" in world.editor.plain)
        assert "next: login\nnext: export" in world.editor.plain


async def test_enter_waits_for_every_choice_and_escape_decides_nothing(root: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        screen = await contradicting(world)
        await world.press("enter")
        assert world.pane.app.screen is screen
        assert "First choose for every block" in shown(screen)
        await world.press("m", "escape")
        assert world.pane.app.screen is not screen
        assert world.pane.conflict
        assert world.editor.plain == MINE
        assert held(world.file) == THEIRS


async def test_a_choice_between_texts_that_changed_meanwhile_is_not_taken(root: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await contradicting(world)
        put(world.file, THEIRS.replace("tests fail", "tests pass"))
        await until_async(
            lambda: (file := world.pane.keeper.file).theirs.disk.text != THEIRS and file.theirs
        )
        await world.press("m", "m", "enter")
        await until_async(lambda: not isinstance(world.pane.app.screen, ConflictScreen))
        await world.pilot.pause()
        assert world.pane.conflict
        assert world.editor.plain == MINE
