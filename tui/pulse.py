"""The one timer of a screen: it beats each second while seconds are shown, else now and then."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen
from textual.timer import Timer

FAST = 1.0
"""Seconds between beats while something on the screen counts seconds."""

SLOW = 10.0
"""Seconds between beats while the screen shows minutes: no older than this are its words."""


class Pulse:
    """Calls `beat` of a screen as long as it is told how fast, and not while it rests."""

    def __init__(self, screen: Screen[None], draw: Callable[[], None]) -> None:
        self._screen = screen
        self._draw = draw
        self._timer: Timer | None = None
        self._every = 0.0

    def beat(self, *, fast: bool) -> None:
        """Go on at this pace, while the screen is in front."""
        every = FAST if fast else SLOW
        if not self._screen.is_active:
            self.rest()
        elif every != self._every:
            self.rest()
            self._every = every
            self._timer = self._screen.set_interval(every, self._draw)

    def rest(self) -> None:
        """Stop until the next `beat`."""
        if self._timer is not None:
            self._timer.stop()
        self._timer, self._every = None, 0.0
