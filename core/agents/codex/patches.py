"""The patch format of `apply_patch`: which files it changes, how much, and line by line.

The format names a file, then gives hunks of lines that begin with a blank, a plus or a minus; it
knows no line numbers.
"""

from __future__ import annotations

import re

import msgspec

from ..base import DiffLine, Side

BEGIN = "*** Begin Patch"
_FILE = re.compile(r"\*\*\* (Add|Update|Delete) File: (.+)")
_MOVED = re.compile(r"\*\*\* Move to: (.+)")
_SIDES = {"+": Side.ADDED, "-": Side.REMOVED, " ": Side.SAME, "": Side.SAME}


class Patch(msgspec.Struct, frozen=True):
    """A patch: its files, its lines, and how many it adds and removes."""

    files: tuple[str, ...] = ()
    lines: tuple[DiffLine, ...] = ()

    @property
    def counts(self) -> str:
        """How much it changes, as a row shows it: "+3 -2"."""
        added = sum(line.side is Side.ADDED for line in self.lines)
        removed = sum(line.side is Side.REMOVED for line in self.lines)
        return f"+{added} -{removed}" if added or removed else ""


def patch_in(given: str) -> Patch | None:
    """Return the patch that a text holds, also one inside a shell command; `None` without one."""
    start = given.find(BEGIN)
    if start < 0:
        return None
    body = given[start:].partition("*** End Patch")[0]
    files: list[str] = []
    lines: list[DiffLine] = []
    for row in body.splitlines()[1:]:
        if named := _FILE.match(row):
            files.append(named[2].strip())
            lines.append(DiffLine(Side.SAME, row.removeprefix("*** ")))
        elif moved := _MOVED.match(row):
            lines.append(DiffLine(Side.SAME, f"Move to: {moved[1]}"))
        elif not row.startswith("***"):
            lines.append(_line(row))
    return Patch(tuple(files), tuple(lines))


def _line(row: str) -> DiffLine:
    side = _SIDES.get(row[:1])
    return DiffLine(Side.SAME, row) if side is None else DiffLine(side, row[1:])
