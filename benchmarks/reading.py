"""How fast a transcript becomes a snapshot, without a screen and in this process."""

from __future__ import annotations

import time
from collections.abc import Iterator

from clearhead.core.agents.registry import agent_named
from clearhead.core.transcript import Transcript

from .bench import Bench
from .table import Row, once


def reading(bench: Bench) -> Iterator[Row]:
    """Measure reading the end of a session, and all of it."""
    agent, path, size = agent_named("claude"), bench.subject.transcript, bench.subject.size
    ends, wholes = [], []
    for turn in range(bench.samples(3, 2)):
        transcript = Transcript(agent, path)
        begun = time.perf_counter()
        transcript.open_end()
        opened = time.perf_counter()
        ends.append(opened - begun)
        Transcript(agent, path).catch_up()
        wholes.append(time.perf_counter() - opened)
        assert transcript.snapshot.fill, f"turn {turn} read nothing"
    yield Row("read the end of a transcript", once(ends))
    speed = size / 1e6 / sorted(wholes)[len(wholes) // 2]
    yield Row(f"read all of it ({bench.size})", f"{once(wholes)}: {speed:.0f} MB/s")
