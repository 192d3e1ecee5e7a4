"""What was looked for, marked in the lines that were drawn. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice

from .lines import Line, Piece, text_of

LONGEST = 200
"""Characters of a query that are looked for in the lines."""

MOST = 1_000
"""Matches that are marked in one row."""

FOUND = Piece("", "ink", "you", bold=True)
"""The style of a match."""


class Matcher:
    """Finds a query in drawn lines, also where it was broken over two of them.

    A query without capitals matches capitals as well.
    """

    def __init__(self, query: str) -> None:
        query = " ".join(query.split())[:LONGEST]
        parts = [r"(?: |\n *)" if char == " " else re.escape(char) for char in query]
        flags = re.IGNORECASE if query == query.lower() else re.NOFLAG
        self._pattern = re.compile(r"(?:\n *)?".join(parts), flags) if query else None

    def mark(self, lines: Sequence[Line]) -> tuple[list[Line], list[int]]:
        """Return `lines` with every match marked, and the lines on which matches begin."""
        texts = [text_of(line) for line in lines]
        starts = [0, *accumulate(len(text) + 1 for text in texts)]
        painted, begun = list(lines), []
        for first, last in self._spans("\n".join(texts)):
            line = bisect_right(starts, first) - 1
            begun.append(line)
            while line < len(texts) and starts[line] < last:
                text, start = texts[line], starts[line]
                inside = max(first - start, _margin(text) if first < start else 0)
                painted[line] = _painted(painted[line], inside, last - start)
                line += 1
        return painted, sorted(set(begun))

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        if self._pattern is not None:
            for found in islice(self._pattern.finditer(text), MOST):
                yield found.span()


def _margin(text: str) -> int:
    return len(text) - len(text.lstrip())


def _painted(line: Line, start: int, end: int) -> Line:
    """Mark the characters from `start` to `end` of a line."""
    painted: Line = []
    at = 0
    for piece in line:
        text, first, last = piece.text, start - at, end - at
        first, last = min(max(0, first), len(text)), min(max(0, last), len(text))
        if first < last:
            painted.append(piece._replace(text=text[:first]))
            painted.append(FOUND._replace(text=text[first:last]))
            painted.append(piece._replace(text=text[last:]))
        else:
            painted.append(piece)
        at += len(text)
    return painted
