"""The drawn side of the view: it paints the lines in the window and asks for what they lack."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import get_current_worker

from ....core.agents.base import Body
from ...themes import palette_of
from ..line import margin
from .bodies import Load
from .canvas import Canvas
from .code import Code, Runs, highlight
from .columns import Columns
from .drawing import strip_of
from .lines import Line, Piece, flow, indented
from .reading import Frame, Reading
from .scroll import Place
from .source import Source
from .thumb import thumb

IDLE = 0.15
"""Seconds without a change after which code in view gets its colours."""


class Surface(Widget, can_focus=True):
    """Paints rows of a source; what a person does to them is the business of its subclass."""

    ALLOW_SELECT = False

    DEFAULT_CSS: ClassVar[str] = """
    Surface { height: 1fr; background: $bg; color: $text; }
    """

    @dataclass
    class Moved(Message):
        """The place changed: whether the end is in view, how many rows came in below it.

        `selected` is the index of the selected item.
        """

        at_end: bool
        below: int
        selected: int | None

        def can_replace(self, message: Message) -> bool:
            """Only the newest place is worth drawing."""
            return isinstance(message, Surface.Moved)

    @dataclass
    class Wanted(Message):
        """Bodies are needed that are too long to be read while drawing."""

        items: frozenset[int]
        generation: int

    @dataclass
    class Coloured(Message):
        """The colours of code that stands in view were worked out."""

        found: list[tuple[Code, Runs]]

    def __init__(self, load: Load, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.source = Source(load)
        self.canvas = Canvas(self.source)
        self.reading = Reading(self.canvas.height)
        self.hint = ""
        """What stands in the view while there are no rows."""
        self._frame: Frame | None = None
        self._strips: list[Strip] = []
        self._thumb = range(0)
        self._told: tuple[bool, int, int | None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._shape: tuple[Size, int, str] | None = None

    @property
    def selected(self) -> int | None:
        """The index of the selected item."""
        row = self.reading.selected
        return None if row is None else self.source.rows[row]

    # Changes

    def redraw(self) -> None:
        """Draw the window anew, and say where it is now."""
        self._frame = None
        self._repaint()
        self.tell()

    def _repaint(self) -> None:
        """Send the lines to the screen that differ from those it shows."""
        before, self._strips = self._strips, []
        now = self._painted() if self.is_mounted else []
        if len(before) != len(now):
            self.refresh()
            return
        width = self.size.width
        changed = [y for y, (old, new) in enumerate(zip(before, now, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def tell(self) -> None:
        """Say where the window is, if that was not said before."""
        now = (self.reading.following, self.reading.below, self.selected)
        if now != self._told:
            self._told = now
            self.post_message(self.Moved(*now))

    def fit(self) -> None:
        """Draw for the present size and theme from now on.

        The line at the top of the window stays there; the others are broken anew.
        """
        shape = (self.size, self.app.size.width, self.app.theme)
        if shape == self._shape:
            return
        before, self._shape, self._frame = self._shape, shape, None
        self._strips = []
        window = max(1, self.size.height)
        if before is not None and before[1:] == shape[1:] and before[0].width == self.size.width:
            self.reading.resize(window)
            return
        pinned = before is not None and not self.reading.following
        place = self.reading.place() if pinned else Place()
        height = self.canvas.height(place.row) if pinned else 1
        self.canvas.fit(self.columns, palette_of(self))
        self.reading.window = window
        if pinned:
            line = round(place.line * self.canvas.height(place.row) / height)
            self.reading.top = Place(place.row, line)

    @property
    def columns(self) -> Columns:
        """Where things stand on a line of the present width."""
        return Columns.of(self.size.width, margin(self.app.size.width))

    def on_resize(self) -> None:
        """Draw the window anew."""
        self.redraw()

    def loaded(self, generation: int, item: int, body: Body | None) -> None:
        """Take in a body that was asked for with `Wanted`."""
        if generation == self.source.view.generation:
            self.source.bodies.keep(item, body)
            self.canvas.drop(self.source.owner(item))
            self.redraw()

    # Drawing

    def lines(self) -> Frame:
        """Return every line in view, worked out once for each change."""
        self.fit()
        if self._frame is None:
            self._frame = self.reading.frame()
            self._thumb = thumb(self._frame, self.reading.rows, self.reading.window)
            self._ask()
        return self._frame

    def render_line(self, y: int) -> Strip:
        """Draw one line of the window; a new size or theme shows when all of them are drawn."""
        painted = self._painted() if y == 0 or not self._strips else self._strips
        return painted[y] if y < len(painted) else self._empty(-1)

    def _painted(self) -> list[Strip]:
        """Return the lines of the window as they are to be seen."""
        frame = self.lines()
        if len(self._strips) != self.size.height:
            self._strips = [self._line(frame, y) for y in range(self.size.height)]
        return self._strips

    def _line(self, frame: Frame, y: int) -> Strip:
        """Draw a line of the window.

        Lines are read into the log in another thread: a row that had to be drawn anew meanwhile
        can have fewer lines than when the window was worked out, which is then done again.
        """
        if y >= len(frame):
            return self._empty(y if not frame else -1)
        row, line = frame[y]
        drawn = self.canvas.drawn(row)
        if line >= len(drawn):
            self.call_later(self.redraw)
            return self._empty(-1)
        strip = drawn.strip(line, selected=row == self.reading.selected)
        return self._with_thumb(strip) if y in self._thumb else strip

    def _with_thumb(self, strip: Strip) -> Strip:
        width = self.size.width
        cell = Segment(" ", palette_of(self).rich("text", "line"))
        return Strip.join([strip.crop(0, width - 1), Strip([cell], 1)])

    def _empty(self, y: int) -> Strip:
        """Draw a line that holds no row; the hint stands on the first ones."""
        columns = self.columns
        line: Line = []
        if y > 0 and self.hint:
            words = flow(self.hint, (), columns.edge - columns.time, Piece("", "muted"))
            line = dict(enumerate(indented(words, columns.time), start=1)).get(y, [])
        return strip_of(line, palette_of(self), self.size.width)

    # What the drawn lines lack

    def _ask(self) -> None:
        bodies = self.source.bodies
        if bodies.wanted:
            self.post_message(self.Wanted(frozenset(bodies.wanted), self.source.view.generation))
            bodies.wanted.clear()
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self.canvas.colours.wanted:
            self._idle = asyncio.get_running_loop().call_later(IDLE, self._colour)

    def _colour(self) -> None:
        """Work out the colours of code in a thread; the next change ends it."""
        wanted = list(self.canvas.colours.wanted)
        self.run_worker(
            partial(self._coloured, wanted),
            group="colours",
            exclusive=True,
            exit_on_error=False,
            thread=True,
        )

    def _coloured(self, wanted: list[Code]) -> None:
        worker = get_current_worker()
        for code in reversed(wanted):
            if worker.is_cancelled:
                return
            self.post_message(self.Coloured([(code, highlight(code))]))

    def on_surface_coloured(self, message: Coloured) -> None:
        """Draw code in its colours; its lines stay where they are."""
        message.stop()
        for code, runs in message.found:
            self.canvas.coloured(code, runs)
        self._repaint()

    def on_unmount(self) -> None:
        """Leave nothing behind that would wake up later."""
        if self._idle is not None:
            self._idle.cancel()
