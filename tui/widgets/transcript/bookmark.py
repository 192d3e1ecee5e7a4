"""Where a person was in a transcript, in terms that outlast the rows: to come back to it."""

from __future__ import annotations

from typing import NamedTuple

from .canvas import Canvas
from .reading import Reading
from .scroll import Place
from .source import Source, Spot


class Bookmark(NamedTuple):
    """The top line, what is selected, what is open; items by their place in the file."""

    top: Spot | None
    line: int
    following: bool
    below: int
    selected: Spot | None
    opened: dict[Spot, int]


def taken(source: Source, reading: Reading, canvas: Canvas) -> Bookmark:
    """Note where the person is."""
    opened = {source.spot(item): lines for item, lines in canvas.opened.items()}
    top, row = reading.place(), reading.selected
    return Bookmark(
        source.spot(source.rows[top.row]) if source.rows else None,
        top.line,
        reading.following,
        reading.below,
        None if row is None else source.spot(source.rows[row]),
        opened,
    )


def restore(mark: Bookmark, source: Source, reading: Reading, canvas: Canvas) -> None:
    """Go back to where the person was, as far as it is still there."""
    found = ((source.at(spot), lines) for spot, lines in mark.opened.items())
    canvas.opened = {item: lines for item, lines in found if item is not None}
    canvas.clear()
    reading.rows = len(source.rows)
    reading.following, reading.below = mark.following, mark.below
    reading.selected = _row(mark.selected, source)
    if mark.top is not None:
        reading.top = Place(source.row_of(source.near(mark.top)), mark.line)


def _row(spot: Spot | None, source: Source) -> int | None:
    item = None if spot is None else source.at(spot)
    return source.row_of(item) if item is not None and source.has(item) else None
