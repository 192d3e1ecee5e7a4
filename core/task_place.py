"""Where a session stands in its task: which one of how many, and what all of them cost. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from .tasks import Came, Link

Key = tuple[str, str]
"""An agent's name and a session's id."""

Usd = Callable[[Key], float | None]
"""What a session cost, in dollars; `None` where that is not known."""


class TaskPlace(msgspec.Struct, frozen=True, kw_only=True):
    """One session's place in the chain of its task.

    `number` counts from 1. `usd` is the sum of what is known, with what other machines told, and
    `None` where nothing is; `unknown` says how many sessions it leaves out.
    """

    task: str
    number: int
    count: int
    came: Came
    usd: float | None
    unknown: int


def place_of(chain: Sequence[Link], key: Key, usd: Usd) -> TaskPlace | None:
    """Return a session's place in a chain; `None` where the chain is no more than itself."""
    keys = [(link.agent, link.session_id) for link in chain]
    if key not in keys or len(chain) < 2:
        return None
    number = keys.index(key)
    known = [cost for one in keys if (cost := usd(one)) is not None]
    elsewhere = [link.usd for link in chain if link.usd is not None]
    return TaskPlace(
        task=chain[number].task,
        number=number + 1,
        count=len(chain),
        came=chain[number].came,
        usd=sum((*known, *elsewhere)) if known or elsewhere else None,
        unknown=len(keys) - len(known),
    )
