"""The blocks of one record → events: what was said, thought, called and answered."""

from __future__ import annotations

from collections.abc import Iterator

from ...events import (
    AnyEvent,
    CallFailed,
    Interrupted,
    Noted,
    Prompted,
    Said,
    Thought,
    ToolCalled,
    ToolReturned,
)
from ...items import Flag, Kind
from ...text import one_line
from ..fields import mapping, text
from .content import Block, length_of, text_of
from .desk import NOTHING, Desk, Line
from .limits import limit_in
from .prompts import Voice, Words
from .results import outcome_of
from .tools import flags_of, head_of, meta_of, shown_name, size_of

CALLS = {"mcp_tool_use", "server_tool_use", "tool_use"}
_SILENT = {"fallback", "redacted_thinking"}
_EMPTY_REPLY = "No response requested."
"""What the client itself puts where a reply was not asked for."""


def reply(desk: Desk, line: Line, cwd: str) -> Iterator[AnyEvent]:
    """Yield what the agent did in one of its lines."""
    for part, block in enumerate(line.blocks):
        kind = text(block.get("type"))
        if kind == "text":
            yield from _said(desk, line, part, text(block.get("text")))
        elif kind == "thinking":
            yield from _thought(desk, line, part, text(block.get("thinking")))
        elif kind in CALLS:
            yield _called(desk, line, part, block, cwd)
        elif kind.endswith("_tool_result"):
            yield _returned(desk, line, part, block, ())
        elif kind and kind not in _SILENT:
            yield Noted(at=line.at, item=desk.item(line, Kind.NOTE, kind, part=part, name="block"))


def failure(desk: Desk, line: Line) -> Iterator[AnyEvent]:
    """Yield a call to the model that failed for good, as the client puts it."""
    said = text_of(line.blocks)
    error = one_line(text(line.value.get("error")), 60)
    item = desk.item(line, Kind.ERROR, said, name=error, size=len(said), flags=Flag.FAILED)
    yield CallFailed(at=line.at, item=item, agent_id=line.agent_id)
    limit = limit_in(said, line.at)
    if limit is not None:
        yield limit


def results(desk: Desk, line: Line, version: tuple[int, ...]) -> Iterator[AnyEvent]:
    """Yield the answers to tool calls in a `user` record."""
    for part, block in enumerate(line.blocks):
        if block.get("type") == "tool_result":
            yield _returned(desk, line, part, block, version)


_KINDS = {
    Voice.PERSON: Kind.PROMPT,
    Voice.PROGRAM: Kind.PROMPT,
    Voice.NOTE: Kind.NOTE,
    Voice.SUMMARY: Kind.SUMMARY,
    Voice.INTERRUPT: Kind.INTERRUPT,
}


def spoken(desk: Desk, line: Line, words: Words, *, to_subagent: bool = False) -> AnyEvent:
    """Return the event of one voice in a `user` record or a queued command.

    What a sub-agent is told comes from its parent, whatever it looks like.
    """
    kind = _KINDS[words.voice]
    human = words.voice is Voice.PERSON and not to_subagent and line.agent_id is None
    flags = Flag.HUMAN if human else NOTHING
    item = desk.item(
        line,
        kind,
        words.text.strip("[]\n ") if kind is Kind.INTERRUPT else words.text,
        part=words.part,
        name=words.name,
        size=words.size,
        flags=flags,
    )
    if kind is Kind.PROMPT:
        return Prompted(at=line.at, item=item, human=human, agent_id=line.agent_id)
    if kind is Kind.INTERRUPT and line.agent_id is None:
        return Interrupted(at=line.at, item=item)
    return Noted(at=line.at, item=item)


def _said(desk: Desk, line: Line, part: int, said: str) -> Iterator[AnyEvent]:
    if said.strip() and said != _EMPTY_REPLY:
        item = desk.item(line, Kind.SAID, said, part=part, size=len(said))
        yield Said(at=line.at, item=item, agent_id=line.agent_id)


def _thought(desk: Desk, line: Line, part: int, thought: str) -> Iterator[AnyEvent]:
    if thought.strip():
        item = desk.item(line, Kind.THOUGHT, thought, part=part, size=len(thought))
        yield Thought(at=line.at, item=item, agent_id=line.agent_id)


def _called(desk: Desk, line: Line, part: int, block: Block, cwd: str) -> ToolCalled:
    tool, given = text(block.get("name")), mapping(block.get("input"))
    call_id = one_line(text(block.get("id"))) or f"at {line.span.offset}, {part}"
    item = desk.item(
        line,
        Kind.TOOL_CALL,
        head_of(tool, given, cwd),
        part=part,
        name=shown_name(tool),
        meta=meta_of(tool, given),
        size=size_of(given),
        flags=flags_of(tool),
    )
    desk.opened(call_id, tool)
    return ToolCalled(at=line.at, item=item, call_id=call_id, agent_id=line.agent_id)


def _returned(
    desk: Desk, line: Line, part: int, block: Block, version: tuple[int, ...]
) -> ToolReturned:
    call_id = one_line(text(block.get("tool_use_id")))
    parent, tool = desk.answered(call_id)
    outcome = outcome_of(tool, block, line.value, version)
    item = desk.item(
        line,
        Kind.TOOL_RESULT,
        outcome.head,
        part=part,
        name=shown_name(tool),
        meta=outcome.meta,
        parent=parent,
        size=outcome.size or length_of(block.get("content")),
        flags=outcome.flags,
    )
    return ToolReturned(at=line.at, item=item, call_id=call_id, agent_id=line.agent_id)
