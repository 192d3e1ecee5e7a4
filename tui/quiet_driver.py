"""Textual's driver for a terminal, but its input thread sleeps until something is typed.

Textual's own looks ten times a second whether it should end: a tenth of a percent of a core, for
as long as nobody types.
"""

from __future__ import annotations

import os
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import suppress
from selectors import EVENT_READ, SelectSelector
from typing import Any

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

TICK = 0.1
"""Seconds between two looks while an escape sequence may be unfinished: a lone Escape is a key."""

TICKS = 10
"""Looks after the last input; then nothing can be unfinished any more."""

CHUNK = 4096
"""Bytes that are read at once."""


class QuietDriver(LinuxDriver):
    """Waits for input without waking, and can be woken to end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._woken, self._wake = os.pipe()
        self._leaving = False

    def disable_input(self) -> None:
        """End the input thread: it is woken first."""
        self._leaving = True
        os.write(self._wake, b".")
        super().disable_input()
        os.read(self._woken, 1)
        self._leaving = False

    def run_input_thread(self) -> None:
        """Turn what is typed into events until the driver leaves the terminal."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        for data in self._input():
            if text := decode(data):
                for event in parser.feed(text):
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)
        with suppress(EOFError, ParseError):
            list(parser.feed(""))

    def _input(self) -> Iterator[bytes]:
        """Yield what is typed, and nothing at each tick soon after it."""
        ticks = TICKS
        with SelectSelector() as selector:
            selector.register(self._woken, EVENT_READ)
            selector.register(self.fileno, EVENT_READ)
            while not self._leaving:
                typed = self.fileno in {
                    key.fd for key, _ in selector.select(TICK if ticks else None)
                }
                ticks = TICKS if typed else max(0, ticks - 1)
                data = self._read() if typed else b""
                if typed and not data:
                    selector.unregister(self.fileno)
                yield data

    def _read(self) -> bytes:
        """Return what is there; nothing when the terminal is gone."""
        try:
            return os.read(self.fileno, CHUNK)
        except OSError:
            return b""
