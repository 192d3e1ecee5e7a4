"""What waits for the end of a turn, by session: armed, run when it is due, or asking first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from .action import Action, Result
from .armed import Armed, Moment, Undertaking, due, expired
from .channel import Key

Changed = Callable[[Key], None]

Ended = Callable[[Key, Action | Undertaking, Result | None], None]
"""Told what came of something that was armed; an undertaking tells its own outcome (`None`)."""

Act = Callable[[Key, Action], Awaitable[Result]]

OTHER_SESSION = "the session is another one now"


class Arming:
    """At most one thing is armed for a session; `act` carries out what is an action."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self._armed: dict[Key, Armed] = {}
        self._asking: dict[Key, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed: Changed = nobody
        self._ended: Ended = _nothing

    def listen(self, changed: Changed, ended: Ended | None = None) -> None:
        """Tell from now on for which session something else is armed, and what came of it."""
        self._changed, self._ended = changed, ended or _nothing

    def armed(self, key: Key) -> Armed | None:
        """Return what waits for the end of the turn."""
        return self._armed.get(key)

    @property
    def keys(self) -> tuple[Key, ...]:
        """The sessions that something is armed for."""
        return tuple(self._armed)

    def asking(self, key: Key) -> str | None:
        """Say why what is armed did not run and asks instead."""
        return self._asking.get(key)

    def arm(self, key: Key, wanted: Action | Undertaking, moment: Moment) -> None:
        """Let something wait for the end of the turn; it takes the place of what waited before."""
        self._armed[key] = Armed(wanted, moment)
        self._asking.pop(key, None)
        self._changed(key)

    def disarm(self, key: Key) -> Armed | None:
        """Forget what is armed for a session, and return it."""
        self._asking.pop(key, None)
        armed = self._armed.pop(key, None)
        if armed is not None:
            self._changed(key)
        return armed

    def run(self, key: Key) -> None:
        """Run what is armed now: the turn has ended, or the person was asked and wants it."""
        armed = self.disarm(key)
        if armed is not None:
            task = asyncio.create_task(self._run(key, armed.wanted))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, key: Key, wanted: Action | Undertaking) -> None:
        if isinstance(wanted, Undertaking):
            await wanted.run()
            self._ended(key, wanted, None)
        else:
            self._ended(key, wanted, await self._act(key, wanted))

    def carry(self, old: Key, new: Key) -> None:
        """Let what was armed for a session ask in the one that came after it."""
        armed = self._armed.pop(old, None)
        self._asking.pop(old, None)
        if armed is not None:
            self._armed[new] = armed
            self._asking[new] = OTHER_SESSION

    def noticed(self, key: Key, moment: Moment) -> None:
        """Run what is armed for a session whose turn has ended, or let it ask."""
        armed = self._armed.get(key)
        if armed is None or key in self._asking:
            return
        if why := expired(armed, moment):
            self._asking[key] = why
            self._changed(key)
        elif due(armed, moment):
            self.run(key)


def nobody(_: Key) -> None:
    """Listen to nothing."""


def _nothing(_key: Key, _wanted: Action | Undertaking, _result: Result | None) -> None:
    """Listen to nothing."""
