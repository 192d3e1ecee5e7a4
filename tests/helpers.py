"""Small helpers that tests of every area share."""

from __future__ import annotations

import asyncio
import inspect
import time
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Found = TypeVar("Found")

PAUSE = 0.01
"""Seconds between two looks."""


def until(condition: Callable[[], Found], *, within: float = 5.0, what: str | None = None) -> Found:
    """Look at `condition` until it is true and return what it gave.

    Fails after `within` seconds and says what it was waiting for. Use `until_async` inside a
    running loop.
    """
    end = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() >= end:
            raise AssertionError(_late(condition, within, what))
        time.sleep(PAUSE)
    return found


async def until_async(
    condition: Callable[[], Found | Awaitable[Found]],
    *,
    within: float = 5.0,
    what: str | None = None,
) -> Found:
    """Do what `until` does while the event loop goes on; `condition` may be a coroutine function."""
    end = time.monotonic() + within
    while not (found := await _settled(condition())):
        if time.monotonic() >= end:
            raise AssertionError(_late(condition, within, what))
        await asyncio.sleep(PAUSE)
    return found


async def _settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def _late(condition: Callable[[], Any], within: float, what: str | None) -> str:
    if what is None:
        try:
            what = inspect.getsource(condition).strip()
        except OSError:
            what = repr(condition)
    return f"not within {within:g} s: {what}"
