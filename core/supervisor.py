"""Finds the sessions of every agent, follows them, and says when one has changed.

It lives on one asyncio loop. Everything that reads a file runs in a small thread pool, everything
that reads a whole long file in a process of its own; views are exchanged whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from .agents.base import Agent, Body, Discovery, Sighting
from .completing import Completing
from .endings import Endings
from .followed import Followed, Key
from .problems import Problem, Report
from .snapshot import Activity, Snapshot
from .stirring import claimed, owner_of, told_by
from .succession import Succession, surely_ended
from .transcript import View
from .watching import Places, changes, places

__all__ = ["Key", "Seen", "Supervisor"]

T = TypeVar("T")

RESCAN = 20.0
"""Seconds between rescans that catch what the file watcher missed."""

SETTLE = 0.15
"""Seconds to gather signs of new sessions before looking for them."""

KEPT = 60
"""How many sessions are followed at once, live ones first."""


class Seen(msgspec.Struct, frozen=True):
    """One session as it was last seen: what the registry says and what its transcript holds."""

    sighting: Sighting
    snapshot: Snapshot
    view: View | None = None
    report: Report | None = None

    @property
    def key(self) -> Key:
        """Agent name and session id."""
        return self.sighting.agent, self.sighting.session_id


Changed = Callable[[Key | None], None]
"""Told which session changed; `None` when the list of sessions did."""


class Supervisor:
    """Follows sessions until it is cancelled; the listener is called on the loop it runs on."""

    def __init__(self, agents: Sequence[Agent], cache: Path) -> None:
        self.agents = {agent.name: agent for agent in agents}
        self.cache = cache
        self.discoveries: dict[str, Discovery] = {}
        self._succession = Succession()
        self._changed: Changed = _nobody
        self._followed: dict[Key, Followed] = {}
        self._locks: dict[Key, asyncio.Lock] = {}
        self._pool = ThreadPoolExecutor(3, thread_name_prefix="clearhead")
        self._over = False
        self._wake = asyncio.Event()
        self._endings = Endings(self._wake.set)
        self._completing = Completing(cache, self._alone, self._tell)
        self._beside: dict[Key, Path] = {}
        self._rewatch = asyncio.Event()
        self._watched: Places | None = None

    def listen(self, changed: Changed) -> None:
        """Tell `changed` from now on which session, or with `None` that the list, has changed."""
        self._changed = changed

    def _tell(self, key: Key) -> None:
        self._changed(key)

    @property
    def keys(self) -> tuple[Key, ...]:
        """All sessions that are known, in the order they were found."""
        return tuple(self._followed)

    def take_succeeded(self) -> dict[Key, Key]:
        """Return, once, which sessions a process left and with which it went on."""
        return self._succession.take_succeeded()

    def take_begun(self) -> set[Key]:
        """Return, once, the sessions that began and that no known process went on with."""
        return self._succession.take_begun()

    def seen(self, key: Key) -> Seen | None:
        """Return one session as it was last seen."""
        followed = self._followed.get(key)
        if followed is None:
            return None
        return Seen(followed.sighting, followed.snapshot, followed.view, followed.report)

    async def run(self) -> None:
        """Follow everything until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._look_again())
                tasks.create_task(self._watch())
                tasks.create_task(self._completing.run())
        finally:
            self._over = True
            self._endings.close()
            self._pool.shutdown(wait=False, cancel_futures=True)

    def discover_now(self) -> None:
        """Look for sessions on this thread, before the loop runs; nothing is opened yet."""
        for name, agent in self.agents.items():
            self.discoveries[name] = agent.discover()
        self._settle(self._sightings())

    def open_now(self, key: Key) -> None:
        """Read one session on this thread, before the loop runs: its end, all of a small one."""
        followed = self._followed[key]
        if not followed.small:
            followed.refresh()
            self._completing.add(key, followed, 0)
            return
        try:
            followed.read_whole()
        except Problem as problem:
            followed.report = problem.report()

    async def discover(self) -> None:
        """Look for sessions now, and open the new ones."""
        for name, agent in self.agents.items():
            self.discoveries[name] = await self.in_pool(agent.discover)
        await self._read_inferred()
        moved = self._settle(self._sightings())
        self._endings.watch({sighting.pid for sighting in self._sightings() if sighting.pid})
        for key in sorted(self._followed, key=self._urgency):
            if not self._followed[key].opened or key in moved:
                await self._refresh(key)
        if places(*self._trees_and_folders()) != self._watched:
            self._rewatch.set()
        for key in moved:
            self._changed(key)
        self._changed(None)

    async def _read_inferred(self) -> None:
        """Read on where only idleness can tell whether a process has left a session."""
        for key, followed in tuple(self._followed.items()):
            if followed.sighting.inferred and followed.opened:
                await self._refresh(key)

    def _sightings(self) -> tuple[Sighting, ...]:
        return tuple(s for found in self.discoveries.values() for s in found.sightings)

    def _trees_and_folders(self) -> tuple[set[Path], set[Path]]:
        """Return what to watch with everything below, and what to watch flat."""
        trees = {place for agent in self.agents.values() for place in agent.watched()}
        paths = [f.sighting.path for f in self._followed.values() if f.sighting.path]
        own = {p.parent for p in paths if not trees.intersection(p.parents)}
        return trees, own | set(self._beside.values())

    def watch_beside(self, key: Key, folder: Path) -> None:
        """Tell from now on that a session has changed when a file in `folder` has."""
        if self._beside.get(key) != folder:
            self._beside[key] = folder
            self._wake.set()

    def adopt(self, agent: Agent, sighting: Sighting) -> Key:
        """Follow a session that discovery does not know: a transcript named by the person."""
        self.agents.setdefault(agent.name, agent)
        key = (sighting.agent, sighting.session_id)
        self._followed.setdefault(key, Followed(agent, sighting))
        return key

    def open_soon(self, key: Key, urgency: int = 0) -> None:
        """Ask for the start of a session to be read; the one on screen is the most urgent (0)."""
        if key in self._followed and not self._followed[key].complete:
            self._completing.add(key, self._followed[key], urgency)

    def body_now(self, key: Key, item: int) -> Body | None:
        """Load the text of one item on this thread; for short ones, while drawing."""
        followed = self._followed.get(key)
        return followed.body(item) if followed else None

    async def body(self, key: Key, item: int) -> Body | None:
        """Load the whole text of one item."""
        followed = self._followed.get(key)
        return await self.in_pool(lambda: followed.body(item)) if followed else None

    async def in_pool(self, work: Callable[[], T]) -> T:
        """Run blocking `work` in the thread pool.

        Raises:
            CancelledError: the supervisor has ended; what waits by then is cancelled the same way.
        """
        if self._over:
            raise asyncio.CancelledError
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _settle(self, sightings: tuple[Sighting, ...]) -> set[Key]:
        """Take up what discovery found; return the sessions whose file or state is new."""
        known = {(s.agent, s.session_id): s for s in sightings}
        before = {key: followed.sighting for key, followed in self._followed.items()}
        fresh: set[Key] = set()
        for key, sighting in sorted(known.items(), key=_liveness)[:KEPT]:
            followed = self._followed.get(key)
            if followed is None:
                self._followed[key] = Followed(self.agents[sighting.agent], sighting)
            elif (now := surely_ended(followed.sighting, sighting)) != followed.sighting:
                followed.sighting = now
                fresh.add(key)
        for key, gone in self._succession.note(before, known, self._idle()).items():
            self._followed[key].sighting = gone
        return fresh

    def _idle(self) -> set[Key]:
        """Return the sessions that their transcripts do not show at work."""
        working = Activity.WORKING
        return {key for key, f in self._followed.items() if f.snapshot.activity is not working}

    def _urgency(self, key: Key) -> tuple[bool, float]:
        sighting = self._followed[key].sighting
        return sighting.pid is None, -(sighting.last_activity or 0.0)

    async def _refresh(self, key: Key) -> None:
        followed = self._followed[key]
        opened = followed.opened
        changed = await self._alone(key, followed.refresh)
        if not opened and followed.opened and not followed.complete and followed.sighting.pid:
            self._completing.add(key, followed, 1)
        if changed:
            self._changed(key)

    async def _alone(self, key: Key, work: Callable[[], T]) -> T:
        """Run `work` in the pool while nothing else touches the session."""
        async with self._locks.setdefault(key, asyncio.Lock()):
            return await self.in_pool(work)

    async def _refresh_all(self) -> None:
        """Read on in every session, in one go: what was missed is rare, waking threads is not."""
        keys = self.keys
        async with AsyncExitStack() as locks:
            for key in keys:
                await locks.enter_async_context(self._locks.setdefault(key, asyncio.Lock()))
            changed = await self.in_pool(lambda: [k for k in keys if self._followed[k].refresh()])
        for key in changed:
            self._changed(key)

    async def _look_again(self) -> None:
        """Look for sessions at once, then whenever something stirs, at the latest after a while."""
        while True:
            await self.discover()
            with suppress(TimeoutError):
                # `wait_for` can swallow a cancellation that comes with the wake: no end then.
                async with asyncio.timeout(RESCAN):
                    await self._wake.wait()
            await asyncio.sleep(SETTLE if self._wake.is_set() else 0)
            stirred = self._wake.is_set()
            self._wake.clear()
            if not stirred:
                await self._refresh_all()

    async def _watch(self) -> None:
        """Read on in the files that changed; anything unknown may be a new session."""
        while True:
            self._rewatch.clear()
            trees, folders = self._trees_and_folders()
            self._watched = places(trees, folders)
            async for changed in changes(trees, folders, self._rewatch):
                await (self._stir(changed) if changed else self._catch_up())
            await self._rewatch.wait()

    async def _catch_up(self) -> None:
        """Read on in every open transcript, and look for what came while nobody watched."""
        self._wake.set()
        for key in self.keys:
            if self._followed[key].opened:
                await self._refresh(key)

    async def _stir(self, changed: set[Path]) -> None:
        """Read on where something changed; what is nobody's may be a new session's."""
        transcripts = changed - self._tell_of_feeds(changed)
        owners = {path: owner_of(path, self._followed) for path in transcripts}
        strange = [path for path, key in owners.items() if key is None]
        if strange:
            sessions = dict(self._followed)
            owners |= await self.in_pool(lambda: claimed(strange, sessions))
        for key in set(owners.values()):
            if key is None:
                self._wake.set()
            else:
                await self._refresh(key)

    def _tell_of_feeds(self, changed: set[Path]) -> set[Path]:
        """Tell which sessions' agents said something beside the transcript; return those files."""
        feeds: set[Path] = set()
        for path in changed:
            beside = [key for key, folder in self._beside.items() if path.parent == folder]
            for key in (*told_by(path, self.keys), *beside):
                feeds.add(path)
                self._changed(key)
        return feeds


def _nobody(_: Key | None) -> None:
    """Listen to nothing."""


def _liveness(known: tuple[Key, Sighting]) -> tuple[bool, float]:
    """Sort live sessions first, then the most recent."""
    return known[1].pid is None, -(known[1].last_activity or 0.0)
