"""Carries out a reset, one step at a time: a line on the disk, the effect, another line.

It can be killed anywhere. Whoever goes on calls `go` again: a step that was under way is looked
into first, and only what provably did not happen is done.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from ..acting.action import Outcome, Result, Verb, action
from ..acting.reading import Reading
from ..agents.base import State
from ..asking import notes_request
from ..committing import commit, head_of
from ..gitrun import run_git
from ..items import Kind
from ..problems import Problem
from .boot import Check, Line, check
from .brief import Brief
from .hands import Channelled, Hands, at_rest, until
from .store import Store
from .transaction import (
    Aborted,
    Again,
    Asking,
    Chosen,
    Closed,
    Finished,
    Next,
    Status,
    Step,
    Transaction,
    next_step,
)

WRITTEN = 3.0
"""Seconds until what an agent did must stand in its transcript."""

NOT_KNOWN = "it is not known whether this happened; look at the session, then repeat or skip it"

Told = Callable[[Transaction], None]
Effect = Callable[[Transaction], Awaitable[None]]


class NeedsPerson(Exception):
    """A step waits for what only the person can decide."""

    def __init__(self, step: Step) -> None:
        super().__init__(step)
        self.step = step


class Runner:
    """Goes on with one transaction until it is over, fails, or needs the person."""

    def __init__(
        self, store: Store, name: str, hands: Hands, brief: Brief, told: Told = lambda _: None
    ) -> None:
        self._store, self._name, self._hands, self._brief = store, name, hands, brief
        self._told = told
        self._effects: Mapping[Step, tuple[Effect, Effect]] = {
            Step.NOTES: (self._ask_for_notes, self._find_notes_asked),
            Step.COMMIT: (self._commit, self._find_commit),
            Step.CLOSE: (self._close, self._find_closed),
            Step.OPEN: (self._open, self._find_opened),
            Step.CHECK: (self._check, self._check),
        }

    def renew(self, brief: Brief) -> None:
        """Check the fresh session against another brief: the notes have changed since."""
        self._brief = brief

    @property
    def transaction(self) -> Transaction:
        """The transaction as it stands on the disk."""
        found = self._store.read(self._name)
        assert found is not None
        return found

    async def go(self) -> Transaction:
        """Take steps until none is left, one has failed, or the person is needed.

        Raises:
            NeedsPerson: a step waits for a decision (see `choose`).
            NotSaved: the journal cannot be written; nothing more was done.
        """
        while (upcoming := next_step(self.transaction)) is not None:
            await self._take(upcoming)
            self._told(self.transaction)
        return self.transaction

    def choose(self, step: Step, **facts: Any) -> None:
        """Write down what the person decided for a step."""
        self._store.write(self._name, Chosen(at=time.time(), step=step, facts=facts))
        self._told(self.transaction)

    def skip(self, step: Step, words: str = "skipped") -> None:
        """Leave a step out."""
        self._finish(step, Status.SKIPPED, words)

    def again(self, step: Step) -> None:
        """Let a step that failed be done once more."""
        self._store.write(self._name, Again(at=time.time(), step=step))

    def abort(self, words: str = "stopped") -> None:
        """Stop; what was done stays done."""
        self._store.write(self._name, Aborted(at=time.time(), words=words))

    def close(self, *, fill: int | None = None, next_usd: float | None = None) -> Closed:
        """Write the result line and let go of everybody's text."""
        now = time.time()
        closed = Closed(
            at=now, seconds=now - self.transaction.begun.at, fill=fill, next_usd=next_usd
        )
        self._store.write(self._name, closed)
        self._store.reduce(self._name)
        return closed

    async def _take(self, upcoming: Next) -> None:
        do, find = self._effects[upcoming.step]
        try:
            await (find if upcoming.recover else do)(self.transaction)
        except Problem as problem:
            words = " ".join(filter(None, (problem.detail, problem.remedy)))
            self._finish(upcoming.step, Status.FAILED, words)

    # Notes

    async def _ask_for_notes(self, transaction: Transaction) -> None:
        channel, notes = await self._hands.channel(), self._hands.notes()
        if channel is None or notes is None:
            why = "there is no progress file" if notes is None else "nobody can be asked"
            self._finish(Step.NOTES, Status.SKIPPED, why)
            return
        prompt = notes_request(notes[0].name)
        items = await self._count(transaction.begun.agent, transaction.begun.session_id)
        self._begin(Step.NOTES, prompt=prompt, items=items, before=notes[1])
        result = await channel.act(action(Verb.PROMPT, prompt))
        if result.outcome is not Outcome.CONFIRMED:
            self._not_done(Step.NOTES, result)
            return
        await self._await_notes()

    async def _await_notes(self) -> None:
        channel = await self._hands.channel()
        if channel is not None and await at_rest(channel):
            self._finish(Step.NOTES, Status.DONE, "the agent's turn has ended")
        else:
            self._finish(Step.NOTES, Status.FAILED, "the agent has not come to an end")

    async def _find_notes_asked(self, transaction: Transaction) -> None:
        facts = transaction.step(Step.NOTES).facts
        begun = transaction.begun
        took = await self._took(begun.agent, begun.session_id, facts["prompt"], facts["items"])
        if took:
            await self._await_notes()
        else:
            await self._again_if_idle(Step.NOTES, await self._hands.channel())

    # Commit

    async def _commit(self, transaction: Transaction) -> None:
        chosen, begun = transaction.step(Step.COMMIT).chosen, transaction.begun
        if "paths" not in chosen:
            raise NeedsPerson(Step.COMMIT)
        if begun.root is None:
            self._finish(Step.COMMIT, Status.SKIPPED, "nothing can be committed here")
            return
        if not chosen["paths"]:
            self._finish(Step.COMMIT, Status.SKIPPED, "nothing was ticked")
            return
        root, message = Path(begun.root), chosen["message"]
        head = await asyncio.to_thread(head_of, root)
        self._begin(Step.COMMIT, head=head, message=message)
        done = await asyncio.to_thread(commit, root, chosen["paths"], message)
        if done.outcome is Outcome.CONFIRMED:
            assert done.commit is not None
            self._finish(Step.COMMIT, Status.DONE, f"commit {done.commit[:9]}", commit=done.commit)
        else:
            self._finish(Step.COMMIT, Status.FAILED, done.words or "git made no commit")

    async def _find_commit(self, transaction: Transaction) -> None:
        """A commit of ours stands on the HEAD from before and has our message."""
        facts, root = transaction.step(Step.COMMIT).facts, Path(transaction.begun.root or ".")
        made = await asyncio.to_thread(_commit_after, root, facts["head"], facts["message"])
        if made is not None:
            self._finish(Step.COMMIT, Status.DONE, f"commit {made[:9]}", commit=made)
        else:
            self._repeat(Step.COMMIT, "no commit was made")

    # Close

    async def _close(self, transaction: Transaction) -> None:
        """End the old session; only once the brief is agreed, so that stopping costs nothing."""
        if not isinstance(transaction.step(Step.OPEN).chosen.get("brief"), str):
            raise NeedsPerson(Step.OPEN)
        channel = await self._hands.channel()
        if transaction.begun.target not in ("", transaction.begun.agent) or channel is None:
            self._finish(Step.CLOSE, Status.SKIPPED, "the old session stays as it is")
            return
        self._begin(Step.CLOSE)
        result = await channel.act(action(Verb.CLEAR))
        if result.outcome is Outcome.CONFIRMED and result.new_session_id:
            self._closed(result.new_session_id)
        else:
            self._not_done(Step.CLOSE, result)

    async def _find_closed(self, transaction: Transaction) -> None:
        channel = await self._hands.channel()
        now = channel.live.session_id if channel else None
        if now is not None and now != transaction.begun.session_id:
            self._closed(now)
        else:
            await self._again_if_idle(Step.CLOSE, channel)

    def _closed(self, new: str) -> None:
        self._finish(Step.CLOSE, Status.DONE, f"new session {new[:8]}", new_session_id=new)

    # Open

    async def _open(self, transaction: Transaction) -> None:
        text = transaction.step(Step.OPEN).chosen.get("brief")
        if not isinstance(text, str):
            raise NeedsPerson(Step.OPEN)
        channel = await self._hands.fresh(transaction)
        if channel is None:
            self._finish(Step.OPEN, Status.FAILED, "nothing leads into a fresh session")
            return
        self._begin(Step.OPEN, brief=text, new_session_id=channel.live.session_id)
        result = await channel.act(action(Verb.PROMPT, text))
        if result.outcome is Outcome.CONFIRMED:
            new = channel.live.session_id or result.session_id
            self._finish(Step.OPEN, Status.DONE, "the brief was taken", new_session_id=new)
        else:
            self._not_done(Step.OPEN, result)

    async def _find_opened(self, transaction: Transaction) -> None:
        facts, begun = transaction.step(Step.OPEN).facts, transaction.begun
        agent, new = begun.target or begun.agent, facts.get("new_session_id")
        if isinstance(new, str) and await self._took(agent, new, facts["brief"], 0):
            self._finish(Step.OPEN, Status.DONE, "the brief was taken", new_session_id=new)
        else:
            await self._again_if_idle(Step.OPEN, await self._hands.fresh(transaction))

    # Check

    async def _check(self, transaction: Transaction) -> None:
        channel, new = await self._hands.fresh(transaction), transaction.new_session_id
        if channel is None or new is None:
            self._finish(Step.CHECK, Status.SKIPPED, "nobody can be watched")
            return
        await at_rest(channel)
        agent = transaction.begun.target or transaction.begun.agent
        checks = await asyncio.to_thread(self.checks, agent, new)
        right = sum(point.done for point in checks)
        facts = [[point.point, point.done, point.evidence, point.again] for point in checks]
        self._finish(Step.CHECK, Status.DONE, f"{right} of {len(checks)}", checks=facts)

    def checks(self, agent: str, session_id: str) -> tuple[Check, ...]:
        """Return what the fresh session did of what its brief asked; reads its transcript."""
        reading = self._hands.reading(agent, session_id)
        if reading is None:
            return check(self._brief, ())
        reading.refresh()
        return check(self._brief, lines_of(reading))

    # Lines and evidence

    def _begin(self, step: Step, **facts: Any) -> None:
        self._store.write(self._name, Asking(at=time.time(), step=step, facts=facts))
        self._told(self.transaction)

    def _finish(self, step: Step, status: Status, words: str = "", **facts: Any) -> None:
        line = Finished(at=time.time(), step=step, status=status, words=words, facts=facts)
        self._store.write(self._name, line)

    def _repeat(self, step: Step, words: str) -> None:
        self._store.write(self._name, Again(at=time.time(), step=step, words=words))

    def _not_done(self, step: Step, result: Result) -> None:
        words = " ".join(filter(None, (result.reason, result.remedy)))
        if result.outcome is Outcome.UNKNOWN:
            words = f"{words} {NOT_KNOWN}".strip()
        self._finish(step, Status.FAILED, words)

    async def _again_if_idle(self, step: Step, channel: Channelled | None) -> None:
        """Repeat a step whose effect left no trace, but only where a trace would be seen."""
        if channel is not None and channel.live.state is State.IDLE:
            self._repeat(step, "no trace of it was found")
        else:
            self._finish(step, Status.FAILED, NOT_KNOWN)

    async def _took(self, agent: str, session_id: str, prompt: str, start: int) -> bool:
        """Say whether a session's transcript holds a prompt; it may take a moment to get there."""

        async def there() -> bool:
            reading = await asyncio.to_thread(self._read, agent, session_id)
            return reading is not None and reading.took(prompt, start) is not None

        return await until(there, WRITTEN)

    async def _count(self, agent: str, session_id: str) -> int:
        reading = await asyncio.to_thread(self._read, agent, session_id)
        return reading.count if reading else 0

    def _read(self, agent: str, session_id: str) -> Reading | None:
        reading = self._hands.reading(agent, session_id)
        if reading is not None:
            reading.refresh()
        return reading


def lines_of(reading: Reading, start: int = 0) -> list[Line]:
    """Return what the boot check needs of a transcript, from item `start` on."""
    wanted = {Kind.TOOL_CALL, Kind.SAID}
    return [
        Line(
            item.kind,
            f"{item.name} {item.head}\n{reading.text(number)}",
            item.flags,
            failed=reading.failed(number),
        )
        for number, item in reading.since(start)
        if item.kind in wanted
    ]


def _commit_after(root: Path, head: str | None, message: str) -> str | None:
    """Return the commit that stands on `head` with `message`, if HEAD leads to one."""
    limit = [f"{head}..HEAD"] if head else ["HEAD"]
    answer = run_git(root, "rev-list", "--first-parent", "--reverse", *limit)
    for made in answer.text.split() if answer.code == 0 else ():
        said = run_git(root, "log", "-1", "--format=%B", made)
        if said.text.strip() == message.strip():
            return made
    return None
