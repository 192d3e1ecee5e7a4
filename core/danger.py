"""Words in a command that deserve a second look, with what they do in plain words. Pure.

The patterns are data (`data/dangers.toml`). They mark what they know and nothing else: a command
without a mark is not safe, and nothing here says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache

import msgspec

from .packaged import packaged

LOOKED_AT = 50_000
"""Characters of a command that are looked at; nobody reads more before they answer."""


class Level(StrEnum):
    """How much a mark weighs."""

    HIGH = "high"
    NOTE = "note"


class Danger(msgspec.Struct, frozen=True):
    """A stretch of a text that is marked: `start` and `end` are indices, `reason` says why."""

    level: Level
    reason: str
    start: int = 0
    end: int = 0


class _Pattern(msgspec.Struct, frozen=True, rename={"where": "in"}, forbid_unknown_fields=True):
    level: Level
    pattern: str
    reason: str
    where: str = "command"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    danger: tuple[_Pattern, ...]


def dangers(command: str) -> tuple[Danger, ...]:
    """Return what is marked in a command, in its order; where marks meet, the heavier stays."""
    looked_at = command[:LOOKED_AT]
    taken, kept = bytearray(len(looked_at)), []
    for one in sorted(_found(looked_at, "command"), key=lambda one: one.level is Level.NOTE):
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = bytes([1]) * (one.end - one.start)
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.start))


def path_dangers(path: str) -> tuple[Danger, ...]:
    """Return what is to be known of a file that would be changed, by its path alone."""
    return tuple(_found(path, "path"))


def reasons(found: tuple[Danger, ...]) -> tuple[Danger, ...]:
    """Return each reason once, the high ones first."""
    heavy_first = sorted(found, key=lambda one: one.level is Level.NOTE)
    unique = {(one.level, one.reason): one for one in reversed(heavy_first)}
    return tuple(one for one in heavy_first if unique[one.level, one.reason] is one)


def known() -> int:
    """Return how many patterns are looked for in a command."""
    return len(_patterns("command"))


def _found(text: str, where: str) -> Iterator[Danger]:
    for pattern, known_ in _patterns(where):
        for match in pattern.finditer(text):
            yield Danger(known_.level, known_.reason, match.start(), match.end())


@cache
def _patterns(where: str) -> tuple[tuple[re.Pattern[str], _Pattern], ...]:
    every = msgspec.toml.decode(packaged("dangers.toml").read_bytes(), type=_File).danger
    return tuple(
        (re.compile(_with_blanks(one.pattern), re.MULTILINE), one)
        for one in every
        if one.where == where
    )


def _with_blanks(pattern: str) -> str:
    """Let a blank stand for blanks, also where a line is continued on the next one."""
    return pattern.replace(" ", r"(?:[^\S\n]|\\\n){1,20}")
