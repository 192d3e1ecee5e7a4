"""How a thread stands by its rollout alone: which turn runs, which call is open. Pure.

It is the proof for a Codex without a background server, where nothing else tells.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from ..fields import mapping, sequence, text, text_or_none
from .calls import Call, call_of, decoded
from .lines import Line

KEPT = 32
"""Prompts, ended turns and open calls that are remembered, each."""


class OpenCall(msgspec.Struct, frozen=True):
    """A call without an answer; `cwd` where it says so, `at` in epoch seconds."""

    id: str
    call: Call
    cwd: str | None
    at: float | None


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """A thread as its rollout tells it.

    `since` is when the turn began or the last one ended (epoch seconds). `ended` has the outcomes
    of turns, oldest first; `prompts`, `compactions` and `endings` only grow.
    """

    turn: str | None = None
    since: float | None = None
    calls: tuple[OpenCall, ...] = ()
    prompts: tuple[str, ...] = ()
    said: int = 0
    ended: tuple[str, ...] = ()
    endings: int = 0
    compactions: int = 0
    model: str | None = None

    def took(self, words: str, before: Course, same: Callable[[str, str], bool]) -> bool:
        """Say whether a prompt with these words was added since `before`."""
        new = self.said - before.said
        return new > 0 and any(same(prompt, words) for prompt in self.prompts[-new:])


def told(course: Course, line: Line) -> Course:
    """Return the course after a line of the rollout."""
    take = _TAKERS.get(line.kind)
    if take is not None:
        return take(course, line)
    call = call_of(line)
    return course if call is None else _called(course, line, call)


def _begun(course: Course, line: Line) -> Course:
    return replace(course, turn=text(line.payload.get("turn_id")) or "?", since=line.at)


def _over(course: Course, line: Line) -> Course:
    outcome = "interrupted" if line.kind.endswith("turn_aborted") else "completed"
    return replace(
        course,
        turn=None,
        since=line.at,
        calls=(),
        ended=(*course.ended, outcome)[-KEPT:],
        endings=course.endings + 1,
    )


def _said(course: Course, line: Line) -> Course:
    parts = (text(mapping(part).get("text")) for part in sequence(line.payload.get("content")))
    prompts = (*course.prompts, "\n".join(parts))[-KEPT:]
    return replace(course, prompts=prompts, said=course.said + 1)


def _compacted(course: Course, _: Line) -> Course:
    return replace(course, compactions=course.compactions + 1)


def _in_context(course: Course, line: Line) -> Course:
    return replace(course, model=text_or_none(line.payload.get("model")) or course.model)


def _called(course: Course, line: Line, call: Call) -> Course:
    given = decoded(line.payload.get("arguments"))
    cwd = text_or_none(given.get("workdir")) or text_or_none(given.get("cwd"))
    new = OpenCall(text(line.payload.get("call_id")), call, cwd, line.at)
    return replace(course, calls=(*course.calls, new)[-KEPT:])


def _answered(course: Course, line: Line) -> Course:
    done = text(line.payload.get("call_id"))
    return replace(course, calls=tuple(call for call in course.calls if call.id != done))


_TAKERS: dict[str, Callable[[Course, Line], Course]] = {
    "event_msg/task_started": _begun,
    "event_msg/task_complete": _over,
    "event_msg/turn_aborted": _over,
    "item_completed/UserMessage": _said,
    "response_item/function_call_output": _answered,
    "response_item/custom_tool_call_output": _answered,
    "compacted": _compacted,
    "turn_context": _in_context,
}
