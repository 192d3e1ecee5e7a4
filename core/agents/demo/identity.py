"""Who a process is: its number and its start, since numbers are given out again."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import psutil

_STATE, _START = 0, 19
"""Places of state (field 3) and start (field 22) in `/proc/PID/stat` after the program's name."""


class Identity(msgspec.Struct, frozen=True):
    """A process. `start` is its start as the system counts it: only good for comparing."""

    pid: int
    start: str


def identify(pid: int) -> Identity | None:
    """Return the identity of the process `pid`, `None` when it has ended."""
    stat = _stat(pid)
    if stat:
        return None if stat[_STATE] in "ZX" else Identity(pid, stat[_START])
    try:
        process = psutil.Process(pid)
        ended = process.status() == psutil.STATUS_ZOMBIE
        return None if ended else Identity(pid, f"{process.create_time():.2f}")
    except psutil.Error:
        return None


def myself() -> Identity:
    """Return the identity of this process."""
    identity = identify(os.getpid())
    assert identity is not None
    return identity


def lives(identity: Identity) -> bool:
    """Say whether this very process still runs."""
    return identify(identity.pid) == identity


def _stat(pid: int) -> list[str]:
    """Return the fields of `/proc/PID/stat` after the name, none where there is no such file."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
