"""The pane: its title, what came in below, words that wait, copying and finding."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Static

from clearhead.core.items import ItemLog
from clearhead.core.problems import Report
from clearhead.core.transcript import View
from clearhead.tui import themes
from clearhead.tui.glyphs import SELECTED
from clearhead.tui.widgets.transcript import pane as pane_module
from clearhead.tui.widgets.transcript.find_bar import FindBar, FindRow
from clearhead.tui.widgets.transcript.pane import TranscriptPane

from ..helpers import until_async
from .harness import rows
from .transcript_world import World, lines, long_talk, reading, styles_of


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def row(pane: TranscriptPane, name: str) -> str:
    """The text of a row around the view."""
    return "\n".join(rows(pane.query_one(name, Static)))


def selected(pane: TranscriptPane) -> str:
    """The text of the selected row."""
    marked = [line for line in lines(pane.view) if line.startswith(SELECTED)]
    return "\n".join(line[1:].strip() for line in marked)


def found_words(pane: TranscriptPane) -> str:
    """How far the search is, as it stands beside the input."""
    return row(pane, "#found").strip()


async def look_for(pilot, pane: TranscriptPane, words: str) -> None:
    """Type words into the search and wait until it has ended."""
    await pane.open_find()
    await pilot.pause()
    pane.query_one(FindBar).value = words
    await until_async(lambda: pane.query_one(FindRow)._search.query == words)
    await until_async(lambda: pane.query_one(FindRow)._search.done)
    await pilot.pause()


# Title and the rows around the view


async def test_the_title_says_which_turn_one_reads(world: World) -> None:
    async with reading(long_talk(world), (83, 20)) as (pilot, pane):
        assert row(pane, "#title").startswith("  Transcript   turn 60 of 60")
        assert row(pane, "#title").endswith("tokens")
        await pilot.press("T", "T", "T")
        await pilot.pause()
        assert row(pane, "#title").startswith("  Transcript   turn 58 of 60")


async def test_turns_left_behind_are_not_counted(world: World) -> None:
    world.ask("one")
    back = world.chat.last
    world.ask("two, regretted")
    world.chat.ask("two, better", parent=back)
    async with reading(world.write()) as (_, pane):
        assert "turn 2 of 2" in row(pane, "#title")


async def test_the_head_of_the_tokens_stands_over_their_column(world: World) -> None:
    for width in (60, 83, 200):
        async with reading(long_talk(world, 2), (width, 30)) as (_, pane):
            ends = {len(line) for line in lines(pane.view) if "► Bash" in line}
            assert ends == {len(row(pane, "#title"))}


async def test_totals_are_not_claimed_while_only_the_end_was_read(world: World) -> None:
    long_talk(world, 100)
    world.open_end(12_000)
    async with reading(world) as (_, pane):
        assert "counting turns…" in row(pane, "#title")
        world.open_whole()
        pane.show(world.look())
        await until_async(lambda: "turn 100 of 100" in row(pane, "#title"))


async def test_plain_themes_rule_off_the_title(world: World) -> None:
    async with reading(long_talk(world, 1), theme="no-colour") as (_, pane):
        title = row(pane, "#title")
        assert title.startswith("  Transcript   turn 1 of 1 ────")
        assert title.endswith("──── tokens")


async def test_a_file_that_is_gone_is_said_and_what_was_read_stays(world: World) -> None:
    async with reading(long_talk(world)) as (_, pane):
        world.path.unlink()
        world.transcript.catch_up()
        pane.show(world.look())
        assert "the file is gone" in row(pane, "#title")
        assert "answer 59" in "\n".join(lines(pane.view))


async def test_what_came_in_below_is_counted_with_the_key_that_goes_there(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        assert row(pane, "#below") == ""
        await pilot.press("pageup")
        assert row(pane, "#below").endswith("reading here, the view stays  G newest")
        world.say("one")
        world.say("two")
        world.write()
        pane.show(world.look())
        await pilot.pause()
        assert row(pane, "#below").endswith("G newest   2 new ↓")
        await pilot.press("G")
        assert row(pane, "#below") == ""


@pytest.mark.parametrize(("height", "always"), [(30, True), (12, False)])
async def test_the_row_below_takes_room_only_where_there_is_some(
    world: World, height, always
) -> None:
    async with reading(long_talk(world), (83, height)) as (pilot, pane):
        below = pane.query_one("#below", Static)
        assert below.display == always
        await pilot.press("up")
        await pilot.pause()
        assert below.display
        assert selected(pane), "the selected row is still in view"


async def test_words_that_wait_stand_below_the_view(world: World) -> None:
    for words in ("first", "second", "third", "fourth"):
        world.chat.apart("queue-operation", operation="enqueue", content=words)
    async with reading(world.write()) as (_, pane):
        assert row(pane, "#queued").splitlines() == [
            "         queued first",
            "         queued second",
            "         queued third",
            "                and 1 more",
        ]


@pytest.mark.parametrize("told", ["report", "nothing"])
async def test_without_rows_the_view_says_why(world: World, told: str) -> None:
    world.say("hello")
    async with reading(world.write()) as (_, pane):
        look = world.look()
        report = Report("Cannot be read", "s1.jsonl: Permission denied", "Check its owner.")
        seen = replace(look.seen, view=None, report=report if told == "report" else None)
        pane.show(replace(look, seen=seen))
        text = " ".join(line.strip() for line in lines(pane.view) if line)
        assert text == (
            "Cannot be read. s1.jsonl: Permission denied Check its owner."
            if told == "report"
            else "This session has no transcript yet. It appears here with the first words."
        )


async def test_a_look_that_says_nothing_new_paints_nothing(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        frame = pane.view._frame
        pane.show(world.look())
        assert pane.view._frame is frame
        await pilot.press("pageup")
        frame = pane.view._frame
        world.say("far below")
        world.write()
        pane.show(world.look())
        assert pane.view._frame is frame, "what is in view has not changed"


async def test_another_session_without_items_leaves_nothing_behind(world: World) -> None:
    async with reading(long_talk(world)) as (_, pane):
        look = world.look()
        pane.show(
            replace(look, seen=replace(look.seen, view=View(look.seen.snapshot, ItemLog(), 9**9)))
        )
        assert not any("question" in line for line in lines(pane.view))


# Saying and copying


async def said(pilot, pane: TranscriptPane, key: str, monkeypatch) -> str:
    """Press a key and return what the pane says then."""
    told: list[str] = []
    post = pane.post_message

    def note(message):
        if isinstance(message, TranscriptPane.Said):
            told.append(message.text)
        return post(message)

    monkeypatch.setattr(pane, "post_message", note)
    await pilot.press(key)
    return await until_async(lambda: told[0] if told else "")


async def test_a_jump_into_nothing_says_so(world: World, monkeypatch) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        before = lines(pane.view)
        words = await said(pilot, pane, "e", monkeypatch)
        assert words == "There is no error further below."
        assert lines(pane.view) == before


async def test_the_whole_text_is_copied_not_what_is_drawn(world: World, monkeypatch) -> None:
    output = "\n".join(f"out {n}" for n in range(5_000))
    world.use("Bash", "b1", output, command="make")
    world.say("x" * 300 + "\n**bold**")
    async with reading(world.write()) as (pilot, pane):
        await pilot.press("up")
        words = await said(pilot, pane, "y", monkeypatch)
        assert pilot.app.clipboard == "x" * 300 + "\n**bold**"
        assert words == "Copied 309 characters."


async def test_a_copy_that_is_too_long_says_what_was_taken(world: World, monkeypatch) -> None:
    monkeypatch.setattr(pane_module, "COPIED", 100)
    world.say("x" * 300)
    async with reading(world.write()) as (pilot, pane):
        await pilot.press("up")
        assert (
            await said(pilot, pane, "y", monkeypatch) == "Copied the first 100 of 300 characters."
        )
        assert pilot.app.clipboard == "x" * 100


# Finding


async def test_a_match_is_shown_marked_and_counted(world: World) -> None:
    long_talk(world)
    world.say("here is the needle in a line")
    async with reading(world.write()) as (pilot, pane):
        await look_for(pilot, pane, "needle")
        assert found_words(pane) == "1 of 1"
        assert "needle" in selected(pane)
        palette = themes.load(themes.DEFAULT)
        (style,) = styles_of(pane.view, "needle")
        assert style == palette.rich("ink", "you", bold=True)


async def test_matches_are_gone_through_and_the_end_joins_the_start(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        await look_for(pilot, pane, "answer 1")
        assert found_words(pane) == "11 of 11"
        await pilot.press("enter")
        seen = []
        for key in ("[", "]", "]", "["):
            await pilot.press(key)
            await pilot.pause()
            seen.append(selected(pane).split("agent")[1].strip())
        assert seen == ["answer 18", "answer 19", "answer 1", "answer 19"]
        assert row(pane, "#below").startswith("  11 of 11  ] next  [ before")
        assert pane.searching


async def test_the_first_match_is_the_one_above_where_one_reads(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        for _ in range(40):
            await pilot.press("T")
        await look_for(pilot, pane, "answer")
        assert "answer 19" in selected(pane)


async def test_escape_goes_back_to_where_one_was_with_everything_as_it_was(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        await pilot.press("pageup", "up", "enter")
        before = lines(pane.view)
        await look_for(pilot, pane, "output 3")
        assert lines(pane.view) != before
        await pilot.press("escape")
        await pilot.pause()
        assert lines(pane.view) == before
        assert not pane.searching
        assert pane.view.has_focus


async def test_escape_at_the_end_follows_again(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        await look_for(pilot, pane, "question 3")
        assert not pane.view.following
        await pilot.press("escape")
        await pilot.pause()
        assert pane.view.following


async def test_a_match_in_a_folded_result_opens_it_and_folds_it_behind(world: World) -> None:
    world.use("Bash", "b1", "\n".join(["x"] * 90 + ["the needle"] + ["y"] * 90), command="one")
    world.use("Bash", "b2", "another needle", command="two")
    async with reading(world.write(), (83, 24)) as (pilot, pane):
        await look_for(pilot, pane, "needle")
        assert "another needle" in selected(pane)
        await pilot.press("enter", "[")
        await pilot.pause()
        shown = lines(pane.view)
        assert any(line.strip(f" {SELECTED}") == "the needle" for line in shown)
        assert not any("▼ Bash two" in line for line in shown)
        await pilot.press("]")
        await pilot.pause()
        assert "▼ Bash two" in "\n".join(lines(pane.view))
        assert "► Bash one" in "\n".join(lines(pane.view))


async def test_a_match_deep_in_a_long_record_is_shown_once_it_is_loaded(world: World) -> None:
    world.use("Bash", "b1", "\n".join(["word " * 20] * 900 + ["the needle"]), command="one")
    async with reading(world.write(), (118, 24)) as (pilot, pane):
        await look_for(pilot, pane, "needle")
        await until_async(lambda: "the needle" in "\n".join(lines(pane.view)))


async def test_no_match_is_said_and_nothing_moves(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        before = lines(pane.view)
        await look_for(pilot, pane, "no such words")
        assert found_words(pane) == "no match"
        assert lines(pane.view)[-5:] == before[-5:]
        assert pane.view.following


async def test_an_empty_query_finds_nothing_and_marks_nothing(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        await look_for(pilot, pane, "answer 59")
        pane.query_one(FindBar).value = "   "
        await until_async(lambda: found_words(pane) == "type to search the whole transcript")
        await pilot.pause()
        assert not pane.searching
        assert lines(pane.view)[-1].strip().startswith("► Bash step 59")


async def test_what_is_typed_is_looked_for_as_it_stands(world: World) -> None:
    world.say("a.c and (x)[y]*")
    world.say("abc")
    async with reading(world.write()) as (pilot, pane):
        await look_for(pilot, pane, "(x)[y]*")
        assert found_words(pane) == "1 of 1"
        await look_for(pilot, pane, "a.c")
        assert found_words(pane) == "1 of 1"


async def test_what_was_left_behind_is_not_found(world: World) -> None:
    world.ask("one")
    back = world.chat.last
    world.ask("needle, regretted")
    world.chat.ask("needle, better", parent=back)
    async with reading(world.write()) as (pilot, pane):
        await look_for(pilot, pane, "needle")
        assert found_words(pane) == "1 of 1"
        assert "better" in selected(pane)


async def test_lines_written_meanwhile_are_searched_as_well(world: World) -> None:
    world.say("an old needle")
    async with reading(world.write()) as (pilot, pane):
        await look_for(pilot, pane, "needle")
        world.say("a new needle")
        world.write()
        pane.show(world.look())
        await until_async(lambda: found_words(pane) == "1 of 2")
        await pilot.press("enter", "]")
        await pilot.pause()
        assert "a new needle" in selected(pane)


async def test_the_search_goes_on_over_the_reading_of_the_whole_file(world: World) -> None:
    long_talk(world, 100)
    world.open_end(12_000)
    async with reading(world) as (pilot, pane):
        await look_for(pilot, pane, "answer")
        shown = selected(pane)
        few = len(pane.query_one(FindRow)._search.matches)
        world.open_whole()
        pane.show(world.look())
        await until_async(lambda: len(pane.query_one(FindRow)._search.matches) == 100 > few)
        await pilot.pause()
        assert selected(pane) == shown
        assert found_words(pane) == "100 of 100"


async def test_a_search_again_begins_with_the_words_of_the_last(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        await look_for(pilot, pane, "answer 4")
        await pilot.press("enter")
        await pane.open_find()
        await pilot.pause()
        assert pane.query_one(FindBar).value == "answer 4"
        await pilot.press("x")
        assert pane.query_one(FindBar).value == "x", "typing replaces them"
