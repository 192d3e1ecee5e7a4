"""The health of the notes on the screen: words beside them, a list, and a key that mends."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearhead.tui.screens.health import NOTHING, HealthScreen

from ..helpers import until_async
from .notes_world import NAME, World, held, notes_of, saved

GOOD = (Path(__file__).parent.parent / "data" / "health" / "good.md").read_text()
WORSE = GOOD.replace("## Failed approaches", "## Remarks").replace("- Write the", "- The")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "db").mkdir(parents=True)
    (folder / NAME).write_text(WORSE)
    return folder


def shown(world: World) -> str:
    strips = world.pane.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


async def listed(world: World) -> HealthScreen:
    await world.reads("error")
    await world.press("H")
    await until_async(lambda: isinstance(world.pane.app.screen, HealthScreen))
    await until_async(lambda: "line" in shown(world) or NOTHING in shown(world))
    screen = world.pane.app.screen
    assert isinstance(screen, HealthScreen)
    return screen


async def test_the_health_stands_beside_the_notes_and_follows_edits(root: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("1 error · 1 warning")
        world.pane.focus_editor()
        world.editor.become(GOOD)
        await world.reads("healthy")


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_findings_are_listed_with_their_remedy(root: Path, size: tuple[int, int]) -> None:
    async with notes_of(root, size=size) as world:
        await listed(world)
        seen = shown(world)
        assert "No section says what was tried and does not work." in seen
        assert "m mends it" in seen
        assert "The next step does not begin with what to do." in seen


async def test_one_key_mends_as_an_edit_that_can_be_undone(root: Path) -> None:
    async with notes_of(root) as world:
        await listed(world)
        await world.press("m")
        await until_async(lambda: "## Failed approaches" in world.editor.plain)
        await until_async(lambda: "is empty" in shown(world))
        await world.press("escape")
        world.pane.focus_editor()
        await world.press("ctrl+z")
        assert world.editor.plain == WORSE


async def test_what_only_a_person_can_mend_says_so_and_enter_goes_there(root: Path) -> None:
    async with notes_of(root) as world:
        await listed(world)
        await world.press("down", "m")
        assert "Only you can mend this one" in shown(world)
        await world.press("enter")
        await until_async(lambda: world.pane.has_focus_within)
        line = WORSE.split("\n").index("- The export of the filtered list as CSV")
        assert world.editor.cursor_location[0] == line


async def test_nothing_to_mend_is_said(root: Path) -> None:
    (root / NAME).write_text(GOOD)
    async with notes_of(root) as world:
        await world.reads("healthy")
        await world.press("H")
        await until_async(lambda: NOTHING in shown(world))


async def test_old_sessions_go_into_a_side_file(root: Path) -> None:
    logs = "".join(f"## Session 2026-01-0{n}\nwork {n}\n" for n in range(1, 7))
    (root / NAME).write_text(GOOD + logs)
    async with notes_of(root) as world:
        await world.reads("warning")
        await world.press("H")
        await until_async(lambda: "6 sessions are told" in shown(world))
        await world.press("m")
        await until_async(lambda: "work 1" not in world.editor.plain)
        assert "work 1" in held(root / "claude-progress-archive.md")
        await world.press("escape")
        await world.press("w")
        await saved(world, world.editor.plain)
