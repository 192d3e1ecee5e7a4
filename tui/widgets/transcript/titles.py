"""The rows above and below the view: title, words that wait, what came in below. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from ....core.snapshot import Snapshot
from ... import glyphs, numbers
from ...themes import Palette
from ..line import joined, spread
from .columns import Columns

SHOWN = 3
"""Queued prompts that are shown; more are counted."""


def title_row(notes: Sequence[str], columns: Columns, palette: Palette) -> Content:
    """Return the title with its notes, and the head of the column of tokens.

    Plain themes, whose bands cannot be told from the ground, draw a rule between.
    """
    muted = palette.style("muted")
    name = Content.styled("Transcript", palette.style("strong", bold=True))
    left = joined([name, Content.styled(" · ".join(notes), muted)], "   ")
    right = Content.styled("tokens", muted)
    row = spread(left, right, columns.edge - columns.time)
    if palette.plain:
        room = columns.edge - columns.time - left.cell_length - right.cell_length - 2
        rule = Content.styled(glyphs.RULE * max(0, room), palette.style("line"))
        row = joined([left, rule, right], " ") if room > 0 else row
    return Content(" " * columns.time) + row


def title_notes(snapshot: Snapshot, turn: int, turns: int, *, gone: bool) -> list[str]:
    """Say in short what one looks at: which turn, and what is the matter."""
    notes = []
    if not snapshot.complete:
        notes.append("counting turns…")
    elif turns:
        notes.append(f"turn {turn} of {turns}" if turn else numbers.count(turns, "turn"))
    if snapshot.retry:
        notes.append(f"retrying: {snapshot.retry}")
    if gone:
        notes.append("the file is gone, this was read before")
    return notes


def queued_rows(waiting: Sequence[str], columns: Columns, palette: Palette) -> Content:
    """Return the words that wait for the agent, one line each, in the columns of the view."""
    muted = palette.style("muted")
    room = columns.edge - columns.text
    rows = [
        Content.assemble(
            (" " * columns.who + "queued ", palette.style("you")),
            Content.styled(words, muted).truncate(room, ellipsis=True),
        )
        for words in waiting[:SHOWN]
    ]
    if len(waiting) > SHOWN:
        more = f"and {len(waiting) - SHOWN} more"
        rows.append(Content.styled(" " * columns.text + more, muted))
    return Content("\n").join(rows)


def below_row(
    found: str,
    *,
    following: bool,
    below: int,
    columns: Columns,
    palette: Palette,
    writes: bool = False,
) -> Content:
    """Return the row below the view: where one is in a search, what came in since one reads.

    `writes` says that a reply grows below, which is not in view.
    """
    muted, key = palette.style("muted"), palette.style("you", bold=True)
    left, right = Content(), Content()
    if found:
        words = Content.assemble((found, muted), ("  ]", key), (" next", muted), ("  [", key))
        left = words + Content.styled(" before", muted)
    if not following:
        newest = Content.assemble(("G", key), (" newest", muted))
        style = palette.style("ink", "you", bold=True)
        new = Content.styled(f" {below:,} new {glyphs.BELOW} ", style) if below else Content()
        how = "the agent writes, the view stays" if writes else "reading here, the view stays"
        reading = Content() if found else Content.styled(how, muted)
        right = joined([reading, newest, new], "  ")
    return Content(" " * columns.time) + spread(left, right, columns.edge - columns.time)
