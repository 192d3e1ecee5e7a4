"""Codex homes for tests: rollouts, locks, and processes that hold them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.agents.base import Sighting
from clearhead.core.agents.codex.discovery import Finder

NOW = 1_790_000_000.0
DAY = 24 * 3600
ONE, TWO, THREE, FOUR = (f"01a20563-0000-7000-8000-00000000000{n}" for n in range(1, 5))
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's own")


def rollout(
    home: Path,
    thread: str,
    *,
    age: float = 0,
    day: str = "2026/09/21",
    folder: str | None = None,
    suffix: str = ".jsonl",
    second: int = 0,
    then: str = "",
    **header: Any,
) -> Path:
    """Write a rollout that began at a `second` and was last changed `age` seconds ago."""
    place = home / (folder or f"sessions/{day}")
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"rollout-{day.replace('/', '-')}T10-00-{second:02}-{thread}{then}{suffix}"
    meta = {"id": thread, "cwd": "/w/app", "cli_version": "0.169.0", **header}
    line = {"timestamp": "2026-09-21T10:00:00.000Z", "type": "session_meta", "payload": meta}
    path.write_text(json.dumps(line) + "\n")
    os.utime(path, (NOW - age, NOW - age))
    return path


def find(home: Path) -> dict[str, Sighting]:
    """Return what is found at `NOW`, by session."""
    found = Finder((home,), lambda: NOW).discover()
    return {sighting.session_id: sighting for sighting in found.sightings}


def spawned_by(parent: str) -> dict[str, Any]:
    """Return the part of a header that makes a thread another one's sub-agent."""
    return {"source": {"subagent": {"thread_spawn": {"parent_thread_id": parent}}}}


@contextmanager
def running(cwd: Path, *held: Path, server: bool = False) -> Iterator[int]:
    """Run a process named codex that holds files open, as the client does."""
    program = cwd / "codex"
    if not program.exists():
        program.symlink_to("/bin/sh")
    descriptors = [os.open(path, os.O_RDWR | os.O_CREAT, 0o600) for path in held]
    words = [str(program), "-c", "echo; read _", "codex", *(["app-server"] if server else [])]
    pipe = subprocess.PIPE
    process = subprocess.Popen(words, stdin=pipe, stdout=pipe, cwd=cwd, pass_fds=descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
    finally:
        process.communicate()


def lock(home: Path, thread: str, age: float = 0) -> Path:
    """Make the lock file of a thread."""
    path = home / "thread-writer-locks" / f"{thread}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (NOW - age, NOW - age))
    return path
