"""The demo's agent: works through the script, answers prompts, compacts, resets."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from uuid import uuid4

import msgspec

from . import replies
from .context import Context
from .format import WINDOW, Author, Compacted, Interrupted, Prompt, Status
from .news import Told
from .pace import Pace
from .permission import Verdict
from .player import Player
from .project import NOTES
from .recorder import Recorder
from .script import AddNote, Read, Response, RewriteNote, TickNote, Turn
from .tools import read_notes
from .workspace import Workspace

_NOTE_EDITS = (AddNote, TickNote, RewriteNote)

SHORT, LONG = 20.0, 120.0
"""Seconds of script that it waits for a person who has just acted: after words or a compaction,
and in the middle of a reset (notes written, or a fresh session without its brief)."""


class Busy(Exception):
    """The agent is in the middle of a turn, and this can only be done when it is idle."""


class Resized(msgspec.Struct, frozen=True):
    """What compacting or a reset did to the context, in tokens."""

    before: int
    after: int


class Agent:
    """One agent with one session at a time.

    `run` is its life; the other methods are what the control socket asks of it meanwhile. `fill`
    is where the context of a session that is taken up again goes on from.
    """

    def __init__(
        self,
        turns: Sequence[Turn],
        workspace: Workspace,
        recorder: Recorder,
        pace: Pace,
        fill: int | None = None,
    ) -> None:
        self._turns = turns
        self._workspace = workspace
        self._recorder = recorder
        self._pace = pace
        self._player = Player(workspace, recorder, pace)
        self._context = Context(fill=fill)
        self._prompts: deque[str] = deque()
        self._stirred = asyncio.Event()
        self._hold = SHORT
        self._learned: list[AddNote] = []
        self._stopping = False
        self._fresh = False
        self._taken = 0
        self.turn = 0
        """How many turns of the script have begun."""

    @property
    def fill(self) -> int:
        """Tokens in the context now."""
        return self._context.fill

    @property
    def turns(self) -> int:
        """How many turns the script has."""
        return len(self._turns)

    @property
    def waiting_prompts(self) -> int:
        """How many prompts wait for the end of the turn."""
        return len(self._prompts)

    def now(self) -> Told:
        """Return how things are."""
        name, said = self._player.growing or (None, "")
        return Told(
            session_id=self._recorder.session_id,
            status=self._recorder.status,
            since=self._recorder.since,
            taken=self._taken,
            fill=self.fill,
            window=WINDOW,
            usd=round(self._recorder.usd, 6),
            paused=self._pace.paused,
            queued=tuple(self._prompts),
            asked=self._player.permission.open,
            reply=said,
            reply_id=name,
        )

    async def run(self) -> None:
        """Work through the script; then answer whatever comes, for ever."""
        for turn in self._turns:
            await self._rest(turn.idle)
            self.turn += 1
            if await self._work(turn.prompt, turn.responses, Author.SCRIPT):
                self._learned += turn.learned
        while True:
            await self._stir()
            await self._answer_waiting()

    # What a person asks

    def prompt(self, text: str) -> None:
        """Take words of a person; they are answered when the agent is idle."""
        self._prompts.append(text)
        self._acted(SHORT)

    def interrupt(self) -> bool:
        """Stop the turn after the running step; say whether there is a turn to stop."""
        self._stopping = self._recorder.status in {Status.BUSY, Status.WAITING}
        if self._stopping:
            self._pace.hurry(on=True)
            if (open_request := self._player.permission.open) is not None:
                verdict = Verdict(allowed=False, author=Author.PERSON, reason="interrupted")
                self.answer(open_request.id, verdict)
        return self._stopping

    def answer(self, request: str, verdict: Verdict) -> bool:
        """Answer the permission that a tool call waits for; say whether it still does."""
        return self._player.permission.answer(request, verdict)

    def compact(self, instructions: str = "") -> Resized:
        """Summarise the context in place; `Busy` in the middle of a turn."""
        self._must_be_idle()
        before = self._context.fill
        summary = replies.summary(read_notes(self._workspace), instructions)
        self._context.summarise(summary)
        compacted = Compacted(
            at=self._recorder.now(),
            trigger="manual",
            before=before,
            after=self._context.fill,
            summary=summary,
        )
        self._recorder.write(compacted)
        self._acted(SHORT)
        return Resized(before, self._context.fill)

    def reset(self) -> Resized:
        """End the session and begin a fresh one; `Busy` in the middle of a turn."""
        self._must_be_idle()
        before = self._context.fill
        self._context, self._fresh = Context(), True
        self._recorder.renew()
        self._acted(LONG)
        return Resized(before, self._context.fill)

    def _must_be_idle(self) -> None:
        if self._recorder.status is not Status.IDLE:
            raise Busy

    # Waiting

    def _acted(self, hold: float) -> None:
        """Take note that a person did something: the script waits for them."""
        self._hold = hold
        self._stirred.set()
        self._recorder.news.stir()

    async def _stir(self) -> None:
        await self._stirred.wait()
        self._stirred.clear()

    async def _rest(self, seconds: float) -> None:
        """Be idle so long; a person who acts meanwhile is answered, and waited for."""
        while await self._stirs_within(seconds):
            await self._answer_waiting()
            seconds = self._hold

    async def _stirs_within(self, seconds: float) -> bool:
        waiting = asyncio.create_task(self._pace.wait(seconds))
        stirred = asyncio.create_task(self._stirred.wait())
        try:
            await asyncio.wait({waiting, stirred}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            stirred.cancel()
        found = self._stirred.is_set()
        self._stirred.clear()
        return found

    # Working

    async def _work(self, prompt: str, responses: Sequence[Response], author: Author) -> bool:
        """Play one turn, from its prompt until idle again; say whether it was played whole."""
        await self._pace.ready()
        self._context.add(prompt)
        self._taken += 1
        name = f"prompt-{uuid4().hex[:12]}"
        self._recorder.write(Prompt(at=self._recorder.now(), id=name, text=prompt, author=author))
        self._recorder.change(Status.BUSY)
        whole = await self._play_all(responses)
        await self._pace.ready()
        self._stopping = False
        self._pace.hurry(on=False)
        if not self._prompts:
            self._recorder.change(Status.IDLE)
        return whole

    async def _play_all(self, responses: Sequence[Response]) -> bool:
        for response in responses:
            if not await self._goes_on():
                return False
            played = await self._player.play(response, self._context)
            if played.denied:
                if not self._stopping:
                    await self._player.play(replies.REFUSED, self._context)
                return await self._goes_on() and False
            if notes := tuple(tool for tool in played.failed if isinstance(tool, _NOTE_EDITS)):
                again = Response(said=replies.NOTES_CHANGED, tools=(Read(NOTES), *notes))
                await self._player.play(again, self._context)
        return True

    async def _goes_on(self) -> bool:
        """After an interrupt, be idle until a person says something; then go on.

        Whoever spoke may be about to do more: that is waited for.

        Says no when they began a fresh session instead: what was interrupted belongs to the old.
        """
        if not self._stopping:
            return True
        self._stopping = False
        self._pace.hurry(on=False)
        at = self._recorder.session_id
        self._recorder.write(Interrupted(at=self._recorder.now()))
        self._recorder.change(Status.IDLE)
        while not self._prompts:
            await self._stir()
        await self._answer_waiting()
        await self._rest(self._hold)
        if self._recorder.session_id != at:
            return False
        self._recorder.change(Status.BUSY)
        return True

    async def _answer_waiting(self) -> None:
        while self._prompts:
            await self._answer(self._prompts.popleft())

    async def _answer(self, prompt: str) -> None:
        """Answer the words of a real person; a fresh session reads map and notes first."""
        fresh, self._fresh = self._fresh, False
        progress, left = read_notes(self._workspace), self.turns - self.turn
        if replies.is_notes_request(prompt):
            learned, self._learned = self._learned, []
            await self._work(prompt, replies.update(progress, learned), Author.PERSON)
            self._hold = LONG
        elif fresh:
            await self._work(prompt, replies.beginning(progress, turns_left=left), Author.PERSON)
        else:
            said = replies.reply(progress, turns_left=left)
            await self._work(prompt, (Response(said=said),), Author.PERSON)
