"""The top row of every screen but the one of a session: program, page, a few words, banner."""

from __future__ import annotations

from textual.content import Content

from ..themes import Palette
from .header import GAP, PROGRAM
from .line import fitted, joined, quiet_chip, spread


def title_row(
    words: tuple[str, str],
    banner: str,
    width: int,
    palette: Palette,
    right: Content | None = None,
) -> Content:
    """Return the row in `width` cells; `words` are the page's name and a little about it.

    What is about it yields first, then `right`; the banner only shrinks to what stands before
    its colon.
    """
    room = max(0, width - 2)
    name, about = words
    left = [
        Content.styled(PROGRAM, palette.style("you", bold=True)),
        Content.styled(name, palette.style("strong", bold=True)),
        Content.styled(about, palette.style("muted")),
    ]
    wholes = (banner, banner.partition(":")[0])
    ends = [joined([_chip(whole, palette), right or Content()], GAP) for whole in wholes]
    need = joined(left[:2], GAP).cell_length + len(GAP)
    end = next((end for end in ends if need + end.cell_length <= room), _chip(wholes[1], palette))
    shown = fitted(left, room - end.cell_length - len(GAP), GAP)
    return Content(" ") + spread(shown, end, room, len(GAP))


def _chip(words: str, palette: Palette) -> Content:
    return quiet_chip(palette, words, "dumb") if words else Content()
