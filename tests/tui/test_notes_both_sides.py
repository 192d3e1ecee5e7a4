"""When agent and person write the same notes: nothing of either is lost, nothing jumps."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearhead.core.agents.base import State
from clearhead.tui.widgets.notes import saving

from ..helpers import until_async
from .notes_world import NAME, World, held, history, notes_of, put, saved

TEXT = "# Shop\n\n## Completed\n\n- [x] schema\n- [ ] filters\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


@pytest.fixture
def file(root: Path) -> Path:
    place = root / NAME
    place.write_text(TEXT)
    return place


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pause in typing be short."""
    monkeypatch.setattr(saving, "QUIET", 0.05)


async def test_an_outside_change_is_taken_where_nothing_would_be_lost(
    root: Path, file: Path
) -> None:
    put(file, "".join(f"line {n}\n" for n in range(200)))
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("line 1")
        world.pane.focus_editor()
        world.editor.move_cursor((150, 3))
        await world.reads("line 150")
        top = world.editor.scroll_offset.y
        put(file, "new\nnew\n" + "".join(f"line {n}\n" for n in range(200)))
        await world.reads("the agent changed it")
        assert world.editor.cursor_location == (152, 3)
        assert world.editor.scroll_offset.y == top + 2
        await world.reads("line 150")
        assert not world.pane.unsaved
        await world.press("ctrl+z")
        await until_async(lambda: world.pane.unsaved)
        assert not world.editor.plain.startswith("new")


async def test_an_outside_change_does_not_scroll_a_reader(root: Path, file: Path) -> None:
    put(file, "".join(f"line {n}\n" for n in range(200)))
    async with notes_of(root) as world:
        await world.reads("line 1")
        world.editor.scroll_to(y=100, animate=False)
        await world.reads("line 100")
        put(file, "".join(f"line {n}\n" for n in range(200)) + "more\n")
        await until_async(lambda: world.editor.plain.endswith("more\n"))
        await world.pilot.pause()
        assert world.editor.scroll_offset.y == 100


async def conflict(world: World) -> None:
    await world.reads("schema")
    await world.type("mine ")
    await world.reads("not saved")
    world.file.write_text("theirs\n")
    await world.reads("! changed on disk", "mine # Shop")


async def test_both_texts_are_kept_when_both_sides_wrote(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await conflict(world)
        assert held(file) == "theirs\n"
        await until_async(lambda: world.kept.draft_of(file))
        assert world.kept.draft_of(file).text == "mine " + TEXT
        await world.reads("ctrl+g K keep mine", "ctrl+g L take theirs")
        await world.press("escape")
        await world.reads("  K keep mine", "  L take theirs")


@pytest.mark.usefixtures("soon")
async def test_while_it_is_undecided_nothing_is_saved(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await conflict(world)
        world.agent_is(State.IDLE)
        await world.type("more ")
        await until_async(lambda: (draft := world.kept.draft_of(file)) and "more" in draft.text)
        await world.press("ctrl+s")
        assert held(file) == "theirs\n"
        assert world.pane.conflict


async def test_keep_mine_saves_over_theirs_which_stay_in_the_history(
    root: Path, file: Path
) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await conflict(world)
        await world.press("ctrl+g")
        await world.press("K")
        await saved(world, "mine " + TEXT)
        assert "theirs\n" in history(world)
        assert world.kept.draft_of(file) is None


async def test_take_theirs_leaves_mine_in_undo_and_history(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await conflict(world)
        await world.press("escape", "L")
        await until_async(lambda: world.editor.plain == "theirs\n")
        assert not world.pane.unsaved
        assert "mine " + TEXT in history(world)
        await until_async(lambda: world.kept.draft_of(file) is None)
        world.pane.focus_editor()
        await world.press("ctrl+z")
        await until_async(lambda: world.editor.plain == "mine " + TEXT)


async def test_the_choice_says_why_it_is_not_there(root: Path, file: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("schema")
        await world.press("K")
        footer = world.pane.screen._compositor.render_strips()[-1].text
        assert "Nothing to choose" in footer


async def test_equal_changes_on_both_sides_are_no_conflict(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("X")
        await world.reads("not saved")
        put(file, "X" + TEXT)
        await until_async(lambda: not world.pane.unsaved)
        assert not world.pane.conflict


async def test_a_deleted_file_is_written_again_on_request(root: Path, file: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("schema")
        world.file.unlink()
        await world.reads("gone from disk", "was deleted", "K write mine again", "- [x] schema")
        await world.press("K")
        await saved(world, TEXT)
        await world.reads("saved")


async def test_a_deleted_file_can_be_let_go(root: Path, file: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("schema")
        world.file.unlink()
        await world.reads("gone from disk")
        await world.press("L")
        await world.reads("This session has no notes.")
        put(file, "again\n")
        await world.reads("again")
