"""The text that is being written. Importing it loads Textual's editor: do so when it is needed."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from ...command import Context
from ...commands import bindings
from ...themes import NAMES, load, palette_of
from ..keys_in_order import KeysInOrder
from ..notes.colours import editor_theme
from ..notes.stand_ins import marked
from ..notes.veil import unveiled, veiled
from .facts import MESSAGE

NEW_LINES = frozenset({"shift+enter", "alt+enter", "ctrl+enter", "shift+\r"})
"""What terminals send for a new line beside `ctrl+j`, where they tell Enter's modifiers at all."""

CONTINUES = "\\"
"""At the end of a line it makes Enter begin a new one, in every terminal."""


class ComposerEditor(KeysInOrder, TextArea):
    """Textual's editor, one row that grows; nothing in the text reaches the terminal.

    What a key means is decided by whoever listens: it only says what was pressed.
    """

    BINDINGS = bindings(Context.COMPOSER)

    DEFAULT_CSS: ClassVar[str] = """
    ComposerEditor {
        width: 1fr;
        height: auto;
        min-height: 1;
        max-height: 8;
        border: none;
        padding: 0;
        background: $raised;
        color: $text;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
    }
    """

    class Entered(Message):
        """The person wants to send what was written when the key was pressed; `now`: at once."""

        def __init__(self, text: str, *, now: bool = False) -> None:
            super().__init__()
            self.text, self.now = text, now

    class Left(Message):
        """The person goes elsewhere; what is written stays."""

    class Moved(Message):
        """The person wants the message before (-1) or after (1)."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Picked(Message):
        """The person goes through the files that are offered, or takes one (0)."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Shut(Message):
        """The person wants no file."""

    def __init__(self) -> None:
        super().__init__(soft_wrap=True, tab_behavior="focus", compact=True, placeholder=MESSAGE)
        self.offering = False
        """Whether files are offered: then Enter takes one, and up and down go through them."""
        self.cursor_blink = False
        self.highlight_cursor_line = False
        for name in NAMES:
            self.register_theme(editor_theme(name, load(name)))

    def on_mount(self) -> None:
        """Wear the colours of the app, now and when they change."""
        self.watch(self.app, "theme", self._wear)

    def _wear(self, name: str) -> None:
        self.theme = name

    @property
    def plain(self) -> str:
        """The text as it is to be sent; halves of characters, which no file holds, are marked."""
        return unveiled(self.text).encode(errors="replace").decode()

    @property
    def before_cursor(self) -> tuple[str, int]:
        """The line of the cursor, as it is to be sent, and the column in it."""
        row, column = self.cursor_location
        return self.document[row], column

    def become(self, text: str) -> None:
        """Show another text, the cursor at its end; what was done before cannot be undone."""
        self.load_text(veiled(text))
        self.move_cursor(self.document.end)

    def put_for(self, start: int, text: str) -> None:
        """Put `text` in the place of what stands between a column and the cursor."""
        row, column = self.cursor_location
        self.replace(text, (row, start), (row, column), maintain_selection_offset=False)

    def edit(self, edit: Edit) -> EditResult:
        """Perform an edit, veiling what is put in."""
        edit.text = veiled(edit.text)
        return super().edit(edit)

    def render_line(self, y: int) -> Strip:
        """Draw a row; where a stand-in stands one is shown."""
        return marked(super().render_line(y), palette_of(self))

    # Keys

    async def _on_key(self, event: events.Key) -> None:
        """Begin a new line however the terminal says it; tab takes a file that is offered."""
        if event.key in NEW_LINES:
            self._keep(event)
            self.action_new_line()
        elif self.offering and event.key == "tab":
            self._keep(event)
            self.post_message(self.Picked(0))

    def _keep(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()

    def action_send_message(self) -> None:
        """Send what is written, take the file that is offered, or go on in a new line."""
        line, column = self.before_cursor
        if self.offering:
            self.post_message(self.Picked(0))
        elif line[:column].endswith(CONTINUES):
            self.put_for(column - len(CONTINUES), "\n")
        else:
            self.post_message(self.Entered(self.plain))

    def action_steer_message(self) -> None:
        """Say what is written into the turn that runs."""
        self.post_message(self.Entered(self.plain, now=True))

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n", maintain_selection_offset=False)

    def action_older_message(self) -> None:
        """Go up in what is offered or written; from the first line, to the message before."""
        self._go(-1, at_edge=self.cursor_at_first_line)

    def action_newer_message(self) -> None:
        """Go down in what is offered or written; from the last line, to the message after."""
        self._go(1, at_edge=self.cursor_at_last_line)

    def _go(self, step: int, *, at_edge: bool) -> None:
        if self.offering:
            self.post_message(self.Picked(step))
        elif at_edge:
            self.post_message(self.Moved(step))
        elif step < 0:
            self.action_cursor_up()
        else:
            self.action_cursor_down()

    def action_leave_composer(self) -> None:
        """Leave, or only shut the list of files."""
        self.post_message(self.Shut() if self.offering else self.Left())

    async def action_leader(self) -> None:
        """Take the next letter as a command."""
        await self.run_action("app.leader")
