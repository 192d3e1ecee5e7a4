"""Step 1 of a reset: the agent brings its notes up to date, or a draft is made without it."""

from __future__ import annotations

from ..acting.action import Outcome, Verb, action
from ..agents.base import State
from ..asking import notes_request
from ..problems import Problem
from .book import Book, NeedsPerson
from .hands import Channelled, Hands, settled
from .patience import Patience, Unable, asks_you, chosen
from .transaction import Begun, Status, Step, Transaction
from .turns import Ended, Ending, Sent, Turns

GONE = "its process has gone"
RUNS = (State.BUSY, State.WAITING)
GIVEN_UP = "its answer was not waited for"


class NotesStep:
    """Asks for the notes, and waits for the end of that turn."""

    def __init__(self, book: Book, hands: Hands, turns: Turns) -> None:
        self._book, self._hands, self._turns = book, hands, turns

    async def do(self, transaction: Transaction) -> None:
        """Ask, where somebody can be asked; where nobody can, draft from the transcript.

        Raises:
            NeedsPerson: the agent cannot answer, and the person wants to be asked.
        """
        self._hands.make_notes()
        notes = self._hands.notes()
        if notes is None:
            self._book.skip(Step.NOTES, "there is no progress file")
            return
        channel, why = await self._askable()
        if channel is None or self._given_up:
            self._draft(why or GIVEN_UP, notes[1])
            return
        sent = await self._ask(transaction.begun, channel, notes[0].name, notes[1])
        if sent is not None:
            await self._await(channel, sent)

    async def find(self, transaction: Transaction) -> None:
        """Wait on where the prompt was taken; ask again only where it provably was not.

        Raises:
            NeedsPerson: the agent cannot answer, and the person wants to be asked.
        """
        facts, begun = transaction.step(Step.NOTES).facts, transaction.begun
        if "prompt" not in facts:
            self._draft(str(facts.get("why", GIVEN_UP)), str(facts.get("before", "")))
            return
        sent = _sent(begun, facts["prompt"], facts["items"], facts.get("mark", ""))
        taken = await self._turns.took(sent)
        channel, why = await self._askable()
        if channel is None:
            ended = self._turns.ending(sent) if taken else None
            self._settle(ended or Ended(Ending.GONE, why), str(facts.get("before", "")))
        elif self._given_up:
            await self._take_over(channel, sent)
        elif taken:
            await self._await(channel, sent)
        elif channel.live.state is State.IDLE:
            self._book.redo(Step.NOTES, "no trace of it was found")
        else:
            self._book.fail(Step.NOTES, f"The agent is {channel.live.state}.", unknown=True)

    async def _askable(self) -> tuple[Channelled | None, str]:
        """Return the channel that takes a prompt, else why none does."""
        try:
            channel = await self._hands.channel()
        except Problem as problem:
            return None, problem.detail
        if channel is None:
            return None, GONE
        why = channel.capabilities.get(Verb.PROMPT, "this channel cannot do it")
        return (channel, "") if why is None else (None, why)

    async def _ask(self, begun: Begun, channel: Channelled, name: str, before: str) -> Sent | None:
        wanted = action(Verb.PROMPT, notes_request(name))
        items = await self._turns.count(begun.agent, begun.session_id)
        facts = {"prompt": wanted.text, "items": items, "mark": wanted.id, "before": before}
        self._book.begin(Step.NOTES, **facts)
        result = await channel.act(wanted)
        if result.outcome is Outcome.CONFIRMED:
            return _sent(begun, wanted.text, items, wanted.id)
        self._book.not_done(Step.NOTES, result)
        return None

    async def _await(self, channel: Channelled, sent: Sent) -> None:
        patience = Patience(self._book, Step.NOTES)
        ended = await self._turns.end(channel, sent, stuck=patience.ends)
        found = self._book.transaction.step(Step.NOTES)
        if ended.how is not Ending.STUCK:
            self._settle(ended, found.facts.get("before", ""))
        elif chosen(found) is Unable.ASK or (asks_you(found) and not self._given_up):
            raise NeedsPerson(Step.NOTES)
        else:
            await self._take_over(channel, sent, ended.words)

    @property
    def _given_up(self) -> bool:
        return chosen(self._book.transaction.step(Step.NOTES)) is Unable.DRAFT_NOW

    async def _take_over(self, channel: Channelled, sent: Sent, words: str = "") -> None:
        """Interrupt a turn that leads nowhere, and draft the notes without the agent."""
        if channel.live.state in RUNS:
            wanted = action(Verb.INTERRUPT, sent.prompt, request=sent.mark)
            result = await channel.act(wanted)
            await settled(channel)
            if channel.live.state in RUNS:
                self._book.not_done(Step.NOTES, result)
                return
        why = f"{Ending.ERROR}: {words}" if words else GIVEN_UP
        self._draft(why, self._book.transaction.step(Step.NOTES).facts.get("before", ""))

    def _settle(self, ended: Ended, before: str) -> None:
        """Write how the turn ended; an agent that could not answer is helped out by a draft."""
        if ended.how is Ending.WELL:
            notes = self._hands.notes()
            same = notes is None or notes[1] == before
            words = (
                "the agent left the notes as they are" if same else "the agent changed the notes"
            )
            self._book.finish(Step.NOTES, Status.DONE, words)
        elif ended.how in (Ending.ERROR, Ending.GONE):
            self._draft(str(ended), before)
        else:
            asked_once = ended.how is not Ending.INTERRUPTED
            self._book.fail(Step.NOTES, f"The notes were asked for; {ended}.", unknown=asked_once)

    def _draft(self, why: str, before: str) -> None:
        self._book.begin(Step.NOTES, drafting=True, why=why, before=before)
        added = self._hands.draft_notes(why)
        words = f"drafted from the transcript, {added}: {why}"
        self._book.finish(Step.NOTES, Status.DONE, words, drafted=True)


def _sent(begun: Begun, prompt: str, items: int, mark: str) -> Sent:
    return Sent(begun.agent, begun.session_id, prompt, items, mark)
