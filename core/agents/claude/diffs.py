"""What an edit changes, line by line: from the patch in its result, or from its input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import islice

from ...text import CUT, clean
from ..base import DiffLine, Side
from ..fields import count, mapping, sequence, text
from .content import Block

LARGEST = 20_000
"""Lines of a diff that are shown."""

LONGEST = 2_000_000
"""Characters of a text that are shown; nobody reads more in a terminal."""

WIDEST = 5_000
"""Characters of one line of a diff that are shown: minified files have one line."""

COMPARED = 4_000
"""Lines of old and new text that are compared; longer ones are shown whole, old before new."""

_SIDES = {"+": Side.ADDED, "-": Side.REMOVED, " ": Side.SAME}


def diff_of_call(tool: str, given: Block) -> tuple[DiffLine, ...]:
    """Return what a call is about to change, as far as its input tells."""
    if tool == "Write":
        return tuple(_written(text(given.get("content"))))
    if tool == "NotebookEdit":
        return tuple(_written(text(given.get("new_source"))))
    edits = [mapping(edit) for edit in sequence(given.get("edits"))] or [given]
    return _bounded(line for edit in edits for line in _replaced(edit))


def diff_of_result(details: Block) -> tuple[DiffLine, ...]:
    """Return what a call has changed; numbers count the lines of the old or new file."""
    patch = [mapping(hunk) for hunk in sequence(details.get("structuredPatch"))]
    if not patch and details.get("type") == "create":
        return tuple(_written(text(details.get("content"))))
    return _bounded(line for hunk in patch for line in _numbered(hunk))


def _bounded(lines: Iterable[DiffLine]) -> tuple[DiffLine, ...]:
    return tuple(islice(lines, LARGEST))


def _lines(value: object) -> list[str]:
    whole = clean(text(value)[:LONGEST])
    return [shorten(line) for line in whole.split("\n")[:LARGEST]] if whole else []


def shorten(line: str) -> str:
    """Return a cleaned line without what no terminal can show of it."""
    return line if len(line) <= WIDEST else line[:WIDEST] + CUT


def _written(content: str) -> Iterator[DiffLine]:
    lines = _lines(content.removesuffix("\n"))
    return (DiffLine(Side.ADDED, line, number) for number, line in enumerate(lines, 1))


def _replaced(edit: Block) -> Iterator[DiffLine]:
    old, new = _lines(edit.get("old_string")), _lines(edit.get("new_string"))
    if len(old) + len(new) > COMPARED:
        yield from (DiffLine(Side.REMOVED, line) for line in old)
        yield from (DiffLine(Side.ADDED, line) for line in new)
        return
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield from (DiffLine(Side.SAME, line) for line in old[i:j])
            continue
        yield from (DiffLine(Side.REMOVED, line) for line in old[i:j])
        yield from (DiffLine(Side.ADDED, line) for line in new[k:m])


def _numbered(hunk: Block) -> Iterator[DiffLine]:
    old, new = count(hunk.get("oldStart")) or 1, count(hunk.get("newStart")) or 1
    for line in map(text, sequence(hunk.get("lines"))):
        side = _SIDES.get(line[:1])
        if side is None:
            continue
        yield DiffLine(side, shorten(clean(line[1:LONGEST])), old if side is Side.REMOVED else new)
        old += side is not Side.ADDED
        new += side is not Side.REMOVED
