"""One reset from its first line to its result line, for screens and scripts alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ..acting.service import Acting
from ..agents.base import Agent
from ..config import Settings
from ..next_turn import next_usd
from ..problems import NotSaved
from ..tasks import Came, Passage, Tasks
from .boot import Check, Point
from .brief import Brief
from .patience import Unable
from .place import brief_of
from .preparing import Prepared
from .runner import NeedsPerson, Runner
from .session_hands import SessionHands
from .store import Store
from .transaction import Begun, Closed, Purpose, Status, Step, Transaction

Told = Callable[[Transaction], None]

_CAME = {Purpose.RESET: Came.RESET, Purpose.HAND_OFF: Came.HAND_OFF}


class Reset:
    """A transaction that is under way, with the world it works in.

    `brief` is what the fresh session would be told now; `renew` makes it anew from the notes.
    """

    def __init__(
        self,
        begun: Begun,
        brief: Brief,
        acting: Acting,
        agents: Mapping[str, Agent],
        told: Told = lambda _: None,
    ) -> None:
        self.brief = brief
        self.begun = begun
        self.store, self.name = Store(acting.state), begun.id
        self._tasks, self._journal = Tasks(acting.state), acting.journal
        self.hands = SessionHands(begun, acting, agents, self._note)
        self.runner = Runner(self.store, begun.id, self.hands, brief, told)

    @classmethod
    def begin(
        cls,
        prepared: Prepared,
        acting: Acting,
        agents: Mapping[str, Agent],
        told: Told = lambda _: None,
    ) -> Reset:
        """Write the first line of a new reset.

        Raises:
            NotSaved: it could not be written; nothing has happened.
        """
        begun = prepared.begun
        reset = cls(begun, prepared.brief, acting, agents, told)
        reset.store.sweep(time.time())
        reset._tasks.begin(begun.agent, begun.session_id, begun.root)
        reset.store.write(begun.id, begun)
        return reset

    @classmethod
    def resume(
        cls,
        transaction: Transaction,
        acting: Acting,
        agents: Mapping[str, Agent],
        told: Told = lambda _: None,
    ) -> Reset:
        """Take up a reset whose process has gone; the brief is made anew from what is there."""
        begun = transaction.begun
        return cls(begun, brief_now(begun), acting, agents, told)

    @property
    def transaction(self) -> Transaction:
        """The reset as it stands on the disk."""
        return self.runner.transaction

    async def go(self) -> Step | None:
        """Go on as far as possible; return the step that waits for the person, if one does.

        Raises:
            NotSaved: the journal cannot be written; nothing more was done.
        """
        try:
            await self.runner.go()
        except NeedsPerson as needs:
            return needs.step
        self._link()
        return self.failed

    def decide_commit(self, paths: Sequence[str], message: str, why: str = "") -> None:
        """Say what is committed; no paths leave the step out, `why` says in words why."""
        self.runner.choose(Step.COMMIT, paths=list(paths), message=message, why=why)

    def decide_unable(self, way: Unable) -> None:
        """Say what is done where the agent is unable to answer for its notes; see `Patience`."""
        self.runner.choose(Step.NOTES, unable=way)

    def decide_brief(self, text: str) -> None:
        """Say what the fresh session gets as its first prompt; it is checked against `brief`."""
        self.runner.choose(Step.OPEN, brief=text, asked=msgspec.to_builtins(self.brief))

    def renew(self, brief: Brief | None = None) -> Brief:
        """Take a brief that was made anew, by default from the notes as they are now."""
        self.brief = brief or brief_now(self.begun)
        self.runner.renew(self.brief)
        return self.brief

    def again(self) -> Step | None:
        """Let the step that failed be done once more; return which one that is."""
        failed = self.failed
        if failed is not None:
            self.runner.again(failed)
        return failed

    @property
    def failed(self) -> Step | None:
        """The step that failed, if one did."""
        found = self.transaction
        return next((s for s in Step if found.step(s).status is Status.FAILED), None)

    def conclude(self, settings: Settings) -> Closed:
        """Close with the figures of the fresh session: reads its transcript, loads the prices.

        Raises:
            NotSaved: see `close`.
        """
        fill, usd = self._figures(settings)
        return self.close(fill=fill, next_usd=usd)

    def close(self, *, fill: int | None = None, next_usd: float | None = None) -> Closed:
        """Write the result line: here, into the journal, and into the task's history.

        Raises:
            NotSaved: the transaction could not be closed; it can be gone on with.
        """
        closed = self.runner.close(fill=fill, next_usd=next_usd)
        passage = _passage(self.transaction, self._task(), closed)
        for book in (self._journal, self._tasks):
            with suppress(NotSaved):
                book.note(passage)
        return closed

    def _figures(self, settings: Settings) -> tuple[int | None, float | None]:
        """Return the fresh session's fill in tokens, and what its next call costs."""
        new = self.transaction.new_session_id
        reading = self.hands.reading(self.begun.receiver, new) if new else None
        if reading is None:
            return None, None
        reading.refresh()
        fill = reading.snapshot.fill
        return fill.tokens if fill else None, next_usd(reading.snapshot, settings)

    def _task(self) -> str:
        begun = self.begun
        return self._tasks.begin(begun.agent, begun.session_id, begun.root)

    def _note(self, **facts: Any) -> None:
        self.runner.choose(Step.OPEN, **facts)

    def _link(self) -> None:
        """Put the fresh session into the task's chain."""
        found = self.transaction
        begun, new = found.begun, found.new_session_id
        if new is not None and found.step(Step.OPEN).status is Status.DONE:
            self._tasks.add(self._task(), begun.receiver, new, _CAME[begun.purpose], begun.root)


def brief_now(begun: Begun) -> Brief:
    """Return the brief as the repository and the notes are now; looks only."""
    notes = Path(begun.notes) if begun.notes else None
    text = notes.read_text(errors="replace") if notes and notes.is_file() else None
    there = notes if text is not None else None
    root = Path(begun.root or begun.cwd)
    return brief_of(root, Path(begun.cwd), there, text, agent=begun.receiver)


def _passage(transaction: Transaction, task: str, closed: Closed) -> Passage:
    begun = transaction.begun
    return Passage(
        task=task,
        transaction=begun.id,
        purpose=begun.purpose,
        at=closed.at,
        from_agent=begun.agent,
        from_session=begun.session_id,
        to_agent=begun.receiver,
        to_session=transaction.new_session_id,
        seconds=closed.seconds,
        fill=(begun.fill, closed.fill),
        next_usd=(begun.next_usd, closed.next_usd),
    )


def checks_of(transaction: Transaction) -> tuple[Check, ...]:
    """Return the boot check's points as the transaction holds them."""
    rows = transaction.step(Step.CHECK).facts.get("checks", ())
    return tuple(
        Check(Point(point), done, evidence, again) for point, done, evidence, again in rows
    )
