"""Where the zones of a context begin, and what each edge rests on.

The edges are data (`data/zones.toml`): absolute tokens per model, a share of the window, and the
point where the agent compacts by itself. Whichever comes first counts. What the person set in the
configuration stands as it is.
"""

from __future__ import annotations

import math
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from .model_ids import Family, bare, family
from .packaged import packaged
from .problems import UsageProblem
from .tokens import short_mark

if TYPE_CHECKING:
    from collections.abc import Mapping

CLAUDE_RESERVE = 20_000 + 13_000
"""Claude Code compacts this far before the window's end: what it keeps for the model's output
(at most 20k) and a buffer of 13k. 200k → 167k, 1M → 967k."""

CODEX_SHARE = (18, 19)
"""Codex compacts at 90 % of the raw window and reports 95 % of it: 258,400 → 244,800."""


class Zone(StrEnum):
    """How full a context is: smart, or one of the three shades of the Dumb Zone."""

    SMART = "smart"
    DUMB = "dumb"
    COMPACT = "compact"
    RESET = "reset"

    @property
    def word(self) -> str:
        """The zone as the screen names it."""
        return _WORDS[self]


_WORDS = {
    Zone.SMART: "smart",
    Zone.DUMB: "Dumb Zone",
    Zone.COMPACT: "compact now",
    Zone.RESET: "reset now",
}


class Rule(StrEnum):
    """Which rule set an edge: the one that comes first."""

    TOKENS = "tokens"
    SHARE = "share of the window"
    AUTO = "before auto-compact"
    SETTING = "your setting"


class Edge(msgspec.Struct, frozen=True):
    """Where a zone begins: `at` in tokens, `mark` in words, the rule that set it and its basis.

    `note` says more than fits on the gauge; it may be empty.
    """

    at: int
    mark: str
    rule: Rule
    basis: str
    note: str = ""


class Edges(msgspec.Struct, frozen=True):
    """All edges of one context, in tokens, in rising order.

    `auto` is the point where the agent compacts by itself, `cliff` the prompt size above which
    every token costs more; `None` where unknown or none. `row` names the row of the table, `None`
    when the model has none and the general edges hold.
    """

    dumb_edge: Edge
    compact_edge: Edge
    reset_edge: Edge
    auto: int | None = None
    cliff: int | None = None
    row: str | None = None

    @property
    def dumb(self) -> int:
        """First token of the Dumb Zone."""
        return self.dumb_edge.at

    @property
    def compact(self) -> int:
        """First token of "compact now"."""
        return self.compact_edge.at

    @property
    def reset(self) -> int:
        """First token of "reset now"."""
        return self.reset_edge.at

    def zone(self, fill: int) -> Zone:
        """Return the zone of `fill`; a fill exactly on an edge is beyond it."""
        if fill >= self.reset:
            return Zone.RESET
        if fill >= self.compact:
            return Zone.COMPACT
        return Zone.DUMB if fill >= self.dumb else Zone.SMART

    def edge(self, zone: Zone) -> Edge:
        """Return where `zone` begins; for the smart zone, where it ends."""
        return {Zone.COMPACT: self.compact_edge, Zone.RESET: self.reset_edge}.get(
            zone, self.dumb_edge
        )


class ZoneSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Edges that the person set: tokens (1 and more) or a share of the window (below 1)."""

    dumb: float | None = None
    compact: float | None = None
    reset: float | None = None


class _Mark(msgspec.Struct, frozen=True):
    at: int
    basis: str
    note: str = ""


class Row(msgspec.Struct, frozen=True):
    """One row of the table: the edges of some models, made for one size of window."""

    name: str
    models: list[str]
    dumb: _Mark
    compact: _Mark
    reset: _Mark
    window: int | None = None


class _Cliff(msgspec.Struct, frozen=True):
    at: int
    models: list[str]


class Table(msgspec.Struct, frozen=True):
    """The whole table of edges, as `data/zones.toml` has it."""

    margin: int
    share: dict[str, float]
    default: Row
    row: list[Row]
    cliff: list[_Cliff]


@cache
def table() -> Table:
    """Read the table that is installed with clearhead."""
    from tomllib import loads

    text = packaged("zones.toml").read_text("utf-8")
    return msgspec.convert(loads(text), Table)


def edges_for(
    model: str | None,
    window: int | None,
    settings: Mapping[str, ZoneSetting] | None = None,
) -> Edges:
    """Return the edges for a model in a window, both `None` when unknown.

    `settings` maps patterns of bare model ids (`claude-opus-4-7`, `claude-*`, `*`) to the
    person's own edges; the first pattern that matches counts.
    """
    name = bare(model or "")
    window = window if window and window > 0 else None
    row = _row_of(name)
    auto = auto_compact(model, window)
    edges = [_table_edge(getattr(row, zone), zone, window, auto) for zone in _EDGED]
    setting = next((s for p, s in (settings or {}).items() if fnmatchcase(name, p)), None)
    if setting is not None:
        edges = _with_settings(edges, setting, window)
    dumb, compact, reset = edges
    known = None if row is table().default else row.name
    return Edges(dumb, compact, reset, auto, _cliff_of(name, window), known)


def auto_compact(model: str | None, window: int | None) -> int | None:
    """Return the fill at which the model's usual agent compacts by itself; `None` if unknown."""
    if window is None:
        return None
    maker = family(model or "")
    if maker is Family.CLAUDE and window > CLAUDE_RESERVE:
        return window - CLAUDE_RESERVE
    if maker is Family.GPT:
        return window * CODEX_SHARE[0] // CODEX_SHARE[1]
    return None


def read_zone_settings(raw: Mapping[str, Any]) -> dict[str, ZoneSetting]:
    """Check the `[zones]` part of a configuration: model pattern → dumb, compact, reset.

    Raises `UsageProblem` that names the entry when a value is no number above 0, or when the
    edges of one entry do not rise.
    """
    return {pattern: _read_setting(pattern, entry) for pattern, entry in raw.items()}


_EDGED = ("dumb", "compact", "reset")


def _read_setting(pattern: str, entry: Any) -> ZoneSetting:
    try:
        setting = msgspec.convert(entry, ZoneSetting)
    except msgspec.ValidationError as error:
        raise _unfit(pattern, str(error)) from error
    values = [v for zone in _EDGED if (v := getattr(setting, zone)) is not None]
    if not all(math.isfinite(value) and value > 0 for value in values):
        raise _unfit(pattern, "an edge must be above 0")
    for kind in ([v for v in values if v < 1], [v for v in values if v >= 1]):
        if kind != sorted(kind):
            raise _unfit(pattern, "dumb, compact and reset must rise")
    return setting


def _unfit(pattern: str, detail: str) -> UsageProblem:
    remedy = "Give tokens (75000) or a share of the window (0.4) for dumb, compact and reset."
    return UsageProblem(f'zones."{pattern}": {detail}', remedy=remedy)


def _row_of(name: str) -> Row:
    rows = (row for row in table().row if _matches(name, row.models))
    return next(rows, table().default)


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _cliff_of(name: str, window: int | None) -> int | None:
    found = next((c.at for c in table().cliff if _matches(name, c.models)), None)
    return found if found is None or window is None or found < window else None


def _table_edge(mark: _Mark, zone: str, window: int | None, auto: int | None) -> Edge:
    """Return the earliest of the row's tokens, the share of the window, and auto-compact."""
    edge = Edge(mark.at, short_mark(mark.at), Rule.TOKENS, mark.basis, mark.note)
    share = table().share[zone]
    if window is not None and round(share * window) < edge.at:
        edge = Edge(round(share * window), _share_text(share, window), Rule.SHARE, "rule of thumb")
    margin = table().margin
    if auto is not None and auto > margin and auto - margin < edge.at:
        at = auto - margin
        edge = Edge(at, short_mark(at), Rule.AUTO, f"{short_mark(margin)} before auto-compact")
    return edge


def _share_text(share: float, window: int) -> str:
    return f"{100 * share:g} % of {short_mark(window)}"


def _with_settings(edges: list[Edge], setting: ZoneSetting, window: int | None) -> list[Edge]:
    """Put the person's edges in place; those of the table give way so that edges still rise."""
    own = [_own_edge(getattr(setting, zone), window) for zone in _EDGED]
    for i, edge in enumerate(edges):
        at = min([edge.at, *(later.at for later in own[i + 1 :] if later)])
        edges[i] = own[i] or msgspec.structs.replace(edge, at=at, mark=short_mark(at))
    for i in (1, 2):
        if edges[i].at < edges[i - 1].at:
            at = edges[i - 1].at
            edges[i] = msgspec.structs.replace(edges[i], at=at, mark=short_mark(at))
    return edges


def _own_edge(value: float | None, window: int | None) -> Edge | None:
    if value is None:
        return None
    if value >= 1:
        return Edge(round(value), short_mark(round(value)), Rule.SETTING, "your setting")
    if window is None:
        return None
    at = round(value * window)
    return Edge(at, _share_text(value, window), Rule.SETTING, "your setting")
