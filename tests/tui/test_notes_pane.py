"""The notes pane over real files: found, created, edited, saved, and nothing is ever lost."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.events import AppBlur, Key

from clearhead.core.agents.base import State
from clearhead.core.config import default_settings
from clearhead.core.gitrepo import Repo
from clearhead.tui.widgets.notes import saving
from clearhead.tui.widgets.notes.desk import Desk

from ..helpers import until_async
from .notes_world import NAME, held, history, look_at, notes_of, put, saved

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


async def test_the_file_is_found_and_its_facts_are_told(root: Path, file: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("- [x] schema", "1 of 2 ticked", "changed just now")
        title, facts = world.rows()[:2]
        assert title.strip().startswith(NAME)
        assert title.endswith("saved")
        assert "~" in facts
        assert "tokens" in facts


async def test_an_old_change_is_told_with_its_age(root: Path, file: Path) -> None:
    os.utime(file, (time.time() - 200, time.time() - 200))
    async with notes_of(root) as world:
        await world.reads("changed 3 min ago")


async def test_names_of_the_settings_are_looked_for(root: Path) -> None:
    (root / "LOG.md").write_text("from the settings\n")
    async with notes_of(
        root, settings=replace(default_settings(), progress_files=("LOG.md",))
    ) as w:
        await w.reads("LOG.md", "from the settings")


@pytest.mark.usefixtures("soon")
async def test_an_edit_is_saved_after_a_pause_when_no_turn_runs(root: Path, file: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("schema")
        await world.type("X")
        await saved(world, "X" + TEXT)
        await world.reads("saved")
        assert {TEXT, "X" + TEXT} <= history(world)


@pytest.mark.usefixtures("soon")
async def test_during_a_turn_an_edit_waits_for_its_end(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("X")
        await world.reads("1 edit of yours, not saved", "saves when the turn ends", "ctrl+s now")
        await until_async(lambda: world.notes.kept.draft_of(file))
        assert held(file) == TEXT
        world.agent_is(State.IDLE)
        await saved(world, "X" + TEXT)


@pytest.mark.parametrize("keys", [("ctrl+g", "w"), ("ctrl+s",), ("escape", "w")])
async def test_one_key_saves_now(root: Path, file: Path, keys: tuple[str, ...]) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("X")
        await world.reads("not saved")
        for key in keys:
            await world.press(key)
        await saved(world, "X" + TEXT)


async def test_the_draft_is_there_within_a_second_and_goes_with_the_save(
    root: Path, file: Path
) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("X")
        await until_async(lambda: world.kept.draft_of(file), within=1.0)
        assert world.kept.draft_of(file).text == "X" + TEXT
        await world.pane.keeper.save()
        await until_async(lambda: world.kept.draft_of(file) is None)


async def test_taking_an_edit_back_drops_its_draft(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("X")
        await until_async(lambda: world.kept.draft_of(file))
        await world.press("ctrl+z")
        await until_async(lambda: world.kept.draft_of(file) is None)
        await world.reads("saved")


async def test_unsaved_text_comes_back_and_can_be_undone(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("mine ")
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("mine # Shop", "your unsaved text from", "is back", "not saved")
        world.pane.focus_editor()
        await world.press("ctrl+z")
        await until_async(lambda: world.editor.plain == TEXT)


async def test_unsaved_text_on_another_base_is_a_choice(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("mine ")
    put(file, "theirs\n")
    async with notes_of(root) as world:
        await world.reads("mine # Shop", "changed on disk", "K keep mine", "L take theirs")
        assert held(file) == "theirs\n"


async def test_without_a_file_one_key_writes_it_and_goes_there(root: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("No progress file yet", "This session has no notes.", f"p Write {NAME}")
        await world.press("p")
        await world.reads("# shop: progress", "Failed approaches", time.strftime("%Y-%m-%d"))
        await until_async(lambda: world.pane.has_focus_within)
        assert held(world.file).startswith("# shop: progress\n")
        world.file.write_text("the agent wrote\n")
        await world.reads("the agent wrote")


async def test_the_template_of_the_settings_is_used(root: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("$project by me, $date, $other")
    settings = replace(default_settings(), progress_template=tmp_path / "mine.md")
    async with notes_of(root, settings=settings) as world:
        await world.reads("Write")
        await world.press("p")
        await world.reads("shop by me")
        assert held(world.file).endswith("$other")


async def test_a_template_that_is_gone_is_a_problem_with_a_remedy(
    root: Path, tmp_path: Path
) -> None:
    settings = replace(default_settings(), progress_template=tmp_path / "gone.md")
    async with notes_of(root, settings=settings) as world:
        await world.reads("Write")
        await world.press("p")
        await world.reads("! Cannot be read", "gone.md", "progress_template")
        assert not world.file.exists()


async def test_a_file_that_the_agent_writes_later_appears(root: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("This session has no notes.")
        world.file.write_text("here I am\n")
        await world.reads(NAME, "here I am")


async def test_a_session_without_a_folder_says_so(root: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("This session has no notes.")
        world.pane.show(look_at(None))
        await world.reads("The folder of this session is not known")
        assert not world.pane.possible


async def test_another_session_brings_its_own_file_and_a_draft_of_the_first(
    root: Path, file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / NAME).write_text("the other one\n")
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("X")
        world.pane.show(look_at(other, session="two"))
        await world.reads("the other one", "saved")
        assert world.kept.draft_of(file).text == "X" + TEXT
        assert held(file) == TEXT
        world.pane.show(look_at(root, State.BUSY))
        await world.reads("X# Shop", "is back")


async def test_a_file_that_may_not_be_written_is_read_only_with_the_reason(
    root: Path, file: Path
) -> None:
    (root / NAME).chmod(0o444)
    async with notes_of(root) as world:
        await world.reads("schema", "read-only · it may not be written (mode 0444)")
        await world.type("X")
        assert world.editor.plain == TEXT
        assert not world.pane.confirmable


async def test_a_file_outside_the_repository_is_edited_after_a_word(
    root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("elsewhere\n")
    (root / NAME).symlink_to(outside)
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("elsewhere", "outside the repository", "W edit it all the same")
        await world.press("W")
        await until_async(lambda: not world.pane.confirmable)
        await world.type("X")
        await world.press("ctrl+s")
        await until_async(lambda: outside.read_text() == "Xelsewhere\n")
        assert (root / NAME).is_symlink()


async def test_characters_that_the_editor_needs_itself_make_a_file_read_only(
    root: Path, file: Path
) -> None:
    put(file, "an icon \U00100042 of a private font\n")
    async with notes_of(root) as world:
        await world.reads("an icon ? of", "read-only", "private plane")
        assert not world.pane.unsaved


async def test_a_file_too_long_to_highlight_is_told_to_be(root: Path, file: Path) -> None:
    put(file, "- a\n" * 3_001)
    async with notes_of(root) as world:
        await world.reads("too long to highlight")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"caf\xe9\n", "iconv"), (b"\xff\xfea\0", "UTF-16"), (b"a\0b", "is not a text file")],
)
async def test_what_is_no_utf8_text_is_left_alone_with_a_remedy(
    root: Path, content: bytes, words: str
) -> None:
    (root / NAME).write_bytes(content)
    async with notes_of(root) as world:
        await world.reads("! Cannot be read", words)
        await world.press("p")
        await world.reads("! Cannot be read", words)
        assert (root / NAME).read_bytes() == content
        (root / NAME).write_text("repaired\n")
        await world.reads("repaired")


async def test_a_failed_save_is_told_and_keeps_the_text(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.type("X")
        world.file.unlink()
        world.file.mkdir()
        await world.press("ctrl+s")
        await world.reads("X# Shop")
        await until_async(lambda: world.kept.draft_of(file))
        assert world.kept.draft_of(file).text == "X" + TEXT
        assert world.pane.unsaved


async def test_why_a_save_failed_is_told_with_a_remedy(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        world.editor.insert("half \ud800")
        await until_async(lambda: world.pane.unsaved)
        await world.pane.keeper.save()
        await world.reads("! not saved", "line 1 holds half a", "w try again")
        assert held(file) == TEXT


async def test_line_ends_and_what_was_not_edited_stay_as_they_were(root: Path, file: Path) -> None:
    put(file, b"\xef\xbb\xbfone\r\ntwo\r\n\x0cthree\r\n")
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("three")
        await world.type("X")
        await world.press("ctrl+s")
        await until_async(lambda: not world.pane.unsaved)
        assert world.file.read_bytes() == b"\xef\xbb\xbfXone\r\ntwo\r\n\x0cthree\r\n"


async def test_keys_leave_the_editor_and_letters_are_text(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.press("p")
        await until_async(lambda: world.pane.has_focus_within)
        await world.press("w", "K")
        assert world.editor.plain == "wK" + TEXT
        await world.press("escape")
        assert not world.pane.has_focus_within


async def test_the_editor_is_not_loaded_before_there_is_a_file(root: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("This session has no notes.")
        assert not world.pane.query("#editor")


async def test_a_draft_that_cannot_be_kept_is_told(root: Path, file: Path) -> None:
    async with notes_of(root, agent=State.BUSY) as world:
        await world.reads("schema")
        put(world.state / "notes" / "drafts", "a file, no folder")
        await world.type("X")
        await world.reads("1 edit of yours, not saved", "! no safety net")
        (world.state / "notes" / "drafts").unlink()
        await world.type("Y")
        await until_async(lambda: world.kept.draft_of(file))
        await until_async(lambda: "no safety net" not in world.screen)


async def test_what_changed_while_the_watch_was_set_up_is_found(
    root: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def deaf(_: Desk, __: object, stop: asyncio.Event) -> AsyncIterator[None]:
        await stop.wait()
        yield

    monkeypatch.setattr(Desk, "stirs", deaf)
    async with notes_of(root) as world:
        await world.reads("schema")
        put(file, "changed at the wrong moment\n")
        await world.reads("changed at the wrong moment")


async def test_a_file_that_appears_does_not_take_the_focus(root: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("This session has no notes.")
        world.pane.focus_editor()
        put(world.file, "here I am\n")
        await world.reads("here I am")
        assert not world.pane.has_focus_within


async def test_the_repository_counts_and_stays_while_git_is_silent(root: Path, file: Path) -> None:
    below = root / "src"
    below.mkdir()
    put(below / NAME, "of the folder below\n")
    look = look_at(below)
    repo = Repo(root, root / ".git", "main", detached=False, head=None)
    async with notes_of(root) as world:
        world.pane.show(replace(look, repo=repo))
        await world.reads("- [x] schema")
        world.pane.show(look)
        await world.pilot.pause(0.3)
        await world.reads("- [x] schema")


async def test_the_state_folder_that_cannot_be_written_is_told(root: Path, file: Path) -> None:
    blocked = root.parent / "blocked"
    blocked.write_text("a file, no folder")
    async with notes_of(root, state=blocked, agent=State.BUSY) as world:
        await world.reads("schema")
        await world.reads("! no safety net", "blocked")
        await world.type("X")
        await world.reads("not saved", "! no safety net", "could not be written")


@pytest.mark.parametrize("away", [False, True], ids=["here", "back from elsewhere"])
async def test_what_is_typed_right_behind_the_key_for_the_notes_stands_in_them(
    root: Path, file: Path, away: bool
) -> None:
    """A terminal hands over several keys in one piece; none of them may run as a command."""
    async with notes_of(root) as world:
        await world.reads("filters")
        if away:
            world.pilot.app.post_message(AppBlur())
            await until_async(lambda: world.pilot.app.focused is None)
        for char in "pxyz?s":
            world.pilot.app.post_message(Key(char, char))
        await world.reads("xyz?s# Shop")


async def test_letters_do_not_overtake_the_keys_before_them(root: Path, file: Path) -> None:
    async with notes_of(root) as world:
        await world.reads("filters")
        world.pane.focus_editor()
        for key in ("down", "down", "end", "X", "ctrl+g", "w"):
            world.pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await saved(world, TEXT.replace("## Completed", "## CompletedX"))
