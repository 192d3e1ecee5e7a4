"""Does a process belong to an agent's session? Such a one may look, never act. Best effort.

An agent runs as the same user as the person, so this keeps out mistakes and simple tricks, not
every attacker: a process can leave its parents and clear its environment.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..agents.processes import PROC, ancestors

MARKS = ("CLAUDECODE=1", "CODEX_SANDBOX=", "CODEX_THREAD_ID=")
"""What agents put into the environment of the commands they run."""

PROGRAMS = {"claude": "Claude Code", "codex": "Codex"}
"""Programs that are agents, by the name of their file or of the script that runs them."""


def agent_ancestor(pid: int) -> str | None:
    """Return the agent's session that started `pid`, in words; `None` when none did."""
    for mark in _marks_of(pid):
        return mark
    for parent in ancestors(pid):
        if name := _agent(parent):
            return f"{name}, process {parent}"
    return None


def _marks_of(pid: int) -> list[str]:
    """Return the agent's marks in the environment a process was started with."""
    try:
        found = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        found = [f"{k}={v}".encode() for k, v in os.environ.items()] if pid == os.getpid() else []
    known = tuple(mark.encode() for mark in MARKS)
    return [entry.partition(b"=")[0].decode() for entry in found if entry.startswith(known)]


def _agent(pid: int) -> str | None:
    """Return which agent a process is: its own program, or the script its interpreter runs."""
    for word in _words(pid)[:2]:
        path = Path(word)
        name = path.parent.name if path.name == "cli.js" else path.name
        if found := PROGRAMS.get(name.removesuffix(".js").removesuffix("-code")):
            return found
    return None


def _words(pid: int) -> list[str]:
    try:
        line = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return _psutil_words(pid)
    return [word.decode(errors="replace") for word in line.split(b"\0") if word]


def _psutil_words(pid: int) -> list[str]:
    import psutil

    try:
        return list(psutil.Process(pid).cmdline())
    except psutil.Error:
        return []
