"""Tables of markdown with their columns aligned; cells that are too long are wrapped. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from .inline import STRONG, TEXT, inline, marked
from .lines import Line, Piece, Run, cells, flow, width_of

GAP = 2
LEAST = 6
"""Cells below which no column is shrunk; a table with more columns is shown as it was written."""

_BETWEEN = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r" *\|?(?: *:?-+:? *\|)* *:?-+:? *\|? *")

Cell = tuple[str, list[Run], Piece]
"""The text of a cell, the runs of its inline marks, its base style."""


def begins(line: str) -> bool:
    """Say whether a line looks like a row of a table."""
    return line.lstrip().startswith("|")


def is_rule(line: str) -> bool:
    """Say whether a line is the row of rules below the heads of a table."""
    return "-" in line and "|" in line and len(line) < 1_000 and bool(_RULE.fullmatch(line))


def render(head: str, rule: str, body: Sequence[str], width: int) -> Iterator[Line]:
    """Yield the lines of a table that was written as these rows."""
    rows = [_cells(head, STRONG), *(_cells(row, TEXT) for row in body)]
    widths = _fitted(_natural(rows), width)
    if widths is None:
        for raw in (head, rule, *body):
            yield from inline(raw.strip(), width, TEXT)
        return
    sides = [_is_right(mark) for mark in _split(rule)]
    for at, row in enumerate(rows):
        yield from _row(row, widths, sides)
        if at == 0:
            yield [Piece((" " * GAP).join("─" * room for room in widths), "line")]


def _split(row: str) -> list[str]:
    inside = row.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in _BETWEEN.split(inside)]


def _cells(row: str, base: Piece) -> list[Cell]:
    return [(*marked(cell, base), base) for cell in _split(row)]


def _is_right(mark: str) -> bool:
    return mark.endswith(":") and not mark.startswith(":")


def _natural(rows: list[list[Cell]]) -> list[int]:
    """Return how wide each column would like to be."""
    columns = zip_longest(*rows, fillvalue=("", [], TEXT))
    return [max(1, *(cells(text) for text, _, _ in column)) for column in columns]


def _fitted(natural: list[int], width: int) -> list[int] | None:
    """Shrink the widest columns until all fit; `None` when they cannot."""
    widths, room = list(natural), width - GAP * (len(natural) - 1)
    if sum(min(wanted, LEAST) for wanted in natural) > room:
        return None
    while sum(widths) > room:
        widest = max(widths)
        next_widest = max((w for w in widths if w < widest), default=LEAST)
        many = widths.count(widest)
        excess = sum(widths) - room
        shrunk = max(next_widest, LEAST, widest - -(-excess // many))
        widths = [min(w, shrunk) for w in widths]
    return widths


def _row(row: list[Cell], widths: list[int], sides: list[bool]) -> Iterator[Line]:
    """Yield the lines of one row: as many as its longest cell needs."""
    rooms = zip(row, widths, strict=False)
    columns = [list(flow(text, runs, room, base)) for (text, runs, base), room in rooms]
    for lines in zip_longest(*columns, fillvalue=()):
        line: Line = []
        for at, cell in enumerate(lines):
            right = at < len(sides) and sides[at]
            line += _aligned(list(cell), widths[at], right=right)
            line.append(Piece(" " * GAP))
        yield line[:-1]


def _aligned(cell: Line, width: int, *, right: bool) -> Line:
    missing = Piece(" " * max(0, width - width_of(cell)))
    return [missing, *cell] if right else [*cell, missing]
