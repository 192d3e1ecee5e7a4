"""Lines become strips: in the theme's colours, exactly as wide as the view, safe to print."""

from __future__ import annotations

from collections import OrderedDict

from rich.segment import Segment
from textual.strip import Strip

from ....core.text import clean
from ... import glyphs
from ...themes import Palette
from .columns import Block
from .lines import Line, padded

KEPT = 12_000
"""Drawn lines that are kept: many screens of usual rows."""


class Drawn:
    """A drawn row, whose lines become strips when they are looked at."""

    __slots__ = ("_palette", "_strips", "_width", "block")

    def __init__(self, block: Block, palette: Palette, width: int) -> None:
        self.block = block
        self._palette = palette
        self._width = width
        self._strips: dict[tuple[int, bool], Strip] = {}

    def __len__(self) -> int:
        return len(self.block.lines)

    def strip(self, line: int, *, selected: bool) -> Strip:
        """Return a line of the row; the selected row bears its mark at the edge."""
        known = self._strips.get((line, selected))
        if known is None:
            known = self._made(line, selected=selected and line >= self.block.head)
            self._strips[line, selected] = known
        return known

    def _made(self, line: int, *, selected: bool) -> Strip:
        content = self.block.lines[line]
        ground = "sel" if selected and line == self.block.head else "bg"
        strip = strip_of(content, self._palette, self._width, ground)
        if not selected:
            return strip
        mark = Segment(glyphs.SELECTED, self._palette.rich("you", ground, bold=True))
        return Strip.join([Strip([mark], 1), strip.crop(1, self._width)])


class Drawings:
    """Keeps the rows that were drawn last, by their items."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[int, Drawn] = OrderedDict()
        self._lines = 0

    def get(self, item: int) -> Drawn | None:
        """Return a drawn row, if it is kept."""
        return self._drawn.get(item)

    def keep(self, item: int, drawn: Drawn) -> None:
        """Keep a drawn row; the ones that were drawn first go."""
        self._drawn[item] = drawn
        self._lines += len(drawn)
        while self._lines > KEPT and len(self._drawn) > 1:
            _, oldest = self._drawn.popitem(last=False)
            self._lines -= len(oldest)

    def drop(self, item: int) -> None:
        """Forget a row: it is drawn anew when it is looked at."""
        dropped = self._drawn.pop(item, None)
        self._lines -= len(dropped) if dropped is not None else 0

    def clear(self) -> None:
        """Forget every row."""
        self._drawn.clear()
        self._lines = 0


def strip_of(line: Line, palette: Palette, width: int, ground: str = "bg") -> Strip:
    """Return a line as segments in the theme's colours, exactly `width` cells wide."""
    pieces = padded([p._replace(text=printable(p.text)) for p in line], width, "text", ground)
    segments = [
        Segment(piece.text, palette.rich(piece.ink, piece.on or ground, bold=piece.bold))
        for piece in pieces
        if piece.text
    ]
    return Strip(segments).adjust_cell_length(width)


def printable(text: str) -> str:
    """Return text that a terminal prints as it stands: the last check, whoever cleaned it before.

    A line break inside a line becomes a blank.
    """
    return text if text.isprintable() else clean(text).replace("\n", " ")
