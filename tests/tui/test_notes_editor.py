"""The editor: our colours, nothing that a terminal obeys, cursor and view in place."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from clearhead.core.text import clean
from clearhead.tui import themes
from clearhead.tui.widgets.notes.editor import GUTTER, MOST_LINES, NotesEditor

from .harness import shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rich.style import Style
    from textual.pilot import Pilot

EVIL = "a\x1b[31mred\x9b2J \u202etxt.exe\u2066 \u200bzero \ufeff\x07 \U000e0041 e\ufe0f\n"


@asynccontextmanager
async def editing(
    text: str, width: int = 60, height: int = 20, theme: str = themes.DEFAULT
) -> AsyncIterator[tuple[NotesEditor, Pilot[None]]]:
    editor = NotesEditor()
    async with shown(editor, width, height, theme) as pilot:
        editor.open(text)
        editor.focus()
        await pilot.pause()
        yield editor, pilot


def rows(editor: NotesEditor) -> list[str]:
    """What stands on the screen, without the column of marks."""
    strips = editor.screen._compositor.render_strips()
    return [strip.text[GUTTER:].rstrip() for strip in strips]


def style_of(editor: NotesEditor, words: str) -> Style:
    """The style with which `words` stand on the screen."""
    for strip in editor.screen._compositor.render_strips():
        for segment in strip:
            if words in segment.text:
                return segment.style
    raise AssertionError(f"{words!r} is not in one piece on\n" + "\n".join(rows(editor)))


async def test_nothing_that_a_terminal_obeys_reaches_the_screen() -> None:
    async with editing("x\n" + EVIL * 3) as (editor, _):
        drawn = "".join(rows(editor))
        assert clean(drawn) == drawn
        assert "?[31mred?2J" in drawn
        assert editor.plain == "x\n" + EVIL * 3


async def test_the_marks_stand_out_and_what_shapes_emoji_does_not() -> None:
    async with editing("a\x1bb ⚠\ufe0fc") as (editor, _):
        assert style_of(editor, "?").bgcolor.name == themes.load("clearhead").text.dumb
        assert "⚠ c" in rows(editor)[0]


async def test_long_lines_with_hidden_characters_wrap_where_they_are_seen_to() -> None:
    async with editing("\x1b" * 25 + "b", width=20 + GUTTER) as (editor, _):
        assert [row for row in rows(editor) if row.strip()] == ["?" * 19, "??????b"]


async def test_pasted_escape_sequences_are_veiled_and_saved_as_they_are() -> None:
    async with editing("") as (editor, pilot):
        editor.insert("p\x1b[2Jq")
        await pilot.pause()
        assert rows(editor)[0] == "p?[2Jq"
        assert editor.plain == "p\x1b[2Jq"
        await pilot.press("ctrl+z")
        assert editor.plain == ""


@pytest.mark.parametrize(
    ("words", "token", "bold"),
    [
        ("Status", "strong", True),
        ("##", "muted", False),
        ("[x]", "ok", True),
        ("<!-- note -->", "muted", False),
        ("**very**", "strong", True),
    ],
)
async def test_markdown_wears_our_colours(words: str, token: str, bold: bool) -> None:
    text = "intro\n\n## Status\n\n- [x] done **very** much\n- [ ] open\n\n<!-- note -->\n"
    async with editing(text) as (editor, _):
        style = style_of(editor, words)
        assert style.color.name == themes.load("clearhead").colours[token]
        assert bool(style.bold) is bold


async def test_code_stands_on_its_own_ground_and_nothing_after_it() -> None:
    async with editing("```\ncode here\n```\nafter\n\n<!-- note -->\ntail `in` line\n") as (
        editor,
        _,
    ):
        palette = themes.load("clearhead")
        assert style_of(editor, "code here").bgcolor.name == palette.surface.panel
        assert style_of(editor, "after").bgcolor.name == palette.surface.bg
        assert style_of(editor, "tail ").color.name == palette.text.text
        assert style_of(editor, "`in`").bgcolor.name == palette.surface.raised


async def test_what_is_scrolled_to_is_highlighted_and_edits_keep_it_so() -> None:
    text = "".join(f"## Part {n}\ntext\n" for n in range(1_000))
    async with editing(text) as (editor, pilot):
        assert editor.highlighted
        editor.move_cursor((1_500, 0))
        await pilot.pause()
        assert style_of(editor, "Part 750").bold
        await pilot.press("enter", "#", "space", "n", "e", "w")
        await pilot.pause()
        assert style_of(editor, "Part 749").bold


async def test_beyond_three_thousand_lines_there_are_no_colours() -> None:
    async with editing("## a\n" * (MOST_LINES + 1)) as (editor, _):
        assert not editor.highlighted
        editor.open("## a\n")
        assert editor.highlighted


async def test_another_theme_changes_the_colours_at_once() -> None:
    async with editing("## Status\n") as (editor, pilot):
        editor.app.theme = "clearhead-light"
        await pilot.pause()
        assert style_of(editor, "Status").color.name == themes.load("clearhead-light").text.strong


@pytest.mark.parametrize("theme", themes.NAMES)
async def test_the_cursor_is_seen_only_with_the_focus(theme: str) -> None:
    async with editing("abc\n", theme=theme) as (editor, pilot):
        plain = style_of(editor, "bc")
        assert style_of(editor, "a") != plain
        editor.screen.set_focus(None)
        await pilot.pause()
        assert style_of(editor, "abc") == plain


async def test_a_change_from_outside_keeps_cursor_selection_and_view() -> None:
    old = "".join(f"line {n}\n" for n in range(100))
    async with editing(old) as (editor, pilot):
        editor.move_cursor((50, 2))
        await pilot.pause()
        top = editor.scroll_offset.y
        editor.become("first\n" + old)
        await pilot.pause()
        assert (editor.cursor_location, editor.scroll_offset.y) == ((51, 2), top + 1)
        await pilot.press("ctrl+z")
        assert editor.plain == old
        await pilot.press("ctrl+y")
        assert editor.plain == "first\n" + old


async def test_typing_and_a_change_from_outside_are_undone_apart() -> None:
    async with editing("one\n") as (editor, pilot):
        await pilot.press("x")
        editor.become("xone!\n")
        await pilot.press("y")
        await pilot.press("ctrl+z")
        assert editor.plain == "xone!\n"
        await pilot.press("ctrl+z")
        assert editor.plain == "xone\n"
        await pilot.press("ctrl+z")
        assert editor.plain == "one\n"


async def test_the_cursor_stays_in_view_when_the_editor_becomes_lower() -> None:
    async with editing("".join(f"line {n}\n" for n in range(100))) as (editor, pilot):
        editor.move_cursor((60, 0))
        await pilot.pause()
        await pilot.resize_terminal(60, 8)
        await pilot.pause()
        assert "line 60" in rows(editor)


@pytest.mark.parametrize("text", ["", "a", "a\n", "\n\n", "\ta\n  b", "ä表✓\n"])
async def test_a_text_that_is_only_opened_stays_as_it_is(text: str) -> None:
    async with editing(text) as (editor, _):
        assert editor.plain == text


async def test_a_megabyte_opens_and_takes_a_key() -> None:
    text = "some words of a long log, over and over\n" * 26_000
    async with editing(text) as (editor, pilot):
        await pilot.press("x")
        assert editor.plain == "x" + text
