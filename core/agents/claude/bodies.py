"""The whole text of one item, made when it becomes visible; the transcript keeps it until then."""

from __future__ import annotations

import msgspec

from ...items import Kind, Span
from ...text import clean
from ..base import Body, DiffLine
from ..fields import mapping, text
from ..records import Record
from .content import Block, blocks_of, message_of, text_of
from .diffs import LONGEST, diff_of_call, diff_of_result
from .notes import attachment_note, plain_note, system_note
from .prompts import Voice, queued_words, words_of
from .speech import CALLS
from .tools import EDITS

_SHELLS = {"Bash": "bash", "Monitor": "bash", "PowerShell": "powershell"}
_PATHS = ("file_path", "notebook_path")


def body_of(record: Record, span: Span, kind: Kind) -> Body:
    """Return the text of the item that `span` names by its block in a record."""
    value = record.value
    if kind in {Kind.PROMPT, Kind.NOTE, Kind.SUMMARY, Kind.INTERRUPT}:
        return _spoken(value, span.part, kind)
    if kind is Kind.COMPACTION:
        return Body(kind, cut(text(value.get("content")) or "Conversation compacted"))
    blocks = blocks_of(message_of(value).get("content"))
    if kind is Kind.ERROR:
        return Body(kind, cut("\n\n".join(filter(None, (text_of(blocks), _details(value))))))
    block = blocks[span.part] if span.part < len(blocks) else {}
    if kind is Kind.TOOL_CALL:
        return _call(block)
    if kind is Kind.TOOL_RESULT:
        return _result(block, value)
    said = text(block.get("thinking" if kind is Kind.THOUGHT else "text"))
    return Body(kind, cut(said), language="markdown")


def cut(whole: str) -> str:
    """Return a text cleaned and bounded, and say how much was left out."""
    left = len(whole) - LONGEST
    shown = clean(whole[:LONGEST])
    return f"{shown}\n… cut here: {left:,} more characters" if left > 0 else shown


def _spoken(value: Block, part: int, kind: Kind) -> Body:
    """Return words of a `user` record, a queued command, or a note."""
    language = "markdown" if kind in {Kind.PROMPT, Kind.SUMMARY} else None
    if value.get("type") == "user":
        blocks = blocks_of(message_of(value).get("content"))
        found = {words.part: words for words in words_of(value, blocks)}
        words = found.get(part)
        if words is None:
            return Body(kind, missing="this record says nothing")
        wrapped = words.voice is Voice.PROGRAM and words.name and part < len(blocks)
        return Body(kind, cut(text_of([blocks[part]]) if wrapped else words.text), language)
    if value.get("type") == "assistant":
        blocks = blocks_of(message_of(value).get("content"))
        return Body(kind, cut(_json(blocks[part] if part < len(blocks) else {})), "json")
    queued = queued_words(value)
    if queued:
        return Body(kind, cut(queued[0].text), language)
    note = system_note(value) or attachment_note(value) or plain_note(value)
    if note is not None and not _attached(value):
        return Body(kind, cut(note.text))
    return Body(kind, cut(_attached(value)) or cut(_json(value)), None)


def _attached(value: Block) -> str:
    """Return the text of a file or a memory file that was put into the context."""
    content = mapping(value.get("attachment")).get("content")
    inner = mapping(content)
    file = mapping(inner.get("file"))
    return text(file.get("content")) or text(inner.get("content"))


def _details(value: Block) -> str:
    """Return what the client kept of a failed call, without the account's headers."""
    details = value.get("errorDetails")
    return details if isinstance(details, str) else ""


def _call(block: Block) -> Body:
    tool, given = text(block.get("name")), mapping(block.get("input"))
    if text(block.get("type")) not in CALLS:
        return Body(Kind.TOOL_CALL, missing="this record holds no call here")
    return call_body(tool, given)


def call_body(tool: str, given: Block) -> Body:
    """Return what a tool is asked to do: the whole command, the diff of an edit, else its input."""
    if tool in EDITS:
        return _edit(Kind.TOOL_CALL, given, diff_of_call(tool, given))
    command = text(given.get("command"))
    if tool in _SHELLS and command:
        return Body(Kind.TOOL_CALL, cut(command), _SHELLS[tool])
    if tool == "ExitPlanMode" and text(given.get("plan")):
        return Body(Kind.TOOL_CALL, cut(text(given.get("plan"))), "markdown")
    return Body(Kind.TOOL_CALL, cut(_json(given)), "json")


def _edit(kind: Kind, given: Block, diff: tuple[DiffLine, ...]) -> Body:
    path = next(filter(None, (text(given.get(key)) for key in _PATHS)), "")
    return Body(kind, cut(path), diff=diff)


def _result(block: Block, value: Block) -> Body:
    details = mapping(value.get("toolUseResult"))
    diff = () if block.get("is_error") is True else diff_of_result(details)
    if diff:
        return Body(Kind.TOOL_RESULT, cut(text(details.get("filePath"))), diff=diff)
    content = block.get("content")
    said = text_of(content)
    prose = "agentId" in details and not details.get("isAsync")
    return Body(Kind.TOOL_RESULT, cut(said), "markdown" if prose else None)


def _json(value: Block) -> str:
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=2).decode("utf-8", "replace")
    except (ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        return "This cannot be shown: it is nested too deep, or holds numbers without end."
