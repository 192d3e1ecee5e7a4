"""The whole text of the demo's items."""

from __future__ import annotations

import re

import msgspec

from ...items import Kind
from ...text import clean
from ..base import Body, DiffLine, Side
from ..records import Record
from . import format as fmt
from .reader import argument

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")


def body_of(record: Record, kind: Kind) -> Body:
    """Return the text of the one item that a record holds."""
    try:
        entry = msgspec.convert(record.value, fmt.AnyEntry)
    except msgspec.ValidationError:
        return Body(kind, missing="not readable")
    match entry:
        case fmt.Said() | fmt.Prompt():
            return Body(kind, clean(entry.text), language="markdown")
        case fmt.Thought():
            return Body(kind, clean(entry.text))
        case fmt.ToolCall():
            language = "bash" if entry.name == "Bash" else None
            return Body(kind, clean(argument(entry)), language)
        case fmt.ToolResult():
            return Body(kind, clean(entry.output), diff=tuple(_diff(entry.diff or "")))
        case fmt.Compacted():
            return Body(kind, clean(entry.summary), language="markdown")
        case _:
            return Body(kind)


def _diff(unified: str) -> list[DiffLine]:
    """Return the lines of a unified diff with their numbers, without its headers."""
    lines: list[DiffLine] = []
    old = new = 0
    for raw in unified.split("\n"):
        if hunk := _HUNK.match(raw):
            old, new = int(hunk[1]), int(hunk[2])
        elif raw[:3] in ("---", "+++") or not raw or not new:
            continue
        elif raw[0] == "+":
            lines.append(DiffLine(Side.ADDED, clean(raw[1:]), new))
            new += 1
        elif raw[0] == "-":
            lines.append(DiffLine(Side.REMOVED, clean(raw[1:]), old))
            old += 1
        else:
            lines.append(DiffLine(Side.SAME, clean(raw[1:]), new))
            old, new = old + 1, new + 1
    return lines
