"""The view: pinned or following, opened and folded, jumped through, at every size."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events

from clearhead.core.agents.base import State
from clearhead.tui import themes
from clearhead.tui.glyphs import SELECTED
from clearhead.tui.widgets.transcript import bodies, drawing

from ..helpers import until_async
from .transcript_world import World, lines, long_talk, reading, styles_of

SIZES = [(140, 40), (80, 24), (200, 60)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def selected(view) -> str:
    """The text of the selected row's first line."""
    marked = [line for line in lines(view) if line.startswith(SELECTED)]
    return marked[0][1:].strip() if marked else ""


# What is shown


@pytest.mark.parametrize("size", SIZES)
async def test_a_session_opens_at_its_end(world: World, size) -> None:
    async with reading(long_talk(world), size) as (_, pane):
        assert lines(pane.view)[-1].strip().startswith("► Bash step 59")
        assert pane.view.following


async def test_a_row_that_has_fewer_lines_by_now_is_drawn_as_it_is(world: World) -> None:
    """Another thread may have put an answer into the log since the window was worked out."""
    world.say("One.\n\nTwo.\n\nThree.")
    world.say("The end.")
    async with reading(world.write()) as (pilot, pane):
        view, row = pane.view, 0
        shorter = view.canvas.drawn(row)
        frame = view.lines()
        view.canvas.drawn(row).block = replace(shorter.block, lines=shorter.block.lines[:2])
        shorter._strips.clear()
        drawn = [view._line(frame, y).text.strip() for y in range(len(frame))]
        assert drawn[1].endswith("One.")
        assert drawn[3] == ""
        await pilot.pause()
        assert lines(view)[3].strip().endswith("The end.")


async def test_only_what_is_near_the_window_is_read(world: World) -> None:
    async with reading(long_talk(world, 400)) as (_, pane):
        assert len(pane.view.source.rows) == 1200
        assert 0 < len(world.loads) < 60


async def test_every_kind_of_item_has_its_row(world: World) -> None:
    world.ask("Look at the list.")
    world.think("It must be the query. " * 10)
    world.say("I look at the query first.")
    world.use(
        "Read", "r1", "1\n2\n3", file_path="/w/app/list.tsx", details={"file": {"numLines": 3}}
    )
    world.use("Bash", "b1", "Exit code 1\nFAIL list.test", command="npm test", failed=True)
    world.use("Bash", "b2", command="sleep 100")
    async with reading(world.write(), (83, 20)) as (_, pane):
        shown = lines(pane.view)
        assert shown[:2] == ["", "  10:00  you    Look at the list."]
        assert shown[3].startswith("         ► thinking It must be the query.")
        assert shown[5] == "  10:00  agent  I look at the query first."
        assert shown[6].startswith("         ► Read list.tsx")
        assert shown[6].endswith("3 lines      ~6")
        assert shown[7].startswith("         × Bash npm test")
        assert "exit 1" in shown[7]
        assert shown[8] == "                FAIL list.test"
        assert shown[9].startswith("         ► Bash sleep 100")
        assert "running" in shown[9]


async def test_who_waits_for_the_person_is_told_at_the_call(world: World) -> None:
    world.use("Bash", "b1", command="rm -rf build")
    world.state = State.WAITING
    async with reading(world.write()) as (_, pane):
        assert "! Bash rm -rf build" in lines(pane.view)[1]
        assert "waits for you" in lines(pane.view)[1]
        world.state = State.BUSY
        pane.show(world.look())
        assert "running" in lines(pane.view)[1]


async def test_what_a_person_left_behind_is_not_shown(world: World) -> None:
    world.ask("one")
    back = world.chat.last
    world.say("answer to one")
    world.ask("two, regretted")
    world.say("answer to two")
    world.chat.last = back
    async with reading(world.write()) as (_, pane):
        assert "two, regretted" in "\n".join(lines(pane.view))
        world.chat.ask("two, better", parent=back)
        world.write()
        pane.show(world.look())
        text = "\n".join(lines(pane.view))
        assert "two, better" in text
        assert "regretted" not in text
        assert "one" in text


async def test_an_empty_session_says_what_to_expect(world: World) -> None:
    world.chat.apart("mode", mode="default")
    async with reading(world.write()) as (_, pane):
        assert "Nothing was said yet." in "\n".join(lines(pane.view))
        world.ask("hello")
        world.write()
        pane.show(world.look())
        assert "Nothing was said yet." not in "\n".join(lines(pane.view))


# Following and pinned


async def test_new_lines_come_into_view_while_it_follows(world: World) -> None:
    async with reading(long_talk(world)) as (_, pane):
        world.say("and one more")
        world.write()
        pane.show(world.look())
        assert lines(pane.view)[-1].endswith("and one more")


async def test_who_reads_further_up_is_not_moved(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        await pilot.press("pageup")
        before = lines(pane.view)
        for number in range(3):
            world.say(f"news {number}")
        world.use("Bash", "n1", "x", command="ls")
        world.write()
        pane.show(world.look())
        assert lines(pane.view) == before
        assert (pane.view.following, pane.view.reading.below) == (False, 4)
        await pilot.press("G")
        assert lines(pane.view)[-1].strip().startswith("► Bash ls")
        assert (pane.view.following, pane.view.reading.below) == (True, 0)


async def test_an_answer_to_a_call_in_view_is_drawn_at_once(world: World) -> None:
    world.use("Bash", "b1", command="npm test")
    async with reading(world.write()) as (_, pane):
        assert "running" in "\n".join(lines(pane.view))
        world.chat.returned("b1", "Exit code 2\nboom", is_error=True)
        world.write()
        pane.show(world.look())
        text = "\n".join(lines(pane.view))
        assert "× Bash npm test" in text
        assert "exit 2" in text


@pytest.mark.parametrize("size", SIZES)
async def test_a_new_width_keeps_the_row_at_the_top(world: World, size) -> None:
    for turn in range(80):
        world.say(f"answer {turn} " + "with many words " * 12)
    async with reading(world.write(), size) as (pilot, pane):
        await pilot.press("pageup", "pageup", "pageup")
        row = pane.view.reading.place().row
        for width in (60, 110, size[0]):
            await pilot.resize_terminal(width, size[1])
            await pilot.pause()
            assert pane.view.reading.place().row == row
            assert all(len(line) <= width for line in lines(pane.view))


async def test_the_end_stays_in_view_when_the_size_changes(world: World) -> None:
    async with reading(long_talk(world), (140, 40)) as (pilot, pane):
        for size in ((80, 24), (200, 60), (60, 10)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert "step 59" in lines(pane.view)[-1]


async def test_a_theme_is_taken_up_at_once(world: World) -> None:
    world.ask("hello there")
    async with reading(world.write()) as (pilot, pane):
        dark = styles_of(pane.view, "hello")[0]
        pilot.app.theme = "clearhead-light"
        await pilot.pause()
        assert styles_of(pane.view, "hello")[0] != dark


# The whole file arrives while one reads its end


async def test_place_selection_and_open_rows_outlast_the_reading_of_the_whole_file(
    world: World,
) -> None:
    long_talk(world, 100)
    world.open_end(12_000)
    partial = len(world.transcript.view.items)
    assert partial < 100
    async with reading(world, (83, 12)) as (pilot, pane):
        await pilot.press("up", "enter", "up", "up", "up")
        before, chosen = lines(pane.view), selected(pane.view)
        assert "▼" in "\n".join(before)
        world.open_whole()
        pane.show(world.look())
        assert len(pane.view.items) > partial
        assert lines(pane.view)[:10] == before[:10]
        assert selected(pane.view) == chosen
        assert not pane.view.following


async def test_the_end_is_kept_when_the_whole_file_arrives(world: World) -> None:
    long_talk(world, 100)
    world.open_end(12_000)
    async with reading(world) as (_, pane):
        before = lines(pane.view)
        world.open_whole()
        pane.show(world.look())
        assert lines(pane.view) == before
        assert pane.view.following


async def test_a_file_that_was_written_anew_shows_what_it_holds_now(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        await pilot.press("pageup", "up", "enter")
        world.path.write_bytes(b"")
        world.chat.lines.clear()
        world.written = 0
        world.say("all new")
        world.write()
        pane.show(world.look())
        assert [line for line in lines(pane.view) if line] == ["  10:04  agent  all new"]


# Opening


async def test_a_call_is_opened_shown_whole_and_folded(world: World) -> None:
    world.use("Bash", "b1", "\n".join(f"out {n}" for n in range(60)), command="make")
    async with reading(world.write(), (83, 90)) as (pilot, pane):
        await pilot.press("up")
        for count, last in (
            (21, "… 40 more lines · open again"),
            (60, "out 59"),
            (0, "► Bash make"),
        ):
            await pilot.press("enter")
            shown = [
                line.lstrip(SELECTED).strip()
                for line in lines(pane.view)
                if line.strip(f" {SELECTED}")
            ]
            assert len(shown) == count + 1
            assert shown[-1].startswith(last)


async def test_an_edit_opens_into_its_change_on_coloured_ground(world: World) -> None:
    patch = {"oldStart": 41, "newStart": 41, "lines": [" same", "-old", "+new"]}
    world.use("Edit", "e1", "ok", file_path="/w/app/a.py", details={"structuredPatch": [patch]})
    async with reading(world.write()) as (pilot, pane):
        await pilot.press("up", "enter")
        text = "\n".join(lines(pane.view))
        assert "  41   same" in text
        assert "  42 - old" in text
        assert "  42 + new" in text
        palette = themes.load(themes.DEFAULT)
        assert styles_of(pane.view, "new")[0].bgcolor == palette.rich("add", "add-on").bgcolor


async def test_all_calls_open_and_fold_and_the_selection_stays_in_view(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        await pilot.press("pageup", "up")
        chosen = selected(pane.view)
        await pilot.press("v")
        assert selected(pane.view).replace("▼", "►") == chosen
        assert sum("▼ Bash" in line for line in lines(pane.view)) > 2
        await pilot.press("V")
        assert selected(pane.view) == chosen
        assert not any("▼" in line for line in lines(pane.view))


async def test_a_long_record_comes_later_and_never_stops_the_screen(world: World) -> None:
    world.use("Bash", "b1", "q" * 200_000, command="cat big")
    async with reading(world.write()) as (pilot, pane):
        await pilot.press("up", "enter")
        await until_async(lambda: "qqqq" in "\n".join(lines(pane.view)))
        assert "reading…" not in "\n".join(lines(pane.view))


async def test_code_gets_its_colours_when_nothing_moves_and_no_line_does(world: World) -> None:
    world.say("Look:\n\n```python\ndef go():\n    return 'x'\n```\n\nDone.")
    async with reading(world.write()) as (_, pane):
        before = lines(pane.view)
        palette = themes.load(themes.DEFAULT)
        violet = palette.rich("agent", "panel").color
        await until_async(lambda: any(s.color == violet for s in styles_of(pane.view, "return")))
        assert lines(pane.view) == before


async def test_code_stays_plain_where_colours_mean_nothing(world: World) -> None:
    world.say("```python\ndef go():\n    return 'x'\n```")
    async with reading(world.write(), theme="no-colour") as (_, pane):
        assert not pane.view.canvas.colours.wanted
        assert lines(pane.view)[1].strip().endswith("def go():")


# Jumps


async def test_jumps_go_by_turn_error_edit_and_compaction(world: World) -> None:
    world.ask("first")
    world.use("Edit", "e1", "ok", file_path="/w/app/a.py")
    world.chat.add(
        "system",
        subtype="compact_boundary",
        content="Conversation compacted",
        compactMetadata={"trigger": "auto", "preTokens": 150_000, "postTokens": 9_000},
    )
    world.ask("second")
    world.use("Bash", "b1", "Exit code 1\nno", command="false", failed=True)
    for number in range(60):
        world.say(f"filler {number}")
    async with reading(world.write(), (83, 20)) as (pilot, pane):
        for key, words in (
            ("E", "× Bash false"),
            ("T", "you    second"),
            ("B", "── compacted automatically, 150.0k → 9.0k"),
            ("M", "► Edit a.py"),
            ("T", "you    first"),
            ("t", "you    second"),
            ("e", "× Bash false"),
        ):
            await pilot.press(key)
            assert words in selected(pane.view)


async def test_a_jump_begins_where_one_reads(world: World) -> None:
    async with reading(long_talk(world), (83, 20)) as (pilot, pane):
        await pilot.press("home")
        await pilot.press("t")
        assert selected(pane.view).endswith("question 0")
        await pilot.press("end", "T")
        assert selected(pane.view).endswith("question 59")


# The mouse


async def test_a_click_selects_and_a_second_one_opens(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        line = next(y for y, text in enumerate(lines(pane.view)) if "Bash step 58" in text)
        await pilot.click(pane.view, offset=(20, line))
        assert "► Bash step 58" in selected(pane.view)
        await pilot.click(pane.view, offset=(20, line))
        assert "▼ Bash step 58" in selected(pane.view)


async def test_the_wheel_scrolls_by_lines(world: World) -> None:
    async with reading(long_talk(world)) as (pilot, pane):
        before = lines(pane.view)
        for wheel in (events.MouseScrollUp, events.MouseScrollDown):
            pane.view.post_message(wheel(pane.view, 5, 5, 0, 0, 0, False, False, False))
            await pilot.pause()
            up = wheel is events.MouseScrollUp
            assert pane.view.following != up
            assert lines(pane.view) == before or (up and lines(pane.view)[3:] == before[:-3])


async def test_the_scrollbar_shows_the_place_and_can_be_dragged(world: World) -> None:
    palette = themes.load(themes.DEFAULT)
    thumb = palette.rich("text", "line").bgcolor

    def bar(view) -> list[int]:
        cells = [list(view.render_line(y))[-1] for y in range(view.size.height)]
        return [y for y, cell in enumerate(cells) if cell.style.bgcolor == thumb]

    async with reading(long_talk(world)) as (pilot, pane):
        view = pane.view
        height = view.size.height
        assert bar(view)[-1] == height - 1
        await pilot.mouse_down(view, offset=(view.size.width - 1, height // 2))
        assert abs(bar(view)[0] - height // 2) <= 2
        assert view.selected is None
        await pilot.hover(view, offset=(view.size.width - 1, 0))
        await pilot.mouse_up(view, offset=(view.size.width - 1, 0))
        assert bar(view)[0] == 0
        assert "question 0" in "\n".join(lines(view))


async def test_a_session_that_fits_has_no_scrollbar(world: World) -> None:
    world.say("short")
    async with reading(world.write()) as (_, pane):
        assert not pane.view._thumb


# Limits


async def test_what_is_kept_is_bounded(world: World) -> None:
    for number in range(300):
        world.say("long words " * 2_000 + str(number))
    async with reading(world.write(), (83, 12)) as (pilot, pane):
        for _ in range(40):
            await pilot.press("pageup")
        pane.view.to_start()
        for _ in range(300):
            pane.view.scroll_by(100)
            lines(pane.view)
        assert pane.view.canvas._drawings._lines <= drawing.KEPT + 500
        assert pane.view.source.bodies._weight <= bodies.KEPT
