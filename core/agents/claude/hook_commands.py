"""The two hooks of Claude Code that clearhead installs: what they run, and where.

Each is a small shell script in clearhead's state folder, made from a template in `core/data`. It
does nothing, silently, when its session is nobody's concern or clearhead is no longer installed.
"""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote
from typing import Any

import msgspec

from ...paths import runtime_folder, state_folder
from .hold import STEP, WAITS

_DATA = Path(__file__).parents[2] / "data"
_COMMAND = re.compile(
    r"\[ ! -r (?P<script>.+?/clearhead/claude/(?:permission|hold)\.sh'?) \]"
    r" \|\| exec /bin/sh (?P=script)"
)


class Hook(msgspec.Struct, frozen=True):
    """One hook: the client's event, the name of our script, the client's time limit in seconds."""

    event: str
    name: str
    limit: int


PERMISSION = Hook("PermissionRequest", "permission", 3600)
"""Hands a permission request to a clearhead that listens; the terminal's own dialog stays open."""

HOLD = Hook("PreToolUse", "hold", 10)
"""Lets a tool wait for the moment in which clearhead sends a prompt."""

HOOKS = (PERMISSION, HOLD)

ANSWERED_WITHIN = PERMISSION.limit - 60
"""Seconds after which the permission hook leaves the answer to the terminal."""


def script_path(hook: Hook) -> Path:
    """Return where the script lies; the settings name this place."""
    return state_folder() / "claude" / f"{hook.name}.sh"


def script(hook: Hook) -> bytes:
    """Return the script; it names a file of this installation, whose absence switches it off."""
    text = (_DATA / f"claude-{hook.name}.sh").read_text(encoding="utf-8")
    values = {
        "@WITNESS@": quote(str(Path(__file__))),
        "@MAIL@": quote(str(runtime_folder())),
        "@STEPS@": str(round(WAITS / STEP)),
        "@TENTHS@": str(ANSWERED_WITHIN * 10),
    }
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text.encode()


def entry(hook: Hook) -> dict[str, Any]:
    """Return what stands in the settings, in the list of the hook's event."""
    path = quote(str(script_path(hook)))
    command = f"[ ! -r {path} ] || exec /bin/sh {path}"
    return {"hooks": [{"type": "command", "command": command, "timeout": hook.limit}]}


def is_ours(found: object) -> bool:
    """Say whether a hook in the settings is clearhead's, of this or another version."""
    command = found.get("command") if isinstance(found, dict) else None
    return isinstance(command, str) and _COMMAND.fullmatch(command) is not None
