"""A screen that is only read and closed: a title row, a text that scrolls, the footer."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from ..command import Context
from ..commands import bindings
from ..focus import focus_now
from ..keymap import Keymap
from ..place import banner_of
from ..themes import Palette, palette_of
from ..widgets.footer import Footer
from ..widgets.line import margin
from ..widgets.title import title_row


class Page(Screen[None]):
    """Shows what `title_words` and `text` return, drawn anew for every width and theme."""

    DEFAULT_CSS: ClassVar[str] = """
    Page {
        background: $bg;
        & > #title { height: 1; background: $panel; }
        & > VerticalScroll { height: 1fr; padding: 1 0; scrollbar-size-vertical: 1; }
        & #text { width: 100%; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.PAGE)]
    contexts = (Context.PAGE, Context.EVERYWHERE)

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap

    def title_words(self) -> tuple[str, str]:
        """Return the name of the page and a few words about it."""
        raise NotImplementedError

    def text(self, width: int, palette: Palette) -> Content:
        """Return the page for `width` cells."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay out title, text and footer."""
        yield Static(id="title", markup=False)
        with VerticalScroll():
            yield Static(id="text", markup=False)
        footer = Footer()
        footer.keymap, footer.contexts = self._keymap, self.contexts
        yield footer

    def on_mount(self) -> None:
        """Let the arrow keys scroll, and follow the theme."""
        focus_now(self.query_one(VerticalScroll))
        self.app.theme_changed_signal.subscribe(self, lambda _: self.draw())

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.draw()

    def draw(self) -> None:
        """Draw title and text."""
        palette, width = palette_of(self), self.size.width
        title = title_row(self.title_words(), banner_of(self), width, palette)
        self.query_one("#title", Static).update(title)
        edge = margin(width)
        inside = self.text(max(20, width - 2 * edge - 1), palette)
        lines = [Content(" " * edge) + line for line in inside.split("\n", allow_blank=True)]
        self.query_one("#text", Static).update(Content("\n").join(lines))

    def action_close(self) -> None:
        """Close the page."""
        self.dismiss()
