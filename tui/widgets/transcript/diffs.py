"""What an edit changed: number, sign, code, on its ground to the right end of the text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....core.agents.base import DiffLine, Side
from .lines import Line, Piece, flow, padded

_STYLES = {
    Side.SAME: ("muted", ""),
    Side.ADDED: ("add", "add-on"),
    Side.REMOVED: ("rem", "rem-on"),
}

_NUMBER = 4
"""Cells of a line number; longer ones move the code."""


def diff_lines(changes: Iterable[DiffLine], width: int) -> Iterator[Line]:
    """Yield a change as lines of at most `width` cells, with a mark where lines were skipped."""
    last: int | None = None
    for change in changes:
        if change.side is not Side.REMOVED and change.number is not None:
            if last is not None and change.number > last + 1:
                yield [Piece(" " * _NUMBER + " …", "muted")]
            last = change.number
        yield from _change(change, width)


def _change(change: DiffLine, width: int) -> Iterator[Line]:
    """Yield one line of a change; what is too long goes on below, without number and sign."""
    ink, on = _STYLES[change.side]
    number = "" if change.number is None else str(change.number)
    lead = f"{number:>{_NUMBER}} "
    room = max(1, width - len(lead) - 2)
    sign = f"{change.side.value} "
    for text in flow(change.text, (), room, Piece("", ink, on)):
        line = [Piece(lead, "muted", on), Piece(sign, ink, on, bold=True), *text]
        yield padded(line, width, ink, on)
        lead, sign = " " * len(lead), "  "
