"""What a task cost, in words: unknown is said, and never written as nothing."""

from __future__ import annotations

from ..core.task_chain import TaskChain
from ..core.task_place import TaskPlace
from . import numbers


def cost_words(chain: TaskChain) -> tuple[str, str]:
    """Return the cost of a task, and what is to be said of it."""
    if chain.usd is None:
        return "cost unknown", ""
    rest = f", {chain.unknown} without a known cost" if chain.unknown else ""
    return numbers.dollars(chain.usd), f"in all{rest}"


def place_words(place: TaskPlace) -> str:
    """Return a session's place in its task for a list: how it came, which of how many, the cost.

    A + says that some of it is not known.
    """
    which = f"{place.came} {place.number}/{place.count}"
    if place.usd is None:
        return which
    more = "+" if place.unknown else ""
    return f"{which} · task {numbers.dollars(place.usd)}{more}"
