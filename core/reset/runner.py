"""Carries out a reset, one step at a time: a line on the disk, the effect, another line.

It can be killed anywhere. Whoever goes on calls `go` again: a step that was under way is looked
into first, and only what provably did not happen is done.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Protocol

from ..acting.action import Result
from ..problems import Problem
from .book import Book, NeedsPerson, Told
from .boot import Check
from .brief import Brief
from .checking import CheckStep
from .commit_step import CommitStep
from .hands import Hands
from .notes_step import NotesStep
from .opening import CloseStep, OpenStep
from .store import Store
from .transaction import Aborted, Closed, Next, Step, Transaction, next_step
from .turns import Turns

__all__ = ["NeedsPerson", "Runner"]


class Effect(Protocol):
    """One step: do it, or find out whether it was done; each writes how it ended."""

    async def do(self, transaction: Transaction) -> None:
        """Do it."""

    async def find(self, transaction: Transaction) -> None:
        """Find out what came of it."""


class Runner:
    """Goes on with one transaction until it is over, fails, or needs the person."""

    def __init__(
        self, store: Store, name: str, hands: Hands, brief: Brief, told: Told = lambda _: None
    ) -> None:
        self._book = Book(store, name, told)
        turns = Turns(hands)
        self._checking = CheckStep(self._book, hands, turns, brief)
        self._steps: Mapping[Step, Effect] = {
            Step.NOTES: NotesStep(self._book, hands, turns),
            Step.COMMIT: CommitStep(self._book),
            Step.CLOSE: CloseStep(self._book, hands),
            Step.OPEN: OpenStep(self._book, hands, turns),
        }

    def renew(self, brief: Brief) -> None:
        """Check the fresh session against another brief: the notes have changed since."""
        self._checking.brief = brief

    @property
    def transaction(self) -> Transaction:
        """The transaction as it stands on the disk."""
        return self._book.transaction

    async def go(self) -> Transaction:
        """Take steps until none is left, one has failed, or the person is needed.

        Raises:
            NeedsPerson: a step waits for a decision (see `choose`).
            NotSaved: the journal cannot be written; nothing more was done.
            SessionTaken: another process goes on with it.
        """
        lock = self._book.store.hold(self._book.name)
        try:
            while (upcoming := next_step(self.transaction)) is not None:
                await self._take(upcoming)
                self._book.tell()
        finally:
            lock.release()
        return self.transaction

    def choose(self, step: Step, **facts: Any) -> None:
        """Write down what the person decided for a step."""
        self._book.choose(step, **facts)

    def skip(self, step: Step, words: str = "left out") -> None:
        """Leave a step out."""
        self._book.skip(step, words)

    def again(self, step: Step) -> None:
        """Let a step that failed be done once more; what may have happened is looked into."""
        self._book.repeat(step)

    def abort(self, words: str = "stopped") -> None:
        """Stop; what was done stays done."""
        self._book.store.write(self._book.name, Aborted(at=time.time(), words=words))
        self._book.store.reduce(self._book.name)

    def close(self, *, fill: int | None = None, next_usd: float | None = None) -> Closed:
        """Write the result line and let go of everybody's text."""
        now, began = time.time(), self.transaction.begun.at
        closed = Closed(at=now, seconds=now - began, fill=fill, next_usd=next_usd)
        self._book.store.write(self._book.name, closed)
        self._book.store.reduce(self._book.name)
        return closed

    def checks(self) -> tuple[Check, ...]:
        """Return what the fresh session did of its brief until now; reads its transcript."""
        return self._checking.checks(self.transaction)

    async def repeat_missed(self) -> Result | None:
        """Ask the fresh session for what it missed; `None` when there is nothing to ask.

        Raises:
            Problem: it cannot be reached.
        """
        return await self._checking.repeat(self.transaction)

    async def _take(self, upcoming: Next) -> None:
        step = upcoming.step
        try:
            if step is Step.CHECK:
                await self._checking.do(self.transaction)
            elif upcoming.recover:
                await self._steps[step].find(self.transaction)
            else:
                await self._steps[step].do(self.transaction)
        except Problem as problem:
            begun = next_step(self.transaction)
            unknown = begun is not None and begun.recover
            self._book.fail(step, f"{problem.detail} {problem.remedy}".strip(), unknown=unknown)
