"""A clock that is set once and rings once, however often someone asks for it meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.timer import Timer
from textual.widget import Widget

SOONEST = 0.02
"""Seconds that it is set to at least, so that it never rings before its time."""


class Clock:
    """Does `due` some time after it was set, and `then` when that is done, however it went."""

    def __init__(
        self, owner: Widget, due: Callable[[], Awaitable[None]], then: Callable[[], None]
    ) -> None:
        self._owner = owner
        self._due = due
        self._then = then
        self._timer: Timer | None = None

    def set(self, seconds: float) -> None:
        """Ring in so many seconds; a clock that runs already stays as it is."""
        if self._timer is None:
            self._timer = self._owner.set_timer(max(seconds, SOONEST), self._ring)

    def stop(self) -> None:
        """Do not ring."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _ring(self) -> None:
        self._owner.run_worker(self._do(), group="clocks", exit_on_error=False)

    async def _do(self) -> None:
        try:
            await self._due()
        finally:
            self._timer = None
            self._then()
