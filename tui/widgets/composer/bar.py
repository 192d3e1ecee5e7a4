"""The composer: one row to write to the agent in, which grows with the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from ...focus import focus_now
from ...keymap import Keymap
from ...themes import palette_of
from ..line import margin
from .facts import ComposerFacts
from .mention import Mention, fitting, mention_at
from .past import Past
from .rows import PROMPT, file_rows, note_beside, resting_row

if TYPE_CHECKING:
    from .editor import ComposerEditor

NOTE_FROM = 60
"""Columns from which what Enter does stands beside the text."""


class Composer(Vertical):
    """Holds what is written. Set `facts`; give it a text with `open`, files with `offer`.

    At rest it is one drawn row; the editor is made when somebody writes for the first time.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Composer {
        height: auto;
        background: $raised;
        & > #files { height: auto; display: none; background: $raised; }
        & > #writing { height: auto; display: none; }
        & > #rest { height: 1; }
        &.-writing > #writing { display: block; }
        &.-writing > #rest { display: none; }
        &.-writing.-offering > #files { display: block; }
        & #mark, & #note { width: auto; height: 1; color: $muted; }
    }
    """

    @dataclass
    class Wanted(Message):
        """The person wants this sent; `now`: said into the turn that runs."""

        text: str
        now: bool = False

    @dataclass
    class Edited(Message):
        """What is written has changed."""

        text: str

    class Left(Message):
        """The person has left the composer."""

    class FilesWanted(Message):
        """The names of the files are needed, to complete one."""

    facts: reactive[ComposerFacts] = reactive(ComposerFacts())
    """Whether something can be written, and what becomes of it."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap
        self._editor: ComposerEditor | None = None
        self._text = ""
        self._past = Past()
        self._files: Sequence[str] | None = None
        self._mention: Mention | None = None
        self._shut: int | None = None
        self._fitting: tuple[str, ...] = ()
        self._chosen = 0

    def compose(self) -> ComposeResult:
        """Lay out the row at rest."""
        yield Static(id="rest", markup=False)

    # The text

    @property
    def text(self) -> str:
        """What is written and not sent."""
        return self._text

    @property
    def writing(self) -> bool:
        """Whether the person writes now."""
        return self._editor is not None and self._editor.has_focus

    def open(self, text: str, sent: Sequence[str] = ()) -> None:
        """Show what was written for a session before, and what was sent from its folder."""
        self._past = Past(sent)
        self._files = None
        self._become(text)

    def sent(self, text: str) -> None:
        """Take note that a text was sent; what was written behind it since stays."""
        self._past.add(text)
        if self._text.startswith(text):
            self._become(self._text.removeprefix(text))

    def give_back(self, text: str) -> None:
        """Let the person have a text again that was not sent; what is written now stays first."""
        self._become(f"{self._text}\n\n{text}" if self._text.strip() else text)

    def _become(self, text: str) -> None:
        self._text = text
        if self._editor is not None:
            self._editor.become(text)
        self._offer_none()
        self.draw()
        self.post_message(self.Edited(text))

    async def write(self) -> None:
        """Let the person write, from the next key on: `focus` would only come after it."""
        editor = self._editor or await self._made()
        self.add_class("-writing")
        focus_now(editor)
        self.draw()

    async def _made(self) -> ComposerEditor:
        """Make the files that are offered and the editor between its mark and its note."""
        from .editor import ComposerEditor

        editor = ComposerEditor()
        mark, note = (Static(id=name, markup=False) for name in ("mark", "note"))
        await self.mount(Static(id="files", markup=False), before="#rest")
        await self.mount(Horizontal(mark, editor, note, id="writing"))
        self._editor = editor
        editor.become(self._text)
        return editor

    @on(events.DescendantBlur)
    def _rest(self) -> None:
        """Go back to one row; what was written stays."""
        self._offer_none()
        self.remove_class("-writing")
        self.draw()

    # What the editor says; nobody else need know that there is one

    def on_text_area_changed(self) -> None:
        """Take up what was typed."""
        if self._editor is not None and self._editor.plain != self._text:
            self._text = self._editor.plain
            self.post_message(self.Edited(self._text))

    def on_text_area_selection_changed(self) -> None:
        """See whether the cursor stands in the name of a file."""
        if self._editor is None:
            return
        line, column = self._editor.before_cursor
        mention = mention_at(line, column)
        if mention is None or mention.start != self._shut:
            self._shut = None
            self._complete(mention)

    def on_composer_editor_entered(self, message: ComposerEditor.Entered) -> None:
        """Say that the text is to be sent."""
        if message.text.strip():
            self.post_message(self.Wanted(message.text, message.now))

    def on_composer_editor_left(self) -> None:
        """Say that the person goes elsewhere."""
        self.post_message(self.Left())

    def on_composer_editor_moved(self, message: ComposerEditor.Moved) -> None:
        """Show an older or newer message."""
        past = self._past
        found = past.older(self._text) if message.step < 0 else past.newer(self._text)
        if found is not None:
            self._become(found)

    # Files

    def offer(self, files: Sequence[str]) -> None:
        """Take the names of the files, and offer those that fit."""
        self._files = files
        self._complete(self._mention)

    def _complete(self, mention: Mention | None) -> None:
        self._mention = mention
        if mention is None:
            self._offer_none()
            return
        if self._files is None:
            self.post_message(self.FilesWanted())
        self._fitting = fitting(self._files or (), mention.typed)
        self._chosen = 0
        self._offer(offering=bool(self._fitting))

    def _offer(self, *, offering: bool) -> None:
        if self._editor is not None:
            self._editor.offering = offering
        self.set_class(offering or (self._mention is not None and self._files is None), "-offering")
        self._draw_files()

    def _offer_none(self) -> None:
        self._mention, self._fitting = None, ()
        if self._editor is not None:
            self._editor.offering = False
        self.remove_class("-offering")

    def on_composer_editor_picked(self, message: ComposerEditor.Picked) -> None:
        """Go through the files, or put the chosen one into the text."""
        if self._mention is None or not self._fitting or self._editor is None:
            return
        if message.step:
            self._chosen = (self._chosen + message.step) % len(self._fitting)
            self._draw_files()
            return
        start, file = self._mention.start, self._fitting[self._chosen]
        self._offer_none()
        self._editor.put_for(start, f"{file} ")

    def on_composer_editor_shut(self) -> None:
        """Offer no file for this word any more."""
        self._shut = self._mention.start if self._mention else None
        self._offer_none()

    # Drawing

    def watch_facts(self) -> None:
        """Draw what is said beside the text."""
        self.draw()

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.draw()

    def draw(self) -> None:
        """Draw the rows around the text."""
        if not self.is_mounted:
            return
        palette, width = palette_of(self), self.size.width
        keys = (self._keymap["composer.write"].key, self._keymap["session.attach"].key)
        row = resting_row(self.facts, self._text, keys, width, palette)
        self.query_one("#rest", Static).update(row)
        if self._editor is None:
            return
        edge = " " * margin(width)
        self.query_one("#mark", Static).update(edge + Content.styled(PROMPT, palette.style("you")))
        note = note_beside(self.facts, self._keymap["composer.steer"].key, width * 2 // 5, palette)
        self.query_one("#note", Static).update((note if width >= NOTE_FROM else "") + edge)

    def _draw_files(self) -> None:
        rows = file_rows(
            self._fitting,
            self._chosen,
            self.size.width,
            palette_of(self),
            looking=self._files is None,
        )
        self.query_one("#files", Static).update(rows)
