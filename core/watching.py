"""Say which files changed, as soon as the system tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

DEBOUNCE = 40
"""Milliseconds over which changes are gathered: well inside the time to the next paint but one."""

STEP = 10
"""Milliseconds of quiet that end the gathering early."""


async def changes(
    trees: Iterable[Path], folders: Iterable[Path], stop: asyncio.Event
) -> AsyncIterator[set[Path]]:
    """Yield the files that changed in `trees` (with everything below) and `folders` (flat).

    Ends when `stop` is set. Places that do not exist are left out.
    """
    found: asyncio.Queue[set[Path]] = asyncio.Queue()
    watchers = [
        asyncio.create_task(_watch(present, found, stop, recursive=recursive))
        for places, recursive in ((trees, True), (folders, False))
        if (present := [place for place in places if place.is_dir()])
    ]
    stopped = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            news = asyncio.create_task(found.get())
            await asyncio.wait({news, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not news.done():
                news.cancel()
                return
            yield news.result()
    finally:
        for task in (*watchers, stopped):
            task.cancel()


async def _watch(
    places: list[Path], found: asyncio.Queue[set[Path]], stop: asyncio.Event, *, recursive: bool
) -> None:
    from watchfiles import awatch

    stirs = awatch(
        *places,
        watch_filter=None,
        debounce=DEBOUNCE,
        step=STEP,
        stop_event=stop,
        recursive=recursive,
        ignore_permission_denied=True,
    )
    async for stir in stirs:
        await found.put({Path(path) for _, path in stir})
