"""The conversation that an agent goes on with: its items without what a person left behind.

Pure but for the bodies, which are loaded one by one when they are asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from sys import maxsize

from .agents.base import Body, DiffLine
from .items import NONE, Flag, Kind
from .transcript import View

Load = Callable[[int], Body | None]
"""Loads the whole text of one item."""


class Thread:
    """One view of a session, read as a conversation: turns, calls and their answers."""

    def __init__(self, view: View, load: Load) -> None:
        self.items = view.items
        self.stop = min(view.snapshot.items_seen, len(view.items))
        self.whole = view.snapshot.complete
        path = view.snapshot.path if len(view.snapshot.branches) > 1 else None
        self._ends = path and {b: maxsize if cut == NONE else cut for b, cut in path.items()}
        self._load = load
        self._bodies: dict[int, Body] = {}

    def holds(self, item: int) -> bool:
        """Say whether an item belongs to the main chain and to the line that was not left."""
        if not 0 <= item < self.stop or self.items.flags(item) & Flag.SIDECHAIN:
            return False
        return self._ends is None or item < self._ends.get(self.items.branch(item), 0)

    @cached_property
    def prompts(self) -> list[int]:
        """What a person said: each one begins a turn."""
        found = self.items.of_kind(Kind.PROMPT, 0, self.stop, Flag.HUMAN, Flag.SIDECHAIN)
        return [item for item in found if self.holds(item)]

    def turn(self, item: int) -> int | None:
        """Return the number of the turn an item belongs to; `None` where the start is not read."""
        return (bisect_right(self.prompts, item) or None) if self.whole else None

    def turn_range(self, item: int) -> range:
        """Return the items of the turn that holds `item`, its prompt included."""
        at = bisect_right(self.prompts, item)
        start = self.prompts[at - 1] if at else 0
        return range(start, self.prompts[at] if at < len(self.prompts) else self.stop)

    def calls(self, start: int = 0, stop: int | None = None) -> list[int]:
        """Return the answered tool calls between two items, in order."""
        found = self.items.of_kind(
            Kind.TOOL_CALL, start, self.stop if stop is None else stop, without=Flag.SIDECHAIN
        )
        return [item for item in found if self.answer(item) != NONE and self.holds(item)]

    def last_calls(self, start: int, limit: int) -> list[int]:
        """Return the last `limit` answered tool calls from an item on, in order."""
        found: list[int] = []
        for item in range(self.stop - 1, start - 1, -1):
            if self.items.kind(item) is Kind.TOOL_CALL and self.answer(item) != NONE:
                found += [item] if self.holds(item) else []
            if len(found) == limit:
                break
        return found[::-1]

    def calls_by_turn(self) -> list[list[int]]:
        """Return the answered calls, parted where a person said something."""
        calls = self.calls()
        cuts = [0, *(bisect_left(calls, prompt) for prompt in self.prompts), len(calls)]
        parts = [calls[one:other] for one, other in pairwise(cuts)]
        return [part for part in parts if part]

    def owner(self, item: int) -> int:
        """Return the call that a result answers, else the item itself."""
        parent = self.items.parent(item)
        return item if parent == NONE else parent

    def answer(self, call: int) -> int:
        """Return the result of a call that is seen already, else `NONE`."""
        found = self.items.answer(call)
        return found if found < self.stop else NONE

    def failed(self, call: int) -> bool:
        """Say whether a call came back with an error, or was refused."""
        answer = self.answer(call)
        return answer != NONE and bool(self.items.flags(answer) & (Flag.FAILED | Flag.DENIED))

    def body(self, item: int) -> Body:
        """Return the whole text of one item; empty where it cannot be read any more."""
        if item not in self._bodies:
            found = None if item == NONE else self._load(item)
            self._bodies[item] = found or Body(Kind.NOTE, missing="it cannot be read any more")
        return self._bodies[item]

    def command(self, call: int) -> str | None:
        """Return the shell command of a call, `None` when it is none."""
        body = self.body(call)
        return body.text if body.language in SHELLS else None

    def diff(self, call: int) -> tuple[DiffLine, ...]:
        """Return what an edit changed, as its result tells, else as it was asked for."""
        return self.body(self.answer(call)).diff or self.body(call).diff


SHELLS = frozenset({"bash", "powershell"})
"""The languages of bodies that are commands."""
