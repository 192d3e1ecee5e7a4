"""Changes to a progress file that leave every other byte as it was. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .progress import Section, Topic, sections
from .progress_entries import (
    Mark,
    blanked,
    is_empty,
    item_mark,
    newest_first,
    own_lines,
    session_logs,
)

REQUIRED = (Topic.STATUS, Topic.COMPLETED, Topic.FAILED, Topic.NEXT)
"""The sections every progress file has, in their order."""

KEPT_SESSIONS = 3
"""Session logs that stay in the file: more is history and belongs into git."""

HINTS = {
    Topic.STATUS: "Where the work stands, in two or three sentences.",
    Topic.COMPLETED: "One line per finished piece, with its commit or its test.",
    Topic.FAILED: "What was tried - why it does not work. So that nobody tries it again.",
    Topic.NEXT: "The one thing to do next. Begin with a verb.",
}
"""What a new, empty section says of itself, in a comment."""

_ORDER = tuple(Topic)
_HEADING = 6
_STAMP = re.compile(
    r"([#>*_\s-]*(?:last[ \t]+)?updated(?:\*\*|__)?[ \t]*[:：](?:\*\*|__)?[ \t]*).*", re.IGNORECASE
)


def add_entry(text: str, topic: Topic, entry: str) -> str:
    """Append one entry to the section about `topic`, in the style of the entries there.

    A placeholder gives way to it. Where there is no such section one is made, at its place
    among the others.
    """
    section = _section_for(text, topic)
    if section is None:
        return _with_section(text, topic, [f"- {entry}"])
    lines = text.split("\n")
    own = own_lines(sections(text), section)
    at, dropped, mark = _place(blanked(text), lines, own)
    new = [_item(mark, topic, entry)]
    if mark is None and at > section.start + 1 and _is_words(lines[at - 1]):
        new.insert(0, "")
    if at < len(lines) and _is_words(lines[at]) and mark is None:
        new.append("")
    lines[at : at + dropped] = new
    return "\n".join(lines)


def insert_missing(text: str) -> str:
    """Add those of the four required sections that are missing, each with a hint."""
    there = {section.topic for section in sections(text)}
    for topic in REQUIRED:
        if topic not in there:
            text = _with_section(text, topic, [f"<!-- {HINTS[topic]} -->"])
    return text


def stamp(
    text: str, *, branch: str | None, commit: str | None, date: str, tests: str | None
) -> str:
    """Say in one line when and on what the file was last brought up to date.

    The line that says so already is changed, with its lead as it is; else one is put below the
    title.
    """
    told = [date, branch and f"branch {branch}", commit and f"commit {commit}", tests]
    words = " · ".join(part for part in told if part)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if match := _STAMP.fullmatch(line):
            lines[number] = match[1] + words
            return "\n".join(lines)
    titled = bool(lines[0].startswith("# "))
    lines[titled:titled] = ["", f"Updated: {words}"] if titled else [f"Updated: {words}", ""]
    return "\n".join(lines)


def archive(text: str, keep: int = KEPT_SESSIONS) -> tuple[str, str]:
    """Take out all session logs but the newest; return what stays and what was taken."""
    logs = session_logs(text)
    old = logs[keep:] if newest_first(logs) else logs[: max(0, len(logs) - keep)]
    lines = text.split("\n")
    taken = [line for log in old for line in lines[log.start : log.end]]
    gone = {number for log in old for number in range(log.start, log.end)}
    kept = [line for number, line in enumerate(lines) if number not in gone]
    return "\n".join(kept), "\n".join(taken)


def _section_for(text: str, topic: Topic) -> Section | None:
    """Return the section an entry belongs into: of several, that of the newest session."""
    found = [section for section in sections(text) if section.topic is topic]
    if not found:
        return None
    logs = session_logs(text)
    held = [s for s in found if any(log.start <= s.start < log.end for log in logs)]
    if len(held) < len(found) or newest_first(logs):
        return next(section for section in found if section not in held or section is held[0])
    return held[-1]


def _place(plain: Sequence[str], lines: Sequence[str], own: range) -> tuple[int, int, Mark | None]:
    """Return where an entry goes, how many lines give way, and how the entry before it begins.

    `plain` are the lines without their comments.
    """
    marks = [(n, mark) for n in own if (mark := item_mark(plain[n]))]
    outer = min((len(mark.indent) for _, mark in marks), default=0)
    last = next(((n, m) for n, m in reversed(marks) if len(m.indent) <= outer), None)
    if last is not None:
        number, mark = last
        if is_empty(mark.rest):
            return number, 1, mark
        return _end_of_item(plain, number, own.stop), 0, mark
    held = next((n for n in own if any(map(str.isalpha, plain[n])) and is_empty(plain[n])), None)
    if held is not None:
        return held, 1, None
    said = [n for n in own if lines[n].strip() and not set(lines[n].strip()) <= set("-=_*")]
    at = said[-1] + 1 if said else min(own.start + 1, own.stop)
    if not said and own.start < len(lines) and lines[own.start].strip():
        at = own.start
    return at, 0, None


def _end_of_item(plain: Sequence[str], number: int, stop: int) -> int:
    """Return the line after an item and all that is indented below it."""
    end = number + 1
    for at in range(number + 1, stop):
        if plain[at].strip() and not plain[at][:1].isspace():
            break
        if plain[at].strip():
            end = at + 1
    return end


def _item(before: Mark | None, topic: Topic, entry: str) -> str:
    """Write an entry as the one before it is written."""
    if before is None:
        return f"- {entry}"
    sign = before.sign
    if sign[:-1].isdigit() and not is_empty(before.rest):
        sign = f"{int(sign[:-1]) + 1}{sign[-1]}"
    box = "" if not before.box else "[x] " if topic is Topic.COMPLETED else "[ ] "
    return f"{before.indent}{sign} {box}{entry}"


def _with_section(text: str, topic: Topic, body: list[str]) -> str:
    """Put a new section before the first one that comes after it in the usual order."""
    lines = text.split("\n")
    at = _section_place(text, topic)
    if at is None or at >= len(lines):
        while lines and not lines[-1].strip():
            lines.pop()
        lead = [""] if lines else []
        return "\n".join([*lines, *lead, _heading(text, topic), "", *body, ""])
    lead = [""] if at > 0 and lines[at - 1].strip() else []
    lines[at:at] = [*lead, _heading(text, topic), "", *body, ""]
    return "\n".join(lines)


def _section_place(text: str, topic: Topic) -> int | None:
    """Return the line of the first section that belongs behind one about `topic`.

    Where session logs have such sections, that of the newest log counts.
    """
    depth = _depth(text)
    later = _ORDER[_ORDER.index(topic) + 1 :]
    behind = [s.start for s in sections(text) if s.depth == depth and s.topic in later]
    logs = session_logs(text)
    if not newest_first(logs) and logs:
        last = logs[-1]
        behind = [at for at in behind if at < logs[0].start or last.start <= at < last.end]
    return next(iter(behind), None)


def _depth(text: str) -> int:
    """Return how deep the sections about known topics stand."""
    known = [section.depth for section in sections(text) if section.topic]
    return min(known, default=2)


def _heading(text: str, topic: Topic) -> str:
    depth = _depth(text)
    return f"{topic.value}:" if depth > _HEADING else f"{'#' * depth} {topic.value}"


def _is_words(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
