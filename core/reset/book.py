"""The journal of one reset, as its steps write it: a line before an effect and a line after it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..acting.action import Outcome, Result
from .store import Store
from .transaction import Again, Asking, Chosen, Finished, Seen, Status, Step, Transaction

NOT_KNOWN = "It is not known whether this happened: look at the session, then go on or skip it."

Told = Callable[[Transaction], None]
"""Hears of a reset as it stands now, after each line."""


class NeedsPerson(Exception):
    """A step waits for what only the person can decide."""

    def __init__(self, step: Step) -> None:
        super().__init__(step)
        self.step = step


class Book:
    """Writes the lines of one transaction; every method has its line on the disk on return.

    Each of them raises `NotSaved` where the line could not be written; then nothing may happen.
    """

    def __init__(self, store: Store, name: str, told: Told = lambda _: None) -> None:
        self.store, self.name = store, name
        self._told = told

    @property
    def transaction(self) -> Transaction:
        """The transaction as it stands on the disk."""
        found = self.store.read(self.name)
        assert found is not None
        return found

    def begin(self, step: Step, **facts: Any) -> None:
        """Write that a step's effect is about to happen, with what evidence is looked for."""
        self.store.write(self.name, Asking(at=time.time(), step=step, facts=facts))
        self.tell()

    def finish(self, step: Step, status: Status, words: str = "", **facts: Any) -> None:
        """Write that a step has come to an end."""
        line = Finished(at=time.time(), step=step, status=status, words=words, facts=facts)
        self.store.write(self.name, line)

    def skip(self, step: Step, words: str) -> None:
        """Write that a step is left out, and why."""
        self.finish(step, Status.SKIPPED, words)

    def fail(self, step: Step, words: str, *, unknown: bool = False) -> None:
        """Write that a step failed; `unknown` when its effect may have happened all the same."""
        self.finish(step, Status.FAILED, words, unknown=unknown)

    def not_done(self, step: Step, result: Result) -> None:
        """Write that an action was not confirmed."""
        unknown = result.outcome is Outcome.UNKNOWN
        words = (result.reason, result.remedy, NOT_KNOWN if unknown else "")
        self.fail(step, " ".join(filter(None, words)), unknown=unknown)

    def repeat(self, step: Step, words: str = "") -> None:
        """Write that a step is to do again; one that may have happened is looked into first."""
        unknown = bool(self.transaction.step(step).facts.get("unknown"))
        self.store.write(self.name, Again(at=time.time(), step=step, words=words, recover=unknown))

    def redo(self, step: Step, words: str) -> None:
        """Write that a step's effect provably did not happen, so that it can be done."""
        self.store.write(self.name, Again(at=time.time(), step=step, words=words))

    def see(self, step: Step, words: str, **facts: Any) -> None:
        """Write what is seen of a step that is waited for."""
        self.store.write(self.name, Seen(at=time.time(), step=step, words=words, facts=facts))
        self.tell()

    def choose(self, step: Step, **facts: Any) -> None:
        """Write what was decided for a step."""
        self.store.write(self.name, Chosen(at=time.time(), step=step, facts=facts))
        self.tell()

    def tell(self) -> None:
        """Tell the transaction as it stands."""
        self._told(self.transaction)
