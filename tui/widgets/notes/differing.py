"""How two versions of a text differ, as replacements for an editor. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

import msgspec

from ....core.merge import Edit, edits

Place = tuple[int, int]
"""Line and column, both from 0, as the editor counts."""


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


def replacements(old: str, new: str) -> Iterator[Replacement]:
    """Yield the changes that make `new` of `old`, the lowest first; inside a line, if they can."""
    lines = old.split("\n")
    for edit in edits(old, new):
        before = lines[edit.start : edit.end]
        if not before or not edit.lines:
            yield _whole_lines(lines, edit)
        elif change := replacement("\n".join(before), "\n".join(edit.lines)):
            (row, start), (last, end) = change.start, change.end
            yield Replacement((row + edit.start, start), (last + edit.start, end), change.text)


def _whole_lines(lines: list[str], edit: Edit) -> Replacement:
    """Return an insertion or deletion of lines, each with one of the newlines beside it."""
    text = "\n".join(edit.lines)
    if edit.end < len(lines):
        return Replacement((edit.start, 0), (edit.end, 0), text + "\n" if edit.lines else "")
    start = (edit.start - 1, len(lines[edit.start - 1])) if edit.start else (0, 0)
    return Replacement(start, (len(lines) - 1, len(lines[-1])), "\n" + text if edit.lines else "")


def _common(most: int, equal_up_to: Callable[[int], bool]) -> int:
    """Return the greatest size up to `most` for which the test holds: a search by halves."""
    return bisect_left(range(1, most + 1), True, key=lambda size: not equal_up_to(size))


def _place(text: str, offset: int) -> Place:
    return text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1
