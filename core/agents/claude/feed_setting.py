"""The feed in the text of a settings file: find it, put it in, take it out.

A person's own status-line command keeps its bytes: only what stands before it changes.
"""

from __future__ import annotations

import json

from . import settings_text as edit
from .feed_command import THEN, lead_in_of, wrapped

STATUS_LINE = "statusLine"


def command_in(text: str) -> str | None:
    """Return the status-line command, `None` when there is no status line.

    Raises:
        ValueError: there is one, but of a kind that could not be kept working.
    """
    settings = edit.parse(text)
    if STATUS_LINE not in settings:
        return None
    found = settings[STATUS_LINE]
    command = found.get("command") if isinstance(found, dict) else None
    if not isinstance(command, str) or found.get("type") != "command":
        raise ValueError(f"`{STATUS_LINE}` is there, but it is not a command")
    return command


def has_feed(text: str) -> bool:
    """Say whether the status-line command feeds clearhead."""
    command = command_in(text)
    return command is not None and lead_in_of(command) is not None


def own_command(text: str) -> str | None:
    """Return the person's own part of the status-line command, `None` when there is none."""
    command = command_in(text)
    lead_in = lead_in_of(command) if command is not None else None
    if command is None or lead_in is None:
        return command
    return command[len(lead_in) :] if lead_in.endswith(THEN) else None


def with_feed(text: str) -> str:
    """Return the settings with the feed before the person's own status line, or alone."""
    command = wrapped(own_command(text))
    if edit.member(text, STATUS_LINE) is None:
        return edit.with_member(text, STATUS_LINE, {"type": "command", "command": command})
    return _with_lead_in(text, lead_in_of(command) or "")


def without_feed(text: str) -> str:
    """Return the settings without the feed; nothing else changes."""
    if not has_feed(text):
        return text
    if own_command(text) is not None:
        return _with_lead_in(text, "")
    line = edit.member(text, STATUS_LINE)
    return edit.without_member(text, line) if line else text


def _with_lead_in(text: str, lead_in: str) -> str:
    """Return `text` with another lead-in before the person's own part of the command."""
    line = edit.member(text, STATUS_LINE)
    place = edit.member(text, "command", line.value) if line else None
    if place is None:
        return text
    old = _literal(lead_in_of(command_in(text) or "") or "")
    own = text[place.value + 1 : place.end].removeprefix(old)
    return f'{text[: place.value]}"{_literal(lead_in)}{own}{text[place.end :]}'


def _literal(part: str) -> str:
    """Return part of a string as it stands inside the quotes of JSON."""
    return json.dumps(part, ensure_ascii=False)[1:-1]
