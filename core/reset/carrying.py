"""One reset from its first line to its result line, for screens and scripts alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..acting.service import Acting
from ..agents.base import Agent
from ..tasks import Came, Tasks
from .boot import Check, Point
from .brief import Brief
from .place import brief_of
from .preparing import Prepared
from .runner import NeedsPerson, Runner
from .session_hands import SessionHands
from .store import Store
from .transaction import Begun, Closed, Purpose, Status, Step, Transaction

Told = Callable[[Transaction], None]

_CAME = {Purpose.RESET: Came.RESET, Purpose.HAND_OFF: Came.HAND_OFF}


class Reset:
    """A transaction that is under way, with the world it works in."""

    def __init__(
        self,
        begun: Begun,
        brief: Brief,
        acting: Acting,
        agents: Mapping[str, Agent],
        told: Told = lambda _: None,
    ) -> None:
        self._tasks = Tasks(acting.state)
        self.brief = brief
        self.store, self.name = Store(acting.state), begun.id
        notes = Path(begun.notes) if begun.notes else None
        hands = SessionHands(begun, acting, agents, notes, self._started)
        self.runner = Runner(self.store, begun.id, hands, brief, told)

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
        notes = Path(begun.notes) if begun.notes else None
        text = notes.read_text(errors="replace") if notes and notes.is_file() else None
        root = Path(begun.root or begun.cwd)
        brief = brief_of(root, Path(begun.cwd), notes, text)
        return cls(begun, brief, acting, agents, told)

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
        return next((s for s in Step if self.transaction.step(s).status is Status.FAILED), None)

    def decide_commit(self, paths: Sequence[str], message: str) -> None:
        """Say what is committed; no paths leave the step out."""
        self.runner.choose(Step.COMMIT, paths=list(paths), message=message)

    def decide_brief(self, text: str) -> None:
        """Say what the fresh session gets as its first prompt."""
        self.runner.choose(Step.OPEN, brief=text)

    def renew(self, brief: Brief) -> None:
        """Take a brief that was made anew: the notes have changed, or the person chose a step."""
        self.brief = brief
        self.runner.renew(brief)

    def close(self, *, fill: int | None = None, next_usd: float | None = None) -> Closed:
        """Write the result line: the time it took, and the figures after it."""
        return self.runner.close(fill=fill, next_usd=next_usd)

    def _started(self, session_id: str) -> None:
        self.runner.choose(Step.OPEN, started=session_id)

    def _link(self) -> None:
        """Put the fresh session into the task's chain."""
        found = self.transaction
        begun, new = found.begun, found.new_session_id
        if new is not None and found.step(Step.OPEN).status is Status.DONE:
            task = self._tasks.begin(begun.agent, begun.session_id, begun.root)
            agent = begun.target or begun.agent
            self._tasks.add(task, agent, new, _CAME[begun.purpose], begun.root)


def checks_of(transaction: Transaction) -> tuple[Check, ...]:
    """Return the boot check's points as the transaction holds them."""
    rows = transaction.step(Step.CHECK).facts.get("checks", ())
    return tuple(
        Check(Point(point), done, evidence, again) for point, done, evidence, again in rows
    )


def result_line(transaction: Transaction, before: str, after: str) -> str:
    """Say what a reset took and brought; `before` and `after` are fills as people read them."""
    closed = transaction.closed
    seconds = closed.seconds if closed else 0.0
    return f"{transaction.begun.purpose} in {seconds:.0f} s, {before} → {after}"
