"""Paragraphs whose source was broken at some width, put together again. Pure.

Markdown calls every line break inside a paragraph a blank, but agents also write lines that are
meant to stand alone ("File: a.py"). So only such lines are joined as somebody wrapped: the first
word of the next one would not have fitted any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .reel import Reel

LEAST = 40
"""Characters of a paragraph's longest line below which nobody wraps prose."""

MOST = 200
"""Lines of one paragraph that are looked at."""

Goes = Callable[[str], bool]
"""Says whether a line goes on with the paragraph before it."""


def joined(first: str, source: Reel[str], goes_on: Goes) -> str:
    """Take the lines that `first` was wrapped into and return all as one."""
    lines = [first, *_following(source, goes_on)]
    count = _wrapped(lines)
    for _ in lines[count:]:
        source.put_back()
    return " ".join([lines[0].rstrip(), *(line.strip() for line in lines[1:count])])


def _following(source: Reel[str], goes_on: Goes) -> list[str]:
    """Take the lines of a paragraph after its first."""
    lines: list[str] = []
    for raw in source:
        if len(lines) == MOST or not raw.strip() or not goes_on(raw):
            source.put_back()
            break
        lines.append(raw)
    return lines


def _wrapped(lines: Sequence[str]) -> int:
    """Return how many of the lines, from the first on, are one that somebody wrapped."""
    width = max(len(line.rstrip()) for line in lines)
    if width < LEAST:
        return 1
    count = 1
    while count < len(lines) and _full(lines[count - 1], lines[count], width):
        count += 1
    return count


def _full(line: str, following: str, width: int) -> bool:
    """Say whether the next word had no room on a line where no break was asked for."""
    if line.endswith(("  ", "\\")):
        return False
    return len(line.rstrip()) + 1 + len(following.split(None, 1)[0]) > width
