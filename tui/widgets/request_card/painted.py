"""The drawn part of the card: it paints the rows, and knows which of them were on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ...themes import palette_of
from ..transcript.drawing import strip_of
from .face import Face


class CardFace(Widget):
    """Draws the rows of the card, and says which of them were painted."""

    ALLOW_SELECT = False

    DEFAULT_CSS: ClassVar[str] = """
    CardFace { height: auto; background: $bg; color: $text; }
    """

    @dataclass
    class Painted(Message):
        """More lines of the excerpt were put on the screen than before."""

        def can_replace(self, message: Message) -> bool:
            """One of these is enough."""
            return isinstance(message, CardFace.Painted)

    def __init__(self) -> None:
        super().__init__()
        self.face: Face | None = None
        self.painted = 0
        """Lines of the excerpt that were on the screen, without a gap from the first one on."""

    def show(self, face: Face) -> None:
        """Draw these rows from now on."""
        if self.face == face:
            return
        self.face = face
        self.styles.height = len(face.lines)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        face, palette, width = self.face, palette_of(self), self.size.width
        if face is None or y >= len(face.lines):
            return strip_of([], palette, width)
        if 0 <= y - face.first < face.rows and face.top + y - face.first == self.painted:
            self.painted += 1
            self.post_message(self.Painted())
        return strip_of(face.lines[y], palette, width)
