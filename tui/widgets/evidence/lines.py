"""Headings, wrapped text and marks that all evidence is made of. Pure."""

from __future__ import annotations

from textual.content import Content

from ....core.text import clean
from ...themes import Palette
from ..line import spread

INDENT = 2
"""Cells that what stands under a heading is moved in by."""


def heading(words: str, right: Content | None, width: int, palette: Palette) -> Content:
    """Return a heading with what belongs to it at its right end."""
    left = Content.styled(words, palette.style("strong", bold=True))
    return spread(left, right or Content(), width)


def wrapped(
    text: str, width: int, palette: Palette, ink: str = "text", indent: int = INDENT
) -> list[Content]:
    """Return untrusted text as lines that fit, in one colour, moved in by `indent` cells."""
    style, room = palette.style(ink), max(8, width - indent)
    lead = Content(" " * indent)
    return [
        lead + Content.styled(str(part), style)
        for line in clean(text).split("\n")
        for part in (Content(line).wrap(room) or [Content()])
    ]


def marked(glyph: str, token: str, text: Content, palette: Palette) -> Content:
    """Return a line behind its mark."""
    return Content.assemble(" " * INDENT, (f"{glyph} ", palette.style(token, bold=True)), text)


def joined(*sections: list[Content]) -> list[Content]:
    """Return the sections that hold something, an empty row between two."""
    lines: list[Content] = []
    for section in filter(None, sections):
        if lines:
            lines.append(Content())
        lines += section
    return lines
