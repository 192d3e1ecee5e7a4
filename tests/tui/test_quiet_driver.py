"""The terminal's driver takes every key, ends at once, and does not wake while nobody types."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..helpers import until

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = """
import sys
from clearhead.tui.command_app import CommandApp

class Noting(CommandApp):
    def on_mount(self):
        self.note(type(self._driver).__name__)
    def on_key(self, event):
        self.note(event.character if event.is_printable else event.key)
        if event.key == "x":
            self.exit()
    def note(self, words):
        print(words, file=open(sys.argv[1], "a"), flush=True)

Noting().run()
"""


class Typist:
    """Someone at a terminal in which the program runs."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes
        self._near, far = pty.openpty()
        command = [sys.executable, "-c", PROGRAM, str(notes)]
        self.program = subprocess.Popen(command, stdin=far, stdout=far, stderr=far)
        os.close(far)
        os.set_blocking(self._near, False)

    def type(self, keys: bytes) -> None:
        os.write(self._near, keys)

    @property
    def noted(self) -> list[str]:
        self.drain()
        return self._notes.read_text().splitlines() if self._notes.exists() else []

    def drain(self) -> None:
        try:
            while os.read(self._near, 65536):
                pass
        except OSError:
            pass

    def close(self) -> None:
        self.program.kill()
        self.program.wait()
        os.close(self._near)


@pytest.fixture
def typist(tmp_path: Path) -> Iterator[Typist]:
    typist = Typist(tmp_path / "notes")
    try:
        until(lambda: typist.noted == ["QuietDriver"], within=20)
        yield typist
    finally:
        typist.close()


def test_every_key_arrives_also_one_that_could_begin_another(typist: Typist) -> None:
    typist.type("é".encode())
    typist.type(b"\x1b[A")
    until(lambda: len(typist.noted) == 3)
    typist.type(b"\x1b")
    until(lambda: typist.noted[1:] == ["é", "up", "escape"])
    half, rest = "→".encode()[:1], "→".encode()[1:]
    typist.type(half)
    time.sleep(0.05)
    typist.type(rest)
    until(lambda: typist.noted[-1] == "→")


def test_it_ends_at_once_after_a_long_silence(typist: Typist) -> None:
    time.sleep(1.5)
    typist.type(b"x")
    began = time.monotonic()
    while typist.program.poll() is None and time.monotonic() - began < 5:
        typist.drain()
        time.sleep(0.01)
    assert typist.program.returncode == 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system does not count")
def test_nothing_wakes_while_nobody_types(typist: Typist) -> None:
    time.sleep(2.0)
    typist.drain()
    before = wakes(typist.program.pid)
    time.sleep(2.0)
    assert wakes(typist.program.pid) - before < 10


def wakes(pid: int) -> int:
    """How often the threads of a process have gone back to sleep."""
    status = [p.read_text() for p in Path(f"/proc/{pid}/task").glob("*/status")]
    return sum(int(text.partition("\nvoluntary_ctxt_switches:")[2].split()[0]) for text in status)
