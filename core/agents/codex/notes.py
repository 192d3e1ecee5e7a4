"""The quiet lines of a rollout: reviews, goals, warnings, what hooks put in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from ...events import AnyEvent, Noted
from ...items import Kind
from ..fields import count, mapping, sequence, text
from .lines import Line, Payload
from .memory import Memory


class Note(msgspec.Struct, frozen=True):
    """One quiet line: what it is about, and its whole text."""

    name: str
    said: str


def note_of(line: Line) -> Note | None:
    """Return the note a line is worth."""
    maker = _MAKERS.get(line.kind)
    note = maker(line.payload) if maker else None
    return note if note and note.said.strip() else None


def noted(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a line that is worth a note."""
    note = note_of(line)
    if note is not None:
        yield Noted(at=line.at, item=memory.item(line, Kind.NOTE, note.said, name=note.name))


def goal_noted(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read the thread's goal; its figures change all the time, the note only with its words."""
    note = note_of(line)
    if note is not None and note.said != memory.goal:
        memory.goal = note.said
        yield from noted(memory, line)


def _review_begun(payload: Payload) -> Note:
    target = mapping(payload.get("target"))
    told = (payload.get("user_facing_hint"), target.get("instructions"), target.get("type"))
    return Note("review", next(filter(None, map(text, told)), "begun"))


def _review_over(payload: Payload) -> Note:
    output = mapping(payload.get("review_output"))
    findings = [mapping(finding) for finding in sequence(output.get("findings"))]
    parts = [text(output.get("overall_explanation"))]
    parts += [f"- {text(f.get('title'))}\n  {text(f.get('body'))}" for f in findings]
    return Note("review over", "\n".join(filter(None, parts)) or "no findings")


def _goal(payload: Payload) -> Note:
    goal = mapping(payload.get("goal"))
    status = text(goal.get("status"))
    return Note("goal", f"{text(goal.get('objective'))} ({status})" if status else "")


def _hook(payload: Payload) -> Note:
    fragments = (mapping(fragment) for fragment in sequence(payload.get("fragments")))
    return Note("hook", "\n".join(filter(None, (text(f.get("text")) for f in fragments))))


def _warning(payload: Payload) -> Note:
    return Note("warning", text(payload.get("message")))


def _undone(payload: Payload) -> Note:
    return Note("undo", text(payload.get("message")) or "changes undone")


def _rerouted(payload: Payload) -> Note:
    return Note("model", f"{text(payload.get('from_model'))} → {text(payload.get('to_model'))}")


def _slept(payload: Payload) -> Note:
    seconds = (count(payload.get("duration_ms")) or 0) / 1000
    return Note("sleep", f"{seconds:g} s")


_MAKERS: dict[str, Callable[[Payload], Note]] = {
    "event_msg/deprecation_notice": _warning,
    "event_msg/entered_review_mode": _review_begun,
    "event_msg/exited_review_mode": _review_over,
    "event_msg/guardian_warning": _warning,
    "event_msg/model_reroute": _rerouted,
    "event_msg/thread_goal_updated": _goal,
    "event_msg/undo_completed": _undone,
    "event_msg/warning": _warning,
    "item_completed/EnteredReviewMode": _review_begun,
    "item_completed/ExitedReviewMode": _review_over,
    "item_completed/HookPrompt": _hook,
    "item_completed/Sleep": _slept,
}

NOTES = frozenset(_MAKERS) - {"event_msg/thread_goal_updated"}
"""The kinds of lines that are worth a note each time."""
