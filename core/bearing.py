"""What the notes say that bears on what an agent asks for: forbidden, tried before, or next. Pure.

It is a comparison of words: it may miss what is meant and meet what is not. So the line itself is
shown and the person judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

import msgspec

from .likeness import ALIKE, coverage, stems, weights
from .progress import Topic
from .progress_entries import Entry, entries, next_items

FORBIDDEN = 0.6
"""Share of a prohibition's telling words that the request must hold."""

ASKED = 0.6
"""Share of a next step's telling words that the request must hold."""

STRETCH = 10
"""Added lines of an edit that are compared at once: a long text holds every word somewhere."""

MOST = 3
"""Lines of the notes that are returned."""

_PROHIBITION = re.compile(
    r"\b(?:do(?:es)?\s+not|don['’]t|never|must\s+not|mustn['’]t|should\s+not|shouldn['’]t|may\s+not"
    r"|avoid|without|no\s+more)\b\s+(?P<what>[^.;:!?\n—]{1,160})",
    re.IGNORECASE,
)
_EMPTY_WORDS = frozenset(
    stems("touch touching run running use using change changing edit try trying do call go retry "
          "start make any anything more again yet ever other else work works")
)  # fmt: skip
"""Stems that say that something is done, and not what."""


class Kind(StrEnum):
    """How a line of the notes bears on a request."""

    FORBIDS = "forbids"
    FAILED = "failed"
    ASKS = "asks"


class Bearing(msgspec.Struct, frozen=True):
    """One line of the notes; `topic` is its section, `line` counts from 0."""

    kind: Kind
    topic: Topic
    text: str
    line: int


def bearings(
    notes: str, command: str, *, does: Iterable[str] = (), added: Iterable[str] = ()
) -> tuple[Bearing, ...]:
    """Return the lines of the notes that bear on a request, what speaks against it first.

    Args:
        notes: The text of the progress file.
        command: What would be run, or the path that would be changed.
        does: What that does in plain words, which the notes may use instead of the command's.
        added: The lines that an edit would add.
    """
    said = " ".join((command, *does))
    found = [*_forbidden(notes, said), *_failed(notes, said, tuple(added)), *_asked(notes, said)]
    lines = {one.line: one for one in reversed(found)}
    return tuple(one for one in found if lines[one.line] is one)[:MOST]


def _forbidden(notes: str, said: str) -> Iterator[Bearing]:
    for topic in (Topic.NEXT, Topic.DECISIONS, Topic.FAILED, Topic.STATUS):
        for entry in entries(notes, topic):
            for match in _PROHIBITION.finditer(entry.text):
                if _covered(match["what"], said) >= FORBIDDEN:
                    yield Bearing(Kind.FORBIDS, topic, entry.text, entry.start)
                    break


def _failed(notes: str, said: str, added: tuple[str, ...]) -> Iterator[Bearing]:
    failures = entries(notes, Topic.FAILED)
    telling = weights(entry.approach for entry in failures)
    pieces = [said, *("\n".join(added[at : at + STRETCH]) for at in range(0, len(added), STRETCH))]
    for entry in failures:
        if any(_tried(entry, piece, telling) for piece in pieces):
            yield Bearing(Kind.FAILED, Topic.FAILED, entry.text, entry.start)


def _tried(entry: Entry, said: str, telling: Mapping[str, float]) -> bool:
    asked = set(stems(entry.approach))
    shared = asked & set(stems(said))
    if len(shared) < min(2, len(asked)) or shared <= _EMPTY_WORDS:
        return False
    return coverage(entry.approach, said, telling) >= ALIKE


def _asked(notes: str, said: str) -> Iterator[Bearing]:
    for entry in next_items(notes):
        wish = _PROHIBITION.sub(" ", entry.text)
        telling = set(stems(wish)) - _EMPTY_WORDS
        if len(telling & set(stems(said))) > 1 and _covered(wish, said) >= ASKED:
            yield Bearing(Kind.ASKS, Topic.NEXT, entry.text, entry.start)


def _covered(wanted: str, said: str) -> float:
    """Return the share of the telling words of `wanted` that `said` holds, empty words aside."""
    asked = set(stems(wanted)) - _EMPTY_WORDS
    return len(asked & set(stems(said))) / len(asked) if asked else 0.0
