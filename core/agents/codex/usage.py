"""Tokens of a rollout: differences of running totals, so that repeated reports add nothing.

A total covers the whole thread. Cached input stands inside the input and reasoning inside the
output. A call is also told by a record of its own, at once, while the total comes only after its
tools have run: the record counts first, the total corrects it where they differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...events import AnyEvent, LimitReported, UsageReported, WindowReported
from ...tokens import Tokens
from ..fields import count, mapping, number, text
from .lines import Line, Payload
from .memory import Memory, Totals

Figures = tuple[int, int, int, int]
"""Input without cache, read from the cache, written to the cache, output."""

ZERO: Figures = (0, 0, 0, 0)
HOUR, DAY = 60, 24 * 60
"""In minutes."""


def call_recorded(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read the record of one call."""
    usage = mapping(line.payload.get("usage"))
    figures, totals = figures_of(usage), memory.totals
    if figures == ZERO or memory.inherited:
        return
    if totals.announced == ZERO:
        totals.announced_at = line.at
    totals.announced = _plus(totals.announced, figures)
    totals.response = text(line.payload.get("response_id"))
    fill = _take_fill(totals, usage)
    yield UsageReported(at=line.at, model=memory.model, tokens=_tokens(figures), fill=fill)


def totals_counted(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a `token_count` event: the totals, the last call, the window, the plan limits."""
    info = mapping(line.payload.get("info"))
    yield from window_told(memory, line.at, info.get("model_context_window"))
    yield from _limits(memory.totals, line.at, mapping(line.payload.get("rate_limits")))
    total = figures_of(mapping(info.get("total_token_usage")))
    if total == ZERO:
        return
    last = mapping(info.get("last_token_usage"))
    if memory.inherited:
        memory.totals.counted = total
        _take_fill(memory.totals, last)
    else:
        yield from _difference(memory, line.at, total, last)


def window_told(memory: Memory, at: float | None, window: Any) -> Iterator[AnyEvent]:
    """Report the size of the context window when it is another than before."""
    size = count(window)
    if size and size != memory.totals.window:
        memory.totals.window = size
        yield WindowReported(at=at, window=size)


def figures_of(usage: Payload) -> Figures:
    """Return the figures of a usage object; the cache is never more than the input."""
    given = count(usage.get("input_tokens")) or 0
    read = min(count(usage.get("cached_input_tokens")) or 0, given)
    write = min(count(usage.get("cache_write_input_tokens")) or 0, given - read)
    return given - read - write, read, write, count(usage.get("output_tokens")) or 0


def _difference(
    memory: Memory, at: float | None, total: Figures, last: Payload
) -> Iterator[AnyEvent]:
    """Report what the total has grown by, beyond the calls that were told one by one."""
    totals = memory.totals
    announced, totals.announced = totals.announced, ZERO
    if totals.counted is None:
        totals.counted = _grown(total, announced)
    if sum(total) < sum(totals.counted):
        totals.counted = ZERO
    grown, totals.counted = _grown(total, totals.counted), total
    if announced == ZERO:
        yield from _unannounced(memory, at, grown, last)
    elif grown != announced:
        at, tokens, before = totals.announced_at, _tokens(grown), _tokens(announced)
        yield UsageReported(at=at, model=memory.model, tokens=tokens, before=before)


def _unannounced(
    memory: Memory, at: float | None, grown: Figures, last: Payload
) -> Iterator[AnyEvent]:
    """Report a call that only the total tells; the first total of all tells at least the fill."""
    first = memory.totals.fill is None
    fill = _take_fill(memory.totals, last)
    if grown != ZERO:
        yield UsageReported(at=at, model=memory.model, tokens=_tokens(grown), fill=fill)
    elif first and fill is not None:
        nothing = Tokens()
        yield UsageReported(at=at, model=memory.model, tokens=nothing, before=nothing, fill=fill)


def _take_fill(totals: Totals, last: Payload) -> int | None:
    """Return what the context holds after a call and remember it.

    Around a compaction there are reports without input, with an estimate or nonsense as their
    total; they tell nothing.
    """
    given = count(last.get("input_tokens"))
    if not given:
        return None
    fill = given + (count(last.get("output_tokens")) or 0)
    if fill != totals.fill:
        totals.fill_before, totals.fill = totals.fill, fill
    return fill


def _limits(totals: Totals, at: float | None, limits: Payload) -> Iterator[AnyEvent]:
    """Report the plan limits that changed."""
    for key in ("primary", "secondary"):
        limit = mapping(limits.get(key))
        used = number(limit.get("used_percent"))
        if used is None:
            continue
        name = _limit_name(key, limit, limits)
        resets = number(limit.get("resets_at"))
        seconds = number(limit.get("resets_in_seconds"))
        if resets is None and seconds is not None and at is not None:
            resets = at + seconds
        if totals.limits.get(name) != (used, resets):
            totals.limits[name] = (used, resets)
            yield LimitReported(at=at, name=name, used_percent=used, resets_at=resets)


def _limit_name(key: str, limit: Payload, limits: Payload) -> str:
    """Name a limit by the time it covers: "5 h", "7 d"."""
    minutes = count(limit.get("window_minutes"))
    if not minutes:
        name = key
    elif minutes % DAY == 0:
        name = f"{minutes // DAY} d"
    else:
        name = f"{minutes // HOUR} h" if minutes % HOUR == 0 else f"{minutes} min"
    special = text(limits.get("limit_name"))
    return f"{special} {name}" if special else name


def _tokens(figures: Figures) -> Tokens:
    given, read, write, output = figures
    return Tokens(input=given, cache_read=read, cache_write_5m=write, output=output)


def _plus(left: Figures, right: Figures) -> Figures:
    return (left[0] + right[0], left[1] + right[1], left[2] + right[2], left[3] + right[3])


def _grown(now: Figures, before: Figures) -> Figures:
    """Return the difference, never less than nothing."""
    return (
        max(0, now[0] - before[0]),
        max(0, now[1] - before[1]),
        max(0, now[2] - before[2]),
        max(0, now[3] - before[3]),
    )
