"""How two versions of a text differ: as one replacement for an editor, and in places. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from difflib import SequenceMatcher

import msgspec

Place = tuple[int, int]
"""Line and column, both from 0, as the editor counts."""

MOST_LINES = 2_000
"""Lines of changed middle that are compared one by one; the comparison is quadratic at worst."""


class Replacement(msgspec.Struct, frozen=True):
    """Put `text` in place of what stands between two places."""

    start: Place
    end: Place
    text: str


def replacement(old: str, new: str) -> Replacement | None:
    """Return the one change that makes `new` of `old`; `None` when they are equal."""
    if old == new:
        return None
    most = min(len(old), len(new))
    head = _common(most, lambda size: old[:size] == new[:size])
    rest = most - head
    tail = _common(rest, lambda size: old[len(old) - size :] == new[len(new) - size :])
    return Replacement(_place(old, head), _place(old, len(old) - tail), new[head : len(new) - tail])


def edits(base: str, text: str) -> int:
    """Count the places, in whole lines, at which `text` differs from `base`."""
    if base == text:
        return 0
    old, new = _without_common_ends(base.split("\n"), text.split("\n"))
    if len(old) + len(new) > MOST_LINES:
        return 1
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return max(1, sum(kind != "equal" for kind, *_ in changes))


def _common(most: int, equal_up_to: Callable[[int], bool]) -> int:
    """Return the greatest size up to `most` for which the test holds: a search by halves."""
    return bisect_left(range(1, most + 1), True, key=lambda size: not equal_up_to(size))


def _place(text: str, offset: int) -> Place:
    return text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1


def _without_common_ends(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    old, new = old[head:], new[head:]
    most = min(len(old), len(new))
    tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    return old[: len(old) - tail], new[: len(new) - tail]
