"""A small editor for a text that is about to be sent."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea

from ...core.text import clean
from ..command import Context
from ..commands import bindings
from ..focus import focus_now


class Words(TextArea):
    """Shows a text, and edits it while it has the focus; Escape ends that."""

    class Ended(Message):
        """The person is done with the text."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.WORDS)]

    DEFAULT_CSS: ClassVar[str] = """
    Words {
        border: none; padding: 0 1; background: $raised; color: $text;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
        & .text-area--cursor-line { background: $raised; }
        & .text-area--cursor { background: $you; color: $ink; }
        & .text-area--selection { background: $sel; }
    }
    """

    def __init__(self, text: str = "", *, name: str) -> None:
        super().__init__(
            text, soft_wrap=True, show_line_numbers=False, compact=True, id=name, read_only=True
        )
        self.can_focus = False

    def begin(self) -> None:
        """Let the person edit."""
        self.can_focus, self.read_only = True, False
        self.move_cursor(self.document.end)
        focus_now(self)

    def end(self) -> None:
        """Let the text stand as it is."""
        self.read_only, self.can_focus = True, False

    @property
    def editing(self) -> bool:
        """Whether the person edits it now."""
        return not self.read_only

    @property
    def said(self) -> str:
        """The text, without anything that a terminal would obey."""
        return clean(self.text).strip()

    def become(self, text: str) -> None:
        """Hold another text; what was typed is gone."""
        self.load_text(clean(text))

    def action_end_words(self) -> None:
        """End the editing; the text stays."""
        self.end()
        self.post_message(self.Ended())

    async def _on_paste(self, event: events.Paste) -> None:
        """Take a pasted text cleaned."""
        event.text = clean(event.text)
        await super()._on_paste(event)
