"""What a compaction should keep: goal, failed approaches, decisions, next step, files. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

import msgspec

from ..progress import Section, Topic, sections
from ..progress_entries import Entry, entries, is_empty, next_items
from ..text import one_line

LONGEST = 400
"""Characters of one line that are kept; a longer one is no note but an essay."""

MOST = {Topic.FAILED: 20, Topic.DECISIONS: 15, Topic.NEXT: 3}
"""How many entries of a section are kept, the newest: notes grow at their end."""

_GOAL = re.compile(
    r"\W*(?:the |our |my )?(?:overall |project |main |current )?"
    r"(?:(?:goals?|objectives?|purpose|mission|what we (?:build|want))\b|task\W*(?::|$))",
    re.IGNORECASE,
)
"""How a title begins that names the goal; in the middle of one these words mean something else."""


class Point(StrEnum):
    """What a kept line is about, as the screen names it."""

    GOAL = "Goal"
    FAILED = "Failed approaches"
    DECISION = "Decisions"
    NEXT = "Next step"
    FILE = "Files in play"


class Keep(msgspec.Struct, frozen=True):
    """One line that should survive; `reason` is why it failed or was decided, "" where unsaid.

    Only `text` is compared with the summary: a reason shares its words with the remedy.
    """

    point: Point
    text: str
    reason: str = ""


def keeps_of(notes: str, goal: str = "", files: Sequence[str] = ()) -> tuple[Keep, ...]:
    """Return what should be kept, from the text of the notes and from the transcript.

    `goal` is what the person asked for at first; the notes' own goal comes before it.
    """
    wanted = goal_in(notes) or one_line(goal, LONGEST)
    return (
        *([Keep(Point.GOAL, wanted)] if wanted else []),
        *_of(notes, Topic.FAILED, Point.FAILED),
        *_of(notes, Topic.DECISIONS, Point.DECISION),
        *(Keep(Point.NEXT, text) for text in _next_steps(notes)),
        *(Keep(Point.FILE, one_line(name, LONGEST)) for name in files),
    )


def goal_in(notes: str) -> str:
    """Return the first lines under a title such as "Goal"; "" without such a section."""
    lines = notes.split("\n")
    found = (s for s in sections(notes) if s.topic is None and _GOAL.match(s.title))
    return next(filter(None, (_first_paragraph(lines, section) for section in found)), "")


def _first_paragraph(lines: list[str], section: Section) -> str:
    """Return the first lines of a section that say something, up to a blank one."""
    said: list[str] = []
    for line in lines[section.start + 1 : section.end]:
        if said and (not line.strip() or line.startswith("#")):
            break
        if line.strip() and not is_empty(line):
            said.append(line.strip().lstrip("-*• "))
    return one_line(" ".join(said), LONGEST)


def _of(notes: str, topic: Topic, point: Point) -> Iterator[Keep]:
    for entry in entries(notes, topic)[-MOST[topic] :]:
        whole = topic is not Topic.FAILED and not _is_parted(entry)
        text, reason = (entry.text, "") if whole else (entry.approach, entry.reason)
        yield Keep(point, _short(text), _short(reason))


def _is_parted(entry: Entry) -> bool:
    """Say whether a reason follows for sure: not after a colon, and not inside of brackets."""
    colon = entry.text[len(entry.approach) :].startswith(":")
    return not colon and entry.approach.count("(") == entry.approach.count(")")


def _next_steps(notes: str) -> Iterable[str]:
    """Return the first steps: what stands on top is what comes next."""
    return (_short(entry.text) for entry in next_items(notes)[: MOST[Topic.NEXT]])


def _short(text: str) -> str:
    return one_line(text, LONGEST)
