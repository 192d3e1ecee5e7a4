"""Claude Code's live registry: one small file for each running process, `sessions/<pid>.json`.

The client does not write it in one step, does not remove it when it is killed, and puts another
session id into it at `/clear`. So it is read anew each time, and never trusted without a look at
the process.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import msgspec

from ...problems import Report, Unreadable
from ...text import one_line
from ..base import State, Waiting
from ..fields import count, number, text
from ..folders import refused
from ..processes import ancestors, process, same
from .portrait import path_text
from .results import version_of

PAUSE = 0.005
"""Seconds until a torn file is read a second time."""

LARGEST = 1_000_000
"""Bytes of a file that are read; real ones have about 600."""

_NAME = re.compile(r"\d{1,10}\.json")
_NO_SESSION = {"daemon", "daemon-worker"}
"""Kinds of processes that serve sessions of others."""

_STATES = {
    "busy": State.BUSY,
    "idle": State.IDLE,
    "shell": State.IDLE,
    "waiting": State.WAITING,
}
"""`shell`: the agent is idle while a command of its own runs on."""

_WAITING = {
    "dialog open": Waiting.DIALOG,
    "input needed": Waiting.INPUT,
    "permission prompt": Waiting.PERMISSION,
    "sandbox request": Waiting.PERMISSION,
    "worker request": Waiting.PERMISSION,
}
_PLACES = {
    "claude-desktop": "desktop app",
    "claude-vscode": "VS Code",
    "sdk-cli": "claude -p",
    "sdk-py": "Python SDK",
    "sdk-ts": "TypeScript SDK",
}


class Live(msgspec.Struct, frozen=True):
    """What a running client says of itself; times are epoch seconds.

    `state` is `None` when it says nothing: before the first turn, and in old versions.
    """

    pid: int
    session_id: str
    cwd: str | None = None
    name: str | None = None
    version: str | None = None
    state: State | None = None
    waiting_for: Waiting | None = None
    since: float | None = None
    started_at: float | None = None
    place: str | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The version as numbers, empty when it is unknown."""
        return version_of(self.version)


class Registry(msgspec.Struct, frozen=True):
    """What one registry folder holds; `exists` is false for clients that keep none.

    `foreign` are sessions of processes that cannot be seen from here, as those in a container.
    """

    exists: bool
    live: tuple[Live, ...] = ()
    foreign: frozenset[str] = frozenset()
    reports: tuple[Report, ...] = ()


def read_registry(folder: Path) -> Registry:
    """Return the running clients that are registered below a configuration folder."""
    sessions = folder / "sessions"
    try:
        paths = sorted(path for path in sessions.iterdir() if _NAME.fullmatch(path.name))
    except FileNotFoundError:
        return Registry(exists=False)
    except OSError as error:
        return Registry(exists=True, reports=(refused(sessions, error),))
    live: list[Live] = []
    foreign, reports = set(), []
    for path in paths:
        try:
            entry = _read(path)
        except (OSError, ValueError) as error:
            if not isinstance(error, FileNotFoundError):
                reports.append(_unreadable(path, error))
            continue
        found = _live(int(path.stem), entry)
        if found is None:
            continue
        if same(found.pid, start=text(entry.get("procStart")), seen_at=found.started_at):
            live.append(found)
        elif _elsewhere(entry):
            foreign.add(found.session_id)
    return Registry(
        exists=True, live=tuple(live), foreign=frozenset(foreign), reports=tuple(reports)
    )


def rival(folder: Path, session_id: str | None, own: int) -> Live | None:
    """Return another running client on the same session than the process `own`, if there is one.

    The client lets two processes resume one session: their records branch.
    """
    found = (one for one in read_registry(folder).live if one.session_id == session_id)
    return next((one for one in found if own not in (one.pid, *ancestors(one.pid))), None)


def named(other: Live) -> str:
    """Return why nothing is sent to a session on which another client is too."""
    place = f" in {other.place}" if other.place else ""
    return f"Process {other.pid}{place} writes to this session too; what is sent would branch off."


def _read(path: Path) -> dict[str, Any]:
    """Return one entry; a file half written is read a second time, and one left so is empty."""
    entry = _entry(path)
    if entry is None:
        time.sleep(PAUSE)
        entry = _entry(path)
    if entry is None and process(int(path.stem)) is not None:
        raise ValueError("it is not complete")
    return entry or {}


def _entry(path: Path) -> dict[str, Any] | None:
    with path.open("rb") as file:
        data = file.read(LARGEST)
    try:
        entry = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _live(pid: int, entry: dict[str, Any]) -> Live | None:
    session_id = one_line(text(entry.get("sessionId")), 200)
    if not session_id or text(entry.get("kind")) in _NO_SESSION:
        return None
    status = text(entry.get("status"))
    state = _STATES.get(status, State.UNKNOWN) if status else None
    waiting = _WAITING.get(text(entry.get("waitingFor"))) if state is State.WAITING else None
    own_name = text(entry.get("name")) if entry.get("nameSource") != "derived" else ""
    return Live(
        pid=pid,
        session_id=session_id,
        cwd=path_text(text(entry.get("cwd"))) or None,
        name=one_line(own_name) or None,
        version=one_line(text(entry.get("version")), 60) or None,
        state=state,
        waiting_for=waiting,
        since=_seconds(entry.get("statusUpdatedAt")) or _seconds(entry.get("updatedAt")),
        started_at=_seconds(entry.get("startedAt")),
        place=_place(entry),
    )


def _elsewhere(entry: dict[str, Any]) -> bool:
    """Say whether a process was registered from another pid namespace than ours."""
    told = re.search(r"pid:\[\d+\]\Z", text(entry.get("pidDomain")))
    try:
        ours = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return False
    return told is not None and told[0] != ours


def _place(entry: dict[str, Any]) -> str | None:
    """Say where the client is seen: a tmux pane, another program, the background."""
    pane = one_line(text(entry.get("tmux")), 120)
    if pane:
        return f"tmux {pane}"
    if text(entry.get("kind")) == "bg":
        return "background"
    return _PLACES.get(text(entry.get("entrypoint")))


def _seconds(milliseconds: Any) -> float | None:
    found = number(milliseconds) if count(milliseconds) else None
    return None if found is None else found / 1000


def _unreadable(path: Path, error: Exception) -> Report:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return Unreadable(f"{path}: {reason}.", remedy="The other sessions are shown.").report()
