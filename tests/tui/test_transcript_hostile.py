"""Hostile text: what a terminal would obey or a reader would take for something else never lands."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from rich.cells import cell_len

from clearhead.core.agents.base import Body
from clearhead.core.items import Kind
from clearhead.tui import themes
from clearhead.tui.widgets.transcript.bodies import KEPT, LONGEST, Bodies, trimmed
from clearhead.tui.widgets.transcript.columns import MOST
from clearhead.tui.widgets.transcript.drawing import strip_of
from clearhead.tui.widgets.transcript.lines import Piece

from .transcript_world import World, lines, reading

HOSTILE = {
    "colours": "\x1b[31mred\x1b[0m and \x9b32m more",
    "title": "\x1b]0;owned\x07 \x1bP dcs \x1b\\ \x1b_apc\x1b\\",
    "link": "\x1b]8;;https://evil.test\x1b\\click\x1b]8;;\x1b\\",
    "clear": "\x1b[2J\x1b[H\x1bc",
    "bidi": "a\u202egnp.exe\u2066x\u2069\u200f",
    "zero width": "ze\u200bro\u2060 wid\ufeffth",
    "markup": "[red]loud[/red] [@click=app.quit]x[/] [link=https://evil.test]y[/link]",
    "controls": "tab\tnul\x00bell\x07bs\x08cr\rvt\x0bff\x0cnel\x85ls\u2028ps\u2029del\x7f",
    "wide": "日本語のテキスト" * 40,
    "emoji": "👩‍👩‍👧‍👦 🇩🇪 👍🏽 ❤️ e\u0301 n\u0303 \u0e33",
    "long": "x" * 60_000,
    "lines": "\n".join(map(str, range(4_000))),
    "empty": "",
    "blank": "\n\n \n",
    "lone": "\ud800 \udfff",
    "path": "/a\n/b\x1b[1m/../../etc",
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def check(view) -> None:
    """Every line is as wide as the view and holds nothing that a terminal would obey."""
    for y in range(view.size.height):
        strip = view.render_line(y)
        assert strip.cell_length == cell_len(strip.text) == view.size.width
        for char in strip.text:
            assert unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}, (
                hex(ord(char)),
                y,
            )
        for segment in strip:
            assert segment.control is None
            assert segment.style is not None
            assert not segment.style.link
            assert not segment.style.meta


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("size", [(140, 40), (80, 24), (40, 12)])
async def test_nothing_from_outside_lands_on_the_screen_as_anything_but_text(
    world: World, name: str, size: tuple[int, int]
) -> None:
    text = HOSTILE[name]
    world.ask(text + " asked")
    world.say(text)
    world.think(text)
    world.use(f"Tool {text[:40]}", "t1", text, command=text, description=text)
    world.use("Bash", "t2", text, command=text, failed=True)
    patch = {
        "oldStart": 1,
        "newStart": 1,
        "lines": [f" {text[:900]}", f"-{text[:900]}", f"+{text}"],
    }
    world.use(
        "Edit", "t3", "ok", file_path=f"/w/{text[:300]}", details={"structuredPatch": [patch]}
    )
    world.chat.apart("queue-operation", operation="enqueue", content=text or "x")
    async with reading(world.write(), size) as (pilot, pane):
        check(pane.view)
        for row in range(len(pane.view.source.rows)):
            pane.view.reading.select(row)
            for _ in range(3):
                pane.view.toggle()
                await pilot.pause()
                check(pane.view)
        pane.view.to_start()
        check(pane.view)


async def test_markup_is_shown_as_it_was_written(world: World) -> None:
    world.say("[red]loud[/red] [@click=app.quit]x[/]")
    async with reading(world.write()) as (_, pane):
        assert lines(pane.view)[1].endswith("[red]loud[/red] [@click=app.quit]x[/]")


async def test_columns_stay_in_line_whatever_an_argument_is_made_of(world: World) -> None:
    for number, text in enumerate(("plain", "日本語" * 30, "👍🏽 e\u0301" * 20, "—" * 90)):
        world.use("Bash", f"t{number}", "ok", command=text, details={})
    async with reading(world.write()) as (_, pane):
        ends = {cell_len(line.rstrip()) for line in lines(pane.view) if "► Bash" in line}
        assert len(ends) == 1


def test_a_line_that_nobody_cleaned_is_cleaned_at_the_last_moment() -> None:
    strip = strip_of([Piece("a\x1b[2Jb\nc\u202ed")], themes.load(themes.DEFAULT), 20)
    assert strip.text == "ab cd".ljust(20)


@pytest.mark.parametrize("width", [1, 5, 20])
def test_a_line_that_is_too_wide_is_cut_at_the_edge(width: int) -> None:
    strip = strip_of([Piece("日本語" * 9, "text", "add-on")], themes.load(themes.DEFAULT), width)
    assert strip.cell_length == cell_len(strip.text) == width


# Size


def test_a_huge_body_is_kept_only_as_far_as_it_can_be_drawn() -> None:
    held = trimmed(Body(Kind.TOOL_RESULT, "x" * 40_000_000))
    assert (len(held.body.text), held.cut) == (LONGEST, 40_000_000 - LONGEST)


def test_all_bodies_together_are_bounded() -> None:
    bodies = Bodies(lambda item: Body(Kind.SAID, "x" * LONGEST))
    for item in range(200):
        assert bodies.get(item, 10) is not None
    assert bodies._weight <= KEPT
    assert len(bodies._held) < 40
    assert 199 in bodies._held


def test_a_body_that_is_loaded_twice_weighs_once() -> None:
    bodies = Bodies(lambda _: None)
    for _ in range(5):
        bodies.keep(1, Body(Kind.SAID, "x" * 1_000))
    assert bodies._weight < 2_000


async def test_a_record_of_many_megabytes_opens_bounded(world: World) -> None:
    world.use("Bash", "b1", "word " * 2_000_000, command="cat huge")
    async with reading(world.write(), (83, 20)) as (pilot, pane):
        await pilot.press("up", "enter", "enter")
        for _ in range(200):
            await pilot.pause(0.01)
            if pane.view.canvas.height(0) > 100:
                break
            if pane.view.canvas.height(0) > 20:
                await pilot.press("enter")
        assert 20 < pane.view.canvas.height(0) <= MOST + 5
        check(pane.view)
