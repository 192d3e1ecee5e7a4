"""The entries of a progress file: list items, what was tried and why it failed, session logs. Pure.

A failed approach is its approach and its reason, apart, because only the approach can be compared
with what an agent does next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from .progress import Section, Topic, sections


class Entry(msgspec.Struct, frozen=True):
    """One entry of a section: the lines from `start` to before `end`.

    `text` is without its mark and box; `reason` is "" where none is given, `ticked` is `None`
    without a box.
    """

    start: int
    end: int
    text: str
    approach: str
    reason: str
    ticked: bool | None = None


class Mark(NamedTuple):
    """How a list item begins."""

    indent: str
    sign: str
    box: str
    rest: str


_ITEM = re.compile(r"(\s*)([-*+•]|\d{1,3}[.)])(?:[ \t]+(\[[ xX]\])(?=[ \t]|$))?(?:[ \t]+(.*)|)$")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BARE_RULE = re.compile(r"\s*([-*_=])(?:[ \t]*\1){2,}\s*$")
_CODE = re.compile(r"`[^`]*`")
_REASON = re.compile(
    r"\s+(?:—|–|--?|->|→|=>)\s+|[:;,]\s+(?=because\b)|\s+(?=because\b)|:\s+(?=\S)", re.IGNORECASE
)
_EMPTY = re.compile(
    r"[\W_]*(?:none|nothing|n/?a|tbd|empty|todo|to be (?:done|filled)|not yet|-)?"
    r"(?:\s+(?:yet|so far|known|here))*[\W_]*",
    re.IGNORECASE,
)
_DATE = re.compile(r"\b(20\d\d)[-/.](\d\d)[-/.](\d\d)\b")
_SESSION = re.compile(r"\bsession\s+#?(\d+)\b", re.IGNORECASE)


def item_mark(line: str) -> Mark | None:
    """Return how a line begins as a list item, `None` when it is none."""
    match = _ITEM.match(line)
    if match is None or is_rule(line):
        return None
    return Mark(match[1], match[2], match[3] or "", match[4] or "")


def is_rule(line: str) -> bool:
    """Say whether a line is nothing but a rule, such as `---`."""
    return _BARE_RULE.match(line) is not None


def is_empty(words: str) -> bool:
    """Say whether words only hold a place: "None yet.", "TBD", "-"."""
    return _EMPTY.fullmatch(words.strip()) is not None


def entries(text: str, topic: Topic) -> tuple[Entry, ...]:
    """Return the entries of all sections about `topic`, top to bottom.

    List items of the outermost depth are entries, with what is indented below them; outside of
    lists each paragraph is one. Comments and placeholders are none.
    """
    lines, whole = blanked(text), sections(text)
    found: list[Entry] = []
    for section in whole:
        if section.topic is not topic:
            continue
        if (rest := label_rest(lines[section.start])) and not is_empty(rest):
            approach, reason = split_reason(rest)
            found.append(Entry(section.start, section.start + 1, rest, approach, reason))
        found += _entries_in(lines, own_lines(whole, section))
    unique = {entry.start: entry for entry in found}
    return tuple(unique[start] for start in sorted(unique))


def next_items(text: str) -> tuple[Entry, ...]:
    """Return what is said to be done next and is not ticked."""
    return tuple(entry for entry in entries(text, Topic.NEXT) if not entry.ticked)


def session_logs(text: str) -> tuple[Section, ...]:
    """Return the sections that each tell of one session, by a date or a number in their title.

    Only those of the outermost depth at which there are two; none where there is just one.
    """
    logs = [s for s in sections(text) if _DATE.search(s.title) or _SESSION.search(s.title)]
    for depth in sorted({log.depth for log in logs}):
        level = tuple(log for log in logs if log.depth == depth)
        if len(level) > 1:
            return level
    return ()


def newest_first(logs: tuple[Section, ...]) -> bool:
    """Say whether the session logs stand with the newest on top; by default they are appended."""
    if len(logs) < 2:
        return False
    first, last = (_order(log.title) for log in (logs[0], logs[-1]))
    return first is not None and last is not None and first > last


def split_reason(words: str) -> tuple[str, str]:
    """Return an approach and its reason, "" where none is given.

    Split at the first dash between blanks, at a colon, or before "because", never inside code.
    """
    hidden = _CODE.sub(lambda match: "`" * len(match[0]), words)
    match = _REASON.search(hidden)
    if match is None or match.start() == 0:
        return words.strip(), ""
    return words[: match.start()].strip(), words[match.end() :].strip()


def own_lines(whole: Iterable[Section], section: Section) -> range:
    """Return the lines of a section up to the first below it that is about something else."""
    inside = (
        other.start
        for other in whole
        if section.start < other.start < section.end
        and other.topic is not None
        and other.topic is not section.topic
    )
    return range(section.start + 1, min(inside, default=section.end))


def blanked(text: str) -> list[str]:
    """Return the lines of a text with every comment blanked out; their numbers stay."""
    plain = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    return plain.split("\n")


def label_rest(line: str) -> str:
    """Return what stands behind the colon of a label line."""
    return line.partition(":")[2].strip(" *_") if not line.lstrip().startswith("#") else ""


def _entries_in(lines: list[str], own: range) -> Iterator[Entry]:
    """Yield the entries between two lines."""
    depth = min((len(m.indent) for n in own if (m := item_mark(lines[n]))), default=None)
    start: int | None = None
    for number in own:
        if _begins(lines, number, depth):
            if start is not None:
                yield from _entry(lines, start, number)
            start = number
        elif start is not None and _ends(lines, start, number):
            yield from _entry(lines, start, number)
            start = None
    if start is not None:
        yield from _entry(lines, start, own.stop)


def _begins(lines: list[str], number: int, depth: int | None) -> bool:
    line = lines[number]
    if mark := item_mark(line):
        return depth is not None and len(mark.indent) <= depth
    plain = bool(line.strip()) and not line[:1].isspace() and not _is_frame(line)
    return plain and (number == 0 or not lines[number - 1].strip() or _is_frame(lines[number - 1]))


def _ends(lines: list[str], start: int, number: int) -> bool:
    """Say whether an entry is over at a line: a rule, a heading, or a paragraph after a blank."""
    line = lines[number]
    if _is_frame(line):
        return True
    after_blank = number > start and not lines[number - 1].strip()
    return after_blank and bool(line.strip()) and not line[:1].isspace()


def _is_frame(line: str) -> bool:
    """Say whether a line is a heading or a rule and no text."""
    return line.lstrip().startswith(("#", "|", "```", "~~~")) or is_rule(line)


def _entry(lines: list[str], start: int, end: int) -> Iterator[Entry]:
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    mark = item_mark(lines[start])
    first = mark.rest if mark else lines[start].strip()
    words = " ".join(filter(None, (first, *(line.strip() for line in lines[start + 1 : end]))))
    if is_empty(words):
        return
    approach, reason = split_reason(words)
    ticked = mark.box.lower() == "[x]" if mark and mark.box else None
    yield Entry(start, end, words, approach, reason, ticked)


def _order(title: str) -> tuple[int, ...] | None:
    if match := _DATE.search(title):
        return tuple(int(part) for part in match.groups())
    match = _SESSION.search(title)
    return (int(match[1]),) if match else None
