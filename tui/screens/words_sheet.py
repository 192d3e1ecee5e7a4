"""A sheet with a text that is about to be sent: keys work on the sheet, or in the text."""

from __future__ import annotations

from typing import ClassVar

from ..command import Context
from ..widgets.words import Words
from .sheet import Sheet


class WordsSheet(Sheet):
    """Lays out one `Words`; the person is in it or on the sheet."""

    context: ClassVar[Context]
    """Where the person is while they are not in the text."""

    @property
    def words(self) -> Words:
        """The text that is about to be sent."""
        return self.query_one(Words)

    @property
    def contexts(self) -> tuple[Context, ...]:  # type: ignore[override]
        """Where the person is: in the text, or on the sheet."""
        found = self.query(Words)
        inside = bool(found) and found.first().editing
        return (Context.WORDS if inside else self.context, Context.EVERYWHERE)

    def edit(self) -> None:
        """Let the person edit the text."""
        self.words.begin()
        self.draw_all()

    def on_words_ended(self) -> None:
        """Go back to the sheet with the text as it is now."""
        self.set_focus(None)
        self.draw_all()
