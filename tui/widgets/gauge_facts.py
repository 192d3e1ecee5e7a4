"""What a gauge draws, as one frozen value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from ...core.gauge import Gauge, edges_for
from ...core.snapshot import Mark
from .. import glyphs

Trace: TypeAlias = tuple[int | str, ...]
"""The history of the fill, oldest first: tokens, with `C` for a compaction and `R` for a reset."""


class GaugeFacts(msgspec.Struct, frozen=True):
    """A reading of the core's gauge, and what else the widget says about it.

    `age` is how old the evidence is, in seconds, `None` when unknown. `settling` is true after a
    compaction until the next response tells the true fill.
    """

    gauge: Gauge = Gauge(None, None, None, edges_for(None, None))
    age: float | None = None
    history: Trace = ()
    settling: bool = False
    ended: bool = False


def trace_of(marks: Iterable[Mark]) -> Trace:
    """Return a snapshot's history as the gauge draws it: a compaction after the fill it ended."""
    trace: list[int | str] = []
    for mark in marks:
        trace += [mark.fill] if mark.fill else []
        trace += [glyphs.COMPACTED] if mark.compacted else []
    return tuple(trace)
