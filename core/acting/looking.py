"""Looking for evidence that nothing announces: again and again, for a bounded time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LOOK = 0.1
"""Seconds between two looks."""


async def until(
    true: Callable[[], bool], seconds: float, over: Callable[[], bool] | None = None
) -> bool:
    """Look at `true` until it is; stop early when `over` is. Files are read in a thread."""
    end = time.monotonic() + seconds
    while not await asyncio.to_thread(true):
        if time.monotonic() > end or (over is not None and await asyncio.to_thread(over)):
            return False
        await asyncio.sleep(LOOK)
    return True
