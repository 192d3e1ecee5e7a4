"""`revert`: an edit, and later its undoing. Pure.

Either the opposite edit of the same file (what was put in goes out, what went out comes back), or
git taking back a file that was edited since the last commit. The opposite edit leaves no doubt and
is noted at once. Of git's undoing two are noted: single ones are normal work with branches (two or
more came in 5 % of the solved and 9 % of the failed of 500 runs of SWE-bench Verified).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import pairwise

from ..changes import Change, change_of
from ..items import Flag
from ..text import CUT
from ..thread import Thread
from ..words import change_words, code, edit_words, in_turn, plain
from . import gitundo
from .symptom import Symptom

NAME = "revert"

NOTE_GIT = 2
"""Undoings by git that are noted."""

NEAREST = 40
"""Earlier edits of the same file that an edit is compared with."""

WEIGHT = 8
"""Letters and figures that a change has at least."""

_COUNTS = re.compile(r"\+(\d+) -(\d+)")
_PRINTING = re.compile(
    r"\bprint|printf|Println|console\.\w+|dbg!|\blog(?:ger|ging)?\.|^\s*(?:echo|puts|import|//|#)"
    r"|breakpoint|var_dump|System\.out"
)
"""Lines for looking at values: they come and go, and are no approach."""

_DEBUGGING = re.compile(r"(?<![a-z])debug(?!g?able)", re.IGNORECASE)
"""Words of a change that is there to look at values as a whole."""


def reverts(thread: Thread, recent: Collection[int] | None = None) -> Iterator[Symptom]:
    """Yield what was undone, by the calls `recent` if they are given, else by any call."""
    for count, (call, undoing) in enumerate(_opposites(thread, recent), 1):
        yield _taken_back(thread, call, undoing, count)
    if recent is None or any(_may_undo(thread, call) for call in recent):
        yield from _by_git(thread, recent)


def _edits(thread: Thread, names: Collection[str] | None = None) -> list[int]:
    """Return the edits that went well, of all files or of those that are named."""
    items = thread.items
    edits = items.flagged(Flag.EDIT, 0, thread.stop)
    if names is not None:
        edits = [call for call in edits if items.head(call) in names]
    return [call for call in edits if thread.holds(call) and not thread.failed(call)]


# The opposite edit


def _opposites(thread: Thread, recent: Collection[int] | None) -> Iterator[tuple[int, int]]:
    """Yield pairs of an edit and the later one that takes it back."""
    names = None if recent is None else {thread.items.head(call) for call in recent}
    edits = _edits(thread, names)
    files: dict[str, list[int]] = defaultdict(list)
    undone: set[int] = set()
    for call in edits:
        earlier = files[thread.items.head(call)]
        if recent is None or call in recent:
            for other in reversed(earlier[-NEAREST:]):
                if other not in undone and _is_opposite(thread, other, call):
                    undone |= {other, call}
                    yield other, call
                    break
        earlier.append(call)


def _is_opposite(thread: Thread, call: int, later: int) -> bool:
    """Say whether a later edit takes an edit back; what their rows tell is asked first."""
    one, other = _counts(thread, call), _counts(thread, later)
    if one is None or other is None:
        if thread.items.size(call) != thread.items.size(later):
            return False
    elif one != other[::-1]:
        return False
    change, back = change_of(thread.diff(call)), change_of(thread.diff(later))
    return (change.old, change.new) == (back.new, back.old) and _has_weight(change)


def _counts(thread: Thread, call: int) -> tuple[str, str] | None:
    for item in (thread.answer(call), call):
        if match := _COUNTS.fullmatch(thread.items[item].meta):
            return match[1], match[2]
    return None


def _has_weight(change: Change) -> bool:
    """Say whether a change is an approach: a brace or a line that prints a value is none."""
    lines = {*change.old} ^ {*change.new}
    worth = [line for line in lines if not _PRINTING.search(line)]
    if any(map(_DEBUGGING.search, lines)):
        return False
    return sum(map(str.isalnum, "".join(worth))) >= WEIGHT


def _taken_back(thread: Thread, call: int, undoing: int, count: int) -> Symptom:
    change = change_of(thread.diff(call))
    turn, back = thread.turn(call), thread.turn(undoing)
    where = code(thread.items.head(call))
    said = (
        "by the opposite edit" if back in (None, turn) else f"by the opposite edit in turn {back}"
    )
    return Symptom(
        detector=NAME,
        what=plain(where),
        claim="was edited, then edited back",
        count=count,
        items=(call, undoing),
        approach=in_turn(f"{change_words(change.old, change.new)} in {where}", turn),
        reason=f"it was taken back {said}",
        turn=back,
    )


# Git


def _by_git(thread: Thread, recent: Collection[int] | None) -> Iterator[Symptom]:
    """Yield one finding for all that git took back, when the newest of it is recent."""
    found = list(_undone(thread, thread.calls(), set(_edits(thread))))
    if len(found) < NOTE_GIT or (recent is not None and found[-1][0] not in recent):
        return
    last, files = found[-1]
    names = list(dict.fromkeys(thread.items.head(call) for call in files))
    turn = thread.turn(last)
    command = code(gitundo.own_part(thread.command(last) or ""))
    yield Symptom(
        detector=NAME,
        what=names[0] + (f" and {len(names) - 1} more" * (len(names) > 1)),
        claim=f"was taken back with git, {len(found)}x by now",
        count=len(found),
        items=(*files, last),
        approach=in_turn(_tried(thread, files), turn),
        reason=f"it was taken back with {command}",
        turn=turn,
    )


def _tried(thread: Thread, files: list[int]) -> str:
    """Return what the edits were that git took back: the one with the most lines, and the rest."""
    largest = max(files, key=lambda call: len(thread.diff(call)))
    more = f" and {len(files) - 1} more edits" if len(files) > 2 else " and one more edit"
    return edit_words(thread, largest) + more * (len(files) > 1)


def _undone(thread: Thread, calls: list[int], edits: set[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield calls of git with the edits since the last commit that they took back."""
    standing: list[int] = []
    git = [call for call in calls if _may_undo(thread, call) and not thread.failed(call)]
    pops = {one for one, after in pairwise([*git, -1]) if _only_for_a_look(thread, one, after)}
    for call in calls:
        if call in edits:
            standing.append(call)
        command = thread.command(call) if call in git and standing else None
        if command is None:
            continue
        names = gitundo.undone_by(command, {thread.items.head(edit) for edit in standing})
        gone = [edit for edit in standing if thread.items.head(edit) in names]
        if gone and call not in pops:
            yield call, gone
            standing = [edit for edit in standing if edit not in gone]
        if gitundo.commits(command):
            standing = []


def _may_undo(thread: Thread, call: int) -> bool:
    """Say whether a call may be one of git, by its head alone: what is cut may hold anything."""
    head = thread.items.head(call)
    cut = head.endswith(CUT) and not thread.items.flags(call) & Flag.EDIT
    return cut or gitundo.speaks_of_git(head)


def _only_for_a_look(thread: Thread, call: int, after: int) -> bool:
    """Say whether a stash was brought back at once: someone looked at the tree without it."""
    command = thread.command(call) or ""
    later = (thread.command(after) or "") if after >= 0 else ""
    return gitundo.stashes(command) and (gitundo.brings_back(command) or gitundo.brings_back(later))
