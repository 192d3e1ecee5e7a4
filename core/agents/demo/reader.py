"""Turns the demo's records into events; the smallest reader there is."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ... import events as ev
from ...items import NONE, Flag, Item, Kind, Span
from ...problems import Unreadable
from ...text import clean, one_line
from ..records import Record
from . import format as fmt

_EDITS = {"Edit", "Write"}
_PLAIN = Flag(0)
_ARGUMENTS = ("command", "file_path", "path", "pattern", "description", "prompt")


class _Memory(msgspec.Struct):
    """What the reader must remember: how many items, open calls, the fill, the window."""

    items: int = 0
    calls: dict[str, int] = {}
    subagents: dict[str, int] = {}


class DemoReader:
    """Reads one transcript of the demo."""

    def __init__(self) -> None:
        self._memory = _Memory()

    def read(self, record: Record) -> Iterable[ev.AnyEvent]:
        """Return the events of one record."""
        try:
            entry = msgspec.convert(record.value, fmt.AnyEntry)
        except msgspec.ValidationError as error:
            kind = record.value.get("type")
            if isinstance(kind, str) and "Invalid value" in str(error):
                yield ev.RecordSkipped(type=one_line(kind, 40))
            else:
                problem = Unreadable(f"A record is not as it should be: {error}.")
                yield ev.ProblemMet(report=problem.report(record.line))
            return
        for event in self._events(entry, record.span):
            if ev.item_of(event) is not None:
                self._memory.items += 1
            yield event

    def freeze(self) -> bytes:
        """Return the reader's memory."""
        return msgspec.msgpack.encode(self._memory)

    def thaw(self, memory: bytes) -> None:
        """Take up a memory that `freeze` gave out."""
        self._memory = msgspec.msgpack.decode(memory, type=_Memory)

    def _events(self, entry: fmt.AnyEntry, span: Span) -> Iterable[ev.AnyEvent]:
        match entry:
            case fmt.Session():
                return self._session(entry)
            case fmt.State():
                return self._state(entry)
            case fmt.Prompt():
                item = _item(Kind.PROMPT, span, entry.text, entry.at, flags=Flag.HUMAN)
                return [ev.Prompted(at=entry.at, item=item)]
            case fmt.Thought() | fmt.Said():
                return self._spoken(entry, span)
            case fmt.ToolCall():
                return self._called(entry, span)
            case fmt.ToolResult():
                return self._returned(entry, span)
            case fmt.Usage():
                return [_usage(entry)]
            case _:
                return _others(entry, span)

    def _session(self, entry: fmt.Session) -> Iterable[ev.AnyEvent]:
        yield ev.Described(
            at=entry.at,
            session_id=clean(entry.id),
            cwd=clean(entry.cwd),
            branch=clean(entry.branch),
            model=clean(entry.model),
            title=one_line(entry.title),
            title_rank=2,
        )
        yield ev.WindowReported(at=entry.at, window=entry.window)

    def _state(self, entry: fmt.State) -> Iterable[ev.AnyEvent]:
        if entry.status is fmt.Status.IDLE:
            yield ev.TurnEnded(at=entry.at)

    def _spoken(self, entry: fmt.Thought | fmt.Said, span: Span) -> Iterable[ev.AnyEvent]:
        kind = Kind.SAID if isinstance(entry, fmt.Said) else Kind.THOUGHT
        item = _item(kind, span, entry.text, entry.at, flags=_side(entry.subagent))
        make = ev.Said if kind is Kind.SAID else ev.Thought
        yield make(at=entry.at, item=item, agent_id=entry.subagent or None)

    def _called(self, entry: fmt.ToolCall, span: Span) -> Iterable[ev.AnyEvent]:
        self._memory.calls[entry.id] = self._memory.items
        flags = _side(entry.subagent) | (Flag.EDIT if entry.name in _EDITS else _PLAIN)
        item = _item(Kind.TOOL_CALL, span, argument(entry), entry.at, name=entry.name, flags=flags)
        agent = entry.subagent or None
        yield ev.ToolCalled(at=entry.at, item=item, call_id=entry.id, agent_id=agent)

    def _returned(self, entry: fmt.ToolResult, span: Span) -> Iterable[ev.AnyEvent]:
        parent = self._memory.calls.pop(entry.id, NONE)
        flags = _side(entry.subagent) | _failed(entry)
        item = msgspec.structs.replace(
            _item(Kind.TOOL_RESULT, span, entry.output, entry.at, flags=flags),
            parent=parent,
            meta=outcome(entry),
        )
        agent = entry.subagent or None
        yield ev.ToolReturned(at=entry.at, item=item, call_id=entry.id, agent_id=agent)


def _item(
    kind: Kind, span: Span, text: str, at: float, *, name: str = "", flags: Flag = _PLAIN
) -> Item:
    return Item(
        kind, span, one_line(text), at=at, name=one_line(name, 40), size=len(text), flags=flags
    )


def _failed(entry: fmt.ToolResult) -> Flag:
    if entry.denied:
        return Flag.DENIED
    return Flag.FAILED if entry.is_error else _PLAIN


def _side(subagent: str) -> Flag:
    return Flag.SIDECHAIN if subagent else _PLAIN


def argument(entry: fmt.ToolCall) -> str:
    """Return what a call is about: its command, its file, its pattern."""
    for name in _ARGUMENTS:
        if name in entry.input:
            return str(entry.input[name])
    return next((str(value) for value in entry.input.values()), "")


def outcome(entry: fmt.ToolResult) -> str:
    """Return in a word or two what came of a call."""
    if entry.denied:
        return "denied"
    if entry.diff is not None:
        lines = entry.diff.split("\n")
        added = sum(line.startswith("+") and not line.startswith("+++") for line in lines)
        removed = sum(line.startswith("-") and not line.startswith("---") for line in lines)
        return f"+{added} -{removed}"
    if entry.exit is not None:
        return "ok" if entry.exit == 0 else f"exit {entry.exit}"
    count = entry.output.count("\n") + bool(entry.output and not entry.output.endswith("\n"))
    return "failed" if entry.is_error else f"{count} line{'' if count == 1 else 's'}"


def _usage(entry: fmt.Usage) -> ev.UsageReported:
    return ev.UsageReported(
        at=entry.at,
        model=clean(entry.model),
        tokens=entry.tokens,
        fill=None if entry.subagent else entry.tokens.prompt,
        agent_id=entry.subagent or None,
        usd=entry.usd,
    )


def _others(entry: fmt.AnyEntry, span: Span) -> Iterable[ev.AnyEvent]:
    match entry:
        case fmt.Compacted():
            item = _item(Kind.COMPACTION, span, f"compacted, {entry.trigger}", entry.at)
            yield ev.Compacted(
                at=entry.at,
                item=item,
                trigger=clean(entry.trigger),
                before=entry.before,
                after=entry.after,
            )
        case fmt.Interrupted():
            item = _item(Kind.INTERRUPT, span, "interrupted by a person", entry.at)
            yield ev.Interrupted(at=entry.at, item=item)
        case fmt.Retried():
            reason = one_line(entry.reason)
            yield ev.Retried(at=entry.at, attempt=entry.attempt, limit=entry.limit, reason=reason)
        case fmt.Ended():
            yield ev.TurnEnded(at=entry.at)
        case _:
            return
