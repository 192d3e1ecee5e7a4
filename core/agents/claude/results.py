"""What the row of a tool result shows: how it went, in a few characters.

The result block is what the model saw; `toolUseResult` beside it is what the client knows, an
object whose fields differ by tool, or an error as a string.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from ...items import Flag
from ..fields import count, mapping, sequence, text
from .content import Block, length_of, text_of
from .desk import NOTHING
from .tools import AGENTS

_REFUSALS = (
    "The user doesn't want to proceed with this tool use",
    "The user doesn't want to take this action",
    "Permission to use ",
)
_REASON = "the user said:"
_EXIT = re.compile(r"Exit code (\d{1,5})\s*", re.ASCII)
_ERROR = re.compile(r"\s*<tool_use_error>(.*?)(?:</tool_use_error>|\Z)", re.DOTALL)
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})", re.ASCII)
_HEAD = 2_000
"""Characters of a result that are looked at for its row."""

TELLS_BEFORE_RUN = (2, 1, 330)
"""The first version known to say with a refusal whether the tool had begun to run."""

Details = dict[str, Any]


class Outcome(msgspec.Struct, frozen=True):
    """How a call went: first words and short figures, uncleaned, flags, the length of the whole."""

    head: str
    meta: str
    flags: Flag
    size: int


def outcome_of(name: str, block: Block, record: Block, version: tuple[int, ...]) -> Outcome:
    """Return the outcome of the call of tool `name` that `block` answers."""
    content = block.get("content")
    said, details = text_of(content)[:_HEAD], record.get("toolUseResult")
    failed = block.get("is_error") is True
    size = length_of(content)
    if _is_refused(said, record, failed=failed):
        reason = said.partition(_REASON)[2] if said.startswith(_REFUSALS) else said
        if _was_stopped(record, version):
            return Outcome(reason, "interrupted", Flag.FAILED, size)
        return Outcome(reason, "denied", Flag.DENIED, size)
    if failed:
        code = _EXIT.match(said)
        meta = f"exit {code[1]}" if code else "failed"
        return Outcome(_error_head(said, code), meta, Flag.FAILED, size)
    figures = _FIGURES.get(name)
    meta = figures(mapping(details)) if figures and isinstance(details, dict) else ""
    return Outcome(said, meta, NOTHING, size)


def version_of(version: Any) -> tuple[int, ...]:
    """Return a client's version as numbers, empty when it is none."""
    found = _VERSION.match(text(version))
    return tuple(map(int, found.groups())) if found else ()


def patch_counts(patch: Any) -> tuple[int, int]:
    """Return how many lines a `structuredPatch` adds and removes."""
    lines = [line for hunk in sequence(patch) for line in sequence(mapping(hunk).get("lines"))]
    signs = [text(line)[:1] for line in lines]
    return signs.count("+"), signs.count("-")


def _is_refused(said: str, record: Block, *, failed: bool) -> bool:
    return bool(text(record.get("toolDenialKind"))) or (failed and said.startswith(_REFUSALS))


def _was_stopped(record: Block, version: tuple[int, ...]) -> bool:
    """Say whether a refusal was an interrupt of the running tool, where the client tells."""
    return (
        version >= TELLS_BEFORE_RUN
        and record.get("toolDenialKind") == "user-rejected"
        and record.get("toolDenialBeforeRun") is not True
    )


def _error_head(said: str, code: re.Match[str] | None) -> str:
    error = _ERROR.match(said)
    return said[code.end() :] if code else error[1] if error else said


def _shell(details: Details) -> str:
    if details.get("interrupted") is True:
        return "interrupted"
    if text(details.get("backgroundTaskId")):
        return "in background"
    return text(details.get("returnCodeInterpretation")) or "ok"


def _read(details: Details) -> str:
    file = mapping(details.get("file"))
    lines = count(file.get("numLines"))
    if lines is not None:
        return _counted(lines, "line")
    kind = text(details.get("type"))
    return kind.replace("_", " ") if kind != "text" else ""


def _edit(details: Details) -> str:
    added, removed = patch_counts(details.get("structuredPatch"))
    return f"+{added} -{removed}" if added or removed else ""


def _write(details: Details) -> str:
    if details.get("type") == "create":
        return f"new, {_counted(len(text(details.get('content')).splitlines()), 'line')}"
    return _edit(details)


def _grep(details: Details) -> str:
    if details.get("mode") == "count":
        hits = count(details.get("numMatches"))
    elif details.get("mode") == "content":
        hits = count(details.get("numLines"))
    else:
        return _files(details)
    return "" if hits is None else _counted(hits, "hit")


def _files(details: Details) -> str:
    found = count(details.get("numFiles"))
    return "" if found is None else _counted(found, "file")


def _agent(details: Details) -> str:
    if details.get("isAsync") is True:
        return "in background"
    tools, tokens = count(details.get("totalToolUseCount")), count(details.get("totalTokens"))
    told = (
        None if tools is None else _counted(tools, "tool"),
        None if tokens is None else _thousands(tokens),
    )
    return ", ".join(filter(None, told))


def _fetch(details: Details) -> str:
    code = count(details.get("code"))
    return f"{code} {text(details.get('codeText'))}".strip() if code else ""


def _answers(details: Details) -> str:
    return "; ".join(filter(None, map(text, mapping(details.get("answers")).values())))


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _thousands(number: int) -> str:
    return f"{number / 1000:.1f}k" if number >= 1000 else str(number)


_FIGURES: dict[str, Callable[[Details], str]] = {
    **dict.fromkeys(AGENTS, _agent),
    "AskUserQuestion": _answers,
    "Bash": _shell,
    "Edit": _edit,
    "Glob": _files,
    "Grep": _grep,
    "MultiEdit": _edit,
    "PowerShell": _shell,
    "Read": _read,
    "WebFetch": _fetch,
    "Write": _write,
}
