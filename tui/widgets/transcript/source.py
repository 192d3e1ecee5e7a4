"""What the view shows: the rows of a session, and what each of them is drawn from."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from sys import maxsize
from typing import NamedTuple

from ....core.items import NONE, Flag, Item, ItemLog, Kind
from ....core.snapshot import Compaction, Snapshot
from ....core.tokens import about
from ....core.transcript import View
from ... import numbers
from .blocks import SPOKEN
from .bodies import Bodies, Held, Load
from .columns import Doing, Row
from .rows import LANDMARKS, TURN, extended, rows_of


class Spot(NamedTuple):
    """An item by its place in the file, which stays when items are numbered anew."""

    offset: int
    part: int


class News(NamedTuple):
    """What a newer view brought: rows at the end, items that are drawn otherwise than before."""

    added: int = 0
    touched: frozenset[int] = frozenset()


class Source:
    """The rows of one session; the view asks it for what it is about to draw."""

    def __init__(self, load: Load) -> None:
        self.bodies = Bodies(load)
        self.view = View(Snapshot(), ItemLog())
        self.rows: array[int] = array("i")
        self._found: dict[str, tuple[int, list[int]]] = {}
        self._doing: dict[int, Doing] = {}

    @property
    def items(self) -> ItemLog:
        """The items that the rows point into."""
        return self.view.items

    def continues(self, view: View) -> bool:
        """Say whether a view only adds rows to those that are shown."""
        now = self.view
        return now.generation == view.generation and now.snapshot.path == view.snapshot.path

    def show(self, view: View, *, waiting: bool = False) -> News:
        """Take up a newer view; `waiting` says that the agent waits for the person."""
        doing, before = self._doing, self.view
        self._doing = _doing(view.snapshot, waiting=waiting)
        if not self.continues(view):
            self._rebuild(view)
            return News()
        self.view = view
        start, stop = before.snapshot.items_seen, view.snapshot.items_seen
        fresh = rows_of(view.items, view.snapshot, start)
        self.rows.extend(fresh)
        answered = {view.items.parent(item) for item in range(start, stop)} - {NONE}
        changed = {item for item, _ in doing.items() ^ self._doing.items()}
        return News(len(fresh), frozenset(answered | changed))

    def _rebuild(self, view: View) -> None:
        if view.generation != self.view.generation:
            self.bodies.clear()
        self.view = view
        self.rows = rows_of(view.items, view.snapshot)
        self._found.clear()

    @property
    def _all_live(self) -> bool:
        """Whether no person ever went back: then every turn is a row."""
        return len(self.view.snapshot.branches) == 1

    # Rows and items

    def row_of(self, item: int) -> int:
        """Return the row of an item, or the nearest one before it."""
        return max(0, bisect_right(self.rows, item) - 1)

    def has(self, item: int) -> bool:
        """Say whether an item is a row."""
        at = bisect_left(self.rows, item)
        return at < len(self.rows) and self.rows[at] == item

    def owner(self, item: int) -> int:
        """Return the item in whose row an item stands: a result stands in that of its call."""
        parent = self.items.parent(item)
        return item if parent == NONE else parent

    def shows(self, item: int) -> bool:
        """Say whether an item can be seen: what a person left behind cannot."""
        return self.has(self.owner(item))

    def spot(self, item: int) -> Spot:
        """Return where an item stands in the file."""
        return Spot(self.items.offset(item), self.items.part(item))

    def at(self, spot: Spot) -> int | None:
        """Return the item at a place in the file, if there is one."""
        found = self.near(spot)
        return found if len(self.items) and self.spot(found) == spot else None

    def near(self, spot: Spot) -> int:
        """Return the item at a place in the file, or the next one after it."""
        return self.items.find(*spot)

    def landmark(self, kind: str, row: int, step: int) -> int | None:
        """Return the next row after (`step` 1) or before (-1) `row` that is of a kind."""
        found = self._landmarks(kind)
        item = self.rows[row] if 0 <= row < len(self.rows) else NONE if row < 0 else maxsize
        at = bisect_right(found, item) if step > 0 else bisect_left(found, item) - 1
        while 0 <= at < len(found):
            if self.has(found[at]):
                return self.row_of(found[at])
            at += step
        return None

    def _landmarks(self, kind: str) -> list[int]:
        """Return all items of a kind; what was found before is kept, only new items are searched.

        Not all of them need be rows.
        """
        find, _ = LANDMARKS[kind]
        start, known = self._found.get(kind, (0, []))
        stop = self.view.snapshot.items_seen
        if start < stop:
            known = extended(known, find(self.items, start, stop))
            self._found[kind] = stop, known
        return known

    def turn(self, row: int) -> tuple[int, int]:
        """Return the number of the turn that a row belongs to, 0 before the first, and of all."""
        turns = self._landmarks(TURN)
        if not self._all_live:
            turns = [item for item in turns if self.has(item)]
        return bisect_right(turns, self.rows[row]) if row < len(self.rows) else 0, len(turns)

    # What a row is drawn from

    def row(self, row: int, lines: int) -> Row:
        """Return what a row is drawn from; `lines` is how much of its body is open."""
        index = self.rows[row]
        item, answer = self.items[index], self.items.answer(index)
        spoken = item.kind in SPOKEN
        body = self._body(index) if lines or spoken else None
        answered = self._body(answer) if lines and answer != NONE else None
        return Row(
            item=item,
            body=body.body if body else None,
            answer=None if answer == NONE else self.items[answer],
            answer_body=answered.body if answered else None,
            clock=self._clock(item),
            tokens=self._tokens(item, answer),
            words=self._words(index) if item.kind is Kind.COMPACTION else "",
            lines=lines,
            cut=max(body.cut if body else 0, answered.cut if answered else 0),
            first=self._first(row, item),
            doing=self._doing.get(index, Doing.UNKNOWN),
        )

    def _body(self, item: int) -> Held | None:
        return self.bodies.get(item, self.items.length(item))

    def _clock(self, item: Item) -> str:
        timed = item.kind in SPOKEN or item.kind is Kind.COMPACTION
        aside = item.flags & Flag.SIDECHAIN
        return numbers.clock(item.at) if timed and not aside and item.at is not None else ""

    def _tokens(self, item: Item, answer: int) -> str:
        """About how many tokens a call and its result take in the context."""
        size = item.size + (0 if answer == NONE else self.items.size(answer))
        return f"~{numbers.tokens(about(size, self.view.snapshot.model))}" if size else ""

    def _words(self, item: int) -> str:
        facts = (fact for fact in self.view.snapshot.compactions if fact.item == item)
        return next(map(compaction_words, facts), "")

    def _first(self, row: int, item: Item) -> bool:
        """Say whether a blank line stands before a row.

        It does before the first, before whoever speaks, and where the agent sets out.
        """
        if row == 0:
            return True
        if item.flags & Flag.SIDECHAIN:
            return False
        if item.kind is Kind.COMPACTION or item.kind in SPOKEN:
            return True
        before = self.items.kind(self.rows[row - 1])
        return before in {Kind.PROMPT, Kind.COMPACTION} and item.kind is not Kind.SUMMARY


def _doing(snapshot: Snapshot, *, waiting: bool) -> dict[int, Doing]:
    """Say what the open calls do; which of several waits for the person, nothing tells."""
    calls = [call.item for call in snapshot.open_calls.values()]
    if waiting:
        return dict.fromkeys(calls, Doing.WAITING) if len(calls) == 1 else {}
    return dict.fromkeys(calls, Doing.RUNNING)


def compaction_words(fact: Compaction) -> str:
    """Say what a compaction did: how it came about, and tokens before and after."""
    what = "compacted" if fact.whole else "old tool results dropped"
    how = {"manual": " by hand", "auto": " automatically"}.get(fact.trigger or "", "")
    if fact.before is None:
        return what + how
    before = numbers.tokens(fact.before)
    if fact.after is None:
        return f"{what}{how}, from {before}"
    return f"{what}{how}, {before} → {numbers.tokens(fact.after)}"
