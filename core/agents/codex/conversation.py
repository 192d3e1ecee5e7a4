"""Acting on a thread through an app-server: what is the same for our own and for others' threads.

Nothing is sent that does not fit the state of the thread: a prompt during a turn would cut the
reply off, a compaction would abort the turn.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from ...acting.action import RESET_INSTEAD, Action, Result, Verb, unknown
from ...acting.channel import Capabilities, Reach
from ...tokens import short
from ..base import State
from .answering import SETTLES, Answering, spoken
from .threads import Thread
from .wires import CodexGone

COMMANDS = {
    "/compact": "Compact it instead.",
    "/clear": "Clear it instead.",
    "/new": "Clear it instead.",
}
"""Commands that a server would give to the model as words, and what to do instead."""


class Conversation(Answering):
    """A thread that is followed and acted on; owned and attached threads build on it."""

    name: str
    reach: Reach
    queues = True
    _cannot: ClassVar[Mapping[Verb, tuple[str, str]]] = {}
    """Why a verb cannot be carried out here, and what to do instead."""

    def __init__(self) -> None:
        super().__init__()
        self._verbs: dict[Verb, Callable[[Action], Awaitable[Result]]] = {
            Verb.PROMPT: self._prompt,
            Verb.STEER: self._steer,
            Verb.INTERRUPT: self._interrupt,
            Verb.APPROVE: self._approve,
            Verb.DENY: self._deny,
            Verb.COMPACT: self._compact,
        }

    @property
    def capabilities(self) -> Capabilities:
        """What can be done with the session, and why the rest cannot."""
        return {verb: why for verb, (why, _) in self._cannot.items()} | dict.fromkeys(self._verbs)

    async def act(self, wanted: Action) -> Result:
        """Carry out one action; it is confirmed by what the app-server tells afterwards."""
        if wanted.verb not in self._verbs:
            why, remedy = self._cannot.get(wanted.verb, ("Codex has no way to do this.", ""))
            return self._refused(wanted, why, remedy)
        report = self.live.problem
        if report is not None or self._rpc is None or not self._rpc.alive:
            words, remedy = (report.detail, report.remedy) if report else ("It is gone.", "")
            return self._refused(wanted, words, remedy)
        try:
            await self._until(_at_one, SETTLES)
            return await self._verbs[wanted.verb](wanted)
        except CodexGone as gone:
            return unknown(wanted, gone.detail, remedy=gone.remedy, session_id=self.live.session_id)

    # Verbs

    def _unsayable(self, wanted: Action) -> Result | None:
        """Say why these words cannot be said at all; `None` when they can."""
        word = wanted.text.split(maxsplit=1)[:1]
        if not word:
            return self._refused(wanted, "There is nothing to say.")
        if word[0] in COMMANDS:
            why = f"Codex would give {word[0]} to the model as words."
            return self._refused(wanted, why, COMMANDS[word[0]])
        return None

    async def _prompt(self, wanted: Action) -> Result:
        if (no := self._unsayable(wanted)) is not None:
            return no
        if not self._thread.idle:
            return await self._queue(wanted) if wanted.queue else self._busy(wanted)
        mark = wanted.id or uuid.uuid4().hex
        given = {"input": spoken(wanted.text), "clientUserMessageId": mark}
        answer = await self._request("turn/start", given)
        if answer.refusal:
            return self._refused(wanted, answer.refusal)
        await self._begun()
        if not await self._until(lambda thread: mark in dict(thread.begun), wanted.limit):
            return self._unknown(wanted, "Codex took the prompt and has not begun with it.")
        turn = dict(self._thread.begun)[mark]
        return self._confirmed(wanted, f"the prompt is in the conversation, turn {turn}")

    async def _begun(self) -> None:
        """Do what is needed to hear of a turn that was just begun."""

    async def _queue(self, wanted: Action) -> Result:
        mark = wanted.id or uuid.uuid4().hex
        given = {"input": spoken(wanted.text), "clientUserMessageId": mark}
        answer = await self._request("thread/queue/add", given)
        if answer.refusal:
            return self._refused(wanted, answer.refusal)
        if not await self._until(lambda t: mark in t.queue or mark in dict(t.begun), wanted.limit):
            return self._unknown(wanted, "Codex does not show the prompt in its queue.")
        begun = mark in dict(self._thread.begun)
        return self._confirmed(
            wanted, "the prompt has begun" if begun else "the prompt stands in Codex's queue"
        )

    async def _steer(self, wanted: Action) -> Result:
        """Say something into the turn that runs: a growing reply stops and takes it up.

        Codex takes the words at once and reads them between two steps of the turn. A turn that is
        interrupted before that loses them, so that Codex has taken them proves nothing.
        """
        if (no := self._unsayable(wanted)) is not None:
            return no
        turn = self._thread.turn
        if turn is None:
            return self._refused(wanted, "No turn runs.", "Send it as a prompt.")
        if self.live.state is State.WAITING:
            return self._busy(wanted)
        mark = wanted.id or uuid.uuid4().hex
        said = {"input": spoken(wanted.text), "clientUserMessageId": mark}
        answer = await self._request("turn/steer", {"expectedTurnId": turn, **said})
        if answer.refusal:
            return self._refused(wanted, answer.refusal, "Queue it, or wait until it is idle.")
        return await self._read_in(wanted, turn, mark)

    async def _read_in(self, wanted: Action, turn: str, mark: str) -> Result:
        """Wait until the words `mark` stand in the turn, or the turn has ended without them."""

        def told(thread: Thread) -> bool:
            return mark in dict(thread.begun) or turn in dict(thread.ended)

        await self._until(told, wanted.limit)
        if mark in dict(self._thread.begun):
            return self._confirmed(wanted, f"the words stand in the running turn {turn}")
        if turn in dict(self._thread.ended):
            why = "The turn ended before Codex came to read it."
            return self._refused(wanted, why, "Send it as a prompt.")
        why = "Codex has it and has not come to read it; an interrupt would lose it."
        return self._unknown(wanted, why)

    async def _interrupt(self, wanted: Action) -> Result:
        turn = self._thread.turn
        if turn is None:
            return self._refused(wanted, "No turn runs.")
        answer = await self._request("turn/interrupt", {"turnId": turn})
        if answer.refusal:
            return self._refused(wanted, answer.refusal)
        if not await self._until(lambda thread: turn in dict(thread.ended), wanted.limit):
            return self._unknown(wanted, "The turn has not ended yet.")
        outcome = dict(self._thread.ended)[turn]
        if outcome != "interrupted":
            return self._refused(wanted, f"The turn ended by itself before: {outcome}.")
        return self._confirmed(wanted, f"turn {turn} was interrupted")

    async def _compact(self, wanted: Action) -> Result:
        thread = self._thread
        if not thread.idle:
            return self._busy(wanted)
        before, done, last = thread.live.fill, thread.compactions, thread.ended[-1:]
        answer = await self._request("thread/compact/start", {})
        if answer.refusal:
            return self._refused(wanted, answer.refusal)
        came = await self._until(
            lambda now: now.idle and (now.compactions > done or now.ended[-1:] != last),
            wanted.limit,
        )
        now = self._thread
        if now.compactions > done:
            sizes = f"{_figure(before)} → about {_figure(now.estimate)} (Codex's estimate)"
            said = [f"contextCompaction item completed, {sizes}"]
            if wanted.text.strip():
                said.append("Codex takes no instructions for this: they were not passed on")
            return self._confirmed(wanted, *said)
        if came:
            outcome = now.ended[-1][1]
            why = now.failure or f"the turn was {outcome}"
            return self._refused(wanted, f"Nothing was compacted: {why}.", RESET_INSTEAD)
        return self._unknown(wanted, "Codex has not told of a compaction.")

    def _busy(self, wanted: Action) -> Result:
        words = {
            State.WAITING: "The session waits for an answer.",
            State.BUSY: "A turn runs.",
            State.ENDED: "The session has ended.",
        }
        state = self.live.state
        why = words.get(state, "A turn runs.") if state else "Its state is not known yet."
        return self._refused(wanted, why, "Wait until it is idle, or interrupt it.")


def _at_one(thread: Thread) -> bool:
    """Say whether a thread that calls itself idle has told of its turn's end, which follows."""
    return thread.status is not State.IDLE or thread.turn is None


def _figure(tokens: int | None) -> str:
    return "unknown" if tokens is None else short(tokens)
