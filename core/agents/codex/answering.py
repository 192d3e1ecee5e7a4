"""Answering what Codex asks for, once, and telling what came of it.

Every client of the server is asked and the first answer counts, so ours proves nothing by itself:
Codex tells that a request is closed, and of a command or an edit how it ended.
"""

from __future__ import annotations

import time
import uuid

import msgspec

from ...acting.action import Action, Evidence, Result, confirmed, refused, unknown
from ...acting.live import Request
from ..base import State
from .asked import accepted, declined, ends_as_item, takes_reason
from .following import Following
from .rpc import Payload
from .threads import Thread

SERVER = "app-server"
"""Where the evidence comes from."""

SETTLES = 0.5
"""Seconds after an answered request in which another client's answer would show, and in which the
end of a turn follows the news that the thread is idle."""


NO_ANSWER = "There is no answer to the question."


READS = 3.0
"""Seconds within which Codex reads a reason once it has the answer."""


class Said(msgspec.Struct, frozen=True):
    """A reason that was said: the mark it is known by, or why Codex did not take it."""

    mark: str = ""
    refusal: str = ""


class Answering(Following):
    """A thread that is followed and whose requests are answered."""

    async def _approve(self, wanted: Action) -> Result:
        request = self._request_named(wanted)
        if isinstance(request, Result):
            return request
        if request.only_refuse:
            return self._refused(wanted, request.only_refuse, "Refuse it, or interrupt the turn.")
        if request.questions and not wanted.text.strip():
            return self._refused(wanted, NO_ANSWER)
        answer = accepted(self._asks[request.id], wanted.text)
        if not await self._close_with(request, answer, wanted.limit):
            return self._unknown(wanted, "Codex has not closed the request.")

        def settled(thread: Thread) -> bool:
            return self._item(request) in dict(thread.done) or thread.status is not State.WAITING

        await self._until(settled, SETTLES)
        if self._end_of(request) == "declined":
            return self._refused(wanted, "Someone declined it first.")
        return self._confirmed(wanted, f"Codex closed the request, {request.tool} goes on")

    async def _deny(self, wanted: Action) -> Result:
        request = self._request_named(wanted)
        if isinstance(request, Result):
            return request
        asked, turn = self._asks[request.id], self._thread.turn
        why = "" if takes_reason(asked) else wanted.text.strip()
        reason = await self._say_why(why, turn) if why else None
        closed = await self._close_with(request, declined(asked, wanted.text), wanted.limit)
        if closed and ends_as_item(asked):
            item = self._item(request)
            await self._until(lambda thread: item in dict(thread.done), wanted.limit)
            if (end := self._end_of(request)) not in ("", "declined"):
                return self._refused(wanted, f"Someone approved it first: {end}.")
            closed = bool(end)
        if not closed:
            return self._unknown(wanted, "Codex does not tell what came of the request.")
        said = [f"{request.tool} was declined"]
        if reason is not None:
            said.append(await self._came_of(reason, turn))
        return self._confirmed(wanted, *said)

    def _request_named(self, wanted: Action) -> Request | Result:
        found = next((r for r in self.live.requests if r.id == wanted.request), None)
        if found is None:
            return self._refused(wanted, "That request is not open any more.")
        return found

    async def _close_with(self, request: Request, answer: Payload, limit: float) -> bool:
        """Answer a request; false when Codex did not close it in time."""
        assert self._rpc is not None
        await self._rpc.answer(self._asks[request.id].id, answer)

        def closed(thread: Thread) -> bool:
            return all(known.id != request.id for known in thread.live.requests)

        return await self._until(closed, limit)

    def _item(self, request: Request) -> str:
        return str(dict(self._thread.items).get(request.id, ""))

    def _end_of(self, request: Request) -> str:
        """Return how the command or edit of a request ended, "" for nothing yet."""
        return str(dict(self._thread.done).get(self._item(request), ""))

    async def _say_why(self, reason: str, turn: str | None) -> Said:
        """Say a reason into the running turn, before the answer, which has no place for one.

        The turn waits for the answer and reads it together with that; said afterwards it would
        come too late for a turn that ends at once.
        """
        if turn is None:
            return Said(refusal="the turn has ended")
        mark = uuid.uuid4().hex
        given = {"input": spoken(reason), "clientUserMessageId": mark}
        answer = await self._request("turn/steer", {"expectedTurnId": turn, **given})
        if answer.good:
            return Said(mark)
        return Said(refusal=answer.refusal or "no answer")

    async def _came_of(self, reason: Said, turn: str | None) -> str:
        """Tell whether a reason stands in the turn."""
        if reason.refusal:
            return f"the reason was not said: {reason.refusal}"

        def told(thread: Thread) -> bool:
            return reason.mark in dict(thread.begun) or turn in dict(thread.ended)

        await self._until(told, READS)
        if reason.mark in dict(self._thread.begun):
            return "the reason was said into the running turn"
        if turn in dict(self._thread.ended):
            return "the reason was not said: the turn ended before it was read"
        return "Codex has the reason, and has not read it yet"

    # Results

    def _confirmed(self, wanted: Action, *said: str, new: str | None = None) -> Result:
        facts = [Evidence(SERVER, words, time.time()) for words in said]
        return confirmed(wanted, *facts, session_id=self.live.session_id, new=new)

    def _refused(self, wanted: Action, why: str, remedy: str = "") -> Result:
        return refused(wanted, why, remedy=remedy, session_id=self.live.session_id)

    def _unknown(self, wanted: Action, why: str) -> Result:
        return unknown(wanted, why, session_id=self.live.session_id)


def spoken(words: str) -> list[Payload]:
    """Return words as the app-server takes them from a person."""
    return [{"type": "text", "text": words, "text_elements": []}]
