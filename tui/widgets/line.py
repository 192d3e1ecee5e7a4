"""Build single rows: parts side by side, chips, and what to drop when a row is too narrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from ..themes import Palette

WIDE = 81
"""From this width on rows keep two empty cells at either side, below it one."""


def margin(width: int) -> int:
    """Return how many cells stay empty at either side of a row."""
    return 2 if width >= WIDE else 1


def joined(parts: Iterable[Content], gap: str = "  ") -> Content:
    """Put the parts that hold something side by side."""
    return Content(gap).join(part for part in parts if part)


def fitted(parts: Sequence[Content], width: int, gap: str = "  ") -> Content:
    """Put `parts` side by side, dropping whole ones from the right until they fit `width`.

    The first part stays, cut where it must be.
    """
    kept = [part for part in parts if part]
    while len(kept) > 1 and joined(kept, gap).cell_length > width:
        kept.pop()
    return joined(kept, gap).truncate(max(0, width), ellipsis=True)


def spread(left: Content, right: Content, width: int, gap: int = 2) -> Content:
    """Put `left` and `right` at the two ends of a row; `right` stays whole, `left` yields."""
    room = width - right.cell_length - (gap if right else 0)
    left = left.truncate(max(0, room), ellipsis=True)
    return left + " " * (width - left.cell_length - right.cell_length) + right


def chip(palette: Palette, words: str, token: str) -> Content:
    """Draw a chip that must be seen: `words` in the ink colour on the ground of `token`."""
    return Content.styled(f" {words} ", palette.style("ink", token, bold=True))


def quiet_chip(palette: Palette, words: str, token: str) -> Content:
    """Draw a chip on the raised ground; plain themes put it in brackets."""
    if palette.plain:
        return Content.styled(f"[{words}]", palette.style(token, bold=True))
    return Content.styled(f" {words} ", palette.style(token, "raised"))


def figure(palette: Palette, number: str, label: str = "", before: str = "") -> Content:
    """Draw a figure that decides: bold, the words around it muted."""
    muted = palette.style("muted")
    return Content.assemble(
        (f"{before} " if before else "", muted),
        (number, palette.style("strong", bold=True)),
        (f" {label}" if label else "", muted),
    )
