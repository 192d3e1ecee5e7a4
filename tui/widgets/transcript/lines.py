"""Styled lines: the common form between what an item says and what the screen draws. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size


class Piece(NamedTuple):
    """Text in one style: an ink and a ground of the theme; "" as ground is that of the line."""

    text: str
    ink: str = "text"
    on: str = ""
    bold: bool = False


Line = list[Piece]
"""One line of the screen, left to right."""


class Run(NamedTuple):
    """A stretch of a text in one style: `start` and `end` are indices into the text."""

    start: int
    end: int
    style: Piece


_ODD = re.compile(
    r"[^ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u2010-\u2027\u202f-\u205e"
    r"\u20a0-\u20cf\u2190-\u22ff\u2500-\u25fc]"
)
"""Characters that may take no cell or two; a text without any is as wide as it is long."""


def cells(text: str) -> int:
    """Return how many cells a text takes."""
    return cell_len(text) if _ODD.search(text) else len(text)


def width_of(line: Iterable[Piece]) -> int:
    """Return how many cells a line takes."""
    return sum(cells(piece.text) for piece in line)


def text_of(line: Iterable[Piece]) -> str:
    """Return what stands on a line."""
    return "".join(piece.text for piece in line)


def wrap(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Break one paragraph into index pairs, each at most `width` cells; words stay whole.

    The blank at a break is dropped; a word wider than the line is cut. At least one character
    stands on each line, so a wide one overhangs a line of one cell.
    """
    start, width = 0, max(1, width)
    while (end := fitting(text, start, width)) < len(text):
        broken = text.rfind(" ", start, end + 1)
        if broken > start:
            yield start, broken
            start = broken + 1
        else:
            end = max(end, start + 1)
            yield start, end
            start = end
    if start < len(text) or start == 0:
        yield start, len(text)


def fitting(text: str, start: int, width: int) -> int:
    """Return the index up to which `text` fits into `width` cells, from `start` on."""
    odd = _ODD.search(text, start, start + width + 1)
    if odd is None:
        return min(start + width, len(text))
    used = odd.start() - start
    for index in range(odd.start(), len(text)):
        used += get_character_cell_size(text[index])
        if used > width:
            return index
    return len(text)


def flow(text: str, runs: Sequence[Run], width: int, base: Piece) -> Iterator[Line]:
    """Wrap `text` and give every stretch its style; what no run covers is drawn as `base`.

    `runs` stand in order and do not overlap.
    """
    first = 0
    for start, end in wrap(text, width):
        while first < len(runs) and runs[first].end <= start:
            first += 1
        yield _slice(text, start, end, runs[first:] if runs else (), base)


def _slice(text: str, start: int, end: int, runs: Sequence[Run], base: Piece) -> Line:
    line, at = [], start
    for run in runs:
        if run.start >= end:
            break
        if run.start > at:
            line.append(base._replace(text=text[at : run.start]))
            at = run.start
        stop = min(run.end, end)
        line.append(run.style._replace(text=text[at:stop]))
        at = stop
    if at < end:
        line.append(base._replace(text=text[at:end]))
    return line


def fit(line: Line, width: int) -> Line:
    """Cut a line to `width` cells and end it with "…" where something was cut."""
    if width_of(line) <= width:
        return line
    kept, left = [], max(0, width - 1)
    for piece in line:
        end = fitting(piece.text, 0, left)
        kept.append(piece._replace(text=piece.text[:end]))
        left -= cells(piece.text[:end])
        if end < len(piece.text):
            break
    return [*kept, Piece("…", "muted")] if width > 0 else []


def shortened(text: str, width: int) -> str:
    """Cut the middle out of `text` so that it takes at most `width` cells; its ends stay."""
    if cells(text) <= width:
        return text
    if width < 3:
        return text[: fitting(text, 0, max(0, width))]
    tail = (width - 1) // 2
    left = text[: fitting(text, 0, width - 1 - tail)]
    right = len(text)
    while right > len(left) and cells(text[right - 1 :]) <= tail:
        right -= 1
    return f"{left}…{text[right:]}"


def indented(lines: Iterable[Line], column: int) -> list[Line]:
    """Move lines to the right; empty ones stay empty."""
    blank = Piece(" " * column)
    return [[blank, *line] if line else [] for line in lines]


def hung(lead: Line, lines: Iterable[Line]) -> list[Line]:
    """Put `lead` before the first line and indent the others by its width."""
    rest = iter(lines)
    first = next(rest, [])
    return [[*lead, *first], *indented(rest, width_of(lead))]


def padded(line: Line, width: int, ink: str, on: str) -> Line:
    """Fill a line with its ground up to `width` cells."""
    missing = width - width_of(line)
    return [*line, Piece(" " * missing, ink, on)] if missing > 0 else line
