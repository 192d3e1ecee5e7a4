"""Starts the demo's agent program in a throw-away root, and ends it again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from ...problems import Problem
from . import sweep
from .client import DemoControl, DemoGone
from .identity import identify, myself
from .places import Places

PROGRAM = f"{__package__}.program"
START_LIMIT = 20.0
"""Seconds that the agent program may take until it can be read."""

END_LIMIT = 5.0
"""Seconds that it may take to end by itself."""

LONGEST_SOCKET = 100
"""Bytes that the path of a socket may have on every system."""

_LOOK_AGAIN = 0.02
_RESUMED: list[subprocess.Popen[bytes]] = []
"""Agent programs beside the first ones: they end when this process does."""


class DemoNotStarted(Problem):
    """The demo's agent program could not be started."""

    title = "The demo did not start"


class DemoProcess:
    """A running demo: its process and where it writes. `close` ends it and removes everything."""

    def __init__(self, root: Path, process: subprocess.Popen[bytes]) -> None:
        places = Places(root)
        self.root = root
        self.pid = process.pid
        self.repository = places.repository
        self.registry_path = places.registry(process.pid)
        self.transcripts_dir = places.transcripts
        self.control = DemoControl(places.socket)
        self._process = process

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def running(self) -> bool:
        """Whether the agent program still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the agent program and remove its root. Doing it twice is fine."""
        _end(self._process)
        sweep.remove(self.root)


def start(parent: Path | None = None, speed: float = 1.0) -> DemoProcess:
    """Start a demo in a new root below `parent` (default: the temporary folder).

    Returns when registry, transcript and control socket are there.

    Raises:
        DemoNotStarted: git is missing, the place does not suit, or the program failed.
    """
    if shutil.which("git") is None:
        raise DemoNotStarted("The demo works in a git repository.", remedy="Install git.")
    places = Places(_make_root(parent))
    try:
        sweep.claim(places, myself())
        process = _run(places, speed)
    except OSError as error:
        sweep.remove(places.root)
        raise DemoNotStarted(str(error)) from error
    try:
        sweep.claim(places, myself(), identify(process.pid))
        _wait_until_ready(places, process, places.socket)
    except (OSError, Problem):
        _end(process)
        sweep.remove(places.root)
        raise
    return DemoProcess(places.root, process)


def resume(root: Path, session_id: str) -> int:
    """Start another agent program in a demo's root that goes on with a session of it.

    It plays no script, and ends with the process that calls this. Returns its process id.

    Raises:
        DemoNotStarted: the program failed.
    """
    places = Places(root)
    try:
        process = _run(places, 1.0, "--resume", session_id)
    except OSError as error:
        raise DemoNotStarted(str(error)) from error
    _RESUMED.append(process)
    _wait_until_ready(places, process, places.own_socket(process.pid))
    return process.pid


def _make_root(parent: Path | None) -> Path:
    try:
        root = Path(tempfile.mkdtemp(prefix=sweep.PREFIX, dir=parent)).resolve()
    except OSError as error:
        raise DemoNotStarted(
            f"No folder could be made: {error}", remedy="Set TMPDIR to a folder you can write to."
        ) from error
    if len(os.fsencode(Places(root).socket)) > LONGEST_SOCKET:
        root.rmdir()
        raise DemoNotStarted(
            f"{root} is too long for a socket.", remedy="Set TMPDIR to a shorter path."
        )
    return root


def _run(places: Places, speed: float, *more: str) -> subprocess.Popen[bytes]:
    """Run the agent program; the keyboard's Ctrl+C is not for it."""
    words = ["--root", str(places.root), "--speed", str(speed), "--launcher", str(os.getpid())]
    places.log.touch(mode=0o600)
    with places.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", PROGRAM, *words, *more],
            cwd=places.root,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_ready(places: Places, process: subprocess.Popen[bytes], socket: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while not _answers(socket):
        if process.poll() is not None:
            raise DemoNotStarted(_last_line(places.log))
        if time.monotonic() > deadline:
            raise DemoNotStarted(f"It was not ready after {START_LIMIT:g} s.")
        time.sleep(_LOOK_AGAIN)


def _answers(socket: Path) -> bool:
    try:
        DemoControl(socket).status()
    except DemoGone:
        return False
    return True


def _last_line(log: Path) -> str:
    """Return the last line that the program printed: of an error, what it was."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "It printed nothing.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to end, and make it end."""
    process.terminate()
    try:
        process.wait(END_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
