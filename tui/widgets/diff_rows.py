"""The rows of a difference, each on its ground, as wide as the pane. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from ...core.differing import Row
from ...core.text import clean
from ..themes import Palette

SIGN = 2
"""Cells of the sign before a line of a change."""


def diff_rows(rows: Sequence[Row], width: int, palette: Palette) -> list[Content]:
    """Return the rows in `width` cells, long ones wrapped; sign and ground both tell the side."""
    return [line for row in rows for line in _lines(row, width, palette)]


def _lines(row: Row, width: int, palette: Palette) -> list[Content]:
    """Return one row, wrapped behind its sign, on its ground to the right end."""
    ink, ground = {"+": ("add", "add-on"), "-": ("rem", "rem-on")}.get(row.sign, ("muted", ""))
    style, room = palette.style(ink, ground), max(8, width - SIGN)
    parts = Content(clean(row.text)).wrap(room) or [Content()]
    signs = [row.sign, *[" "] * (len(parts) - 1)]
    return [
        Content.styled(f"{sign} ", style)
        + Content.styled(str(part), style)
        + Content.styled(" " * (room - part.cell_length if ground else 0), style)
        for sign, part in zip(signs, parts, strict=True)
    ]
