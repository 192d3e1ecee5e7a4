"""Sessions that live: real processes, registered as Claude Code registers its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .generate import SEED, VERSION, write_session
from .world import make_repository, transcript_of

RECORDS = 300
"""Lines of each session's transcript."""

QUIET = 600
"""Seconds since anything happened in them."""

_NAME = "5e551001-0000-4000-8000-{:012d}"


@contextmanager
def live_sessions(home: Path, count: int, note_lines: int = 200) -> Iterator[Path]:
    """Make live, idle sessions in a home; yield the repository in which they all work."""
    repository, agent_folder = home / "shop", home / ".claude"
    make_repository(repository, note_lines)
    (agent_folder / "sessions").mkdir(parents=True)
    sleepers = [subprocess.Popen(("sleep", "3600")) for _ in range(count)]
    try:
        for number, sleeper in enumerate(sleepers):
            name = _NAME.format(number)
            transcript = transcript_of(agent_folder, repository, name)
            write_session(transcript, RECORDS, str(repository), SEED + number)
            os.utime(transcript, (time.time() - QUIET,) * 2)
            _register(agent_folder / "sessions", sleeper.pid, name, repository)
        yield repository
    finally:
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()


def _register(folder: Path, pid: int, name: str, repository: Path) -> None:
    """Write what a running client writes of itself."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    then = int((time.time() - QUIET) * 1000)
    entry = {
        "pid": pid,
        "sessionId": name,
        "cwd": str(repository),
        "startedAt": then,
        "procStart": stat.rpartition(")")[2].split()[19],
        "version": VERSION,
        "kind": "interactive",
        "entrypoint": "cli",
        "status": "idle",
        "statusUpdatedAt": then,
        "updatedAt": then,
    }
    (folder / f"{pid}.json").write_text(json.dumps(entry), encoding="utf-8")
