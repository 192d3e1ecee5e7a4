"""A program in a terminal of its own: what it painted and when, and keys for it.

Painting is only recorded while the clock runs; what it looked like is worked out afterwards
(`frames`), so that looking costs the program nothing.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

import pyte

COLUMNS, ROWS = 120, 40

PATIENCE = 30.0
"""Seconds after which something that was waited for counts as missing."""

_CONTROLS = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-~])"
    rb"|[\x00-\x08\x0b-\x1f]"
)


class Missing(RuntimeError):
    """A program did not paint what it should have."""


class Painted(NamedTuple):
    """Bytes that a program wrote to its terminal, and when (`time.perf_counter`)."""

    at: float
    data: bytes


class Terminal:
    """Runs a program in a pseudo-terminal; input, output and errors all lead there."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> None:
        self.painted: list[Painted] = []
        self.started = time.perf_counter()
        self.pid, self._handle = pty.fork()
        if self.pid == 0:
            _become(command, environment, folder)
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(self._handle, termios.TIOCSWINSZ, size)
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def read(self, seconds: float) -> bool:
        """Take in what is painted within `seconds`, at most one piece; say if there was one."""
        ready = select.select([self._handle], [], [], max(0.0, seconds))[0] if self._open else []
        if not ready:
            return False
        try:
            data = os.read(self._handle, 1 << 16)
        except OSError:  # Linux answers so when the program has left its terminal
            data = b""
        self._open = bool(data)
        if data:
            self.painted.append(Painted(time.perf_counter(), data))
        return bool(data)

    def watch(self, seconds: float) -> None:
        """Take in everything that is painted for so long."""
        end = time.perf_counter() + seconds
        while self._open and (left := end - time.perf_counter()) > 0:
            self.read(left)

    def settle(self, quiet: float = 0.4, seconds: float = PATIENCE) -> None:
        """Take in everything until nothing was painted for `quiet` seconds."""
        end = time.perf_counter() + seconds
        while self._open and time.perf_counter() < end and self.read(quiet):
            pass

    def until(self, *patterns: str, since: int = 0, seconds: float = PATIENCE) -> float:
        """Return when all of `patterns` had been painted, from the piece numbered `since` on.

        Raises:
            Missing: They were not painted within `seconds`, or the program ended before.
        """
        wanted = [re.compile(pattern.encode()) for pattern in patterns]
        end = time.perf_counter() + seconds
        at = since
        while True:
            while at < len(self.painted):
                at += 1
                words = text_of(self.painted[since:at])
                if all(pattern.search(words) for pattern in wanted):
                    return self.painted[at - 1].at
            if not self.read(end - time.perf_counter()):
                words = text_of(self.painted[since:])
                lacking = [p.pattern.decode() for p in wanted if not p.search(words)]
                shown = " ".join(words.decode(errors="replace").split())[-2000:]
                raise Missing(f"not painted: {lacking}; but: {shown}")

    def first_text(self, seconds: float = PATIENCE) -> float:
        """Return when the first letter had been painted.

        Raises:
            Missing: Nothing was.
        """
        end = time.perf_counter() + seconds
        while self.read(end - time.perf_counter()):
            if re.search(rb"[A-Za-z]", text_of(self.painted)):
                return self.painted[-1].at
        raise Missing("no text")

    def send(self, keys: bytes) -> float:
        """Type `keys`; return when."""
        at = time.perf_counter()
        os.write(self._handle, keys)
        return at

    def end(self) -> None:
        """End the program and whatever it started in this terminal."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self.pid, sign)
            if self._left():
                break
        self._open = False
        os.close(self._handle)

    def _left(self) -> bool:
        """Say whether the program has ended within two seconds, reading what it still writes."""
        end = time.perf_counter() + 2
        while time.perf_counter() < end:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return True
            if not self.read(0.02):
                time.sleep(0.01)
        return False


def text_of(painted: Sequence[Painted]) -> bytes:
    """Return what was painted without the codes that place and colour it."""
    return _CONTROLS.sub(b"", b"".join(piece.data for piece in painted))


def _become(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
    """Turn this fresh process into the program; never returns."""
    try:
        os.chdir(folder)
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(0, termios.TIOCSWINSZ, size)
        os.execvpe(command[0], list(command), dict(environment))
    finally:
        os._exit(127)


class Frame(NamedTuple):
    """The screen after one piece was painted."""

    at: float
    screen: pyte.Screen

    @property
    def text(self) -> str:
        """The characters on the screen, row by row."""
        return "\n".join(self.screen.display)

    def region(self, columns: slice, rows: slice) -> tuple[object, ...]:
        """Return characters with their colours in a part of the screen, to be compared."""
        buffer = self.screen.buffer
        return tuple(
            buffer[y][x]
            for y in range(*rows.indices(self.screen.lines))
            for x in range(*columns.indices(self.screen.columns))
        )


def frames(painted: Sequence[Painted]) -> Iterator[Frame]:
    """Draw what was painted, piece by piece. Each frame shows the same screen, further on."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    for piece in painted:
        stream.feed(piece.data)
        yield Frame(piece.at, screen)
