"""Scrolling by place, not by offset: the view holds on to a row and a line inside it.

Nothing above the window need be measured, so a session of 100,000 records opens at its end at
once, and the place stays when the width changes or lines are added.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Height = Callable[[int], int]
"""How many lines a row takes; at least one."""


class Place(NamedTuple):
    """A line of the view: the row, and the line inside that row."""

    row: int = 0
    line: int = 0


def forward(place: Place, lines: int, rows: int, height: Height) -> Place:
    """Return the place `lines` further down, at most the last line of the last row."""
    if rows == 0:
        return Place()
    row, line = place.row, place.line + lines
    while row < rows - 1 and line >= height(row):
        line -= height(row)
        row += 1
    return Place(row, min(line, height(row) - 1))


def back(place: Place, lines: int, height: Height) -> Place:
    """Return the place `lines` further up, at least the first line of the first row."""
    row, line = place.row, place.line - lines
    while line < 0 and row > 0:
        row -= 1
        line += height(row)
    return Place(row, max(0, line))


def end(rows: int, window: int, height: Height) -> Place:
    """Return the first place of the last `window` lines."""
    if rows == 0:
        return Place()
    last = Place(rows - 1, height(rows - 1) - 1)
    return back(last, window - 1, height)


def clip(place: Place, rows: int, window: int, height: Height) -> Place:
    """Return `place` where it exists and a full window lies below it, else the nearest such."""
    if rows == 0:
        return Place()
    row = min(max(0, place.row), rows - 1)
    line = max(0, place.line) if place.row < rows else height(row) - 1
    inside = Place(row, min(line, height(row) - 1))
    below = forward(inside, window - 1, rows, height)
    at_end = below == Place(rows - 1, height(rows - 1) - 1)
    return end(rows, window, height) if at_end else inside


def covers(place: Place, row: int, window: int, height: Height) -> bool:
    """Say whether all lines of `row` lie in the window that begins at `place`."""
    if row < place.row or (row == place.row and place.line > 0):
        return False
    used, at = -place.line, place.row
    while at <= row and used <= window:
        used += height(at)
        at += 1
    return at > row and used <= window


def showing(place: Place, row: int, window: int, height: Height) -> Place:
    """Return the place nearest to `place` at which `row` is seen, its first line at the least."""
    if row < place.row or (row == place.row and place.line > 0):
        return Place(row)
    if covers(place, row, window, height):
        return place
    lowest = back(Place(row, height(row) - 1), window - 1, height)
    return max(place, min(lowest, Place(row)))


def revealing(place: Place, line: Place, window: int, height: Height) -> Place:
    """Return `place` if `line` is in its window, else one that has it in the upper third."""
    lowest = back(line, window - 1, height)
    return place if lowest <= place <= line else back(line, window // 3, height)
