"""Which items are rows of the view, and which of them one can jump to. Pure.

What hangs below another row, or was left behind, is no row.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from sys import maxsize

from ....core.items import NONE, Flag, ItemLog, Kind
from ....core.snapshot import Snapshot


def rows_of(items: ItemLog, snapshot: Snapshot, start: int = 0) -> array[int]:
    """Return the indices of the items from `start` on that are rows of their own, in order.

    A result stands in the row of its call; items of branches that a person left are not shown.
    """
    stop = min(snapshot.items_seen, len(items))
    rows = items.unanswering(start, stop)
    if len(snapshot.branches) > 1:
        ends = {branch: maxsize if cut == NONE else cut for branch, cut in snapshot.path.items()}
        branches = items.branches(start, stop)
        rows = [item for item in rows if item < ends.get(branches[item - start], 0)]
    return array("i", rows)


def turns(items: ItemLog, start: int, stop: int) -> list[int]:
    """Return the items that begin a turn: prompts of a person on the main chain."""
    return items.of_kind(Kind.PROMPT, start, stop, Flag.HUMAN, Flag.SIDECHAIN)


def errors(items: ItemLog, start: int, stop: int) -> list[int]:
    """Return what failed: errors, and calls whose results did."""
    failed = items.flagged(Flag.FAILED, start, stop)
    calls = (items.parent(item) for item in failed)
    found = {item if call == NONE else call for item, call in zip(failed, calls, strict=True)}
    return sorted(found.union(items.of_kind(Kind.ERROR, start, stop)))


def extended(known: list[int], newer: list[int]) -> list[int]:
    """Return both as one sorted list; a result that came later can name an earlier call."""
    return (
        known + newer
        if not known or not newer or newer[0] > known[-1]
        else sorted({*known, *newer})
    )


def edits(items: ItemLog, start: int, stop: int) -> list[int]:
    """Return the calls that change a file."""
    return items.flagged(Flag.EDIT, start, stop)


def compactions(items: ItemLog, start: int, stop: int) -> list[int]:
    """Return where the context was compacted."""
    return items.of_kind(Kind.COMPACTION, start, stop)


Landmarks = Callable[[ItemLog, int, int], list[int]]

TURN = "turn"

LANDMARKS: dict[str, tuple[Landmarks, str]] = {
    TURN: (turns, "turn of yours"),
    "error": (errors, "error"),
    "edit": (edits, "edit"),
    "compaction": (compactions, "compaction"),
}
"""What one can jump to, and what it is called; not all of them need be rows."""
