"""What the detectors found in the session on the screen, and what of it is still worth a word."""

from __future__ import annotations

from ..core.supervisor import Key
from ..core.symptoms.symptom import Symptom
from ..core.transcript import View

STEP = 2
"""How many repeats more it takes after a dismissal: from a note (3) to a warning (5)."""


class SymptomWatch:
    """Keeps the newest findings; a dismissal raises the detector's threshold for the session."""

    def __init__(self) -> None:
        self._key: Key | None = None
        self._seen: tuple[int, int] | None = None
        self._found: tuple[Symptom, ...] = ()
        self._least: dict[tuple[Key, str], int] = {}
        self._gone_to = 0

    def is_due(self, key: Key, view: View) -> bool:
        """Say whether a view shows items that were not looked at."""
        return (key, _mark(view)) != (self._key, self._seen)

    def take(self, key: Key, view: View, found: tuple[Symptom, ...]) -> None:
        """Take up what was found in a view of a session."""
        if found != self._found or key != self._key:
            self._gone_to = 0
        self._key, self._seen, self._found = key, _mark(view), found

    def offer(self, key: Key) -> Symptom | None:
        """Return the newest finding of a session that is worth a word."""
        if key != self._key:
            return None
        least = self._least
        return next((s for s in self._found if s.count >= least.get((key, s.detector), 0)), None)

    def dismiss(self, key: Key) -> bool:
        """Be silent until the detector finds clearly more; say whether there was an offer."""
        offer = self.offer(key)
        if offer is not None:
            self._least[key, offer.detector] = offer.count + STEP
        return offer is not None

    def place(self, key: Key) -> tuple[int, int, int] | None:
        """Return the next item of the evidence to go to, the newest first: item, which, of all."""
        offer = self.offer(key)
        if offer is None:
            return None
        items = offer.items[::-1]
        at, self._gone_to = self._gone_to % len(items), self._gone_to + 1
        return items[at], at + 1, len(items)


def _mark(view: View) -> tuple[int, int]:
    return view.generation, view.snapshot.items_seen
