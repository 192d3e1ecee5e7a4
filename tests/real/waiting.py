"""Wait for something to become true, for a bounded time; the tests never sleep blindly."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
TICK = 0.03
"""Seconds between two looks."""


def until(
    look: Callable[[], T | None],
    *,
    within: float = 10.0,
    what: str = "the condition",
    detail: Callable[[], str] = str,
) -> T:
    """The first true value that `look` gives.

    Raises:
        AssertionError: it gave none in time; names `what` and adds the text of `detail`.
    """
    deadline = time.monotonic() + within
    while not (value := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {within:g} s\n{detail()}")
        time.sleep(TICK)
    return value
