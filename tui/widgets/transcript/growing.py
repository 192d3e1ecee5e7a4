"""The reply while it grows: shown below the last row until the transcript has it.

The channel tells it ahead of the transcript, which alone is the source of rows. So it is shown for
as long as no row says the same, and drawn from its end: a chunk costs what its last lines cost.
"""

from __future__ import annotations

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ....core.acting.live import Reply
from ....core.items import Flag, Kind
from ....core.text import one_line
from ....core.transcript import View
from ...themes import palette_of
from ..line import margin
from . import prose
from .columns import Columns
from .drawing import strip_of
from .lines import Line, Piece
from .reel import Reel

FENCE = "```"

HEAD = 60
"""Characters by which a row is known to say what has grown."""


class Arriving:
    """Which reply is to be shown: the one that grows, until a row of the transcript holds it."""

    def __init__(self) -> None:
        self.text = ""
        self._id: str | None = None
        self._began = 0
        self._over = False

    def take(self, reply: Reply | None, view: View) -> None:
        """Take up what the channel and the transcript tell now."""
        seen = view.snapshot.items_seen
        if reply is not None and reply.text and (not self.text or reply.message_id != self._id):
            if reply.message_id is None or reply.message_id != self._id:
                self._began, self._over = seen, False
            self._id = reply.message_id
        if reply is not None and reply.text and not self._over:
            self.text = reply.text
        if self.text and self._recorded(view, whole=reply is None):
            self.drop()

    def drop(self) -> None:
        """Show it no more."""
        self.text, self._over = "", True

    def _recorded(self, view: View, *, whole: bool) -> bool:
        """Say whether a row says it: any new one once it is `whole`, else one that begins alike."""
        items, stop = view.items, view.snapshot.items_seen
        said = items.of_kind(Kind.SAID, self._began, stop, without=Flag.SIDECHAIN)
        head = one_line(self.text, HEAD)[: HEAD - 1]
        return any(whole or one_line(items.head(i), HEAD)[: HEAD - 1] == head for i in said)


class Growing(Widget):
    """Draws the end of a reply that grows, in the columns of the transcript."""

    DEFAULT_CSS = """
    Growing { height: 0; display: none; background: $bg; color: $text; }
    """

    def __init__(self) -> None:
        super().__init__(id="growing")
        self._text = ""
        self._rows = 0
        self._strips: list[Strip] = []

    def show(self, text: str, rows: int) -> None:
        """Show the last `rows` rows of a text; nothing when it is empty."""
        if (text, rows) == (self._text, self._rows) and bool(text) == self.display:
            return
        self._text, self._rows = text, rows
        self.redraw()

    @property
    def lines(self) -> int:
        """How many rows it takes."""
        return len(self._strips)

    def redraw(self) -> None:
        """Draw anew, in the present width and colours; only what differs is painted."""
        lines = self._lines() if self._text and self._rows > 0 else []
        palette, width = palette_of(self), self.size.width or self.app.size.width
        before, self._strips = self._strips, [strip_of(line, palette, width) for line in lines]
        self.display = bool(lines)
        if len(before) != len(lines):
            self.refresh()
        changed = (y for y, (a, b) in enumerate(zip(before, self._strips, strict=False)) if a != b)
        if regions := [Region(0, y, width, 1) for y in changed]:
            self.refresh(*regions)

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.redraw()

    def _lines(self) -> list[Line]:
        width = self.size.width or self.app.size.width
        return growing_lines(self._text, Columns.of(width, margin(self.app.size.width)), self._rows)

    def render_line(self, y: int) -> Strip:
        """Draw one row; below the words there may be room."""
        if y < len(self._strips):
            return self._strips[y]
        return strip_of([], palette_of(self), self.size.width)


def growing_lines(text: str, columns: Columns, rows: int) -> list[Line]:
    """Return the last `rows` lines of a reply as the transcript will draw it; the speaker first."""
    source, whole = _tail(text, rows)
    lines = list(prose.render(Reel(source), columns.room))
    lead = " " * columns.who + "agent".ljust(columns.text - columns.who)
    blank = Piece(" " * columns.text)
    drawn: list[Line] = [[blank, *line] for line in lines]
    speaks = Piece(lead, "agent", bold=True)
    if whole and drawn and len(drawn) < rows:
        return [[], [speaks, *drawn[0][1:]], *drawn[1:]]
    return [[speaks, Piece("…", "muted")], *drawn[-(rows - 1) :]] if rows > 1 else drawn[-rows:]


def _tail(text: str, rows: int) -> tuple[list[str], bool]:
    """Return the last lines of a text, a code block that was cut begun anew, and if it is all."""
    source = text.strip("\n").split("\n")
    if len(source) <= rows:
        return source, True
    before, tail = source[:-rows], source[-rows:]
    cut = sum(line.lstrip().startswith(FENCE) for line in before) % 2
    return [FENCE, *tail] if cut else tail, False
