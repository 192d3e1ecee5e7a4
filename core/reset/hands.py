"""What a reset can do in the world: the channel to the session, its transcripts, the repository."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from ..acting.action import Action, Result
from ..acting.channel import Capabilities
from ..acting.live import Live
from ..agents.base import State
from ..items import Item
from ..snapshot import Snapshot
from .transaction import Transaction

LOOK = 0.1
"""Seconds between two looks at what nothing announces."""

SETTLES = 10.0
"""Seconds that a client may still call itself busy after its turn, or after a `/clear`."""

TURN = 15 * 60.0
"""Seconds that a turn may take before the person is asked whether to wait on."""


class Channelled(Protocol):
    """The part of a channel that a reset needs."""

    @property
    def live(self) -> Live:
        """What the channel tells now."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What the channel can do."""
        ...

    async def act(self, wanted: Action) -> Result:
        """Carry out one action."""
        ...


class Transcript(Protocol):
    """The part of a transcript's reading that a reset needs."""

    def refresh(self) -> None:
        """Read what was added."""
        ...

    @property
    def snapshot(self) -> Snapshot:
        """The session as its transcript tells it."""
        ...

    @property
    def count(self) -> int:
        """How many items there are."""
        ...

    def took(self, prompt: str, start: int = 0) -> int | None:
        """Return the item in which the agent took a prompt, word for word; else `None`."""
        ...

    def prompts(self, start: int = 0) -> Iterator[tuple[int, str]]:
        """Yield what the agent was given from item `start` on."""
        ...

    def since(self, start: int) -> Iterable[tuple[int, Item]]:
        """Yield the items of the main chain from `start` on."""
        ...

    def text(self, item: int) -> str:
        """Return the whole text of one item."""
        ...

    def failed(self, call: int) -> bool:
        """Say whether a tool call failed."""
        ...


class Hands(Protocol):
    """The world of one reset; tests and screens bring their own."""

    async def channel(self) -> Channelled | None:
        """Return the channel to the session that is ended; `None` when its process has gone.

        Raises:
            Problem: it runs, and nothing leads there.
        """
        ...

    async def fresh(self, transaction: Transaction, *, start: bool) -> Channelled | None:
        """Return the channel to the session that goes on; with `start` it is started if missing.

        Raises:
            Problem: it could not be started, or not reached.
        """
        ...

    def reading(self, agent: str, session_id: str) -> Transcript | None:
        """Return a session's transcript; `None` when there is none yet."""
        ...

    def notes(self) -> tuple[Path, str] | None:
        """Return the progress file and its text; `None` when there is none."""
        ...

    def make_notes(self) -> None:
        """Create the progress file from its template, where one is wanted and none is there.

        Raises:
            Problem: it cannot be written.
        """
        ...

    def draft_notes(self, why: str) -> str:
        """Add to the progress file what the transcript shows; say in words what that was.

        What stands there already is not added again. `why` says why the agent was not asked.

        Raises:
            Problem: it cannot be written.
        """
        ...


async def until(true: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Look at `true` until it is; say whether it was within `seconds`."""
    end = time.monotonic() + seconds
    while not await true():
        if time.monotonic() >= end:
            return False
        await asyncio.sleep(LOOK)
    return True


async def settled(channel: Channelled, seconds: float = SETTLES) -> None:
    """Give a client the moment that it needs between two actions; whether it took it is its own.

    What comes next is refused by the channel where the session still works.
    """

    async def rests() -> bool:
        return channel.live.state is not State.BUSY

    await until(rests, seconds)
