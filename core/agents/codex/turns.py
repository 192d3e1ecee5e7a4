"""Turns of a rollout: how they begin and end, compactions inside them, and going back."""

from __future__ import annotations

from collections.abc import Iterator

from ...events import (
    AnyEvent,
    CallFailed,
    Compacted,
    Ended,
    Interrupted,
    Noted,
    Retried,
    Rewound,
    TurnEnded,
    TurnStarted,
)
from ...items import Flag, Kind
from ...text import one_line
from ..fields import count, mapping, text
from .lines import Line
from .memory import Memory, Turns
from .talk import forget
from .usage import window_told
from .words import summary_of

MANUAL, AUTO = "manual", "auto"

SUPERSEDED = 8
"""How many turns without an end are remembered; the newest ones may still get theirs."""


def started(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read the start of a turn, which may replace one whose end is never told."""
    turns, turn = memory.turns, text(line.payload.get("turn_id"))
    if turns.current is not None:
        turns.superseded = [*turns.superseded, turns.current][-SUPERSEDED:]
    turns.current, turns.worked, turns.told = turn, False, ""
    turns.fill = memory.totals.fill
    yield TurnStarted(at=line.at)
    yield from window_told(memory, line.at, line.payload.get("model_context_window"))


def completed(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read the end of a turn, in success or in failure."""
    if not _ends(memory, line):
        return
    error = mapping(line.payload.get("error"))
    if error:
        yield from failed(memory, line)
    yield TurnEnded(at=line.at, how=Ended.FAILED if error else Ended.COMPLETED)


def aborted(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read that a turn was broken off, by the person or by a newer turn."""
    if not _ends(memory, line):
        return
    reason = text(line.payload.get("reason"))
    if reason in {"", "interrupted"}:
        item = memory.item(line, Kind.INTERRUPT, "interrupted")
        yield Interrupted(at=line.at, item=item)
    elif reason != "replaced":
        said = f"turn broken off: {reason.replace('_', ' ')}"
        yield Noted(at=line.at, item=memory.item(line, Kind.NOTE, said, name="turn"))
    yield TurnEnded(at=line.at, how=Ended.INTERRUPTED)


def failed(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read that a call to the model failed for good."""
    item = memory.item(line, Kind.ERROR, error_words(line), flags=Flag.FAILED)
    yield CallFailed(at=line.at, item=item)


def retried(_memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read that a stream broke and is tried again."""
    yield Retried(at=line.at, reason=one_line(text(line.payload.get("message")), 200))


def compacted(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read the record of a compaction; the signals around it tell the same one.

    Who asked for it shows only later when nothing happened in the turn before: a turn that ends
    at once was `/compact`, one that goes on was about to overflow. The call that writes the
    summary is not what filled the context.
    """
    turns = memory.turns
    told, turns.told = turns.told, "record"
    if told == "signal":
        turns.told = ""
        return
    turns.before = _fill_before(memory, text(line.payload.get("compaction_response_id")))
    summary = summary_of(text(line.payload.get("message")))
    turns.compaction = memory.item(line, Kind.COMPACTION, summary)
    if turns.current is None:
        yield from compaction_told(memory, None)
    elif turns.worked:
        yield from compaction_told(memory, AUTO)


def compaction_signalled(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a signal that the context was compacted; counts where no record told it."""
    turns = memory.turns
    if turns.told:
        return
    turns.told, turns.before = "signal", _fill_before(memory, "")
    turns.compaction = memory.item(line, Kind.COMPACTION, "")
    in_work = turns.worked and turns.current is not None
    yield from compaction_told(memory, AUTO if in_work else None)


def compaction_told(memory: Memory, trigger: str | None) -> Iterator[AnyEvent]:
    """Give out the compaction that was held back until its trigger showed."""
    item, memory.turns.compaction = memory.turns.compaction, None
    if item is not None:
        yield Compacted(at=item.at, item=item, trigger=trigger, before=memory.turns.before)


def rolled_back(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read that the person went back some turns; what followed is left behind."""
    turns, back = memory.turns, count(line.payload.get("num_turns")) or 0
    if not back or not turns.starts:
        return
    left = turns.starts[-back:]
    del turns.starts[-back:]
    first, turns.branch, turns.branches = left[0], turns.branches, turns.branches + 1
    memory.totals.fill = first.fill
    yield Rewound(
        at=line.at, branch=turns.branch, parent=first.branch, cut=first.item, fill=first.fill
    )


def error_words(line: Line) -> str:
    """Return the message of an error, in an event of its own or at the end of a turn."""
    error = mapping(line.payload.get("error")) or line.payload
    return text(error.get("message")) or "the call failed"


def _fill_before(memory: Memory, summarising: str) -> int | None:
    """Return what the context held before the call that wrote the summary, if there was one.

    Newer versions name that call; else, in a turn without work, it was the only one.
    """
    turns, totals = memory.turns, memory.totals
    if summarising and summarising == totals.response:
        return totals.fill_before
    return turns.fill if turns.current is not None and not turns.worked else totals.fill


def _ends(memory: Memory, line: Line) -> bool:
    """Say whether an end concerns the turn that runs, and close it."""
    turns, turn = memory.turns, text(line.payload.get("turn_id"))
    if turn and turn != turns.current and turn in turns.superseded:
        turns.superseded.remove(turn)
        return False
    _close(turns)
    forget(memory)
    return True


def _close(turns: Turns) -> None:
    turns.current, turns.worked, turns.told = None, False, ""
