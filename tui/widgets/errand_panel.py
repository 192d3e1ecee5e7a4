"""What the person is asked to do by hand now: the words, the text to paste, the time it waits."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from ...core.acting.errand import Errand
from ...core.agents.base import State
from .. import glyphs
from ..themes import Palette, palette_of
from .line import chip, margin, spread

SHOWN = 3
"""Lines of the text that are shown; the rest is one key away."""

WARNINGS = {
    State.WAITING: "It asks something there. Answer that first: a paste would go into its dialog.",
    State.BUSY: "It works. Paste when its turn has ended; what was pasted already is waited for.",
}


class ErrandFacts(msgspec.Struct, frozen=True):
    """An errand as it is drawn: whose it is, how long it waits, what the session does meanwhile.

    `brief` leaves out what the screen around it tells itself.
    """

    errand: Errand
    project: str
    waited: str
    state: State | None = None
    copied: bool = False
    key: str = "Y"
    brief: bool = False


class ErrandPanel(Widget):
    """Shows `facts` in as few rows as they take."""

    DEFAULT_CSS: ClassVar[str] = """
    ErrandPanel { height: auto; width: 100%; background: $panel; color: $text; }
    """

    facts: reactive[ErrandFacts | None] = reactive(None, layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows the errand takes in `width` cells."""
        del container, viewport
        return len(panel_rows(self.facts, width, palette_of(self))) if self.facts else 0

    def render(self) -> Content:
        """Draw the errand for the present width."""
        if self.facts is None:
            return Content()
        return Content("\n").join(panel_rows(self.facts, self.size.width, palette_of(self)))


def panel_rows(facts: ErrandFacts, width: int, palette: Palette) -> list[Content]:
    """Return the rows of an errand in `width` cells."""
    errand, edge = facts.errand, margin(width)
    room = max(20, width - 2 * edge)
    muted, strong = palette.style("muted"), palette.style("strong", bold=True)
    head = chip(palette, "BY HAND", "dumb") + "  " + Content.styled(errand.todo, strong)
    since = Content.assemble(("waits ", muted), (facts.waited, strong))
    if facts.brief:
        left = chip(palette, "BY HAND", "dumb") + "  " + since
        return [
            Content(" " * edge) + spread(left, _key(facts, palette), room),
            *_warned(facts, edge, room, palette),
        ]
    rows = [spread(head, since, room)]
    if len(errand.todo) + 12 > room - since.cell_length:
        lines = Content.styled(errand.todo, strong).wrap(room)
        rows = [spread(chip(palette, "BY HAND", "dumb"), since, room), *lines]
    rows += _text(errand.text, room, palette)
    rows = [Content(" " * edge) + row for row in rows]
    rows += _warned(facts, edge, room, palette)
    return [*rows, Content(" " * edge) + _last(facts, room, palette)]


def _warned(facts: ErrandFacts, edge: int, room: int, palette: Palette) -> list[Content]:
    """Return why nothing should be pasted just now."""
    if facts.state not in WARNINGS:
        return []
    words = Content.styled(
        f"{glyphs.WARNING} {WARNINGS[facts.state]}", palette.style("dumb", bold=True)
    )
    return [Content(" " * edge) + line for line in words.wrap(room)]


def _text(text: str, room: int, palette: Palette) -> list[Content]:
    """Return the first rows of what is pasted, on a ground of their own."""
    ground, inside = palette.style("text", "raised"), room - 2
    lines = text.split("\n") if text else []
    rows = [line[at : at + inside] for line in lines for at in range(0, len(line) or 1, inside)]
    shown = [Content.styled(f" {row}".ljust(room), ground) for row in rows[:SHOWN]]
    if (more := len(rows) - SHOWN) > 0:
        words = f" {glyphs.EMPTY} {more} more line{'s' if more > 1 else ''}"
        shown.append(Content.styled(words.ljust(room), palette.style("muted", "raised")))
    return shown


def _last(facts: ErrandFacts, room: int, palette: Palette) -> Content:
    muted = palette.style("muted")
    copied = ("copied",) if facts.copied and facts.errand.text else ()
    words = " · ".join((*copied, facts.project, facts.errand.where))
    return spread(Content.styled(words, muted), _key(facts, palette), room)


def _key(facts: ErrandFacts, palette: Palette) -> Content:
    return Content.assemble(
        (facts.key, palette.style("you", bold=True)),
        (" copy, see whole, save, give up", palette.style("muted")),
    )
