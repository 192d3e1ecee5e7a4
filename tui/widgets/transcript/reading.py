"""Where the person reads: at the end, where the view follows, or pinned; and what is selected.

Knows rows by number and their heights, nothing of what they say.
"""

from __future__ import annotations

from . import scroll
from .scroll import Height, Place

Frame = list[Place]
"""The lines in the window, from the top."""


class Reading:
    """Moves a window of `window` lines over `rows` rows; `height` measures one of them.

    While it follows, the end stays in view; else the top line stays where it is, whatever comes.
    `below` counts the rows that came in since. Selecting a row pins the view: what a person looks
    at does not move away.
    """

    def __init__(self, height: Height) -> None:
        self._height = height
        self.rows = 0
        self.window = 1
        self.top = Place()
        self.following = True
        self.below = 0
        self.selected: int | None = None

    def place(self) -> Place:
        """Return the first line in view; it is found anew at the end, where lines come in."""
        if self.following:
            return scroll.end(self.rows, self.window, self._height)
        return scroll.clip(self.top, self.rows, self.window, self._height)

    def frame(self) -> Frame:
        """Return every line in view."""
        self.top = row, line = self.place()
        frame: Frame = []
        while len(frame) < self.window and row < self.rows:
            frame += [Place(row, at) for at in range(line, self._height(row))]
            row, line = row + 1, 0
        return frame[: self.window]

    def grow(self, added: int, rows: int) -> None:
        """Take note of rows that came in at the end."""
        self.rows = rows
        if not self.following:
            self.below += added

    def resize(self, window: int) -> None:
        """Move a window of another height; a selected row that was in view stays in view."""
        row, place = self.selected, self.place()
        kept = row is not None and scroll.covers(place, row, self.window, self._height)
        self.window = window
        if kept and row is not None and not self.following:
            self.top = scroll.showing(place, row, window, self._height)

    # Scrolling

    def move_to(self, place: Place) -> None:
        """Put `place` at the top; who reaches the end stays there."""
        self.top = scroll.clip(place, self.rows, self.window, self._height)
        self.following = self.top >= scroll.end(self.rows, self.window, self._height)
        self.below = 0 if self.following else self.below

    def scroll_by(self, lines: int) -> None:
        """Scroll by lines; positive is down."""
        if lines < 0:
            self.move_to(scroll.back(self.place(), -lines, self._height))
        else:
            self.move_to(scroll.forward(self.place(), lines, self.rows, self._height))

    def to_end(self) -> None:
        """Go to the newest line, stay there, and select nothing."""
        self.following, self.below, self.selected = True, 0, None

    def to_share(self, share: float) -> None:
        """Go to a share of all rows, from 0 to 1."""
        self.move_to(Place(int(share * self.rows)))

    # Selecting

    def select(self, row: int) -> None:
        """Select a row, scrolling no further than needed to see it."""
        self._pin(scroll.showing(self.place(), row, self.window, self._height), row)

    def go_to(self, row: int, line: int = 0) -> None:
        """Select a row from afar; a `line` that is out of view comes into the upper third."""
        place = self.place()
        if not line and scroll.covers(place, row, self.window, self._height):
            self._pin(place, row)
        else:
            there = Place(row, min(line, self._height(row) - 1))
            self._pin(scroll.revealing(place, there, self.window, self._height), row)

    def step(self, step: int) -> None:
        """Select the next or previous row; first read to the end of one that is taller than that.

        A step down from the last row follows the end again.
        """
        frame = self.frame()
        if not frame:
            return
        if self.selected is None or not frame[0].row <= self.selected <= frame[-1].row:
            if step < 0 or not self.following:
                self.select(frame[-1].row if step < 0 else _first_whole(frame))
            return
        last = Place(self.selected, self._height(self.selected) - 1)
        hidden = last > frame[-1] if step > 0 else Place(self.selected) < frame[0]
        if hidden:
            self._read_on(step, last)
        elif step > 0 and self.selected >= self.rows - 1:
            self.to_end()
        else:
            self.select(max(0, self.selected + step))

    def _read_on(self, step: int, last: Place) -> None:
        """Scroll half a window through the selected row, not beyond its ends."""
        half, place, height = max(1, self.window // 2), self.place(), self._height
        assert self.selected is not None
        if step > 0:
            lowest = scroll.back(last, self.window - 1, height)
            self._pin(min(scroll.forward(place, half, self.rows, height), lowest), self.selected)
        else:
            highest = Place(self.selected)
            self._pin(max(scroll.back(place, half, height), highest), self.selected)

    def _pin(self, place: Place, row: int) -> None:
        self.selected = row
        self.following = False
        self.top = scroll.clip(place, self.rows, self.window, self._height)


def _first_whole(frame: Frame) -> int:
    """Return the first row of a frame whose first line is in it, else the first."""
    return next((place.row for place in frame if place.line == 0), frame[0].row)
