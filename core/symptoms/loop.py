"""`loop.exact`: the same call with the same result, again and again. Pure.

A repeat counts only when tool, arguments and result are equal: rules that do not look at the
result take a test run after every edit, or a poll, for a loop. Three in 20 calls are noted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise

import msgspec

from ..items import Flag
from ..thread import Thread
from ..words import call_words, error_words, in_turn, plain
from .symptom import WINDOW, Symptom

NAME = "loop.exact"

NOTE = 3
"""Repeats that are noted: gemini-cli waits for 5 in a row and OpenHands for 4, but within 20 calls
3 already part failed runs from solved ones by a factor of two, with fewer than one note in ten runs
(measured on 500 runs of SWE-bench Verified)."""

_POLLS = re.compile(
    r"\b(?:sleep|watch|wait|tail|top|ps|pgrep|jobs|date|status|ping|health|healthz|logs|until)\b"
    r"|\bgh +(?:run|pr) +(?:view|list|checks|watch)\b|\bkubectl +get\b|\bdocker +ps\b"
)
_POLLING_TOOLS = re.compile(
    r"sleep|status|wait|poll|scroll|output|stdin|monitor|todo|plan|screenshot|snapshot",
    re.IGNORECASE,
)
_CHANGING = re.compile(
    r"\b\d+(?:[.,]\d+)?\s?(?:ms|s|sec|secs|seconds?|min|minutes?|µs|us|ns)\b"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?\b|\b20\d\d-\d\d-\d\d\b|\b0x[0-9a-f]{4,}\b",
    re.IGNORECASE,
)


def loops(thread: Thread, calls: Sequence[int]) -> Iterator[Symptom]:
    """Yield the loops among the calls of one turn: what a person says begins the count anew."""
    for group in _alike(thread, calls):
        found = _densest(group, calls)
        if len(found) >= NOTE:
            yield _symptom(thread, found)


def _alike(thread: Thread, calls: Sequence[int]) -> Iterator[list[int]]:
    """Yield groups of calls that are equal with their results; only candidates are loaded."""
    items = thread.items
    rough: dict[Hashable, list[int]] = defaultdict(list)
    for call in calls:
        rough[items.name(call), items.head(call), items.size(call)].append(call)
    for group in rough.values():
        if len(group) < NOTE or _POLLING_TOOLS.search(items.name(group[0])):
            continue
        exact: dict[Hashable, list[int]] = defaultdict(list)
        for call in group:
            exact[_key(thread, call)].append(call)
        if not _POLLS.search(thread.command(group[0]) or ""):
            for same in exact.values():
                yield from _unproductive(thread, same, calls)


def _key(thread: Thread, call: int) -> Hashable:
    """Return what must be equal: arguments in one order, and the result without times."""
    answer = thread.answer(call)
    given, got = thread.body(call), thread.body(answer)
    told = _CHANGING.sub("", got.text) if got.missing is None else str(answer)
    return _canonical(given.text, given.language), given.diff, told, got.diff


def _canonical(text: str, language: str | None) -> bytes | str:
    if language != "json":
        return text.strip()
    try:
        return msgspec.json.encode(msgspec.json.decode(text), order="sorted")
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return text


def _unproductive(thread: Thread, same: list[int], calls: Sequence[int]) -> Iterator[list[int]]:
    """Part equal calls that went well where a file was edited between: those check new work."""
    if thread.failed(same[0]):
        yield same
        return
    edits = [call for call in calls if thread.items.flags(call) & Flag.EDIT]
    run = same[:1]
    for before, call in pairwise(same):
        if any(before < edit < call for edit in edits):
            yield run
            run = []
        run.append(call)
    yield run


def _densest(group: list[int], calls: Sequence[int]) -> list[int]:
    """Return the most members of `group` that stand within one window of calls, the last such."""
    place = {call: number for number, call in enumerate(calls)}
    best: list[int] = []
    start = 0
    for end, call in enumerate(group):
        while place[call] - place[group[start]] >= WINDOW:
            start += 1
        if end + 1 - start >= len(best):
            best = group[start : end + 1]
    return best


def _symptom(thread: Thread, found: list[int]) -> Symptom:
    last = found[-1]
    what, turn = call_words(thread, last), thread.turn(last)
    error = error_words(thread, last)
    tried = f"{what}, {error}" if error else what
    return Symptom(
        detector=NAME,
        what=_short(thread, last),
        claim=f"gave the same result {len(found)}x",
        count=len(found),
        items=tuple(found),
        approach=in_turn(tried, turn),
        reason=f"the same result {len(found)} times",
        turn=turn,
    )


def _short(thread: Thread, call: int) -> str:
    """Return tool and command for a row of the screen."""
    words = plain(call_words(thread, call))
    name = thread.items.name(call)
    return words if words.startswith(name) else f"{name} {words}"
