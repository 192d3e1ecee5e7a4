"""Long transcripts are read from their start one after the other, the most urgent first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

from .checkpoint import Checkpoint
from .followed import Followed, Key
from .indexing import index
from .problems import Problem

T = TypeVar("T")


class Alone(Protocol):
    """Runs blocking work in the thread pool while nothing else touches the session."""

    def __call__(self, key: Key, work: Callable[[], T], /) -> Awaitable[T]:
        """Return what the work gave."""
        ...


class Completing:
    """A queue of sessions whose start is unread; `changed` hears of each that was read."""

    def __init__(self, cache: Path, alone: Alone, changed: Callable[[Key], None]) -> None:
        self._cache, self._alone, self._changed = cache, alone, changed
        self._queue: asyncio.PriorityQueue[tuple[int, Key]] = asyncio.PriorityQueue()
        self._sessions: dict[Key, Followed] = {}

    def add(self, key: Key, session: Followed, urgency: int) -> None:
        """Queue a session; the one on screen is the most urgent (0)."""
        self._sessions[key] = session
        self._queue.put_nowait((urgency, key))

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            _, key = await self._queue.get()
            session = self._sessions.pop(key, None)
            if session is not None and not session.complete and session.view is not None:
                await self._complete(key, session)
                self._changed(key)

    async def _complete(self, key: Key, session: Followed) -> None:
        """Read one transcript from its start: in a worker process, unless it is small."""
        if session.small:
            await self._read_whole(key, session)
            return
        made = await self._alone(key, lambda: session.load(self._cache))
        if await self._adopted(key, session, made):
            return
        path = session.sighting.path
        made = await index(session.agent.name, path, self._cache) if path else None
        if not await self._adopted(key, session, made):
            await self._read_whole(key, session)

    async def _adopted(self, key: Key, session: Followed, made: Checkpoint | None) -> bool:
        return await self._alone(key, lambda: session.adopt(made))

    async def _read_whole(self, key: Key, session: Followed) -> None:
        """Read everything here, where the worker could not: slower for the screen, never wrong."""
        try:
            await self._alone(key, session.read_whole)
        except Problem as problem:
            session.report = problem.report()
