"""The rows of a difference, each on its ground, as wide as the pane. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from ...core.differing import Row
from ...core.text import clean
from ..themes import Palette


def diff_rows(rows: Sequence[Row], width: int, palette: Palette) -> list[Content]:
    """Return the rows in `width` cells; sign and ground both tell the side."""
    return [_row(row, width, palette) for row in rows]


def _row(row: Row, width: int, palette: Palette) -> Content:
    ink, ground = {"+": ("add", "add-on"), "-": ("rem", "rem-on")}.get(row.sign, ("muted", ""))
    text = Content.styled(f"{row.sign} {clean(row.text)}", palette.style(ink, ground))
    text = text.truncate(width, ellipsis=True)
    filled = Content.styled(" " * (width - text.cell_length), palette.style("", ground))
    return text + filled if ground else text
