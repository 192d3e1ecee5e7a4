"""The reading of the context gauge: fill, window, zone, and where each of them comes from."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from .model_ids import Family, family, names_million
from .tokens import Tokens, short, short_mark
from .zones import Edges, Zone, ZoneSetting, edges_for

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Edges", "Explanation", "Gauge", "Source", "Zone", "edges_for", "explain", "read_gauge"]

SUPPOSED = 200_000
"""The window of a Claude model of which nothing else is known; never shown, only outgrown."""

MILLION = 1_000_000

LIST_LIMIT = 300_000
"""In lists the bars of larger windows end at the reset mark × 4/3, so that bars compare."""

CLAUDE_FORMULA = "input + cache read + cache write of the newest main-chain response"
CODEX_FORMULA = "input + output of the last call"


class Source(StrEnum):
    """Where the size of the window comes from, best first."""

    CHANNEL = "the client itself"
    STATUS_LINE = "status line"
    ROLLOUT = "rollout"
    CONFIGURED = "configured"
    SUFFIX = "model id suffix"
    OUTGROWN = "larger than supposed"


class Gauge(msgspec.Struct, frozen=True):
    """One reading: tokens in the context (`fill`), the window, its source, and the edges.

    `fill` is `None` before the first response, `window` and `source` when nothing tells the size.
    """

    fill: int | None
    window: int | None
    source: Source | None
    edges: Edges

    @property
    def percent(self) -> float | None:
        """Fill as percent of the window, not rounded; `None` when either is unknown."""
        if self.fill is None or self.window is None:
            return None
        return 100 * self.fill / self.window

    @property
    def zone(self) -> Zone | None:
        """The zone of the fill; `None` when the fill is unknown."""
        return None if self.fill is None else self.edges.zone(self.fill)

    @property
    def bar_end(self) -> int:
        """Tokens at the right end of the bar: the window, or reset mark × 4/3 when unknown."""
        return self.window or self.edges.reset * 4 // 3

    @property
    def list_bar_end(self) -> int:
        """Tokens at the right end of the bar in a list of sessions."""
        if self.window is None or self.window > LIST_LIMIT:
            return self.edges.reset * 4 // 3
        return self.window

    @property
    def reason(self) -> str:
        """Why this zone, in one line: `over 75k · rule of thumb · status line`."""
        if self.fill is None or self.zone is None:
            return "fill unknown until the next response"
        edge = self.edges.edge(self.zone)
        side = "under" if self.zone is Zone.SMART else "over"
        parts = [f"{side} {edge.mark}", edge.basis]
        if self.source is not None:
            return " · ".join([*parts, self.source])
        rule = "token edges of this model" if self.edges.row else "general token edges"
        return " · ".join([rule, edge.basis] if self.zone is Zone.SMART else [*parts, rule])


def read_gauge(
    fill: int | None,
    model: str | None,
    *,
    channel: int | None = None,
    status_line: int | None = None,
    rollout: int | None = None,
    configured: int | None = None,
    peak: int | None = None,
    configured_model: str | None = None,
    settings: Mapping[str, ZoneSetting] | None = None,
) -> Gauge:
    """Return the gauge for a fill, with the window from the best source there is.

    Args:
        fill: Tokens in the context now, as the agent's formula has it; `None` when unknown.
        model: The model of the newest response, in any spelling.
        channel: Window that the client told the channel to its session.
        status_line: Window that the agent's status line reported.
        rollout: Window that the transcript itself reported (Codex).
        configured: Window that the person set for this session or model.
        peak: The highest fill this session has had with this model.
        configured_model: The model as the agent's settings or `/model` name it: transcripts
            leave `[1m]` out.
        settings: The person's own edges, see `zones.edges_for`.
    """
    held = max(fill or 0, 0)
    named = any(names_million(name) for name in (model, configured_model) if name)
    sources = (
        (Source.CHANNEL, _unless_outgrown(channel, held)),
        (Source.STATUS_LINE, _unless_outgrown(status_line, held)),
        (Source.ROLLOUT, rollout),
        (Source.CONFIGURED, _unless_outgrown(configured, held)),
        (Source.SUFFIX, _unless_outgrown(MILLION if named else None, held)),
        (Source.OUTGROWN, _outgrown(model, max(held, peak or 0))),
    )
    source, window = next(((s, w) for s, w in sources if w is not None and w > 0), (None, None))
    return Gauge(fill, window, source, edges_for(model, window, settings))


def _unless_outgrown(window: int | None, fill: int) -> int | None:
    """Return `window` unless the fill proves it stale: the model was switched since."""
    return window if window is not None and fill <= window else None


def _outgrown(model: str | None, highest: int) -> int | None:
    """Return 1M when a Claude session has held more than the usual window can."""
    if model is None or family(model) is not Family.CLAUDE:
        return None
    return MILLION if SUPPOSED < highest <= MILLION else None


class Explanation(msgspec.Struct, frozen=True):
    """What the `?` card of a figure says: a title, one or two sentences, and rows of facts."""

    title: str
    text: str
    rows: tuple[tuple[str, str], ...]


def explain(gauge: Gauge, *, formula: str | None = None, call: Tokens | None = None) -> Explanation:
    """Explain the gauge: the formula, its inputs, the source of the window, and each edge.

    `formula` says in words what the agent's fill is made of (`CLAUDE_FORMULA`,
    `CODEX_FORMULA`), `call` is the response it was read from.
    """
    rows = [*_fill_rows(gauge, formula, call), *_window_rows(gauge), *_edge_rows(gauge.edges)]
    return Explanation(_title(gauge), _sentence(gauge), tuple(rows))


def _title(gauge: Gauge) -> str:
    if gauge.zone is None:
        return "Why: fill unknown"
    return "Why: window unknown" if gauge.window is None else f"Why: {gauge.zone.word}"


def _sentence(gauge: Gauge) -> str:
    rows = f"row {gauge.edges.row}" if gauge.edges.row else "no row of its own"
    if gauge.zone is None:
        return "No response has told yet how much the context holds."
    if gauge.window is None:
        return (
            "Nothing read so far names the window, so no percent is shown. "
            f"Zones stand at token edges ({rows})."
        )
    return f"Zones begin at tokens or a share of the window, whichever comes first ({rows})."


def _fill_rows(gauge: Gauge, formula: str | None, call: Tokens | None) -> list[tuple[str, str]]:
    rows = [("fill", "unknown" if gauge.fill is None else short(gauge.fill))]
    if formula is not None:
        rows.append(("formula", formula))
    if call is not None:
        written = call.cache_write_5m + call.cache_write_1h
        rows += [
            ("input", short(call.input)),
            ("cache read", short(call.cache_read)),
            ("cache write", short(written)),
            ("output", short(call.output)),
        ]
    return rows


def _window_rows(gauge: Gauge) -> list[tuple[str, str]]:
    if gauge.window is None or gauge.source is None:
        return [("window", "unknown")]
    rows = [("window", f"{short_mark(gauge.window)} · {gauge.source}")]
    if gauge.percent is not None:
        rows.append(("percent", f"{gauge.percent:.0f} %"))
    return rows


def _edge_rows(edges: Edges) -> list[tuple[str, str]]:
    rows = [
        (zone.word, ", ".join(filter(None, (f"from {edge.mark} · {edge.basis}", edge.note))))
        for zone, edge in zip(
            (Zone.DUMB, Zone.COMPACT, Zone.RESET),
            (edges.dumb_edge, edges.compact_edge, edges.reset_edge),
            strict=True,
        )
    ]
    if edges.auto is not None:
        rows.append(("auto-compact", f"at {short_mark(edges.auto)} · the agent's own"))
    if edges.cliff is not None:
        rows.append(("price cliff", f"above {short_mark(edges.cliff)} every token costs more"))
    return rows
