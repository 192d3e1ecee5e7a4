"""The footer: what fits is shown, help always, and what cannot act now is muted."""

from __future__ import annotations

import pytest

from clearhead.tui import themes
from clearhead.tui.command import Context, Situation
from clearhead.tui.keymap import remap
from clearhead.tui.widgets.footer import Footer, footer_row, groups

from .harness import drawn, rows, shown

READING = (Context.TRANSCRIPT, Context.SUPERVISE, Context.EVERYWHERE)


def footer(contexts: tuple[Context, ...] = READING) -> Footer:
    widget = Footer()
    widget.contexts = contexts
    return widget


async def test_the_selection_stands_left_and_the_screen_right() -> None:
    (row,) = await drawn(footer(), 140)
    assert row == (
        " Enter open  t turn  e error  m edit  y copy  │  c compact  r reset  h hand off  a attach  "
        "s sessions  p notes  / find  F1 keys"
    )


@pytest.mark.parametrize("width", range(12, 140, 4))
async def test_whole_entries_go_from_the_right_and_help_stays(width: int) -> None:
    left, right = groups(footer().keymap, READING)
    row = footer_row(left, right, Situation(), width, themes.load("clearhead")).plain
    assert len(row) <= width
    assert row.endswith(("F1 keys", "q quit"))
    words = {f"{command.key} {command.title}" for command in (*left, *right)}
    shown_words = [part.strip() for part in row.replace("│", "  ").split("  ") if part.strip()]
    assert set(shown_words) <= words


async def test_the_footer_follows_the_place() -> None:
    widget = footer()
    async with shown(widget, 140) as pilot:
        widget.contexts = (Context.NOTES, Context.SUPERVISE, Context.EVERYWHERE)
        await pilot.pause()
        assert rows(widget)[0].startswith(" Esc transcript  ctrl+g then a letter: any other key  │")


async def test_the_footer_shows_a_persons_own_keys() -> None:
    widget = footer()
    widget.keymap = remap({"find.open": "ctrl+f"})[0]
    assert "ctrl+f find" in (await drawn(widget, 140))[0]


async def test_a_key_that_cannot_act_now_is_muted() -> None:
    widget = footer()
    widget.situation = Situation(selected=False)
    async with shown(widget, 200):
        styles = {seg.text: seg.style for seg in widget.render_line(0)}
        assert not styles["Enter"].bold
        assert styles["t"].bold
        assert styles["Enter"].color.name == themes.load("clearhead").text.muted


async def test_a_sentence_stands_in_place_of_the_keys_for_a_moment() -> None:
    widget = footer()
    async with shown(widget, 60) as pilot:
        widget.say("Nothing to save: [b]the notes[/b] hold no edits of yours.", warning=True)
        first = widget.notice
        await pilot.pause()
        assert rows(widget) == [" ! Nothing to save: [b]the notes[/b] hold no edits of yours."]
        widget.say("Another one.")
        widget._forget(first)
        await pilot.pause()
        assert rows(widget) == [" Another one."]
        widget._forget(widget.notice)
        await pilot.pause()
        assert rows(widget)[0].startswith(" Enter open")
