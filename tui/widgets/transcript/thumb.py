"""The scrollbar: one cell wide, a thumb where the window is among the rows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from .scroll import Place


def thumb(frame: Sequence[Place], rows: int, window: int) -> range:
    """Return the lines of the window on which the thumb stands; none when all rows are in view.

    It touches an end only where the window does. Rows count alike, however tall: to weigh them,
    all would have to be drawn.
    """
    if not frame or window < 3 or (frame[0] == Place() and frame[-1].row == rows - 1):
        return range(0)
    first, last = frame[0].row, frame[-1].row
    length = max(1, min(window - 2, round(window * (last - first + 1) / rows)))
    above, below = first, rows - 1 - last
    top = round((window - length) * above / max(1, above + below))
    least = 1 if frame[0] > Place() else 0
    most = window - length - (1 if below else 0)
    top = min(max(least, top), most)
    return range(top, top + length)


def share(line: int, window: int) -> float:
    """Return which share of the rows lies above a line of the scrollbar."""
    return min(max(0.0, line / max(1, window - 1)), 1.0)
