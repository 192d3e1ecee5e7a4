"""What the person has said about a reset so far, and how long that took them."""

from __future__ import annotations

import time
from collections.abc import Set as AbstractSet

from ...core.committable import Committable
from ...core.reset.transaction import Step
from .facts import Need


class Agreed:
    """The person's own decisions; what they have not decided is as it was worked out."""

    def __init__(self) -> None:
        self.picks: dict[str, bool] = {}
        self.message: str | None = None
        self.text: str | None = None
        """The brief in their own words."""
        self.left_out: set[Step] = set()
        self.overruled: set[Need] = set()
        self.begun = False
        """Whether they have agreed to the commit by beginning."""

    def ticked(self, found: Committable, first: AbstractSet[str]) -> tuple[str, ...]:
        """Return the paths that would be committed; `first` are those ticked by themselves."""
        if Step.COMMIT in self.left_out:
            return ()
        return tuple(c.path for c in found.changes if self.picks.get(c.path, c.path in first))


class Attention:
    """Counts the seconds for which a decision stands before the person."""

    def __init__(self) -> None:
        self.watched = False
        """Whether the sheet is in front."""
        self._spent = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """What was counted until now."""
        running = time.monotonic() - self._since if self._since is not None else 0.0
        return self._spent + running

    def count(self, *, asked: bool) -> None:
        """Go on counting while something is `asked` of the person and they look at it."""
        now = time.monotonic()
        if asked and self.watched and self._since is None:
            self._since = now
        elif not (asked and self.watched) and self._since is not None:
            self._spent += now - self._since
            self._since = None
