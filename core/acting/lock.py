"""One writer for each session: a lock that names its holder and dies with it.

The system drops the lock when its process ends, however it ends: there are no stale ones.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from ..paths import make_folder
from ..problems import Problem
from ..storage import not_saved

_ODD = re.compile(r"[^A-Za-z0-9._-]")


class Holder(msgspec.Struct, frozen=True):
    """Who drives a session: its process, what it is in words, since when (epoch seconds)."""

    pid: int
    what: str
    since: float


class SessionTaken(Problem):
    """Another process drives the session."""

    title = "Someone else drives this session"


class SessionLock:
    """The right to drive one session, held until `release` or the end of the process."""

    def __init__(self, handle: int, path: Path) -> None:
        self._handle: int | None = handle
        self.path = path

    @classmethod
    def take(cls, folder: Path, agent: str, session_id: str, what: str) -> SessionLock:
        """Take the lock of a session; `what` says in words who holds it.

        Raises:
            SessionTaken: another process holds it; it is named.
            NotSaved: the lock cannot be written.
        """
        path = folder / f"{agent}-{_ODD.sub('_', session_id)}.lock"
        try:
            make_folder(folder)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise not_saved(path, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise taken(holder(path)) from error
        me = msgspec.json.encode(Holder(os.getpid(), what, time.time()))
        os.ftruncate(handle, 0)
        os.pwrite(handle, me, 0)
        return cls(handle, path)

    def release(self) -> None:
        """Give the right back."""
        if self._handle is not None:
            with suppress(OSError):
                os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None


def holder(path: Path) -> Holder | None:
    """Return who a lock names; `None` when it names nobody."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return None


def taken(by: Holder | None) -> SessionTaken:
    """Return the problem that `by` drives the session."""
    if by is None:
        return SessionTaken("Another clearhead drives it.", remedy="Act there.")
    since = time.strftime("%H:%M", time.localtime(by.since))
    return SessionTaken(
        f"{by.what} (process {by.pid}) drives it since {since}.",
        remedy="Act there, or end that process first.",
    )
