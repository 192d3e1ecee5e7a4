"""Completing `@file`: the word at the cursor, and the files that fit it best. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

SHOWN = 6
"""Files that are offered at once."""

_MENTION = re.compile(r"(?:^|(?<=[\s(\"'`]))@(\S*)$")


class Mention(NamedTuple):
    """A word that begins with `@`: the column after the sign, and what was typed so far."""

    start: int
    typed: str


def mention_at(line: str, column: int) -> Mention | None:
    """Return the mention that is being typed at a column of a line; `None` when there is none."""
    found = _MENTION.search(line[:column])
    return None if found is None else Mention(found.start(1), found[1])


def fitting(files: Sequence[str], typed: str, most: int = SHOWN) -> tuple[str, ...]:
    """Return the files that fit what was typed, the best first; case counts for nothing.

    A name that begins with it comes before one that holds it, then a path that holds it, then one
    that holds its letters in that order.
    """
    wanted = typed.lower()
    if not wanted:
        return tuple(files[:most])
    tiers = _tiers(files, wanted)
    found = [file for tier in tiers for file in sorted(tier, key=_short_first)]
    if len(found) < most:
        found += _scattered(files, wanted, set(found))
    return tuple(found[:most])


def _tiers(files: Iterable[str], wanted: str) -> tuple[list[str], list[str], list[str]]:
    begins: list[str] = []
    holds: list[str] = []
    path: list[str] = []
    for file in files:
        lower = file.lower()
        if wanted in lower:
            name = lower.rpartition("/")[2]
            tier = begins if name.startswith(wanted) else holds if wanted in name else path
            tier.append(file)
    return begins, holds, path


def _scattered(files: Iterable[str], wanted: str, known: set[str]) -> Iterator[str]:
    letters = re.compile(".*?".join(map(re.escape, wanted)), re.IGNORECASE)
    found = (file for file in files if file not in known and letters.search(file))
    return iter(sorted(islice(found, 200), key=_short_first))


def _short_first(file: str) -> tuple[int, str]:
    return len(file), file
