"""The table "Where does your agent run?": it decides what clearhead can do there."""

from __future__ import annotations

from textual.content import Content

from .. import glyphs
from ..themes import Palette
from .line import fitted

PLACES = (
    ("a tmux pane", "one key", "yes"),
    ("Codex with its background server", "except /clear", "yes"),
    ("a plain terminal, or VS Code's", "by hand, checked", "with hooks"),
    ("an editor extension", "by hand", "no"),
    ("started by clearhead", "one key", "yes"),
)
"""Where an agent runs; how it will be compacted and reset there; whether it can be approved."""

BY_HAND = (
    "by hand: clearhead writes notes, commit and brief, copies the exact text, "
    "says where to paste it, and waits for the same evidence."
)

NOW = (
    "Watching and notes work everywhere. To act, a looks for a way in; where there is none, it "
    "offers three: by hand, take over (you leave there, clearhead goes on), start in tmux."
)

WATCH, NOTES, ACT, APPROVE = 7, 7, 19, 10
"""Widths of the columns behind the place."""

PLACE = 34
RULE = PLACE + WATCH + NOTES + ACT + APPROVE


def table(width: int, palette: Palette) -> list[Content]:
    """Return the table in `width` cells: heading, rule, a row for each place; narrow ones cut."""
    muted = palette.style("muted")
    place = max(24, min(PLACE, width - WATCH - NOTES - ACT))
    names = ("place", "watch", "notes", "compact and reset", "approve")
    head = _row([Content.styled(name, muted) for name in names], place, width)
    rule = Content.styled(glyphs.RULE * min(width, RULE), palette.style("line"))
    return [head, rule, *(_row(_cells(entry, palette), place, width) for entry in PLACES)]


def _row(cells: list[Content], place: int, width: int) -> Content:
    """Put the cells into their columns; what does not fit the width is left out whole."""
    widths = (place, WATCH, NOTES, ACT, APPROVE)
    cut = [
        cell.truncate(room, ellipsis=True).pad_right(max(0, room - cell.cell_length))
        for cell, room in zip(cells, widths, strict=True)
    ]
    return fitted(cut, width, "")


def _cells(entry: tuple[str, str, str], palette: Palette) -> list[Content]:
    where, act, approve = entry
    yes = Content.styled(glyphs.PROVED, palette.style("ok", bold=True))
    by_hand = act.startswith("by hand")
    done = Content.styled(act, palette.style("dumb" if by_hand else "ok"))
    words = {"yes": glyphs.PROVED, "no": glyphs.FAILED}.get(approve, approve)
    ink = {"yes": "ok", "no": "muted"}.get(approve, "dumb")
    return [
        Content(where),
        yes,
        yes,
        done if by_hand else Content.assemble(yes, " ", done),
        Content.styled(words, palette.style(ink)),
    ]


def table_as_markdown() -> str:
    """Return the table for the README."""
    lines = [
        "| where the agent runs | watch | notes | compact and reset | approve |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [f"| {where} | yes | yes | {act} | {approve} |" for where, act, approve in PLACES]
    return "\n".join(lines) + "\n"
