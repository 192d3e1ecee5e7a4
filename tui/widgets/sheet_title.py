"""The title row of a sheet: a mark, what it is, a few words about it, and figures at the end."""

from __future__ import annotations

import msgspec
from textual.content import Content

from ..themes import Palette
from .line import margin, spread


class SheetTitle(msgspec.Struct, frozen=True):
    """What a sheet's title says; `mark` and its `colour` tell how it stands."""

    name: str
    about: str = ""
    mark: str = ""
    colour: str = "ok"
    right: str = ""
    figure: str = ""
    """What stands bold after `right`."""


def sheet_title(words: SheetTitle, width: int, palette: Palette) -> Content:
    """Return the row in `width` cells; what is about it yields first."""
    edge = margin(width)
    right = Content.assemble(
        (words.right, palette.style("muted")),
        (words.figure, palette.style("strong", bold=True)),
    )
    left = Content.assemble(
        (f"{words.mark} " if words.mark else "", palette.style(words.colour, bold=True)),
        (words.name, palette.style("strong", bold=True)),
        (f"   {words.about}" if words.about else "", palette.style("muted")),
    )
    return Content(" " * edge) + spread(left, right, max(0, width - 2 * edge))
