"""Tool calls and their answers, as the lines of a rollout tell them."""

from __future__ import annotations

from collections.abc import Iterator

from ...events import AnyEvent, Noted, ToolCalled, ToolReturned
from ...items import NONE, Flag, Kind
from ..fields import text
from .answers import Answer, answer_of, outcome_of
from .calls import Call, call_of, command_in
from .lines import Line
from .memory import NO_FLAG, OPEN, Memory, OpenCall

USER_SHELL = "user_shell"


def called(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a call whose answer comes in a line of its own."""
    call = call_of(line)
    if call is None:
        return
    call_id = text(line.payload.get("call_id")) or text(line.payload.get("id")) or _own_id(line)
    memory.calls[call_id] = OpenCall(memory.items, call.name, call.patch is not None)
    while len(memory.calls) > OPEN:
        del memory.calls[next(iter(memory.calls))]
    yield _call_event(memory, line, call, call_id)


def called_at_once(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a call that the vendor's server made and that is told when it is over."""
    call = call_of(line)
    if call is None:
        return
    call_id, parent = text(line.payload.get("id")) or _own_id(line), memory.items
    yield _call_event(memory, line, call, call_id)
    status = text(line.payload.get("status"))
    failed = Flag.FAILED if status == "failed" else NO_FLAG
    item = memory.item(
        line, Kind.TOOL_RESULT, status, part=1, name=call.name, parent=parent, flags=failed
    )
    yield ToolReturned(at=line.at, item=item, call_id=call_id)


def answered(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read the answer to a call; it goes where the call is, if the call was seen."""
    call_id = text(line.payload.get("call_id"))
    call = memory.calls.pop(call_id, None) or OpenCall(NONE, "")
    answer = answer_of(line.payload, call.outcome)
    meta = "" if call.edit and answer.meta == "ok" else answer.meta
    item = memory.item(
        line,
        Kind.TOOL_RESULT,
        answer.said,
        name=call.name,
        meta=meta,
        parent=call.item,
        flags=_flags(answer),
    )
    yield ToolReturned(at=line.at, item=item, call_id=call_id)


def ended(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read how a call ended, told by an event before the call's own answer comes.

    A command that the person typed with "!" has no call; it is a note.
    """
    call = memory.calls.get(text(line.payload.get("call_id")) or text(line.payload.get("id")))
    if call is not None:
        call.outcome = outcome_of(line.payload)
    elif line.payload.get("source") == USER_SHELL:
        said = f"! {command_in(line.payload.get('command'))}"
        yield Noted(at=line.at, item=memory.item(line, Kind.NOTE, said, name="command"))


def _call_event(memory: Memory, line: Line, call: Call, call_id: str) -> ToolCalled:
    memory.turns.worked = True
    patch = call.patch
    item = memory.item(
        line,
        Kind.TOOL_CALL,
        call.head,
        name=call.name,
        meta=patch.counts if patch else "",
        size=len(call.given),
        flags=Flag.EDIT if patch else NO_FLAG,
    )
    return ToolCalled(at=line.at, item=item, call_id=call_id)


def _flags(answer: Answer) -> Flag:
    if answer.denied:
        return Flag.DENIED
    return Flag.FAILED if answer.failed else NO_FLAG


def _own_id(line: Line) -> str:
    """Name a call that has no id by its place."""
    return f"at {line.span.offset}"
