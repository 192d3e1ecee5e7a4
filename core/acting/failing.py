"""When an agent whose calls of its model fail counts as unable to answer."""

from __future__ import annotations

import time
from collections.abc import Callable

FAILS = 15.0
"""Seconds of nothing but failed calls after which an agent counts as unable to answer: about five
attempts of Claude Code, three to four of Codex. A shorter fit of the vendor's passes by itself."""


class Failing:
    """Hears what an agent says of failing calls, and notes since when."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None

    def lasts(self, retry: str | None, seconds: float | None = None) -> bool:
        """Say whether it is unable to answer; `retry` is what it says now, `None` that it works.

        `seconds` are how long that has to last, `FAILS` where nothing else is said.
        """
        if retry is None:
            self._since = None
            return False
        self._since = self._clock() if self._since is None else self._since
        return self._clock() - self._since >= (FAILS if seconds is None else seconds)
