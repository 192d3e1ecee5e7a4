"""What a summary kept of the notes, line by line, and the text that puts the rest back. Pure.

The comparison is by wording: a line that is kept is mentioned, which does not say that it was
understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from ..likeness import share, stems, weights
from ..text import one_line
from .keeping import Keep, Point

MENTIONED = 0.6
"""Share of the telling words of a line from which the summary counts as mentioning it.

Stricter than `likeness.ALIKE`: a summary is long, so that some words of every line turn up
somewhere; and a line wrongly called missing costs a few tokens, one wrongly called kept costs the
line. Measured on six summaries that Claude Code wrote in real sessions: of 324 comparisons with
notes of other projects none was kept; of 150 of their own lines, each without its last quarter, all
were, and 14 of them in another summary of the same project.
"""

LONGEST = 160
"""Characters of the summary's words that are shown for a line."""

LARGEST = 400_000
"""Characters of a summary that are compared: several times what any agent writes."""

NOT_FOUND = "not found in the summary"

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_MARKS = re.compile(r"^[\s>*#•\-]+|^\s*\d+[.)]\s+")
_TIMES = {1: "named once", 2: "named twice"}


class Row(msgspec.Struct, frozen=True):
    """One line of the notes against the summary; `shown` is what the summary says of it."""

    keep: Keep
    kept: bool
    shown: str = NOT_FOUND


class _Piece(NamedTuple):
    """A sentence of the summary, or two that stand together, and their telling words."""

    words: str
    stems: frozenset[str]


def compare(keeps: Sequence[Keep], summary: str) -> tuple[Row, ...]:
    """Return for each line whether the summary mentions it, and its words."""
    pieces = [_Piece(words, frozenset(stems(words))) for words in dict.fromkeys(_parts(summary))]
    telling = weights([*(keep.text for keep in keeps), *(piece.words for piece in pieces)])
    return tuple(
        _file(keep, summary) if keep.point is Point.FILE else _row(keep, pieces, telling)
        for keep in keeps
    )


def _parts(summary: str) -> Iterator[str]:
    """Yield the sentences and lines of a text, without the marks of lists and titles."""
    parts = (_MARKS.sub("", part).strip() for part in _SENTENCE.split(summary[:LARGEST]))
    return filter(None, parts)


def missing(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the lines that the summary does not mention."""
    return tuple(row for row in rows if not row.kept)


def put_back(rows: Sequence[Row], notes: str | None) -> str:
    """Return the prompt that says again what the summary left out; "" without any rows."""
    if not rows:
        return ""
    source = f" It stands in {one_line(notes)}." if notes else ""
    head = f"The summary left this out; keep it in mind. There is nothing to do now.{source}"
    return "\n".join((head, *(f"- {_said(row.keep)}" for row in rows)))


_SAID = {
    Point.GOAL: "Goal",
    Point.FAILED: "Failed approach, do not try it again",
    Point.DECISION: "Decision",
    Point.NEXT: "Next step",
    Point.FILE: "File in play",
}


def _said(keep: Keep) -> str:
    because = f" — {keep.reason}" if keep.reason else ""
    return f"{_SAID[keep.point]}: {keep.text}{because}"


def _row(keep: Keep, pieces: Sequence[_Piece], telling: Mapping[str, float]) -> Row:
    asked = frozenset(stems(keep.text))
    if not asked:
        return _verbatim(keep, pieces)

    def said(piece: _Piece) -> float:
        return share(asked, piece.stems, telling)

    pairs = (_Piece("", one.stems | other.stems) for one, other in pairwise(pieces))
    best = max(pieces, key=said, default=_Piece("", frozenset()))
    if max(said(best), *map(said, pairs), 0.0) < MENTIONED:
        return Row(keep, kept=False)
    return Row(keep, kept=True, shown=_quoted(best.words))


def _verbatim(keep: Keep, pieces: Sequence[_Piece]) -> Row:
    """Compare a line that has no telling words, such as one of signs only, as it stands."""
    found = next((piece.words for piece in pieces if keep.text in piece.words), None)
    return Row(keep, kept=False) if found is None else Row(keep, kept=True, shown=_quoted(found))


def _quoted(words: str) -> str:
    said = one_line(words, LONGEST).replace('"', "'")
    return f'"{said}"'


def _file(keep: Keep, summary: str) -> Row:
    """Count how often a file is named, by its path or by its name alone."""
    name = re.escape(re.split(r"[\\/]", keep.text)[-1])
    times = len(re.findall(rf"(?<![\w.-]){name}(?![\w-]|\.\w)", summary))
    shown = _TIMES.get(times, f"named {times} times") if times else NOT_FOUND
    return Row(keep, kept=times > 0, shown=shown)
