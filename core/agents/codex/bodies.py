"""The whole text of one item, taken from its record again."""

from __future__ import annotations

from typing import Any

import msgspec

from ...items import Kind, Span
from ...text import clean
from ..base import Body, DiffLine
from ..fields import text
from ..records import Record
from .about import CONTINUED
from .answers import answer_of
from .calls import Call, call_of, command_in
from .lines import Line, line_of
from .notes import note_of
from .turns import error_words
from .words import reasoning_words, summary_of, user_words, words

MARKDOWN = "markdown"
_SPOKEN = {Kind.PROMPT, Kind.SAID, Kind.THOUGHT, Kind.NOTE}


def body_of(record: Record, span: Span, kind: Kind) -> Body:
    """Return the body of the item at `span`; says so when the record holds no such item."""
    line = line_of(record)
    if kind is Kind.TOOL_CALL:
        call = call_of(line)
        return _missing(kind) if call is None else _call_body(call)
    if kind is Kind.TOOL_RESULT:
        return Body(kind, clean(_result(line, span)))
    if kind is Kind.COMPACTION:
        return _text(kind, summary_of(text(line.payload.get("message"))), "Codex wrote no summary.")
    if kind is Kind.ERROR:
        return Body(kind, clean(error_words(line)))
    if kind is Kind.INTERRUPT:
        return Body(kind, "The turn was interrupted.")
    if kind in _SPOKEN:
        return _text(kind, _spoken(line), "this record holds no words")
    return _missing(kind)


def _call_body(call: Call) -> Body:
    if call.patch is not None:
        diff = tuple(DiffLine(row.side, clean(row.text), row.number) for row in call.patch.lines)
        return Body(Kind.TOOL_CALL, clean(call.given), diff=diff)
    if call.is_command:
        return Body(Kind.TOOL_CALL, clean(call.given), "bash")
    pretty = _pretty(call.given)
    return Body(Kind.TOOL_CALL, clean(pretty or call.given), "json" if pretty else None)


def _result(line: Line, span: Span) -> str:
    if span.part or line.payload.keys().isdisjoint(("output", "tools")):
        return text(line.payload.get("status"))
    return answer_of(line.payload).said


def _spoken(line: Line) -> str:
    """Return what a message, a thought or a note says."""
    payload, what = line.payload, line.kind.rpartition("/")[2]
    if what == "session_meta":
        return CONTINUED
    if what == "user_message":
        return user_words(payload)
    if what in {"reasoning", "Reasoning"}:
        return reasoning_words(payload)
    if "content" in payload:
        return words(payload["content"])
    note = note_of(line)
    if note is not None:
        return note.said
    if "command" in payload:
        return _own_command(payload)
    return text(payload.get("message")) or text(payload.get("text"))


def _own_command(payload: dict[str, Any]) -> str:
    """Return a command that the person typed with "!", and what it printed."""
    printed = text(payload.get("aggregated_output")) or text(payload.get("stdout"))
    return f"! {command_in(payload.get('command'))}\n{printed}".strip()


def _pretty(given: str) -> str:
    """Return arguments as indented JSON, "" when they are none."""
    if not given.lstrip().startswith(("{", "[")):
        return ""
    try:
        return msgspec.json.format(given, indent=2)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""


def _text(kind: Kind, said: str, otherwise: str) -> Body:
    if not said.strip():
        return Body(kind, missing=otherwise)
    language = MARKDOWN if kind in {Kind.SAID, Kind.THOUGHT, Kind.COMPACTION} else None
    return Body(kind, clean(said), language)


def _missing(kind: Kind) -> Body:
    return Body(kind, missing="this record holds no such item")
