"""The hands of a reset in the real world: channels, drivers, transcripts, the progress file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..acting.action import Action, Result
from ..acting.channel import Capabilities, Channel, Reach
from ..acting.client import Driven
from ..acting.launch import launch
from ..acting.live import Live
from ..acting.plan import PROGRAMS, Plan
from ..acting.reading import Reading, sighting_of
from ..acting.records import drivers
from ..acting.service import Acting
from ..agents.base import Agent, Sighting
from ..agents.processes import same
from ..problems import Unreadable
from .flags import kept_flags, without_model
from .hands import LOOK, Channelled
from .notes_hands import NotesHands
from .transaction import Begun, Step, Transaction

SHOWS = 3.0
"""Seconds within which a client that runs says which session it is on."""

Note = Callable[..., None]
"""Writes facts about the fresh session into the journal."""


class Journalled:
    """A channel whose actions stand in clearhead's journal, as everyone's do."""

    def __init__(self, acting: Acting, channel: Channel) -> None:
        self._acting, self._channel = acting, channel

    @property
    def live(self) -> Live:
        """What the channel tells now."""
        return self._channel.live

    @property
    def capabilities(self) -> Capabilities:
        """What the channel can do."""
        return self._channel.capabilities

    async def act(self, wanted: Action) -> Result:
        """Carry out one action; a driver keeps the journal of its own session itself."""
        key = self._acting.key_of(self._channel)
        if key is None or self._channel.reach is Reach.OWNED:
            return await self._channel.act(wanted)
        return await self._acting.act(key, wanted)


class SessionHands:
    """Reaches the sessions of one transaction."""

    def __init__(
        self, begun: Begun, acting: Acting, agents: Mapping[str, Agent], note: Note
    ) -> None:
        self._begun, self._acting, self._agents = begun, acting, agents
        self._note = note
        self._notes = NotesHands(begun, acting.state)
        self._started: Driven | None = None

    async def channel(self) -> Channelled | None:
        """Return the channel to the process that ran the old session, wherever it is by now.

        Raises:
            Problem: it runs, and nothing leads there.
        """
        sighting = await self._sighting()
        if sighting is None:
            return None
        channel = await self._acting.way_into(sighting)
        lost = channel.live.problem
        if lost is None:
            return Journalled(self._acting, channel)
        if channel.reach is Reach.OWNED:
            return None
        raise Unreadable(lost.detail, remedy=lost.remedy)

    async def fresh(self, transaction: Transaction, *, start: bool) -> Channelled | None:
        """Return the channel to the session that goes on.

        It is the same client after a `/clear`; for another agent or model, or where the old
        client is gone, a new one is started, once.

        Raises:
            Problem: it could not be started, or not reached.
        """
        chosen = transaction.step(Step.OPEN).chosen
        cleared = transaction.step(Step.CLOSE).facts.get("new_session_id")
        if cleared and not chosen.get("starting"):
            channel = await self.channel()
            if channel is not None or not start:
                return channel
        if self._started is None or self._started.live.problem is not None:
            self._started = await self._join(chosen)
        if self._started is None and start:
            self._started = await self._start()
        return self._started

    def reading(self, agent: str, session_id: str) -> Reading | None:
        """Return a session's transcript."""
        known = self._agents.get(agent)
        sighting = sighting_of(known, session_id) if known else None
        return Reading(known, sighting) if known and sighting and sighting.path else None

    def notes(self) -> tuple[Path, str] | None:
        """Return the progress file and its text."""
        return self._notes.read()

    def make_notes(self) -> None:
        """Create the progress file, where one is wanted and none is there."""
        self._notes.make()

    def draft_notes(self, why: str) -> str:
        """Add to the progress file what the transcript shows."""
        return self._notes.draft(why, self.reading(self._begun.agent, self._begun.session_id))

    # The client of the old session

    async def _sighting(self) -> Sighting | None:
        """Return where the old session's client is now; `None` when it has gone."""
        begun = self._begun
        if begun.pid is None or not same(begun.pid, start=begun.start, seen_at=begun.at):
            return await asyncio.to_thread(self._of_session)
        if begun.owned:
            found = await asyncio.to_thread(self._of_process)
            return found or await asyncio.to_thread(self._of_session)
        for _ in range(int(SHOWS / LOOK)):
            found = await asyncio.to_thread(self._of_process)
            found = found or await asyncio.to_thread(self._of_session)
            if found is not None:
                return found
            await asyncio.sleep(LOOK)
        raise Unreadable(
            f"Process {begun.pid} runs, and does not say which session it is on.",
            remedy="Look at it, then go on.",
        )

    def _of_process(self) -> Sighting | None:
        begun = self._begun
        for driver in drivers(self._acting.state):
            if driver.pid == begun.pid and driver.session_id:
                return Sighting(driver.agent, driver.session_id, cwd=driver.cwd, pid=driver.pid)
        found = self._agents[begun.agent].discover().sightings
        return next((s for s in found if s.pid == begun.pid), None)

    def _of_session(self) -> Sighting | None:
        begun = self._begun
        for driver in drivers(self._acting.state):
            if driver.session_id == begun.session_id:
                return Sighting(begun.agent, begun.session_id, cwd=driver.cwd, pid=driver.pid)
        found = sighting_of(self._agents[begun.agent], begun.session_id)
        return found if found and found.pid else None

    # A client of our own for the fresh session

    async def _start(self) -> Driven:
        """Start it; a driver that comes up after our death finds its mark in the journal."""
        begun = self._begun
        same_kind = begun.receiver == begun.agent
        flags = kept_flags(begun.agent, begun.args) if same_kind else ()
        if begun.target_model:
            flags = (*without_model(flags), "--model", begun.target_model)
        plan = Plan(
            agent=begun.receiver,
            cwd=begun.cwd,
            program=PROGRAMS.get(begun.receiver, begun.receiver),
            args=flags,
            mark=begun.id,
        )
        self._note(starting=True)
        ready = await asyncio.to_thread(launch, plan)
        if ready.socket is None:
            raise Unreadable("The session that was started does not say where it is.")
        self._note(started=ready.session_id or "")
        return await Driven.join(Path(ready.socket))

    async def _join(self, chosen: Mapping[str, Any]) -> Driven | None:
        """Return the channel to the client that was started already, if it runs."""
        if not chosen.get("starting"):
            return None
        for driver in await asyncio.to_thread(drivers, self._acting.state):
            if driver.mark == self._begun.id:
                return await Driven.join(Path(driver.socket))
        return None
