"""What makes one text of another, as rows that people read. Pure."""

from __future__ import annotations

import msgspec

from .merge import Edit, edits

MOST_ROWS = 600
"""Rows of a difference that are drawn; nobody reads on."""

AROUND = 2
"""Equal lines shown before and after each change."""


class Row(msgspec.Struct, frozen=True):
    """One line of a difference: "+", "-", " " or "…" before it."""

    sign: str
    text: str


def difference(before: str, after: str) -> tuple[Row, ...]:
    """Return what makes `after` of `before` as rows, with a few equal lines around. Pure."""
    old = before.split("\n")
    rows: list[Row] = []
    shown = 0
    for edit in reversed(edits(before, after)):
        start = max(shown, edit.start - AROUND)
        if start > shown:
            rows.append(Row("…", ""))
        rows += [Row(" ", line) for line in old[start : edit.start]]
        rows += _changed(old, edit)
        shown = edit.end
        if len(rows) > MOST_ROWS:
            return (*rows[:MOST_ROWS], Row("…", "and more"))
    return tuple(rows)


def _changed(old: list[str], edit: Edit) -> list[Row]:
    gone = [Row("-", line) for line in old[edit.start : edit.end]]
    return [*gone, *(Row("+", line) for line in edit.lines)]
