"""The texts of the items near the window: short ones are read while drawing, long ones are not."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from ....core.agents.base import Body
from ....core.items import Kind
from .columns import MOST

Load = Callable[[int], Body | None]
"""Loads the whole text of an item from disk; `None` when the session is gone."""

AT_ONCE = 64 * 1024
"""Bytes of a record that are read while drawing; longer ones are asked for and come later."""

LONGEST = 256 * 1024
"""Characters that are kept of one body: more than is ever drawn of it."""

KEPT = 8 * 1024 * 1024
"""Characters that are kept of all bodies together."""


GONE = Body(Kind.NOTE, missing="no longer on disk")


class Held(NamedTuple):
    """A body as it is kept, and how many characters of it were not."""

    body: Body
    cut: int = 0

    @property
    def weight(self) -> int:
        """How much it counts in what is kept."""
        return len(self.body.text) + 80 * len(self.body.diff) + 100


class Bodies:
    """Keeps the bodies that were drawn last."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._held: OrderedDict[int, Held] = OrderedDict()
        self._weight = 0
        self.wanted: set[int] = set()
        """Items whose bodies are too long to be read while drawing."""

    def get(self, item: int, length: int) -> Held | None:
        """Return the body of an item whose record is `length` bytes long, if it can be had now."""
        held = self._held.get(item)
        if held is not None:
            self._held.move_to_end(item)
            return held
        if length > AT_ONCE:
            self.wanted.add(item)
            return None
        return self.keep(item, self._load(item))

    def keep(self, item: int, body: Body | None) -> Held:
        """Keep a body that was loaded, as far as it can be drawn."""
        self.wanted.discard(item)
        held, before = trimmed(body or GONE), self._held.pop(item, None)
        self._weight -= before.weight if before else 0
        self._held[item] = held
        self._weight += held.weight
        while self._weight > KEPT and len(self._held) > 1:
            _, oldest = self._held.popitem(last=False)
            self._weight -= oldest.weight
        return held

    def clear(self) -> None:
        """Forget everything: the items were numbered anew."""
        self._held.clear()
        self.wanted.clear()
        self._weight = 0


def trimmed(body: Body) -> Held:
    """Cut a body to what can be drawn of it."""
    cut = max(0, len(body.text) - LONGEST)
    if not cut and len(body.diff) <= MOST:
        return Held(body)
    diff = body.diff[: MOST + 1]
    if body.diff and len(diff) < len(body.diff):
        cut = max(cut, sum(len(line.text) + 1 for line in body.diff[MOST + 1 :]))
    return Held(replace(body, text=body.text[:LONGEST], diff=diff), cut)
