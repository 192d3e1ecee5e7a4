"""The view: a window on the rows, one selected, at the end or pinned where the person reads."""

from __future__ import annotations

from textual import events

from ....core.agents.base import Body
from ....core.items import ItemLog
from ....core.transcript import View
from . import bookmark
from .bookmark import Bookmark
from .surface import Surface
from .thumb import share

WHEEL = 3
"""Lines that one notch of the wheel scrolls."""


class TranscriptView(Surface):
    """Shows one session's transcript. Give it views with `show`; it draws nothing else."""

    _sought: int | None = None
    """The item whose match is to be shown when its text was read."""

    def show(self, view: View, *, waiting: bool = False) -> None:
        """Draw a newer view; the place in it stays, or stays at the end.

        `waiting` says that the agent waits for the person.
        """
        self.fit()
        mark = None if self.source.continues(view) else self.bookmark()
        news = self.source.show(view, waiting=waiting)
        if mark is not None:
            bookmark.restore(mark, self.source, self.reading, self.canvas)
        for item in news.touched:
            self.canvas.drop(item)
        self.reading.grow(news.added, len(self.source.rows))
        if mark is not None or news.touched or (news.added and self._end_in_view()):
            self.redraw()
        else:
            self.tell()

    def _end_in_view(self) -> bool:
        """Say whether rows at the end would be seen."""
        return self.reading.following or len(self.lines()) < self.reading.window

    @property
    def items(self) -> ItemLog:
        """The items that are shown."""
        return self.source.items

    @property
    def following(self) -> bool:
        """Whether the end is in view and stays there as lines come in."""
        return self.reading.following

    @property
    def turn(self) -> tuple[int, int]:
        """The number of the turn that is read (the selected one, else the last in view), of all."""
        frame, row = self.lines(), self.reading.selected
        if not frame:
            return 0, 0
        seen = row is not None and frame[0].row <= row <= frame[-1].row
        return self.source.turn(row if seen and row is not None else frame[-1].row)

    def bookmark(self) -> Bookmark:
        """Note where the person is, to come back with `go_back`."""
        return bookmark.taken(self.source, self.reading, self.canvas)

    def go_back(self, mark: Bookmark) -> None:
        """Go back to where the person was."""
        bookmark.restore(mark, self.source, self.reading, self.canvas)
        self.redraw()

    def height_of_all(self, most: int) -> int:
        """Return how many lines all rows take, counted up to `most`."""
        self.fit()
        lines = 0
        for row in reversed(range(len(self.source.rows))):
            lines += self.canvas.height(row)
            if lines >= most:
                return most
        return lines

    # Moving

    def _moved(self) -> None:
        """Draw where the person went; a match that is still to be read is no longer waited for."""
        self._sought = None
        self.redraw()

    def to_end(self) -> None:
        """Go to the newest line and stay there."""
        self.reading.to_end()
        self._moved()

    def to_start(self) -> None:
        """Go to the first line that is known."""
        self.fit()
        self.reading.to_share(0)
        self._moved()

    def scroll_by(self, lines: int) -> None:
        """Scroll by lines; positive is down. Reaching the end means staying there."""
        self.fit()
        self.reading.scroll_by(lines)
        self._moved()

    def page(self, pages: int) -> None:
        """Scroll by screens, keeping two lines of the last one in view."""
        self.scroll_by(pages * max(1, self.size.height - 2))

    def select(self, step: int) -> None:
        """Select the next or previous row and bring it into view."""
        self.fit()
        self.reading.step(step)
        self._moved()

    def jump(self, kind: str, step: int) -> bool:
        """Select the next (`step` 1) or previous (-1) row of a kind; say if there is one."""
        frame, row = self.lines(), self.reading.selected
        if not frame:
            return False
        if row is None or not frame[0].row <= row <= frame[-1].row:
            row = frame[0].row - 1 if step > 0 else frame[-1].row + 1
        found = self.source.landmark(kind, row, step)
        if found is not None:
            self.reading.go_to(found)
            self._moved()
        return found is not None

    # Opening

    def toggle(self) -> None:
        """Open the selected row, show all of it, fold it again."""
        row = self.reading.selected
        if row is not None:
            self.fit()
            self.canvas.toggle(row)
            self.reading.select(row)
            self._moved()

    def open_all(self, *, opened: bool) -> None:
        """Open every tool call, or fold everything; the selected row stays in view."""
        self.fit()
        self.canvas.open_calls(opened=opened)
        if self.reading.selected is not None:
            self.reading.select(self.reading.selected)
        self._moved()

    # Finding

    def look_for(self, query: str) -> None:
        """Mark `query` wherever it stands; nothing when it is empty."""
        self.canvas.look_for(query)
        self.redraw()

    def go_to(self, item: int) -> None:
        """Select the row of an item that matches, open it where needed, and show the match.

        Where its text has yet to be read, the match is shown as soon as it is there.
        """
        self.fit()
        self.reading.go_to(*self.canvas.seek(item))
        unread = bool(self.source.bodies.wanted)
        self._moved()
        self._sought = item if unread else None

    def loaded(self, generation: int, item: int, body: Body | None) -> None:
        """Take in a body; the match that is sought may stand in it."""
        sought = self._sought
        super().loaded(generation, item, body)
        if sought is not None and self.source.owner(item) == self.source.owner(sought):
            self.go_to(sought)

    # Hands

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll with the wheel."""
        event.stop()
        self.scroll_by(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll with the wheel."""
        event.stop()
        self.scroll_by(-WHEEL)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the scrollbar."""
        if event.x == self.size.width - 1:
            self.capture_mouse()
            self._drag(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the scrollbar."""
        if self.app.mouse_captured is self:
            self._drag(event.y)

    def on_mouse_up(self) -> None:
        """Let the scrollbar go."""
        self.release_mouse()

    def _drag(self, y: int) -> None:
        self.fit()
        self.reading.to_share(share(y, self.size.height))
        self._moved()

    def on_click(self, event: events.Click) -> None:
        """Select a row; a click on the selected one opens it."""
        frame = self.lines()
        if event.x == self.size.width - 1 or not 0 <= event.y < len(frame):
            return
        row = frame[event.y].row
        if row == self.reading.selected:
            self.toggle()
        else:
            self.reading.select(row)
            self._moved()
