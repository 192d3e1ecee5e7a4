"""Whether the person is here: since when they were away, and what sessions had cost by then."""

from __future__ import annotations

from collections import deque

from ..core.supervisor import Key
from ..core.visits import Visit, name_of

OFFERED = 5 * 60.0
"""Seconds after the return for which what happened is offered."""

KEPT = 512
"""Figures kept of each session's cost; the oldest is as good as any before it."""


SOON = 60.0
"""Seconds after the start within which the first figure of a cost counts as that of the start."""


class Presence:
    """Takes note of keys and of costs; times are epoch seconds.

    `since` is when the last absence began, else when clearhead was started.
    """

    def __init__(self, away: float, now: float) -> None:
        self.since = self._started = now
        self._away = away
        self._last = now
        self._back: float | None = None
        self._visit = Visit(now)
        self._usd: dict[Key, deque[tuple[float, float]]] = {}

    def visited(self, visit: Visit, now: float) -> None:
        """Take up how the last visit ended: it was an absence like any other."""
        if now - visit.at > self._away:
            self._visit, self.since, self._back = visit, visit.at, now

    def stir(self, now: float) -> bool:
        """Take note of a key; say whether the person has just come back."""
        gap, before = now - self._last, self._last
        self._last = now
        if gap <= self._away:
            return False
        self.since, self._back = before, now
        return True

    def note(self, key: Key, usd: float, now: float) -> None:
        """Take note of what a session has cost by now."""
        known = self._usd.setdefault(key, deque(maxlen=KEPT))
        if not known or known[-1][1] != usd:
            known.append((now, usd))

    def spent(self, key: Key, began: float | None = None) -> float | None:
        """Return what a session cost since the absence began; `None` when that is not known.

        `began` is when the session did: what began later has cost nothing before.
        """
        known = self._usd.get(key)
        if not known:
            return None
        base = self._before(key, known, began)
        return None if base is None else max(0.0, known[-1][1] - base)

    def _before(
        self, key: Key, known: deque[tuple[float, float]], began: float | None
    ) -> float | None:
        """Return what a session had cost when the absence began."""
        before = [usd for at, usd in known if at <= self.since]
        if before:
            return before[-1]
        if began is not None and began > self.since:
            return 0.0
        visited = self._visit.spent(key)
        first_at, first = known[0]
        at_start = self._started == self.since and first_at - self.since < SOON
        return first if visited is None and at_start else visited

    def offered(self, now: float) -> bool:
        """Say whether the person has come back a moment ago and has not looked yet."""
        return self._back is not None and now - self._back < OFFERED

    def looked(self) -> None:
        """Take note that the person has seen what happened."""
        self._back = None

    def visit(self, now: float) -> Visit:
        """Return how this visit ends."""
        return Visit(now, {name_of(key): known[-1][1] for key, known in self._usd.items()})
