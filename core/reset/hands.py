"""What a reset can do in the world: the channel to the session, its transcripts, the repository."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ..acting.action import Action, Result
from ..acting.live import Live
from ..acting.reading import Reading
from ..agents.base import State
from .transaction import Transaction

LOOK = 0.2
"""Seconds between two looks at what nothing announces."""

TURN = 15 * 60.0
"""Seconds that a turn may take before the person is asked whether to wait on."""


class Gone(Exception):
    """There is no channel to the session any more."""


class Channelled(Protocol):
    """The part of a channel that a reset needs."""

    @property
    def live(self) -> Live:
        """What the channel tells now."""
        ...

    async def act(self, wanted: Action) -> Result:
        """Carry out one action."""
        ...


class Hands(Protocol):
    """The world of one reset; tests and screens bring their own."""

    async def channel(self) -> Channelled | None:
        """Return the channel to the session that is ended; `None` when nothing leads there."""
        ...

    async def fresh(self, transaction: Transaction) -> Channelled | None:
        """Return the channel to the session that goes on; it is started where that is missing."""
        ...

    def reading(self, agent: str, session_id: str) -> Reading | None:
        """Return a session's transcript; `None` when there is none yet."""
        ...

    def notes(self) -> tuple[Path, str] | None:
        """Return the progress file and its text."""
        ...


async def until(true: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Look at `true` until it is; say whether it was within `seconds`."""
    end = time.monotonic() + seconds
    while not await true():
        if time.monotonic() >= end:
            return False
        await asyncio.sleep(LOOK)
    return True


async def at_rest(channel: Channelled, seconds: float = TURN) -> bool:
    """Wait until a session is idle; false when it was not in time, or is gone."""

    async def rests() -> bool:
        return channel.live.state in (State.IDLE, State.ENDED) or channel.live.problem is not None

    with suppress(TimeoutError):
        return await until(rests, seconds) and channel.live.state is State.IDLE
    return False
