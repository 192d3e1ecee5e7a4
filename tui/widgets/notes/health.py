"""The health of the open progress file, kept up to date away from the screen."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from pathlib import Path

from ....core.health.finding import Facts, Finding

AFTER = 1.0
"""Seconds from an edit to the next check: nobody reads a finding while typing."""

FACTS_FOR = 30.0
"""Seconds for which what git said is taken as still true."""


class Health:
    """What is not well with one file. `words` is "" until it was checked."""

    def __init__(self) -> None:
        self.findings: tuple[Finding, ...] = ()
        self.facts: Facts | None = None
        self.words = ""
        self._of: tuple[Path, str] | None = None
        self._asked = 0.0

    def is_of(self, path: Path, text: str) -> bool:
        """Say whether the findings are those of this very text."""
        return self._of == (path, text) and time.monotonic() - self._asked < FACTS_FOR

    async def look(self, path: Path, text: str) -> None:
        """Check a text off the event loop."""
        from ....core.health.linter import summary

        old = self._of is None or self._of[0] != path
        stale = time.monotonic() - self._asked >= FACTS_FOR
        facts = None if old or stale else self.facts
        self.facts, self.findings = await asyncio.to_thread(_checked, path, text, facts)
        if facts is None:
            self._asked = time.monotonic()
        self._of, self.words = (path, text), summary(self.findings)


def _checked(path: Path, text: str, facts: Facts | None) -> tuple[Facts, tuple[Finding, ...]]:
    if facts is None:
        from ....core.health.facts import facts_of

        facts = facts_of(path, text, today=datetime.now().astimezone().date())
    from ....core.health.linter import check

    return facts, check(text, facts)
