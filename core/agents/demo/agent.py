"""The demo's agent: works through the script, answers prompts, compacts, resets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import msgspec

from . import replies
from .context import Context
from .format import Author, Compacted, Interrupted, Prompt, Status
from .pace import Pace
from .player import Player
from .project import NOTES
from .recorder import Recorder
from .script import AddNote, Read, Response, RewriteNote, TickNote, Turn
from .tools import read_notes
from .workspace import Workspace

_NOTE_EDITS = (AddNote, TickNote, RewriteNote)


class Busy(Exception):
    """The agent is in the middle of a turn, and this can only be done when it is idle."""


class Resized(msgspec.Struct, frozen=True):
    """What compacting or a reset did to the context, in tokens."""

    before: int
    after: int


class Agent:
    """One agent with one session at a time.

    `run` is its life; the other methods are what the control socket asks of it meanwhile.
    """

    def __init__(
        self, turns: Sequence[Turn], workspace: Workspace, recorder: Recorder, pace: Pace
    ) -> None:
        self._turns = turns
        self._workspace = workspace
        self._recorder = recorder
        self._pace = pace
        self._player = Player(workspace, recorder, pace)
        self._context = Context()
        self._prompts: asyncio.Queue[str] = asyncio.Queue()
        self._stopping = False
        self._fresh = False
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
        return self._prompts.qsize()

    async def run(self) -> None:
        """Work through the script; then answer whatever comes, for ever."""
        for turn in self._turns:
            await self._pace.wait(turn.idle)
            await self._answer_waiting()
            self.turn += 1
            await self._work(turn.prompt, turn.responses, Author.SCRIPT)
        while True:
            await self._answer(await self._prompts.get())

    def prompt(self, text: str) -> None:
        """Take words of a person; they are answered when the agent is idle."""
        self._prompts.put_nowait(text)

    def interrupt(self) -> bool:
        """Stop the turn after the running step; say whether there is a turn to stop."""
        self._stopping = self._recorder.status in {Status.BUSY, Status.WAITING}
        return self._stopping

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
        return Resized(before, self._context.fill)

    def reset(self) -> Resized:
        """End the session and begin a fresh one; `Busy` in the middle of a turn."""
        self._must_be_idle()
        before = self._context.fill
        self._context, self._fresh = Context(), True
        self._recorder.renew()
        return Resized(before, self._context.fill)

    def _must_be_idle(self) -> None:
        if self._recorder.status is not Status.IDLE:
            raise Busy

    async def _work(self, prompt: str, responses: Sequence[Response], author: Author) -> None:
        """Play one turn: the prompt, every response, and idle again."""
        await self._pace.ready()
        self._context.add(prompt)
        name = f"prompt-{uuid4().hex[:12]}"
        self._recorder.write(Prompt(at=self._recorder.now(), id=name, text=prompt, author=author))
        self._recorder.change(Status.BUSY)
        for response in responses:
            await self._stop_if_asked()
            failed = await self._player.play(response, self._context)
            if notes := tuple(tool for tool in failed if isinstance(tool, _NOTE_EDITS)):
                again = Response(said=replies.NOTES_CHANGED, tools=(Read(NOTES), *notes))
                await self._player.play(again, self._context)
        await self._pace.ready()
        self._stopping = False
        self._recorder.change(Status.IDLE)

    async def _stop_if_asked(self) -> None:
        """After an interrupt, be idle until a person says something; then go on."""
        if not self._stopping:
            return
        self._stopping = False
        self._recorder.write(Interrupted(at=self._recorder.now()))
        self._recorder.change(Status.IDLE)
        await self._answer(await self._prompts.get())
        self._recorder.change(Status.BUSY)

    async def _answer_waiting(self) -> None:
        while not self._prompts.empty():
            await self._answer(self._prompts.get_nowait())

    async def _answer(self, prompt: str) -> None:
        """Answer the words of a real person; a fresh session reads map and notes first."""
        begin = replies.FIRST_LOOK if self._fresh else ()
        self._fresh = False
        left = self.turns - self.turn
        reply = Response(said=replies.reply(read_notes(self._workspace), turns_left=left))
        await self._work(prompt, (*begin, reply), Author.PERSON)
