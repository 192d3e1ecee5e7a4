"""How long a turn is waited for that does not come to an end by itself.

A client whose vendor is down or refuses it tries again by itself, for minutes, and its state says
no more than that it works. What it tells of that is written down with each attempt; once it counts
as unable (see `Failing`) the person decides: they wait on, or take a draft of the notes instead.
A turn that waits for the person's answer is theirs alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum

from ..acting.failing import Failing
from .book import Book
from .transaction import Done, Status, Step

ASKS = 30.0
"""Seconds that an agent's question may stand while nobody but a script waits for its end."""

ASKS_YOU = "the agent waits for your answer"


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
    """Hears what holds one step up, writes it down, and says when to wait no longer."""

    def __init__(
        self,
        book: Book,
        step: Step,
        otherwise: Unable = Unable.WAIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Watch over a step; `otherwise` counts where nobody chose a way.

        One that was stuck when another process left it is shown so on, and waited for anew.
        """
        self._book, self._step, self._otherwise = book, step, otherwise
        self._failing, self._asking = Failing(clock), Failing(clock)
        self._told: tuple[str, bool] | None = None
        self._was_stuck = is_stuck(book.transaction.step(step))

    def ends(self, retry: str | None, *, asks: bool = False) -> bool:
        """Say whether it is over; `retry` is what the agent says of failing calls, if they do.

        `asks` says that it waits for the person.
        """
        way = chosen(self._book.transaction.step(self._step), self._otherwise)
        if way is Unable.DRAFT_NOW:
            return True
        waited = self._asking.lasts(ASKS_YOU if asks else None, ASKS)
        stuck = self._failing.lasts(None if asks else retry)
        self._was_stuck = self._was_stuck and retry is not None
        words = ASKS_YOU if asks else retry or ""
        self._tell(words, stuck=stuck or self._was_stuck, asks=asks)
        return (stuck or waited) and way is not Unable.WAIT

    def _tell(self, words: str, *, stuck: bool, asks: bool) -> None:
        if self._told != (words, stuck) and (words or self._told is not None):
            self._book.see(self._step, words, stuck=stuck, asks=asks)
            self._told = (words, stuck) if words else None


def chosen(done: Done, otherwise: Unable = Unable.WAIT) -> Unable:
    """Return what was chosen for a step whose agent cannot answer."""
    return Unable(done.chosen.get("unable", otherwise))


def asks_you(done: Done) -> bool:
    """Say whether a step waits for an agent that waits for the person."""
    return done.status in (Status.TODO, Status.BEGUN) and bool(done.facts.get("asks"))


def is_stuck(done: Done) -> bool:
    """Say whether a step waits for an agent that has been unable to answer for long."""
    return done.status in (Status.TODO, Status.BEGUN) and bool(done.facts.get("stuck"))
