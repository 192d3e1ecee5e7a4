"""What was measured, as one table: the figure, its target, and the figure of a peer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap
from math import ceil


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing; `target` and `peer` may be empty. `held` is `None` without a target."""

    what: str
    measured: str
    target: str = ""
    peer: str = ""
    held: bool | None = None


def percentile(samples: Sequence[float], percent: float) -> float:
    """Return the sample below which `percent` of all lie (nearest rank)."""
    ranked = sorted(samples)
    return ranked[max(0, ceil(percent / 100 * len(ranked)) - 1)]


def median(samples: Sequence[float]) -> float:
    """Return the sample in the middle."""
    return percentile(samples, 50)


def spread(seconds: Sequence[float]) -> str:
    """Write samples of times: their middle, their slow end, how many there are."""
    middle, slow = (percentile(seconds, percent) * 1000 for percent in (50, 99))
    return f"p50 {middle:.0f} ms, p99 {slow:.0f} ms (n {len(seconds)})"


def once(seconds: Sequence[float]) -> str:
    """Write a few samples of times: their middle, the least and the most."""
    low, high = min(seconds) * 1000, max(seconds) * 1000
    return f"{median(seconds) * 1000:.0f} ms ({low:.0f} to {high:.0f}, n {len(seconds)})"


_HEAD = ("what", "measured", "target", "", "peer, same run")
_MARKS = {True: "held", False: "MISSED", None: ""}


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table, which also reads well in a terminal."""
    cells = [(row.what, row.measured, row.target, _MARKS[row.held], row.peer) for row in rows]
    widths = [max(map(len, column)) for column in zip(_HEAD, *cells, strict=True)]
    rule = tuple("-" * width for width in widths)
    return "\n".join(_line(line, widths) for line in (_HEAD, rule, *cells))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"| {' | '.join(starmap(str.ljust, zip(cells, widths, strict=True)))} |"
