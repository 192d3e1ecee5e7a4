"""The title row of a sheet: a mark, what it is, a few words about it, and figures at the end."""

from __future__ import annotations

import msgspec
from textual.content import Content

from ..themes import Palette
from .line import fitted, margin, spread


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
    mark = Content.styled(f"{words.mark} ", palette.style(words.colour, bold=True))
    name = Content.styled(words.name, palette.style("strong", bold=True))
    left = [
        (mark if words.mark else Content()) + name,
        Content.styled(words.about, palette.style("muted")),
    ]
    right = Content.assemble(
        (words.right, palette.style("muted")),
        (words.figure, palette.style("strong", bold=True)),
    )
    room = max(0, width - 2 * edge)
    shown = fitted(left, room - right.cell_length - 2, "   ")
    return Content(" " * edge) + spread(shown, right, room)
