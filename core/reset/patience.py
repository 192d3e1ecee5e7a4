"""How long a turn is waited for in which every call of the model fails.

A client whose vendor is down or refuses it tries again by itself, for minutes, and its state says
no more than that it works. What it tells of that is written down with each attempt; once it counts
as unable (see `Failing`) the person decides: they wait on, or take a draft of the notes instead.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum

from ..acting.failing import Failing
from .book import Book
from .transaction import Done, Status, Step


class Unable(StrEnum):
    """What is done where the agent is unable to answer; it is chosen for a step, see `chosen`."""

    WAIT = "wait"
    """It is waited for; the person sees that, and can choose another way meanwhile."""
    ASK = "ask"
    """The person has to decide; nobody waits meanwhile."""
    DRAFT = "draft"
    """Its turn is interrupted, and the notes are drafted from its transcript."""
    DRAFT_NOW = "draft now"
    """The same, without waiting whether it is unable."""


class Patience:
    """Hears of failing calls in one step, writes them down, and says when to wait no longer."""

    def __init__(
        self,
        book: Book,
        step: Step,
        otherwise: Unable = Unable.WAIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Watch over a step; `otherwise` counts where nobody chose a way."""
        self._book, self._step, self._otherwise = book, step, otherwise
        self._failing = Failing(clock)
        self._told: tuple[str, bool] | None = None

    def ends(self, retry: str | None) -> bool:
        """Say whether it is over; `retry` is what the agent says of failing calls, if they do."""
        way = chosen(self._book.transaction.step(self._step), self._otherwise)
        if way is Unable.DRAFT_NOW:
            return True
        stuck = self._failing.lasts(retry)
        if retry is None:
            self._passed()
            return False
        self._tell(retry, stuck=stuck)
        return stuck and way is not Unable.WAIT

    def _tell(self, retry: str, *, stuck: bool) -> None:
        if self._told == (retry, stuck):
            return
        began = {} if self._told else {"failing_since": time.time()}
        self._told = (retry, stuck)
        self._book.see(self._step, retry, stuck=stuck, **began)

    def _passed(self) -> None:
        if self._told is not None:
            self._book.see(self._step, "", stuck=False)
        self._told = None


def chosen(done: Done, otherwise: Unable = Unable.WAIT) -> Unable:
    """Return what was chosen for a step whose agent cannot answer."""
    return Unable(done.chosen.get("unable", otherwise))


def is_stuck(done: Done) -> bool:
    """Say whether a step waits for an agent that has been unable to answer for long."""
    return done.status in (Status.TODO, Status.BEGUN) and bool(done.facts.get("stuck"))
