"""All sessions in two rows each: who needs you first, then the fullest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ...core.agents.base import State
from ...core.supervisor import Key
from .. import glyphs
from ..look import Look
from ..themes import Palette, palette_of
from .session_row import RowFacts, session_rows

ORDER = (State.WAITING, State.BUSY, State.IDLE, State.UNKNOWN, State.ENDED)

ROWS = 2
"""Rows of a session; an empty one follows, and one more before the next group."""


class Entry(msgspec.Struct, frozen=True):
    """A session in the list, and the row at which it begins."""

    key: Key
    facts: RowFacts
    top: int


def ordered(looks: Sequence[Look]) -> list[Look]:
    """Return sessions as people need them: waiting, working, idle, ended; in each the fullest.

    Of ended ones the latest comes first.
    """
    return sorted(
        looks,
        key=lambda look: (
            ORDER.index(look.standing.state),
            -(look.gauge.fill or 0) if not look.ended else 0,
            -(look.seen.snapshot.last_at or look.seen.sighting.last_activity or 0),
        ),
    )


def entries(sessions: Sequence[tuple[Key, RowFacts]]) -> tuple[Entry, ...]:
    """Return the sessions with their places: groups by state stand apart."""
    found: list[Entry] = []
    top, before = 0, None
    for key, facts in sessions:
        if before not in (None, facts.header.state):
            top += 1
        found.append(Entry(key, facts, top))
        top, before = top + ROWS + 1, facts.header.state
    return tuple(found)


class SessionList(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows entries; the selected one carries the mark and stays selected wherever it moves."""

    DEFAULT_CSS: ClassVar[str] = """
    SessionList {
        height: 1fr; background: $bg; color: $text;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable;
    }
    """

    class Chosen(Message):
        """A row was clicked that is selected already."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()
        self._at: dict[int, Entry] = {}
        self._selected: Key | None = None
        self._pinned = False

    @property
    def selected(self) -> Key | None:
        """The session that carries the mark."""
        return self._selected

    @property
    def _index(self) -> int:
        keys = (entry.key for entry in self._entries)
        return next((index for index, key in enumerate(keys) if key == self._selected), 0)

    def show(self, sessions: Sequence[tuple[Key, RowFacts]], selected: Key | None = None) -> None:
        """Show these sessions; only the rows of those that changed are painted again.

        Until the person or `selected` puts the mark on a session, it stays on the first one.
        """
        before, index = self._entries, self._index
        self._entries = entries(sessions)
        self._at = {entry.top + row: entry for entry in self._entries for row in range(ROWS)}
        keys = [entry.key for entry in self._entries]
        self._pinned = self._pinned or selected in keys
        wanted = (selected or self._selected) if self._pinned else next(iter(keys), None)
        if wanted not in keys:
            wanted = keys[min(index, len(keys) - 1)] if keys else None
        moved = [(e.key, e.top) for e in before] != [(e.key, e.top) for e in self._entries]
        if moved or wanted != self._selected:
            self._selected = wanted
            self._lay_out()
            return
        for old, new in zip(before, self._entries, strict=True):
            if old != new:
                self._paint(new)

    def _lay_out(self) -> None:
        rows = self._entries[-1].top + ROWS if self._entries else 0
        self.virtual_size = Size(self.scrollable_content_region.width, rows)
        self.call_after_refresh(self._reveal)
        self.refresh()

    def _paint(self, entry: Entry) -> None:
        top = entry.top - self.scroll_offset.y
        if -ROWS < top < self.size.height:
            self.refresh(Region(0, max(0, top), self.size.width, min(ROWS, top + ROWS)))

    def _reveal(self) -> None:
        """Bring the selected session into view."""
        if self._entries:
            top = self._entries[self._index].top
            self.scroll_to_region(Region(0, top, 1, ROWS), animate=False, force=True)

    def on_resize(self) -> None:
        """Keep the selected session in view."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """Draw one row of the list."""
        width, palette = self.scrollable_content_region.width, palette_of(self)
        row = y + self.scroll_offset.y
        entry = self._at.get(row)
        if entry is None:
            return Strip.blank(width, palette.rich("text", "bg"))
        chosen = entry.key == self._selected
        return _drawn(entry, row - entry.top, width, palette, chosen=chosen)

    def move(self, step: int) -> None:
        """Select the session so many further, at most the last."""
        if self._entries:
            index = min(max(0, self._index + step), len(self._entries) - 1)
            self.select(self._entries[index].key)

    def select(self, key: Key) -> None:
        """Put the mark on a session and bring it into view."""
        self._pinned = True
        for entry in self._entries:
            if entry.key in (key, self._selected):
                self._paint(entry)
        self._selected = key
        self._reveal()

    @property
    def page(self) -> int:
        """How many sessions fit on the screen."""
        return max(1, self.size.height // (ROWS + 1) - 1)

    def on_click(self, event: events.Click) -> None:
        """Select a session, or choose the selected one."""
        entry = self._at.get(event.y + self.scroll_offset.y)
        if entry is None:
            return
        if entry.key == self._selected:
            self.post_message(self.Chosen())
        self.select(entry.key)


def _drawn(entry: Entry, row: int, width: int, palette: Palette, *, chosen: bool) -> Strip:
    """Draw one of the two rows; the selected one has the mark at the edge and its own ground."""
    line = session_rows(entry.facts, width, palette)[row].truncate(width)
    if chosen:
        mark = Content.styled(glyphs.SELECTED, palette.style("you", bold=True))
        line = mark + line[1:]
    ground = palette.style("text", "sel" if chosen else "bg")
    return Strip(line.pad_right(width - line.cell_length).render_segments(ground))
