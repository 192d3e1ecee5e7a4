"""The pace of the script: pauses that can be stretched, shortened and stopped."""

from __future__ import annotations

import asyncio

SLOWEST = 0.1
FASTEST = 100.0


class Pace:
    """Turns the pauses of the script into real time, at a `speed` that may change meanwhile.

    One task waits; others pause, resume and set the speed, and it takes them up at once.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._running = asyncio.Event()
        self._running.set()
        self._changed = asyncio.Event()
        self._hurried = False

    @property
    def speed(self) -> float:
        """How many seconds of the script pass in a second."""
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._speed = value
        self._changed.set()

    @property
    def paused(self) -> bool:
        """Whether the script stands still."""
        return not self._running.is_set()

    def pause(self) -> None:
        """Let the script stand still: nothing more is written until `resume`."""
        self._running.clear()
        self._changed.set()

    def resume(self) -> None:
        """Let the script go on where it stood."""
        self._running.set()

    def hurry(self, *, on: bool) -> None:
        """Let no more time pass in waits, or let it pass again: someone asked for the end."""
        self._hurried = on
        self._changed.set()

    async def ready(self) -> None:
        """Return at once, or when a pause is over."""
        await self._running.wait()

    async def wait(self, seconds: float) -> None:
        """Let `seconds` of the script pass."""
        loop = asyncio.get_running_loop()
        left = seconds
        while left > 0:
            await self._running.wait()
            if self._hurried:
                return
            self._changed.clear()
            speed, begin = self._speed, loop.time()
            try:
                async with asyncio.timeout(left / speed):
                    await self._changed.wait()
            except TimeoutError:
                return
            left -= (loop.time() - begin) * speed
