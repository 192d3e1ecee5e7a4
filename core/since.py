"""Since you left: what a session did while nobody looked. Pure, but for the bodies it loads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

import msgspec

from .agents.base import Body
from .evidence import committed, is_test
from .items import Flag, Item, Kind
from .thread import Thread
from .transcript import View

MOST = 4_000
"""Items that are looked at; who was away for longer reads the transcript."""

TESTED = 40
"""Shell commands of a span whose text is loaded, the newest first."""

Load = Callable[[int], Body | None]


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """What came in a session after a moment. `files` are those that were changed, newest first.

    `tests` counts runs of the tests, `tests_failed` says how the last one went, `None` without
    one. `asked` are prompts of people and programs. `more` is true where the span is longer than
    what is looked at, so that every count is at least what it says.
    """

    turns: int = 0
    calls: int = 0
    failed: int = 0
    files: tuple[str, ...] = ()
    edits: int = 0
    tests: int = 0
    tests_failed: bool | None = None
    commits: tuple[str, ...] = ()
    compactions: int = 0
    errors: tuple[str, ...] = ()
    last_said: str = ""
    more: bool = False


def happened(view: View, load: Load, since: float) -> Happened:
    """Return what came in a session after `since` (epoch seconds)."""
    items, stop = view.items, view.snapshot.items_seen
    start = _first_after(view, since)
    found = [
        (number, items[number])
        for number in range(start, stop)
        if not items.flags(number) & Flag.SIDECHAIN
    ]
    thread = Thread(view, load)
    calls = [number for number, item in found if item.kind is Kind.TOOL_CALL]
    edits = [n for n in calls if items.flags(n) & Flag.EDIT and not thread.failed(n)]
    tests, commits = _shells(thread, calls)
    return Happened(
        turns=sum(item.kind is Kind.PROMPT for _, item in found),
        calls=len(calls),
        failed=sum(thread.failed(call) for call in calls),
        files=tuple(dict.fromkeys(PurePath(items.head(n)).name for n in reversed(edits))),
        edits=len(edits),
        tests=len(tests),
        tests_failed=thread.failed(tests[-1]) if tests else None,
        commits=commits,
        compactions=sum(item.kind is Kind.COMPACTION for _, item in found),
        errors=tuple(dict.fromkeys(i.head for _, i in found if i.kind is Kind.ERROR)),
        last_said=next((i.head for _, i in reversed(found) if i.kind is Kind.SAID), ""),
        more=stop - start >= MOST,
    )


def _first_after(view: View, since: float) -> int:
    """Return the first item after a moment; those without a time belong to their neighbour."""
    items, stop = view.items, view.snapshot.items_seen
    first = stop
    for number in range(stop - 1, max(-1, stop - 1 - MOST), -1):
        item: Item = items[number]
        if item.at is not None and item.at <= since:
            break
        first = number
    return first


def _shells(thread: Thread, calls: list[int]) -> tuple[list[int], tuple[str, ...]]:
    """Return the calls that ran tests, and the commits that were made, oldest first."""
    tests: list[int] = []
    commits: list[str] = []
    for call in reversed(calls[-TESTED:]):
        command = thread.command(call)
        if command is None:
            continue
        if is_test(command):
            tests.insert(0, call)
        if "commit" in command and not thread.failed(call):
            commit, subject = committed(thread.body(thread.answer(call)).text)
            if commit:
                commits.insert(0, f"{commit} {subject}")
    return tests, tuple(commits)
