"""What an edit replaced by what, worked out from the lines of its diff. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from .agents.base import DiffLine, Side


class Change(msgspec.Struct, frozen=True):
    """What went out and what came in, without the lines that stay at both ends."""

    old: tuple[str, ...]
    new: tuple[str, ...]


def change_of(diff: Iterable[DiffLine]) -> Change:
    """Return what a diff changes; blanks at the end of a line do not count."""
    lines = tuple(diff)
    old = [line.text.rstrip() for line in lines if line.side is not Side.ADDED]
    new = [line.text.rstrip() for line in lines if line.side is not Side.REMOVED]
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return Change(tuple(old), tuple(new))
