"""The line in which a person says why they refuse, or what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from ...command import Context
from ...commands import bindings
from ...focus import focus_now
from ...themes import palette_of
from .face import BAR, LABEL, RAISED, inner, padding


class Field(Input):
    """Where one types a reason or an answer."""

    CONTEXT: ClassVar = Context.ANSWER
    BINDINGS = bindings(CONTEXT)

    DEFAULT_CSS: ClassVar[str] = """
    Field {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $bg; color: $text;
    }
    """

    @dataclass
    class Sent(Message):
        """The person is done."""

        text: str

    @dataclass
    class Left(Message):
        """The person goes back to the card."""

    def action_send_answer(self) -> None:
        """Send what stands here."""
        self.post_message(self.Sent(self.value.strip()))

    def action_leave_answer(self) -> None:
        """Go back without sending anything."""
        self.post_message(self.Left())

    def _on_paste(self, event: events.Paste) -> None:
        """Take several lines as one: Enter stays the person's own."""
        event.text = " ".join(event.text.split())


class FieldRow(Horizontal):
    """A label and one line of text, on the ground of the card."""

    DEFAULT_CSS: ClassVar[str] = """
    FieldRow {
        height: 1; background: $bg; display: none;
        & > Static { width: auto; height: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out the card's edge, the label and the input."""
        yield Static(id="lead", markup=False)
        yield Field(compact=True, select_on_focus=False)
        yield Static(id="rest", markup=False)

    def begin(self, label: str, hint: str, *, secret: bool = False) -> None:
        """Let the person type; a `secret` is shown as dots."""
        field = self.query_one(Field)
        field.password = secret
        field.value, field.placeholder = "", hint
        self._label = label
        self.display = True
        focus_now(field)

    def end(self) -> None:
        """Take the line away; what stood in it is gone."""
        self.display = False
        self.query_one(Field).value = ""

    def fit(self, width: int, edge: int) -> None:
        """Draw the edges of the card around the line, for a pane of `width` cells."""
        palette, pad = palette_of(self), padding(edge)
        lead = Content.assemble(
            (" " * edge, palette.style("text", "bg")),
            (BAR, palette.style("needs", RAISED, bold=True)),
            (" " * pad + self._label.ljust(LABEL), palette.style("muted", RAISED)),
        )
        beside = max(0, width - edge - 1 - 2 * pad - inner(width, edge))
        rest = Content.assemble(
            (" " * pad, palette.style("text", RAISED)), (" " * beside, palette.style("text", "bg"))
        )
        self.query_one("#lead", Static).update(lead)
        self.query_one("#rest", Static).update(rest)

    _label = ""
