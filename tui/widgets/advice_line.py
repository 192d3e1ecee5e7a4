"""The one sentence above the footer: what is worth knowing now, and the key that helps."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from .. import glyphs
from ..themes import Palette, palette_of
from .line import joined, margin, spread

SEPARATOR = " · "


class Advice(msgspec.Struct, frozen=True):
    """A headline and the evidence for it, most telling first; `key` and `label` name the cure.

    `token` is the colour of its mark (`dumb`, `compact`, `reset`, `needs`); a calm line has none.
    """

    headline: str
    details: tuple[str, ...] = ()
    token: str = ""
    key: str = ""
    label: str = ""


class AdviceLine(Widget):
    """Shows `advice` in one row; `None` leaves the row empty."""

    DEFAULT_CSS: ClassVar[str] = """
    AdviceLine {
        height: 1;
        background: $bg;
        color: $text;
    }
    """

    advice: reactive[Advice | None] = reactive(None)

    def render(self) -> Content:
        """Draw the advice for the present width."""
        if self.advice is None:
            return Content()
        return advice_row(self.advice, self.size.width, palette_of(self))


def advice_row(advice: Advice, width: int, palette: Palette) -> Content:
    """Return the advice in `width` cells; details that do not fit are left out whole."""
    edge = margin(width)
    room = max(0, width - 2 * edge)
    muted = palette.style("muted")
    cure = joined(
        [
            Content.styled(advice.key, palette.style("you", bold=True)),
            Content.styled(advice.label, muted),
        ],
        " ",
    )
    left = _mark(advice, palette) + Content.styled(advice.headline, palette.style("text"))
    space = room - cure.cell_length - 2
    for detail in advice.details:
        longer = left + Content.styled(SEPARATOR + detail, muted)
        if longer.cell_length > space:
            break
        left = longer
    return Content(" " * edge) + spread(left, cure, room)


def _mark(advice: Advice, palette: Palette) -> Content:
    if advice.token:
        return Content.styled(f"{glyphs.WARNING} ", palette.style(advice.token, bold=True))
    return Content.styled(f"{glyphs.EMPTY} ", palette.style("muted"))
