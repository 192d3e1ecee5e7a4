"""What the demo tells whoever follows it: how things are, as often as they change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec

from .format import Status


class Asked(msgspec.Struct, frozen=True):
    """The permission that a tool call waits for; `since` is epoch seconds."""

    id: str
    tool: str
    text: str
    since: float


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How things are. `fill` and `window` are tokens, `usd` is what the session cost so far.

    `taken` counts the prompts that were taken up by now.

    `reply` is what the agent has said of an answer that is not in the transcript yet; `reply_id`
    is the `response` that its record will have.
    """

    session_id: str
    status: Status
    since: float
    taken: int
    fill: int
    window: int
    usd: float
    paused: bool = False
    queued: tuple[str, ...] = ()
    asked: Asked | None = None
    reply: str = ""
    reply_id: str | None = None


class News:
    """Tells all followers; `now` says how things are."""

    def __init__(self) -> None:
        self._followers: set[asyncio.Event] = set()
        self.now: Callable[[], Told]

    @property
    def followed(self) -> bool:
        """Whether anyone follows."""
        return bool(self._followers)

    def stir(self) -> None:
        """Say that something has changed."""
        for follower in self._followers:
            follower.set()

    async def follow(self) -> AsyncIterator[Told]:
        """Yield how things are, and again after every change; changes in a row count as one."""
        stirred = asyncio.Event()
        self._followers.add(stirred)
        try:
            while True:
                yield self.now()
                await stirred.wait()
                stirred.clear()
        finally:
            self._followers.discard(stirred)
