"""Does a process still run, and is it the one that was meant? Numbers are given out again.

Linux tells through `/proc`; elsewhere psutil is asked, and loaded only then.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

PROC = Path("/proc")

_STATE, _PARENT, _START = 0, 1, 19
"""Places of fields 3, 4 and 22 of `/proc/PID/stat` behind the program's name."""

LEEWAY = 2.0
"""Seconds by which the clocks of a program and of the system may differ."""

_GENERATIONS = 64


class Process(msgspec.Struct, frozen=True):
    """A running process: its parent, and its start as the system counts it.

    `start` is good for comparing only (clock ticks since boot). `born` is epoch seconds, `None`
    where that takes more than a look.
    """

    pid: int
    parent: int
    start: str | None = None
    born: float | None = None


def process(pid: int) -> Process | None:
    """Return the process `pid`; `None` when there is none, or when it only waits to be reaped."""
    if pid <= 0:
        return None
    if (PROC / "self" / "stat").exists():
        return _from_stat(pid)
    return _from_psutil(pid)


def same(pid: int, *, start: str | None, seen_at: float | None) -> bool:
    """Say whether `pid` runs and is the process that was registered under that number.

    `start` is what the registration says of its start, as `/proc` counts. Without it, a process
    that was born after `seen_at` (epoch seconds, when it was registered) is another one.
    """
    found = process(pid)
    if found is None:
        return False
    if start and start.isdigit() and found.start is not None:
        return found.start == start
    born = found.born if found.born is not None else born_at(pid)
    return born is None or seen_at is None or born <= seen_at + LEEWAY


def stopped(pid: int) -> bool:
    """Say whether a process is held by a signal or a debugger, so that it hears nothing."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[_STATE] in "Tt"


def born_at(pid: int) -> float | None:
    """Return when a process was born, in epoch seconds; `None` when it has gone."""
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def ancestors(pid: int) -> Iterator[int]:
    """Yield the parent of a process, its parent, and so on."""
    for _ in range(_GENERATIONS):
        found = process(pid)
        if found is None or found.parent <= 0:
            return
        pid = found.parent
        yield pid


def _from_stat(pid: int) -> Process | None:
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        fields = text.rpartition(")")[2].split()
        state, parent, start = fields[_STATE], int(fields[_PARENT]), fields[_START]
    except (OSError, IndexError, ValueError):
        return None
    return None if state in "ZXx" else Process(pid, parent, start)


def _from_psutil(pid: int) -> Process | None:
    import psutil

    try:
        found = psutil.Process(pid)
        if found.status() == psutil.STATUS_ZOMBIE:
            return None
        return Process(pid, found.ppid() or 0, born=found.create_time())
    except psutil.Error:
        return None
