"""Draw how full a context is as one row of cells: the same bar on every screen.

Filled or empty is told by the ground, the zone by the hatch: both survive any palette.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import msgspec
from textual.content import Content
from textual.style import Style

from ...core.gauge import Edges, Zone
from .. import glyphs
from ..themes import Palette

HATCH = {
    Zone.SMART: " ",
    Zone.DUMB: glyphs.DUMB_ZONE,
    Zone.COMPACT: glyphs.COMPACT_NOW,
    Zone.RESET: glyphs.RESET_NOW,
}
"""The pattern of each zone; an empty smart cell is a dot instead."""


class Scale(msgspec.Struct, frozen=True):
    """Where tokens lie on a bar of `width` cells that ends at `end` tokens."""

    edges: Edges
    end: int
    width: int

    def column(self, tokens: int) -> int:
        """Return the cell that begins at `tokens`, rounded to the nearest."""
        return min(self.width, int(tokens / self.end * self.width + 0.5)) if self.end > 0 else 0

    def starts(self) -> tuple[tuple[Zone, int], ...]:
        """Return the first cell of each zone, in rising order."""
        return (
            (Zone.SMART, 0),
            (Zone.DUMB, self.column(self.edges.dumb)),
            (Zone.COMPACT, self.column(self.edges.compact)),
            (Zone.RESET, self.column(self.edges.reset)),
        )

    def filled(self, fill: int) -> int:
        """Return how many cells `fill` fills: never into a zone that it has not reached.

        Any fill shows at least one cell, and one cell of the zone that it has reached.
        """
        starts = dict(self.starts())
        zones = list(starts)
        zone = self.edges.zone(fill)
        beyond = [starts[later] for later in zones[zones.index(zone) + 1 :]]
        least = min(starts[zone] + 1, self.width) if fill > 0 else 0
        return max(least, min([self.column(fill), *beyond]))


def bar(scale: Scale, fill: int | None, palette: Palette, *, ended: bool = False) -> Content:
    """Return the bar: filled cells, then the empty track with the zones to come.

    An unknown `fill` leaves all of it empty. An ended session is grey.
    """
    filled = 0 if fill is None else scale.filled(fill)
    return Content.assemble(
        *(
            _run(zone, stop - start, start < filled, ended, palette)
            for zone, start, stop in _runs(scale, filled)
        )
    )


def _runs(scale: Scale, filled: int) -> Iterator[tuple[Zone, int, int]]:
    """Yield stretches of cells that look alike: their zone, first cell, and the cell after."""
    starts = scale.starts()
    borders = sorted({filled, scale.width, *(start for _, start in starts)})
    for start, stop in pairwise([0, *borders]):
        if start < stop:
            yield [zone for zone, first in starts if first <= start][-1], start, stop


def _run(zone: Zone, length: int, filled: bool, ended: bool, palette: Palette) -> tuple[str, Style]:
    """Return `length` cells of one zone and their style."""
    name = "ended" if ended else zone.value
    if filled:
        return HATCH[zone] * length, palette.style(f"{name}-hatch", f"{name}-fill")
    glyph = glyphs.EMPTY if ended or zone is Zone.SMART else HATCH[zone]
    return glyph * length, palette.style(f"{name}-track")
