"""The two hooks of Claude Code that clearhead installs: what they run, and where.

Each is a small shell script in clearhead's state folder, made from a template in `core/data`. It
does nothing, silently, when its session is nobody's concern or clearhead is no longer installed.
"""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote, split
from typing import Any

import msgspec

from ...packaged import packaged
from ...paths import make_runtime_folder, runtime_folder, safe_folder, state_folder

WAITS = 1.0
"""Seconds that the hold's hook waits at most."""

STEP = 0.05
"""Seconds between two looks of that hook."""

_MAIL = re.compile(r"^mail=(.+)$", re.MULTILINE)
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
    text = packaged(f"claude-{hook.name}.sh").read_text(encoding="utf-8")
    values = {
        "@WITNESS@": quote(str(Path(__file__))),
        "@MAIL@": quote(str(runtime_folder())),
        "@STEPS@": str(round(WAITS / STEP)),
        "@TENTHS@": str(ANSWERED_WITHIN * 10),
    }
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text.encode()


def mail_folder() -> Path:
    """Return the folder that the installed hooks look into, else the one they would be given.

    Over ssh the runtime folder can be another one than where the hooks were installed.

    Raises:
        UnsafeFolder: others could reach into it.
    """
    try:
        told = _MAIL.search(script_path(HOLD).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        told = None
    words = split(told[1]) if told else []
    return safe_folder(Path(words[0])) if words else make_runtime_folder()


def entry(hook: Hook) -> dict[str, Any]:
    """Return what stands in the settings, in the list of the hook's event."""
    path = quote(str(script_path(hook)))
    command = f"[ ! -r {path} ] || exec /bin/sh {path}"
    return {"hooks": [{"type": "command", "command": command, "timeout": hook.limit}]}


def is_ours(found: object) -> bool:
    """Say whether a hook in the settings is clearhead's, of this or another version."""
    command = found.get("command") if isinstance(found, dict) else None
    return isinstance(command, str) and _COMMAND.fullmatch(command) is not None
