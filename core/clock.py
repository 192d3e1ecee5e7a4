"""The one place that asks what time it is; tests turn the hand themselves."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time of day and the time that passed."""

    def now(self) -> float:
        """Return the time of day in epoch seconds; it may jump when the system is set."""
        ...

    def monotonic(self) -> float:
        """Return seconds since some fixed moment; it never goes back. Time limits use it."""
        ...


class SystemClock:
    """The clocks of this machine."""

    def now(self) -> float:
        """Return the time of day in epoch seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()


class ManualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, at: float = 0.0) -> None:
        self._now = at
        self._monotonic = 0.0

    def now(self) -> float:
        """Return the time of day it was set to, in epoch seconds."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds it was told to advance."""
        return self._monotonic

    def advance(self, seconds: float = 0.0, *, minutes: float = 0.0, hours: float = 0.0) -> None:
        """Let time pass."""
        passed = seconds + minutes * 60 + hours * 3600
        self._now += passed
        self._monotonic += passed

    def set(self, at: float) -> None:
        """Set the time of day, as an administrator might; no time passes by it."""
        self._now = at
