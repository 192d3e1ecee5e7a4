"""Say which files changed, as soon as the system tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

DEBOUNCE = 60
"""Milliseconds over which changes are gathered at most, however many come."""

STEP = 30
"""Milliseconds of quiet that end the gathering early. The watcher wakes this often: at 10 ms it
took half a percent of a core, at 30 ms a line still arrives within two steps."""

SELDOM = 250
"""The same for folders watched flat, where nothing needs to be seen at once, and for all after
`QUIET`: the first line after a quiet time comes this much later, and a quiet day costs little."""

AWAITED = 1_000
"""The same for folders in which something may appear that an agent makes once."""

QUIET = 10_000
"""Milliseconds without any change after which a watch slows down."""


class _Watch(NamedTuple):
    """How folders are watched: the steps in milliseconds, and what alone is told, if anything."""

    lively: int
    quiet: int
    awaited: frozenset[Path] = frozenset()
    recursive: bool = False


Places = tuple[frozenset[Path], frozenset[Path]]


def places(trees: Iterable[Path], folders: Iterable[Path]) -> Places:
    """Return what there is to watch now, and what is awaited instead of trees that are missing.

    When the answer is another one, `changes` must begin anew to see everything.
    """
    wanted = tuple(trees)
    there = (place for place in (*wanted, *folders) if place.is_dir())
    return frozenset(there), _awaited(wanted)


async def changes(
    trees: Collection[Path], folders: Collection[Path], stop: asyncio.Event
) -> AsyncIterator[set[Path]]:
    """Yield the files that changed in `trees` (with everything below) and `folders` (flat).

    An empty set comes first, once everything is watched: what changed before was not seen. Ends
    when `stop` is set. Folders that do not exist are left out; of trees that do not, the first
    folder on the way to them is told when it appears.
    """
    found: asyncio.Queue[set[Path]] = asyncio.Queue()
    over = asyncio.Event()
    awaited = _awaited(trees)
    watches = (
        (trees, _Watch(STEP, SELDOM, recursive=True)),
        (folders, _Watch(SELDOM, SELDOM)),
        (
            {place.parent for place in awaited}.difference(folders),
            _Watch(AWAITED, AWAITED, awaited),
        ),
    )
    watchers = [
        asyncio.create_task(_run(watch, present, found, over))
        for wanted, watch in watches
        if (present := [place for place in wanted if place.is_dir()])
    ]
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.sleep(0)
        yield set()
        while not stop.is_set():
            news = asyncio.create_task(found.get())
            try:
                await asyncio.wait({news, stopped}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not news.done():
                    news.cancel()
            if not news.done():
                return
            yield news.result()
    finally:
        over.set()
        for task in (*watchers, stopped):
            task.cancel()


def _awaited(trees: Iterable[Path]) -> frozenset[Path]:
    """Return what must appear before there can be something in `trees`: the uppermost folders."""
    ways = ([up for up in (tree, *tree.parents) if not up.exists()] for tree in trees)
    return frozenset(missing[-1] for missing in ways if missing)


async def _run(
    watch: _Watch, present: list[Path], found: asyncio.Queue[set[Path]], over: asyncio.Event
) -> None:
    """Put what changes into `found`, or only what is awaited, until `over` is set."""
    from watchfiles._rust_notify import RustNotify

    paths = [str(path) for path in present]
    step = watch.lively
    with RustNotify(paths, False, False, 0, watch.recursive, True) as watcher, _thread() as thread:
        while not over.is_set():
            wait = partial(watcher.watch, DEBOUNCE, step, QUIET, over)
            stirs = await asyncio.get_running_loop().run_in_executor(thread, wait)
            step = watch.lively if isinstance(stirs, set) else watch.quiet
            if not isinstance(stirs, set):
                continue
            changed = {Path(path) for _, path in stirs}
            if seen := changed & watch.awaited if watch.awaited else changed:
                await found.put(seen)


@contextmanager
def _thread() -> Iterator[ThreadPoolExecutor]:
    """Lend one thread to wait in; it ends by itself, within one step."""
    thread = ThreadPoolExecutor(1, "clearhead-watch")
    try:
        yield thread
    finally:
        thread.shutdown(wait=False)
