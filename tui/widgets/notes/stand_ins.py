"""Show where a stand-in of the veil stands: nothing in a text is hidden, nothing is obeyed."""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.strip import Strip

from ...themes import Palette
from .veil import STAND_INS, shown


def marked(strip: Strip, palette: Palette) -> Strip:
    """Return a drawn row with a mark in the place of each stand-in."""
    if strip.text.isascii() or not STAND_INS.search(strip.text):
        return strip
    mark = palette.rich("ink", "dumb", bold=True)
    return Strip(
        (
            Segment(shown(piece), mark if shown(piece).strip() else segment.style)
            if STAND_INS.match(piece)
            else Segment(piece, segment.style)
        )
        for segment in strip
        for piece in re.split(f"({STAND_INS.pattern})", segment.text)
        if piece
    )
