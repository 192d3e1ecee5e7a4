"""What is asked for, line by line: the whole command with its marks, or the whole diff. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

import msgspec

from ....core.acting.live import Request
from ....core.acting.questions import Question
from ....core.danger import Danger, Level, dangers
from ....core.text import one_line
from ..transcript.diffs import diff_lines
from ..transcript.lines import Line, Piece, Run, flow, hung, padded, wrap

GROUND = "bg"
"""The ground that the words of the agent stand on, apart from the card's own."""

_MARKS = {
    Level.HIGH: Piece("", "reset", GROUND, bold=True),
    Level.NOTE: Piece("", "dumb", GROUND, bold=True),
}
_LARGE = 3
"""Cells of a line number at least."""

LONGEST = 4_000
"""Characters of a choice."""


class Excerpt(msgspec.Struct, frozen=True):
    """The drawn lines, and for each the number (from 0) of the line that it is a part of."""

    lines: tuple[Line, ...]
    owners: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many lines there are, however they are broken."""
        return self.owners[-1] + 1 if self.owners else 0

    def shown(self, drawn: int) -> int:
        """Return how many whole lines the first `drawn` lines show."""
        if drawn >= len(self.owners):
            return self.count
        return self.owners[drawn]


@lru_cache(maxsize=4)
def excerpt_of(request: Request, width: int) -> Excerpt:
    """Return the command in lines of `width` cells; of an edit its file and the whole diff.

    Questions have no line numbers: the only numbers are those that choose.
    """
    if request.questions:
        drawn = list(_asked(request.questions, width))
    else:
        drawn = list(_edit(request, width) if request.diff else _command(request.text, width))
    return Excerpt(tuple(line for _, line in drawn), tuple(owner for owner, _ in drawn))


def marks_of(request: Request) -> tuple[Danger, ...]:
    """Return what is marked in the text of a request; a file's new content is not run."""
    return () if request.diff or request.questions else dangers(request.text)


def _edit(request: Request, width: int) -> Iterator[tuple[int, Line]]:
    names = [line for line in request.text.split("\n") if line]
    for number, name in enumerate(names):
        for line in flow(name, (), max(8, width - 2), Piece("", "strong", GROUND, bold=True)):
            yield number, padded([Piece(" ", "text", GROUND), *line], width, "text", GROUND)
    for number, change in enumerate(request.diff, len(names)):
        for line in diff_lines((change,), width):
            yield number, padded(_grounded(line), width, "text", GROUND)


def _asked(questions: Sequence[Question], width: int) -> Iterator[tuple[int, Line]]:
    rows = [row for question in questions for row in _rows(question)]
    for number, (lead, words, strong) in enumerate(rows):
        ink = Piece("", "strong" if strong else "text", GROUND, bold=strong)
        room = max(8, width - len(lead) - 2)
        first: Line = [Piece(f" {lead}", "you", GROUND, bold=True)]
        for line in hung(first, flow(words, (), room, ink)):
            yield number, padded(_grounded(line), width, "text", GROUND)


def _rows(question: Question) -> Iterator[tuple[str, str, bool]]:
    """Yield the number that chooses, the words, and whether they are the question itself."""
    for words in question.text.split("\n"):
        yield "", words, True
    told = zip_longest(question.choices, question.about, fillvalue="")
    for number, (choice, about) in enumerate(told, 1):
        yield f" {number}  ", one_line(f"{choice}: {about}" if about else choice, LONGEST), False


def _command(text: str, width: int) -> Iterator[tuple[int, Line]]:
    marks, at = dangers(text), 0
    lines = text.split("\n")
    numbers = max(_LARGE, len(str(len(lines))))
    for number, words in enumerate(lines):
        runs = [*_runs(marks, at, at + len(words))]
        lead = [Piece(f"{number + 1:>{numbers}}  ", "muted", GROUND)]
        room = max(8, width - numbers - 3)
        rows = flow(words, runs, room, Piece("", "text", GROUND))
        for line in hung(lead, rows):
            yield number, padded(_grounded(line), width, "text", GROUND)
        at += len(words) + 1


def _runs(marks: Sequence[Danger], start: int, end: int) -> Iterator[Run]:
    """Yield the marks that lie on a line, by their place on it."""
    for mark in marks:
        if mark.start < end and mark.end > start:
            first, last = max(mark.start, start) - start, min(mark.end, end) - start
            yield Run(first, last, _MARKS[mark.level])


def _grounded(line: Line) -> Line:
    return [piece if piece.on else piece._replace(on=GROUND) for piece in line]


def wrapped(words: str, width: int, most: int) -> list[str]:
    """Return a sentence in at most `most` lines; the last one ends with "…" when more follows."""
    pairs = list(wrap(words, width))
    rows = [words[start:end] for start, end in pairs[:most]]
    if len(pairs) > most:
        rows[-1] = rows[-1][: max(0, width - 1)].rstrip() + "…"
    return rows
