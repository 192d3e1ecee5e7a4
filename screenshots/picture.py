"""Turn the screen of a running Textual app into a picture that looks the same everywhere.

Textual's own SVG asks for a font from the network and lets viewers collapse blanks. This names
local monospace fonts, sets the size so that 0.6 em is one cell, and keeps every blank.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import App

FONTS = "'JetBrains Mono','Fira Code','Cascadia Mono','DejaVu Sans Mono',monospace"
"""The local fonts to draw with, the best first; all of them have our glyphs."""

PNG_FONT = "'DejaVu Sans Mono'"
"""The font of the PNGs: cairosvg looks at the first family only, so it is named alone."""

CELL = 12.2
"""Width of a cell in the SVG, as Rich draws it."""

ADVANCE = 0.6
"""Width of a character of these fonts in em."""

_CHROME, _TITLE = "#292929", "#c5c8c6"
"""The colours of Rich's window frame and its title, which belong to a dark theme."""

_REMOTE_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_MATRIX_FONT = re.compile(r"font-family: Fira Code, monospace;\s*font-size: [\d.]+px;")
_CLIPPED_ROW = re.compile(r' clip-path="url\(#[^)]*-line-\d+\)"')
_STRETCH = re.compile(
    r'<text class="(?P<look>[^"]*)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="[\d.]+">'
    r"(?P<said>[^<]*)</text>"
)
_WORD = re.compile(r"[^\s\u00a0]+")


def svg_of(app: App[Any], title: str = "clearhead") -> str:
    """Return the screen that `app` shows now as a self-contained SVG."""
    named = app.theme_variables
    svg = tidied(app.export_screenshot(title=title, simplify=True))
    svg = svg.replace(f'<rect fill="{_CHROME}"', f'<rect fill="{named["panel"]}"', 1)
    return svg.replace(f'fill="{_TITLE}" text-anchor', f'fill="{named["foreground"]}" text-anchor')


def tidied(svg: str) -> str:
    """Return Rich's `svg` with local fonts, exact cells and kept blanks.

    Rich clips each row and forgets the last one, which cuts its descenders: no row is clipped.
    """
    svg = _REMOTE_FONT.sub("", svg)
    size = f"font-family: {FONTS}; font-variant-ligatures: none; font-size: {CELL / ADVANCE:.3f}px;"
    svg = _CLIPPED_ROW.sub("", _MATRIX_FONT.sub(size, svg))
    return _STRETCH.sub(_in_cells, svg).replace("<text ", '<text xml:space="preserve" ')


def _in_cells(stretch: re.Match[str]) -> str:
    """Return a stretch of a row word by word, each character in its own cell.

    Rich asks for the length of the whole stretch. Viewers spread what their font lacks over its
    letters, each in its own way, so that the stretches of a row no longer meet; and cairosvg
    looks at the ink, so that a row that begins with an "I" begins further to the right.
    """
    said, start = unescape(stretch["said"]), float(stretch["x"])
    words = (
        (word[0], start + CELL * cell_len(said[: word.start()])) for word in _WORD.finditer(said)
    )
    return "".join(
        f'<text class="{stretch["look"]}" x="{_places(word, x)}" y="{stretch["y"]}">'
        f"{escape(word)}</text>"
        for word, x in words
    )


def _places(word: str, x: float) -> str:
    """Return where each character of a word begins, which itself begins at `x`."""
    starts = (x + CELL * cell_len(word[:index]) for index in range(len(word)))
    return " ".join(f"{place:.1f}" for place in starts)


def save(app: App[Any], path: Path, *, title: str = "clearhead", scale: float = 1.0) -> None:
    """Save the screen of `app` as `path` (.svg) and beside it as a PNG, `scale` times as large."""
    import cairosvg

    svg = svg_of(app, title)
    path.write_text(svg, encoding="utf-8")
    drawn = svg.replace(FONTS, PNG_FONT).encode()
    cairosvg.svg2png(bytestring=drawn, write_to=str(path.with_suffix(".png")), scale=scale)
