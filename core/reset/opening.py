"""Steps 3 and 4 of a reset: the old session ends, a fresh one begins with the brief."""

from __future__ import annotations

from ..acting.action import Outcome, Verb, action
from ..agents.base import State
from ..session_id import short_id
from .book import Book, NeedsPerson
from .hands import Channelled, Hands, settled
from .transaction import Status, Step, Transaction
from .turns import Sent, Turns


class CloseStep:
    """Ends the old session, whose transcript stays."""

    def __init__(self, book: Book, hands: Hands) -> None:
        self._book, self._hands = book, hands

    async def do(self, transaction: Transaction) -> None:
        """Clear the session, once the brief is agreed: until then, stopping costs nothing.

        Raises:
            NeedsPerson: the brief was not decided on yet.
        """
        if not isinstance(transaction.step(Step.OPEN).chosen.get("brief"), str):
            raise NeedsPerson(Step.OPEN)
        if transaction.begun.elsewhere:
            self._book.skip(Step.CLOSE, "the old session stays as it is")
            return
        channel = await self._hands.channel()
        if channel is None:
            self._book.skip(Step.CLOSE, "it has ended already")
            return
        await settled(channel)
        self._book.begin(Step.CLOSE)
        result = await channel.act(action(Verb.CLEAR))
        if result.outcome is Outcome.CONFIRMED and result.new_session_id:
            self._closed(result.new_session_id)
        else:
            self._book.not_done(Step.CLOSE, result)

    async def find(self, transaction: Transaction) -> None:
        """Look which session the client is on now."""
        channel = await self._hands.channel()
        now = channel.live.session_id if channel else None
        if now is not None and now != transaction.begun.session_id:
            self._closed(now)
        elif channel is None:
            self._book.skip(Step.CLOSE, "it has ended meanwhile")
        else:
            again_if_idle(self._book, Step.CLOSE, channel)

    def _closed(self, new: str) -> None:
        words = f"new session {short_id(new)}"
        self._book.finish(Step.CLOSE, Status.DONE, words, new_session_id=new)


class OpenStep:
    """Sends the brief to the fresh session, once."""

    def __init__(self, book: Book, hands: Hands, turns: Turns) -> None:
        self._book, self._hands, self._turns = book, hands, turns

    async def do(self, transaction: Transaction) -> None:
        """Send the brief that was decided on.

        Raises:
            NeedsPerson: it was not decided on yet.
        """
        text = transaction.step(Step.OPEN).chosen.get("brief")
        if not isinstance(text, str):
            raise NeedsPerson(Step.OPEN)
        channel = await self._hands.fresh(transaction, start=True)
        if channel is None:
            self._book.fail(Step.OPEN, "Nothing leads into a fresh session.")
            return
        await settled(channel)
        wanted, new = action(Verb.PROMPT, text), channel.live.session_id
        self._book.begin(Step.OPEN, brief=text, new_session_id=new, mark=wanted.id)
        result = await channel.act(wanted)
        if result.outcome is Outcome.CONFIRMED:
            self._opened(channel.live.session_id or result.session_id)
        else:
            self._book.not_done(Step.OPEN, result)

    async def find(self, transaction: Transaction) -> None:
        """Look for the brief in the fresh session's transcript."""
        facts, new = transaction.step(Step.OPEN).facts, transaction.new_session_id
        if new is not None and await self._turns.took(brief_sent(transaction, new)):
            self._opened(new)
            return
        channel = await self._hands.fresh(transaction, start=True)
        if channel is None:
            self._book.redo(Step.OPEN, "the fresh session has gone")
        elif channel.live.session_id != facts.get("new_session_id"):
            self._book.redo(Step.OPEN, "the session that it was meant for has gone")
        else:
            again_if_idle(self._book, Step.OPEN, channel)

    def _opened(self, new: str | None) -> None:
        self._book.finish(Step.OPEN, Status.DONE, "the brief was taken", new_session_id=new)


def brief_sent(transaction: Transaction, new: str) -> Sent:
    """Return the brief as it was sent to the session `new`."""
    facts = transaction.step(Step.OPEN).facts
    return Sent(
        transaction.begun.receiver, new, str(facts.get("brief", "")), 0, facts.get("mark", "")
    )


def again_if_idle(book: Book, step: Step, channel: Channelled) -> None:
    """Repeat a step whose effect left no trace, but only where a trace would be seen."""
    if channel.live.state is State.IDLE:
        book.redo(step, "no trace of it was found")
    else:
        book.fail(step, f"The agent is {channel.live.state or 'silent'}.", unknown=True)
