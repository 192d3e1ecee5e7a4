"""How long a letter takes to appear in a long progress file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .bench import Bench
from .generate import LAST_WORDS
from .keys import answers, press
from .neighbours import live_sessions
from .table import Row, percentile, spread
from .terminal import COLUMNS, ROWS, Terminal
from .world import CLEARHEAD, NOTES, home

LINES = 2_000

NOTES_PANE = (slice(COLUMNS * 65 // 100, COLUMNS - 1), slice(8, ROWS - 5))
"""A part of the screen, columns and rows, that shows nothing but the notes."""

TARGET = 0.016

DOWN = b"\x1b[B"


def typing(bench: Bench) -> Iterator[Row]:
    """Measure letter → paint in a progress file with highlighting."""
    with (
        home() as environment,
        live_sessions(Path(environment["HOME"]), 1, LINES) as repository,
        Terminal((CLEARHEAD, str(repository)), environment, repository) as terminal,
    ):
        terminal.until(LAST_WORDS, NOTES, "Current status")
        terminal.settle()
        terminal.send(b"p")
        terminal.settle()
        terminal.send(DOWN * 4)
        terminal.settle()
        pressed = press(terminal, bench.samples(300, 60), (b"a", b"b", b"c", b" "))
        taken = answers(terminal.painted, pressed, NOTES_PANE)
    held = percentile(taken, 50) <= TARGET
    what = f"letter → paint, {LINES // 1000}k lines of notes, highlighted"
    yield Row(what, spread(taken), "p50 16 ms", held=held)
