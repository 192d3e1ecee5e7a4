"""The figures of a session, worked out from its snapshot. Pure, but for the price list it loads."""

from __future__ import annotations

import msgspec

from .agents.base import Feed
from .config import Settings
from .cost import Cost, SpendKey, price
from .gauge import Gauge, read_gauge
from .snapshot import Snapshot, Spend


class Costs(msgspec.Struct, frozen=True):
    """What a session cost: its main chain, its sub-agents, and the last turn of the main chain."""

    main: Cost
    subagents: Cost
    turn: Cost
    reported: float | None = None
    """Dollars that the transcript itself states, where an agent writes them."""

    @property
    def usd(self) -> float | None:
        """Dollars of everything, sub-agents included; `None` when no price is known."""
        if self.reported is not None:
            return self.reported
        return (self.main + self.subagents).usd

    @property
    def unknown_models(self) -> tuple[str, ...]:
        """Models whose calls have no price, unless the agent states the cost itself."""
        return () if self.reported is not None else (self.main + self.subagents).unknown_models


def gauge_of(
    snapshot: Snapshot, settings: Settings, feed: Feed | None = None, told: int | None = None
) -> Gauge:
    """Return the reading of a session's gauge, the window from the best source there is.

    `told` is the window in tokens as the client told the channel to its session.
    """
    fill = snapshot.fill.tokens if snapshot.fill else None
    return read_gauge(
        fill,
        snapshot.model,
        channel=told,
        status_line=feed.window if feed else None,
        rollout=snapshot.window,
        configured=settings.windows.get(snapshot.model or ""),
        peak=snapshot.peak,
        configured_model=feed.model if feed else None,
        settings=settings.zones,
    )


def costs_of(snapshot: Snapshot, settings: Settings) -> Costs:
    """Return what a session cost at the prices of its own time; loads the price list."""

    def priced(spend: dict[SpendKey, Spend]) -> Cost:
        return price(spend, settings.prices)

    return Costs(
        main=priced(snapshot.spend),
        subagents=priced(snapshot.subagent_spend),
        turn=priced(snapshot.turn_spend),
        reported=snapshot.reported_usd,
    )
