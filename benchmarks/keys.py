"""How long the screen takes to answer: a key while records stream in, a record that comes in."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from random import Random

import msgspec

from .bench import Bench, opened
from .live import follow_on, streaming
from .table import Row, percentile, spread
from .terminal import COLUMNS, ROWS, Painted, Terminal, frames, text_of

RATE = 200
"""Records that stream in each second."""

TRANSCRIPT = (slice(0, COLUMNS * 55 // 100), slice(6, ROWS - 5))
"""A part of the screen, columns and rows, that shows nothing but the transcript."""

UP, PAGE_UP = b"\x1b[A", b"\x1b[5~"

KEY_TARGET, SLOW_KEY_TARGET, APPEND_TARGET = 0.017, 0.040, 0.120


def key(bench: Bench) -> Iterator[Row]:
    """Measure key → paint with the place pinned, while records stream in below."""
    subject = bench.subject
    with subject.borrowed() as path, opened(subject, whole=True) as terminal:
        terminal.send(PAGE_UP * 2)
        terminal.settle()
        with streaming(path, subject.repository, RATE):
            terminal.watch(2)
            pressed = press(terminal, bench.samples(520, 60))
        taken = answers(terminal.painted, pressed, TRANSCRIPT)
    slow = percentile(taken, 99)
    held = percentile(taken, 50) <= KEY_TARGET and slow <= SLOW_KEY_TARGET
    what = f"key → paint, {RATE} records/s stream in ({bench.size})"
    yield Row(what, spread(taken), "p50 17 ms, p99 40 ms", held=held)


def press(
    terminal: Terminal, count: int, keys: Sequence[bytes] = (UP, UP, UP, PAGE_UP)
) -> list[float]:
    """Press keys at uneven intervals, so that none keeps step with a frame; return when."""
    random = Random(count)
    pressed = []
    for number in range(count):
        pressed.append(terminal.send(keys[number % len(keys)]))
        terminal.watch(random.uniform(0.08, 0.13))
    terminal.settle(seconds=1)
    return pressed


def answers(
    painted: Sequence[Painted], pressed: Sequence[float], region: tuple[slice, slice]
) -> list[float]:
    """Return the seconds from each key to the first change of a region of the screen after it.

    A key that changed nothing before the next one is answered by the change after that.
    """
    taken: list[float] = []
    open_keys: list[float] = []
    waiting = iter([*pressed, float("inf")])
    due = next(waiting)
    before: tuple[object, ...] = ()
    for frame in frames(painted):
        while due < frame.at:
            open_keys.append(due)
            due = next(waiting)
        if frame.at < pressed[0] - 1:
            continue
        now = frame.region(*region)
        if now != before:
            taken += [frame.at - at for at in open_keys]
            open_keys.clear()
        before = now
    if open_keys:
        raise RuntimeError(f"{len(open_keys)} of {len(pressed)} keys changed nothing")
    return taken


def append(bench: Bench) -> Iterator[Row]:
    """Measure record appended → its words painted, with the end in view."""
    subject = bench.subject
    random = Random(1)
    appended: list[tuple[bytes, float]] = []
    with subject.borrowed() as path, opened(subject, whole=True) as terminal:
        session = follow_on(path, str(subject.repository))
        terminal.watch(2)
        mark = len(terminal.painted)
        with path.open("ab", buffering=0) as file:
            for number in range(bench.samples(200, 40)):
                word = f"appended-{number:05}"
                line = msgspec.json.encode(session.said(f"This was {word} just now.")) + b"\n"
                appended.append((word.encode(), time.perf_counter()))
                file.write(line)
                terminal.watch(random.uniform(0.15, 0.3))
        terminal.settle()
        taken = first_seen(terminal.painted[mark:], appended)
    held = percentile(taken, 99) <= APPEND_TARGET
    yield Row(f"append → painted ({bench.size})", spread(taken), "p99 120 ms", held=held)


def first_seen(painted: Sequence[Painted], wanted: Sequence[tuple[bytes, float]]) -> list[float]:
    """Return the seconds from each moment to the first paint of its word after it."""
    taken: list[float] = []
    for word, since in wanted:
        later = [piece for piece in painted if since < piece.at < since + 2]
        at = next((n for n in range(1, len(later) + 1) if word in text_of(later[:n])), None)
        if at is None:
            raise RuntimeError(f"{word.decode()} was not painted within 2 s")
        taken.append(later[at - 1].at - since)
    return taken
