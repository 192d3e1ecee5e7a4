"""What going on costs: the least that the next call pays for the context it carries."""

from __future__ import annotations

import time

from .config import Settings
from .cost import dollars
from .prices import rates
from .snapshot import Snapshot
from .tokens import Tokens


def next_usd(snapshot: Snapshot, settings: Settings, fill: int | None = None) -> float | None:
    """Return what the next call costs at the least, in US dollars; `None` when nobody knows.

    It is the list price of reading `fill` tokens (else the session's own fill) from the cache:
    every turn pays it once for each call it makes, and its answers beside it.
    """
    tokens = fill if fill is not None else snapshot.fill.tokens if snapshot.fill else None
    if tokens is None or not snapshot.model:
        return None
    found = rates(snapshot.model, time.time(), tokens, settings.prices)
    return None if found is None else float(dollars(Tokens(cache_read=tokens), found))
