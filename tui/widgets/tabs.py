"""The row of tabs that stands in for panes side by side where the screen is narrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from .. import glyphs, numbers
from ..themes import Palette, palette_of
from .line import joined, margin, spread

GAP = "  "
UNDERLINED = Style(underline=True)


class Tabs(Widget):
    """Shows both tabs in one row, and the counts that the pane behind must not hide."""

    DEFAULT_CSS: ClassVar[str] = "Tabs { height: 1; background: $panel; color: $text; }"

    notes: reactive[bool] = reactive(default=False)
    """Whether the notes are in front, else the transcript."""

    below: reactive[int] = reactive(0)
    """Rows that came in below the window of the transcript."""

    edits: reactive[int] = reactive(0)
    """Edits of the notes that are not saved."""

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        notes: bool

    def render(self) -> Content:
        """Draw the row for the present width."""
        return tab_row(
            self.size.width, palette_of(self), notes=self.notes, below=self.below, edits=self.edits
        )

    def on_click(self, event: events.Click) -> None:
        """Bring the tab under the pointer to the front."""
        if (notes := event.style.meta.get("notes")) is not None:
            self.post_message(self.Chosen(notes))


def tab_row(width: int, palette: Palette, *, notes: bool, below: int, edits: int) -> Content:
    """Return both tabs, the one in front underlined, and the key that switches."""
    muted, edge = palette.style("muted"), margin(width)
    new = f" {below} new {glyphs.BELOW} "
    unsaved = numbers.count(edits, "edit")
    parts = [
        _tab("Transcript", palette, notes=False, front=not notes),
        Content.styled(new, palette.style("ink", "you", bold=True)) if below else Content(),
        _tab("Notes", palette, notes=True, front=notes),
        Content.styled(unsaved, palette.style("you")) if edits else Content(),
    ]
    right = Content.styled("tab switches", muted)
    return Content(" " * edge) + spread(joined(parts, GAP), right, max(0, width - 2 * edge))


def _tab(name: str, palette: Palette, *, notes: bool, front: bool) -> Content:
    click = Style.from_meta({"notes": notes})
    if not front:
        return Content.styled(name, palette.style("muted") + click)
    return Content.styled(name, palette.style("strong", bold=True) + UNDERLINED + click)
