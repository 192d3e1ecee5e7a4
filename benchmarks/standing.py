"""What clearhead takes while nobody touches it: memory with a long session, time when idle."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from .bench import TOTALS, Bench
from .generate import LAST_WORDS
from .neighbours import live_sessions
from .processes import family, memory, processor
from .table import Row
from .terminal import Missing, Terminal
from .world import CLEARHEAD, home

MEMORY_TARGET = 150.0
"""MB of all clearhead processes."""

IDLE_TARGET = 0.003
"""Share of one core."""

SESSIONS = 30

SETTLING = 14
"""Seconds after which the start is over and the watch has slowed down."""


def memory_row(bench: Bench) -> Iterator[Row]:
    """Measure memory after the whole session was read, and the most while it was."""
    subject = bench.subject
    with (
        home(subject.agent_folder) as environment,
        Terminal((CLEARHEAD, str(subject.transcript)), environment, subject.repository) as seen,
    ):
        seen.until(LAST_WORDS)
        most = _most_while_reading(seen)
        seen.watch(3)
        left = memory(family(seen.pid))
    what = f"memory (PSS) of all processes ({bench.size})"
    said = f"{left:.0f} MB; {most:.0f} MB while it is read"
    yield Row(what, said, "150 MB", held=left <= MEMORY_TARGET)


def _most_while_reading(seen: Terminal) -> float:
    """Return the most memory in MB until the totals are there and the reader has ended."""
    most = 0.0
    end = time.perf_counter() + 120
    totals = False
    while time.perf_counter() < end:
        pids = family(seen.pid)
        most = max(most, memory(pids))
        totals = totals or _painted(seen, TOTALS)
        if totals and len(pids) == 1:
            return most
        seen.watch(0.2)
    raise Missing("the totals of the session")


def _painted(seen: Terminal, text: str) -> bool:
    try:
        seen.until(text, seconds=0)
    except Missing:
        return False
    return True


def idle(bench: Bench) -> Iterator[Row]:
    """Measure processor time beside sessions that live and do nothing."""
    seconds = bench.samples(40, 10)
    with (
        home() as environment,
        live_sessions(Path(environment["HOME"]), SESSIONS) as repository,
        Terminal((CLEARHEAD, str(repository)), environment, repository) as seen,
    ):
        seen.until(LAST_WORDS)
        seen.watch(SETTLING)
        before, begun = processor(family(seen.pid)), time.perf_counter()
        seen.watch(seconds)
        share = (processor(family(seen.pid)) - before) / (time.perf_counter() - begun)
    said = f"{share * 100:.2f} % of a core over {seconds} s"
    yield Row(f"idle, {SESSIONS} live sessions", said, "0.3 %", held=share <= IDLE_TARGET)
