"""The quiet lines of a transcript: which `system` records and attachments are worth one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from ..fields import count, mapping, sequence, text
from .content import Block
from .prompts import command_of, inside

Maker = Callable[[Block], str]

_TAGS = 200
"""Characters at the start of a local command that may hold its tags."""


class Note(msgspec.Struct, frozen=True):
    """One quiet line: what it is about, and its whole text."""

    name: str
    text: str


def system_note(record: Block) -> Note | None:
    """Return the note a `system` record is worth."""
    if record.get("subtype") == "local_command":
        return _local_command(_content(record))
    return _note(_SYSTEM, text(record.get("subtype")), record)


def attachment_note(record: Block) -> Note | None:
    """Return the note an attachment is worth; most are the client's own reminders."""
    attachment = mapping(record.get("attachment"))
    return _note(_ATTACHMENTS, text(attachment.get("type")), attachment)


def plain_note(record: Block) -> Note | None:
    """Return the note a record outside the conversation is worth: a pull request, a preview."""
    return _note(_PLAIN, text(record.get("type")), record)


def api_reason(error: Block) -> str:
    """Return why the vendor's server refused a call, without anything that names the account."""
    connection = mapping(error.get("connection"))
    kind = text(error.get("type")) or text(
        mapping(mapping(error.get("error")).get("error")).get("type")
    )
    told = (text(error.get("formatted")), kind, text(connection.get("code")))
    status = count(error.get("status"))
    reason = next(filter(None, told), "")
    return reason if status is None or str(status) in reason else f"{status} {reason}".strip()


def _note(makers: Mapping[str, tuple[str, Maker]], kind: str, record: Block) -> Note | None:
    known = makers.get(kind)
    said = known[1](record).strip() if known else ""
    return Note(known[0], said) if known and said else None


def _content(record: Block) -> str:
    return text(record.get("content"))


def _local_command(said: str) -> Note | None:
    if "<command-name>" in said[:_TAGS]:
        return Note("command", command_of(said))
    output = inside(said)
    return Note("output", output) if output else None


def _error(record: Block) -> str:
    return api_reason(mapping(record.get("error"))) or _content(record)


def _hook(attachment: Block) -> str:
    reason = mapping(attachment.get("blockingError")).get("blockingError")
    said = text(reason) or text(attachment.get("stderr")) or text(attachment.get("content"))
    return f"{text(attachment.get('hookName'))}: {said.strip()}" if said.strip() else ""


def _decision(attachment: Block) -> str:
    return f"{text(attachment.get('hookEvent')) or 'a hook'}: {text(attachment.get('decision'))}"


def _path(attachment: Block) -> str:
    path = text(attachment.get("displayPath")) or text(attachment.get("filename"))
    return path or text(attachment.get("path"))


def _skills(attachment: Block) -> str:
    return ", ".join(
        text(mapping(skill).get("name")) for skill in sequence(attachment.get("skills"))
    )


def _pull_request(record: Block) -> str:
    number = count(record.get("prNumber"))
    return " ".join(filter(None, (f"#{number}" if number else "", text(record.get("prUrl")))))


def _preview(record: Block) -> str:
    return " ".join(filter(None, (text(record.get("title")), text(record.get("frameUrl")))))


_SYSTEM: dict[str, tuple[str, Maker]] = {
    "api_refusal": ("refused", _content),
    "error": ("error", _error),
    "informational": ("note", _content),
    "model_refusal_fallback": ("refused", _content),
}
_ATTACHMENTS: dict[str, tuple[str, Maker]] = {
    "compact_file_reference": ("file", _path),
    "edited_text_file": ("changed", _path),
    "file": ("file", _path),
    "hook_blocking_error": ("hook", _hook),
    "hook_non_blocking_error": ("hook", _hook),
    "hook_permission_decision": ("hook", _decision),
    "hook_system_message": ("hook", _hook),
    "invoked_skills": ("skill", _skills),
    "nested_memory": ("memory", _path),
}
_PLAIN: dict[str, tuple[str, Maker]] = {
    "frame-link": ("preview", _preview),
    "pr-link": ("pull request", _pull_request),
}

NOTED_SYSTEM = {*_SYSTEM, "local_command"}
"""The subtypes of `system` records that can be a note."""

NOTED_PLAIN = frozenset(_PLAIN)
"""The records outside the conversation that can be a note."""

QUIET_SYSTEM = frozenset({"session_start"})
"""Known subtypes of `system` records that hold nothing a person would read here."""

QUIET_PLAIN = frozenset(
    {
        "api-request",
        "api-request-blob",
        "api-request-shape",
        "atis-latch",
        "bridge-session",
        "cost-state",
        "file-history-delta",
        "file-history-snapshot",
        "mode",
        "result",
        "started",
        "tools-used",
        "worktree-state",
    }
)
"""Known records outside the conversation that hold nothing a person would read here."""
