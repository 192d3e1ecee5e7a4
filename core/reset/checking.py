"""Step 5 of a reset: whether the fresh session takes up its brief, and what it is told again."""

from __future__ import annotations

import asyncio
import time

import msgspec

from ..acting.action import Outcome, Result, Verb, action
from ..acting.live import Live
from ..agents.base import State
from ..items import Kind
from ..problems import NotFound
from .book import Book
from .boot import Check, Line, check, missed
from .brief import Brief
from .hands import LOOK, Channelled, Hands, Transcript
from .opening import brief_sent
from .patience import Patience, Unable
from .transaction import Status, Step, Transaction
from .turns import Ended, Ending, Sent, Turns

WATCHED = 120.0
"""Seconds that a fresh session may take until what it has not done counts as missed."""


class CheckStep:
    """Watches the fresh session until every point is done, or its turn has ended."""

    def __init__(self, book: Book, hands: Hands, turns: Turns, brief: Brief) -> None:
        self._book, self._hands, self._turns = book, hands, turns
        self.brief = brief

    async def do(self, transaction: Transaction) -> None:
        """Watch, and write what was seen."""
        new = transaction.new_session_id
        if new is None:
            self._book.skip(Step.CHECK, "there is no fresh session")
            return
        channel = await self._hands.fresh(transaction, start=False)
        if channel is None:
            gone = "the fresh session has gone"
            self._write(await asyncio.to_thread(self.checks, transaction), gone)
            return
        await self._watch(transaction, channel, brief_sent(transaction, new))

    async def repeat(self, transaction: Transaction) -> Result | None:
        """Ask for what was missed, watch again, and return what came of the prompt.

        `None` when nothing was missed.

        Raises:
            Problem: it cannot be reached.
        """
        new = transaction.new_session_id
        checks = self.checks(transaction)
        if new is None or not missed(checks):
            return None
        channel = await self._hands.fresh(transaction, start=False)
        if channel is None:
            raise NotFound("The fresh session has gone.", remedy=f"Take it up again: {new}")
        wanted = action(Verb.PROMPT, missed(checks))
        start = await self._turns.count(transaction.begun.receiver, new)
        result = await channel.act(wanted)
        if result.outcome is Outcome.CONFIRMED:
            sent = Sent(transaction.begun.receiver, new, wanted.text, start, wanted.id)
            await self._watch(transaction, channel, sent)
        return result

    def checks(self, transaction: Transaction) -> tuple[Check, ...]:
        """Return what the fresh session did of what its brief asked; reads its transcript."""
        new = transaction.new_session_id
        reading = self._turns.read(transaction.begun.receiver, new) if new else None
        brief = asked(transaction) or self.brief
        return check(brief, lines_of(reading) if reading else ())

    async def _watch(self, transaction: Transaction, channel: Channelled, sent: Sent) -> None:
        end = time.monotonic() + WATCHED
        patience = Patience(self._book, Step.CHECK, Unable.ASK)
        while True:
            ended = await asyncio.to_thread(self._turns.ending, sent)
            checks = await asyncio.to_thread(self.checks, transaction)
            live, retry = channel.live, self._turns.retry(channel, sent)
            over = ended is not None and live.state is not State.BUSY
            gone = live.problem is not None or time.monotonic() >= end
            stuck = await asyncio.to_thread(patience.ends, retry)
            if over or gone or stuck or all(point.done for point in checks):
                break
            await asyncio.sleep(LOOK)
        self._write(checks, _why(live, ended, retry if stuck else None))

    def _write(self, checks: tuple[Check, ...], why: str) -> None:
        """Write what holds, and in a word why the rest does not, where it is not the agent's."""
        right = sum(point.done for point in checks)
        rows = [[point.point, point.done, point.evidence, point.again] for point in checks]
        words = ", ".join(filter(None, (f"{right} of {len(checks)}", why)))
        self._book.finish(Step.CHECK, Status.DONE, words, checks=rows, why=why, stuck=False)


def _why(live: Live, ended: Ended | None, retry: str | None) -> str:
    if live.state is State.WAITING:
        return "the agent waits for you"
    failed = ended is not None and ended.how is Ending.ERROR
    if retry is not None or failed:
        words = retry or (ended.words if ended else "")
        return f"the agent cannot answer: {words}"
    return ""


def asked(transaction: Transaction) -> Brief | None:
    """Return the brief as it was when it was decided on; `None` once its texts are gone."""
    raw = transaction.step(Step.OPEN).chosen.get("asked")
    return msgspec.convert(raw, Brief) if isinstance(raw, dict) else None


def lines_of(reading: Transcript, start: int = 0) -> list[Line]:
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
