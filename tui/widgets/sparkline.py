"""The history of the fill in a few cells: heights on the bar's own scale, marks as letters."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style

from .. import glyphs
from ..themes import Palette
from .bar import Scale
from .gauge_facts import Trace
from .ruler import TOKENS


def sparkline(
    history: Trace, scale: Scale, width: int, palette: Palette, *, ended: bool = False
) -> Content:
    """Return the newest `width` readings of `history`, each in the colour of its zone."""
    newest = history[-width:] if width > 0 else ()
    return Content.assemble(*(_cell(entry, scale, palette, ended) for entry in newest))


def _cell(entry: int | str, scale: Scale, palette: Palette, ended: bool) -> tuple[str, Style]:
    if isinstance(entry, str):
        return entry, palette.style("you", bold=True)
    levels = len(glyphs.SPARKS)
    level = min(levels - 1, max(0, entry * levels // scale.end))
    token = "muted" if ended else TOKENS[scale.edges.zone(entry)]
    return glyphs.SPARKS[level], palette.style(token)
