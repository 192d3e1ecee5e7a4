"""A sheet on which the person edits a text: a brief, the message of a commit."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static, TextArea

from ..command import Context
from ..commands import bindings
from ..focus import focus_now
from ..keymap import Keymap
from ..place import banner_of
from ..themes import palette_of
from ..widgets.footer import Footer
from ..widgets.title import title_row


class TextScreen(Screen[str]):
    """Shows a text for editing; dismissed with the new text, or with nothing."""

    DEFAULT_CSS: ClassVar[str] = """
    TextScreen {
        background: $bg;
        & > #title { height: 1; background: $panel; }
        & > TextArea {
            height: 1fr; border: none; padding: 1 2; background: $bg; color: $text;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.TEXT)]
    contexts = (Context.TEXT, Context.EVERYWHERE)

    def __init__(self, name: str, about: str, text: str, keymap: Keymap) -> None:
        super().__init__()
        self._words, self._text, self._keymap = (name, about), text, keymap

    def compose(self) -> ComposeResult:
        """Lay out the title, the text and the footer."""
        yield Static(id="title", markup=False)
        area = TextArea(self._text, soft_wrap=True, compact=True, highlight_cursor_line=False)
        area.cursor_blink = False
        yield area
        footer = Footer()
        footer.keymap, footer.contexts = self._keymap, self.contexts
        yield footer

    def on_mount(self) -> None:
        """Let the person type, and follow the theme."""
        focus_now(self.query_one(TextArea))
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    def _draw(self) -> None:
        title = title_row(self._words, banner_of(self), self.size.width, palette_of(self))
        self.query_one("#title", Static).update(title)

    def action_take_text(self) -> None:
        """Go back with the text as it is now."""
        self.dismiss(self.query_one(TextArea).text)

    def action_close(self) -> None:
        """Go back and leave the text as it was."""
        self.dismiss(None)
