"""How long a person waits: for the screen, for a version, for the totals."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from .bench import Bench, wait_whole
from .generate import LAST_FILL, LAST_WORDS
from .peers import NoPeer, toolong
from .table import Row, median, once
from .terminal import Missing, Terminal
from .world import CLEARHEAD, NOTES, home

BARE = (sys.executable, str(Path(__file__).with_name("bare.py")))
GAUGE = f"{LAST_FILL / 1000:.1f}k"
"""The fill of the made-up session as the gauge writes it."""

FIRST_TARGET, PANES_TARGET, VERSION_TARGET = 0.300, 0.500, 0.120
PEER_PATIENCE = 10.0
"""Seconds in which the peer must show its frame, or a line of the file."""
PEER_STARTS = 5
"""Starts of the peer for one sample at most."""


def start(bench: Bench) -> Iterator[Row]:
    """Measure spawn → painted, in turns with the peer and a bare app; the first turn warms up."""
    peer, said = _peer(bench)
    first: dict[str, list[float]] = {"clearhead": [], "panes": [], "bare": [], "peer": []}
    for turn in range(bench.samples(12, 4)):
        samples = {"bare": _first(bench, BARE, "bare")}
        samples["clearhead"], samples["panes"] = _clearhead(bench)
        if peer:
            samples["peer"] = _peer_first(bench, peer)
        if turn:
            for name, seconds in samples.items():
                first[name].append(seconds)
    if peer:
        said = f"toolong: its frame {once(first['peer'])}, {_lines(bench, peer)}"
    what = f"start → transcript and gauge ({bench.size})"
    seconds = first["clearhead"]
    yield Row("bare Textual app → text", once(first["bare"]))
    slower = bool(peer) and median(seconds) > median(first["peer"])
    held = median(seconds) <= FIRST_TARGET and not slower
    yield Row(what, once(seconds), "aim 250, must 300 ms, not slower than the peer", said, held)
    held = median(first["panes"]) <= PANES_TARGET
    yield Row("start → all panes", once(first["panes"]), "500 ms", held=held)


def _peer(bench: Bench) -> tuple[str, str]:
    """Return the peer's program and what to say of it, one of them empty."""
    try:
        return toolong(bench.data), ""
    except NoPeer as reason:
        return "", f"skipped, {reason}"


def _first(bench: Bench, command: Sequence[str], text: str) -> float:
    """Return the seconds from spawn to `text`."""
    with home() as environment, Terminal(command, environment, bench.subject.repository) as seen:
        return seen.until(text) - seen.started


def _peer_first(bench: Bench, peer: str) -> float:
    """Return the seconds from spawn to the peer's frame.

    At times it paints an empty screen and leaves it so; such a start is repeated, not counted.
    """
    command = (peer, str(bench.subject.transcript))
    for _ in range(PEER_STARTS):
        with (
            home() as environment,
            Terminal(command, environment, bench.subject.repository) as seen,
            suppress(Missing),
        ):
            return seen.first_text(PEER_PATIENCE) - seen.started
    raise Missing("the peer's frame")


def _clearhead(bench: Bench) -> tuple[float, float]:
    """Return the seconds from spawn to transcript and gauge, and to all panes."""
    subject = bench.subject
    command = (CLEARHEAD, str(subject.transcript))
    with (
        home(subject.agent_folder) as environment,
        Terminal(command, environment, subject.repository) as seen,
    ):
        first = seen.until(LAST_WORDS, GAUGE)
        panes = seen.until(LAST_WORDS, GAUGE, NOTES, "counting")
        return first - seen.started, panes - seen.started


def _lines(bench: Bench, peer: str) -> str:
    """Say when the peer paints lines of the file."""
    command = (peer, str(bench.subject.transcript))
    with home() as environment, Terminal(command, environment, bench.subject.repository) as seen:
        try:
            at = seen.until('"parentUuid"', seconds=PEER_PATIENCE)
        except Missing:
            return f"no line of the file within {PEER_PATIENCE:.0f} s"
        return f"lines of the file {at - seen.started:.2f} s"


def version(bench: Bench) -> Iterator[Row]:
    """Measure `clearhead --version` beyond what Python itself takes."""
    commands = {"python": (sys.executable, "-c", "pass"), "clearhead": (CLEARHEAD, "--version")}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    with home() as environment:
        for name, command in list(commands.items()) * bench.samples(20, 8):
            begun = time.perf_counter()
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            taken[name].append(time.perf_counter() - begun)
    beyond = median(taken["clearhead"]) - median(taken["python"])
    yield Row("python -c pass", once(taken["python"]))
    said = f"{once(taken['clearhead'])}: {beyond * 1000:.0f} ms beyond Python"
    yield Row("clearhead --version", said, "120 ms beyond Python", held=beyond <= VERSION_TARGET)


def index(bench: Bench) -> Iterator[Row]:
    """Measure how long totals take on a session that was never opened before."""
    subject, taken = bench.subject, []
    for _ in range(bench.samples(3, 2)):
        with (
            home(subject.agent_folder) as environment,
            Terminal(
                (CLEARHEAD, str(subject.transcript)), environment, subject.repository
            ) as terminal,
        ):
            taken.append(wait_whole(terminal) - terminal.started)
    yield Row(f"start → totals of the whole session ({bench.size})", once(taken))
