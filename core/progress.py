"""What a progress file says: which sections it has, and how many boxes are ticked.

Pure: no files, no clock. People and agents write these files as they like, so reading is
lenient and every title is kept as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from string import Template

import msgspec

NAMES = (
    "claude-progress.md",
    "claude-progress.txt",
    "progress.md",
    "PROGRESS.md",
    "HANDOFF.md",
)
"""Names a progress file is looked for under, the first that exists wins."""


class Topic(StrEnum):
    """What a section is about, whatever its title."""

    STATUS = "Current status"
    COMPLETED = "Completed"
    FAILED = "Failed approaches"
    NEXT = "Next step"
    DECISIONS = "Decisions"


class Section(msgspec.Struct, frozen=True):
    """One section; lines count from 0, `end` is the line after its last one.

    A section holds the deeper ones below it. A label line such as "Next steps:" opens a section
    deeper than any heading, and what follows its colon belongs to the text.
    """

    title: str
    topic: Topic | None
    depth: int
    start: int
    end: int


class Summary(msgspec.Struct, frozen=True):
    """How many task boxes are open and how many are ticked."""

    open: int
    ticked: int


_TOPICS = {
    Topic.FAILED: (
        r"failed (?:approach|attempt|idea|experiment|tr)|^failures?$|dead[ -]?ends?"
        r"|(?:did ?n[o']?t|did not|does ?n[o']?t|not) work|^(?:already )?tried\b|(?:i|we) tried"
        r"|abandoned|rejected|do(?:n't| not) (?:try|retry|repeat)"
    ),
    Topic.NEXT: (
        r"\bnext\b(?! agent)|\bto-?do\b|remaining|what'?s left|left to do|action items"
        r"|suggested (?:implementation )?order"
    ),
    Topic.DECISIONS: r"\bdecisions?\b|\bdecided\b",
    Topic.STATUS: r"\bstatus\b|\bstate\b|where (?:we|i|things) (?:are|am|stand)",
    Topic.COMPLETED: r"\bcompleted?\b|(?<!definition of )\bdone\b|accomplished|finished",
}
"""What titles say, in lower case; the first that is found decides."""

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FRAMED = re.compile(r"(={2,})[ \t]*(\S.*?)[ \t]*={2,}[ \t]*$")
_LABEL = re.compile(
    r"(?:\*\*|__)?([^\s\-*+>#|`_=\d][^:：|`]{0,58}?)(?:[:：](?:\*\*|__)?|\*\*[:：]?)(.*)$"
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_BOX = re.compile(r"\s*(?:[-*+]|\d+[.)])[ \t]+\[([ xX])\](?:[ \t]|$)")
_ASIDE = re.compile(r"\([^()]*\)\s*$")
_LABEL_DEPTH = 7
_LABEL_WORDS = 8


def render(template: str, *, project: str, date: str) -> str:
    """Return the text of a new progress file: `$project` and `$date` of `template` filled in."""
    return Template(template).safe_substitute(project=project, date=date)


def topic_of(title: str) -> Topic | None:
    """Say what a section of this title is about, `None` when the title does not tell."""
    plain = _ASIDE.sub("", title).partition(":")[0].replace("’", "'").casefold().strip()
    return next((topic for topic, words in _TOPICS.items() if re.search(words, plain)), None)


def sections(text: str) -> tuple[Section, ...]:
    """Return the sections of a progress file in their order, deeper ones after what holds them.

    Headings (`#`, `===`) and label lines open a section, code blocks open none. A label that
    stands on a line of its own counts whatever it says, one with text behind it only when it
    names a known topic.
    """
    lines = text.split("\n")
    opened = list(_openings(lines))
    return tuple(
        Section(title, topic_of(title), depth, start, end)
        for (start, depth, title), end in zip(opened, _ends(opened, len(lines)), strict=True)
    )


def summary(text: str) -> Summary:
    """Count the task boxes outside code blocks."""
    marks = [match[1] for _, line in _prose(text.split("\n")) if (match := _BOX.match(line))]
    return Summary(open=marks.count(" "), ticked=len(marks) - marks.count(" "))


_Opening = tuple[int, int, str]
"""Line, depth and title of something that opens a section."""


def _openings(lines: list[str]) -> Iterator[_Opening]:
    """Yield what opens a section, top to bottom."""
    for number, line in _prose(lines):
        if match := _HEADING.match(line):
            yield number, len(match[1]), match[2].strip()
        elif match := _FRAMED.match(line):
            yield number, 1, match[2]
        elif title := _label(line, after_blank=number == 0 or not lines[number - 1].strip()):
            yield number, _LABEL_DEPTH, title


def _label(line: str, *, after_blank: bool) -> str | None:
    """Return the title when `line` is a label, such as "Next steps:" or "**Done**"."""
    match = _LABEL.match(line)
    if match is None or len(match[1].split()) > _LABEL_WORDS:
        return None
    title, alone = match[1].strip(), not match[2].strip()
    return title if topic_of(title) or (alone and after_blank) else None


def _ends(opened: list[_Opening], last: int) -> list[int]:
    """Return where each section ends: at the next one as deep or less deep, else at the end."""
    ends = [last] * len(opened)
    waiting: list[int] = []
    for index, (start, depth, _) in enumerate(opened):
        while waiting and opened[waiting[-1]][1] >= depth:
            ends[waiting.pop()] = start
        waiting.append(index)
    return ends


def _prose(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines outside code blocks with their numbers."""
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            yield number, line
