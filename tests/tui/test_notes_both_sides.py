"""When agent and person write the same notes: nothing of either is lost, nothing jumps."""

from __future__ import annotations

from pathlib import Path
from random import Random

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


async def test_edits_of_both_sides_are_merged_and_saved(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("My ")
        await world.reads("not saved")
        put(file, TEXT.replace("[ ] filters", "[x] filters"))
        await world.reads("- [x] filters", "the agent changed it")
        assert world.editor.plain == "My " + TEXT.replace("[ ] filters", "[x] filters")
        assert world.editor.cursor_location == (0, 3)
        assert not world.pane.conflict
        assert held(file) == TEXT.replace("[ ] filters", "[x] filters")
        world.agent_is(State.IDLE)
        await saved(world, "My " + TEXT.replace("[ ] filters", "[x] filters"))


async def test_lines_are_marked_by_who_wrote_them_until_they_were_looked_at(
    root: Path, file: Path
) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("My ")
        put(file, TEXT + "- [ ] export\n")
        await world.reads("▌  My # Shop", "┊+ - [ ] export", "   - [x] schema")
        await world.press("escape")
        await world.reads("▌  My # Shop", "┊  - [ ] export")


async def test_undo_takes_back_what_the_person_wrote_before_a_merge(root: Path, file: Path) -> None:
    merged = "top\n" + TEXT + "end\n"
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("My ")
        put(file, merged)
        await until_async(lambda: world.editor.plain == "top\nMy " + TEXT + "end\n")
        await world.press("ctrl+z")
        await world.reads("undo took back what the agent wrote")
        assert world.editor.plain == "My " + TEXT
        await world.press("ctrl+y")
        assert world.editor.plain == "top\nMy " + TEXT + "end\n"
        await world.press("ctrl+z", "ctrl+z")
        assert world.editor.plain == TEXT


@pytest.mark.usefixtures("soon")
async def test_a_waiting_save_can_be_told_to_wait_on(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("My ")
        await world.reads("saves when the turn ends", "ctrl+g Z wait")
        await world.press("ctrl+g")
        await world.press("Z")
        await world.reads("not saved until you say so", "ctrl+g Z let it save")
        world.agent_is(State.IDLE)
        await until_async(lambda: world.kept.draft_of(file))
        assert held(file) == TEXT
        await world.press("ctrl+s")
        await saved(world, "My " + TEXT)


async def test_two_writers_in_the_pane_lose_nothing(root: Path, file: Path) -> None:
    """Person and agent write by turns, a hundred times; every line of both is there at the end."""
    random = Random(11)
    put(file, "".join(f"## part {n}\n\n" for n in range(9)))
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("part 1")
        typed: list[str] = []
        written: list[str] = []
        for number in range(50):
            lines = held(file).split("\n")
            at = random.randrange(0, 9)
            written.append(f"- agent {number}")
            lines.insert(lines.index(f"## part {at}") + 1, written[-1])
            put(file, "\n".join(lines))
            if random.random() < 0.5:
                await until_async(lambda: written[-1] in world.editor.plain.split("\n"))
            row = world.editor.plain.split("\n").index(f"## part {random.randrange(0, 9)}")
            world.editor.move_cursor((row, 0))
            typed.append(f"x{number}x")
            world.pane.focus_editor()
            await world.press(*typed[-1], "enter")
            if random.random() < 0.2:
                await world.press("ctrl+s")
        await until_async(
            lambda: world.pane.conflict or set(written) <= set(world.editor.plain.split("\n"))
        )
        text = world.editor.plain + held(file)
        assert [line for line in written if line not in text.split("\n")] == []
        assert [word for word in typed if word not in text] == []


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
        await until_async(lambda: world.kept.draft_of(file) is None)


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
