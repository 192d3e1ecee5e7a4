"""One long text to read: what was sent, or what an agent wrote, whole."""

from __future__ import annotations

from textual.content import Content

from ...core.text import clean
from ..keymap import Keymap
from ..themes import Palette
from .page import Page


class TextPage(Page):
    """Shows `text` under its name."""

    def __init__(self, name: str, about: str, text: str, keymap: Keymap) -> None:
        super().__init__(keymap)
        self._words, self._text = (name, about), clean(text)

    def title_words(self) -> tuple[str, str]:
        """Return the name of the text and a few words about it."""
        return self._words

    def text(self, width: int, palette: Palette) -> Content:
        """Return the text in `width` cells."""
        style = palette.style("text")
        lines = [
            part
            for line in self._text.split("\n")
            for part in (Content.styled(line, style).wrap(width) if line else [Content()])
        ]
        return Content("\n").join(lines)
