"""From the transcript into the notes: keys, the sheet, the offer above the footer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.agents.base import State
from clearhead.tui.facts import advice_of
from clearhead.tui.screens.capture import NO_REASON, CaptureScreen
from clearhead.tui.screens.supervise import SuperviseScreen
from clearhead.tui.widgets.advice_line import AdviceLine
from clearhead.tui.widgets.footer import Footer
from clearhead.tui.widgets.notes.editor import NotesEditor
from clearhead.tui.widgets.notes.pane import NotesPane

from ..helpers import until_async
from .stage import Stage, line, opened, row_of, said, screen_text

NOTES = """# App

## Completed

- The list

## Failed approaches

- A cookie — links differ

## Next step

- Write the filter
"""

SIZES = [(140, 40), (120, 36), (80, 24)]


def asked(words: str) -> bytes:
    return line("event_msg", type="user_message", message=words)


def ran(ident: str, command: str, output: str, code: int = 0) -> bytes:
    """A command and its answer."""
    arguments = json.dumps({"cmd": command})
    answer = f"Exit code: {code}\nWall time: 0.1 seconds\nOutput:\n{output}"
    return line(
        "response_item",
        type="function_call",
        name="exec_command",
        arguments=arguments,
        call_id=ident,
    ) + line("response_item", type="function_call_output", call_id=ident, output=answer)


def fails(ident: str) -> bytes:
    return ran(ident, "npm test", "TypeError: x is undefined", 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "claude-progress.md").write_text(NOTES)
    return folder


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "codex")


def talk(stage: Stage, root: Path, *records: bytes) -> None:
    stage.put("one", asked("Build the filter"), *records, cwd=str(root))


async def ready(pilot: Any) -> NotesPane:
    """Wait until the notes were looked for."""
    pane = pilot.app.screen.query_one(NotesPane)
    await until_async(lambda: pane.keeper is not None and pane.keeper.looked)
    await pilot.pause()
    return pane


async def sheet(pilot: Any, key: str) -> CaptureScreen:
    """Press a key and wait for the sheet."""
    await pilot.press(key)
    await until_async(lambda: isinstance(pilot.app.screen, CaptureScreen))
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, CaptureScreen)
    return screen


async def typed(pilot: Any, words: str) -> None:
    await pilot.press(*("space" if char == " " else char for char in words))


async def back(pilot: Any) -> SuperviseScreen:
    await until_async(lambda: isinstance(pilot.app.screen, SuperviseScreen))
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, SuperviseScreen)
    return screen


def plain(pilot: Any) -> str:
    """The notes as the editor holds them."""
    found: str = pilot.app.screen_stack[1].query_one(NotesEditor).plain
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_f_asks_for_the_reason_and_stores_both(
    stage: Stage, root: Path, size: tuple[int, int]
) -> None:
    talk(stage, root, fails("a"))
    async with opened(stage, root, size) as pilot:
        await ready(pilot)
        await pilot.press("up")
        await sheet(pilot, "f")
        seen = screen_text(pilot.app)
        assert "Failed approaches  into claude-progress.md" in seen
        assert "`npm test`, exit 1 `TypeError: x is undefined` (turn 1)" in seen
        await typed(pilot, "x comes later")
        await pilot.press("enter")
        await back(pilot)
        entry = "- `npm test`, exit 1 `TypeError: x is undefined` (turn 1) — x comes later\n"
        await until_async(lambda: f"- A cookie — links differ\n{entry}" in plain(pilot))
        await until_async(lambda: "Added to Failed approaches" in row_of(pilot.app, Footer)[0])


async def test_one_undo_takes_it_back(stage: Stage, root: Path) -> None:
    talk(stage, root, fails("a"))
    async with opened(stage, root) as pilot:
        pane = await ready(pilot)
        await pilot.press("up")
        await sheet(pilot, "n")
        await pilot.press("enter")
        await until_async(lambda: "- Fix `npm test`" in plain(pilot))
        await pilot.press("p")
        await until_async(lambda: pane.has_focus_within)
        await pilot.press("ctrl+z")
        assert plain(pilot) == NOTES


async def test_a_missing_reason_is_asked_for_once(stage: Stage, root: Path) -> None:
    talk(stage, root, fails("a"))
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await pilot.press("up")
        await sheet(pilot, "f")
        await pilot.press("enter")
        await until_async(lambda: NO_REASON in screen_text(pilot.app))
        await pilot.press("enter")
        await back(pilot)
        await until_async(lambda: "is undefined` (turn 1)\n" in plain(pilot))


async def test_escape_leaves_everything_as_it_is(stage: Stage, root: Path) -> None:
    talk(stage, root, fails("a"))
    async with opened(stage, root) as pilot:
        pane = await ready(pilot)
        await pilot.press("up")
        await sheet(pilot, "d")
        await typed(pilot, "words")
        await pilot.press("escape")
        await back(pilot)
        assert plain(pilot) == NOTES
        assert not pane.unsaved


async def test_d_names_the_commit_and_the_words_can_be_changed(stage: Stage, root: Path) -> None:
    talk(
        stage,
        root,
        ran("a", "git commit -am x", "[main 1a2b3c4] Add filter"),
        said("It works now."),
    )
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await pilot.press("up")
        await sheet(pilot, "d")
        await pilot.press("home", *("delete",) * len("It works now."))
        await typed(pilot, "Filter")
        await pilot.press("enter")
        await until_async(lambda: "- The list\n- Filter (commit 1a2b3c4)\n" in plain(pilot))


async def test_what_is_typed_fast_before_enter_is_not_lost(stage: Stage, root: Path) -> None:
    talk(stage, root)
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await sheet(pilot, "n")
        from textual import events

        for char in "abcdef":
            pilot.app.post_message(events.Key(char, char))
        pilot.app.post_message(events.Key("enter", None))
        await until_async(lambda: "- abcdef\n" in plain(pilot))


async def test_decisions_offer_what_the_person_corrected(stage: Stage, root: Path) -> None:
    talk(stage, root, said("PATCH it is."), asked("no, use PUT"), said("Done so."), asked("go on"))
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await pilot.press("up")
        await sheet(pilot, "D")
        assert "go on (turn 3)" in screen_text(pilot.app)
        await pilot.press("down")
        assert "- no, use PUT (turn 2)" in screen_text(pilot.app)
        await pilot.press("enter")
        await until_async(lambda: "## Decisions\n\n- no, use PUT (turn 2)\n" in plain(pilot))


async def test_what_was_typed_into_one_stays_when_another_is_looked_at(
    stage: Stage, root: Path
) -> None:
    talk(stage, root, said("PATCH it is."), asked("no, use PUT"), said("Done so."))
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await pilot.press("up")
        screen = await sheet(pilot, "D")
        await typed(pilot, " indeed")
        await pilot.press("down", "up")
        assert screen.entry == "Done so. (turn 2) indeed"


@pytest.mark.parametrize("size", SIZES)
async def test_where_there_are_no_notes_yet_they_are_begun(
    stage: Stage, tmp_path: Path, size: tuple[int, int]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    talk(stage, empty, fails("a"))
    async with opened(stage, empty, size) as pilot:
        await ready(pilot)
        await pilot.press("up")
        await sheet(pilot, "n")
        assert "into a new progress file" in screen_text(pilot.app)
        assert not list(empty.iterdir())
        await pilot.press("enter")
        screen = await back(pilot)
        await until_async(lambda: "- Fix `npm test`" in screen.query_one(NotesPane).text or "")
        assert "## Next step" in (empty / "claude-progress.md").read_text()
        assert not screen.query_one(NotesPane).has_focus_within


async def test_read_only_notes_say_why_they_take_nothing(
    stage: Stage, root: Path, tmp_path: Path
) -> None:
    (root / "claude-progress.md").unlink()
    elsewhere = tmp_path / "elsewhere.md"
    elsewhere.write_text(NOTES)
    (root / "claude-progress.md").symlink_to(elsewhere)
    talk(stage, root, fails("a"))
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await pilot.press("up", "f")
        await until_async(lambda: "The notes are read-only: " in row_of(pilot.app, Footer)[0])
        assert isinstance(pilot.app.screen, SuperviseScreen)
        assert elsewhere.read_text() == NOTES


async def test_without_a_selection_f_and_d_say_so(stage: Stage, root: Path) -> None:
    talk(stage, root, said("Done."))
    async with opened(stage, root) as pilot:
        await ready(pilot)
        for key in "fd":
            await pilot.press(key)
            assert "Nothing is selected yet." in row_of(pilot.app, Footer)[0]


async def test_an_empty_entry_is_refused_with_a_reason(stage: Stage, root: Path) -> None:
    talk(stage, root, said("Done."))
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await sheet(pilot, "D")
        await pilot.press("enter")
        assert "Nothing is written yet." in row_of(pilot.app, Footer)[0]
        assert isinstance(pilot.app.screen, CaptureScreen)


async def test_the_session_stays_in_view_above_the_sheet(stage: Stage, root: Path) -> None:
    talk(stage, root, fails("a"))
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await pilot.press("up")
        screen = await sheet(pilot, "f")
        assert screen.styles.background.a == 0
        assert screen.query_one("#sheet").region.height <= 12


# The offer


async def offered(pilot: Any) -> str:
    await until_async(lambda: "same result" in row_of(pilot.app, AdviceLine)[0])
    return str(row_of(pilot.app, AdviceLine)[0])


@pytest.mark.parametrize("size", SIZES)
async def test_a_loop_is_offered_in_one_line_and_f_takes_it(
    stage: Stage, root: Path, size: tuple[int, int]
) -> None:
    talk(stage, root, fails("a"), fails("b"), fails("c"), said("Hm."))
    async with opened(stage, root, size) as pilot:
        await ready(pilot)
        row = await offered(pilot)
        assert "exec_command npm test gave the same result 3x" in row
        assert row.endswith(("f puts it into Failed approaches", "f notes it as failed"))
        await sheet(pilot, "f")
        await pilot.press("enter")
        await back(pilot)
        await until_async(lambda: "(turn 1) — the same result 3 times\n" in plain(pilot))
        await until_async(lambda: "same result" not in row_of(pilot.app, AdviceLine)[0])


async def test_g_goes_through_the_evidence(stage: Stage, root: Path) -> None:
    talk(stage, root, fails("a"), fails("b"), fails("c"), said("Hm."))
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await offered(pilot)
        view = pilot.app.screen._transcript.view
        places = []
        for _ in range(4):
            await pilot.press("g")
            places.append(view.selected)
        assert places == [5, 3, 1, 5]
        assert "Evidence 1 of 3" in row_of(pilot.app, Footer)[0]


async def test_with_another_line_selected_the_offer_names_the_key_that_shows_it(
    stage: Stage, root: Path
) -> None:
    talk(stage, root, fails("a"), fails("b"), fails("c"), said("Hm."))
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await offered(pilot)
        await pilot.press("up")
        assert row_of(pilot.app, AdviceLine)[0].endswith("g see it")
        screen = await sheet(pilot, "f")
        assert screen.entry.startswith("Hm.")
        await pilot.press("down")
        assert screen.entry.endswith("the same result 3 times")


async def test_z_hides_it_until_there_is_clearly_more(stage: Stage, root: Path) -> None:
    talk(stage, root, fails("a"), fails("b"), fails("c"))
    path = stage.sightings["one"].path
    assert path is not None
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await offered(pilot)
        await pilot.press("z")
        assert "same result" not in row_of(pilot.app, AdviceLine)[0]
        watch = pilot.app.screen._symptoms
        for number, ident in enumerate("de", 4):
            with path.open("ab") as file:
                file.write(fails(ident))
            await until_async(
                lambda n=number: watch._found and watch._found[0].count == n, within=10
            )
            shown = "same result" in row_of(pilot.app, AdviceLine)[0]
            assert shown is (number >= 5)


async def test_what_waits_or_is_wrong_comes_before_an_offer(stage: Stage, root: Path) -> None:
    talk(stage, root, fails("a"), fails("b"), fails("c"))
    async with opened(stage, root) as pilot:
        await ready(pilot)
        await offered(pilot)
        screen = pilot.app.screen
        offer = screen._offered
        assert advice_of(screen.look, (), offer) is offer
        from msgspec.structs import replace

        from clearhead.core.problems import Report

        waiting = replace(screen.look, standing=replace(screen.look.standing, state=State.WAITING))
        assert advice_of(waiting, (), offer) is not offer
        assert advice_of(screen.look, (Report("Unread", "a line"),), offer) is not offer


async def test_without_an_offer_its_keys_say_so(stage: Stage, root: Path) -> None:
    talk(stage, root, said("Done."))
    async with opened(stage, root) as pilot:
        await ready(pilot)
        for key in "gz":
            await pilot.press(key)
            assert "Nothing is offered now" in row_of(pilot.app, Footer)[0]
