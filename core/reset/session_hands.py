"""The hands of a reset in the real world: channels, drivers, transcripts, the progress file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from ..acting.channel import Channel
from ..acting.client import Driven
from ..acting.launch import launch
from ..acting.plan import PROGRAMS, Plan
from ..acting.reading import Reading, sighting_of
from ..acting.records import drivers
from ..acting.service import Acting
from ..agents.base import Agent, Sighting
from ..agents.processes import same
from ..problems import Problem
from .transaction import Begun, Step, Transaction

Remember = Callable[[str], None]
"""Writes down which session was started for the fresh one, before anything is said to it."""


class SessionHands:
    """Reaches the sessions of one transaction; `notes_path` is its progress file."""

    def __init__(
        self,
        begun: Begun,
        acting: Acting,
        agents: Mapping[str, Agent],
        notes_path: Path | None,
        remember: Remember,
    ) -> None:
        self._begun, self._acting, self._agents = begun, acting, agents
        self._notes_path, self._remember = notes_path, remember
        self._started: Channel | None = None

    async def channel(self) -> Channel | None:
        """Return the channel to the process that ran the old session, wherever it is by now."""
        begun = self._begun
        runs = begun.pid is not None and same(begun.pid, start=begun.start, seen_at=begun.at)
        sighting = await asyncio.to_thread(self._of_process) if runs else None
        sighting = sighting or await asyncio.to_thread(self._of_session)
        if sighting is None:
            return None
        with suppress(Problem):
            return await self._acting.way_into(sighting)
        return None

    async def fresh(self, transaction: Transaction) -> Channel | None:
        """Return the channel to the session that goes on.

        It is the same client after a `/clear`; for another agent or model, or where the old
        client is gone, a new one is started, once.

        Raises:
            Problem: it could not be started.
        """
        if not self._needs_new(transaction):
            return await self.channel()
        if self._started is None:
            known = transaction.step(Step.OPEN).chosen.get("started")
            self._started = await self._join(known) if known else await self._start()
        return self._started

    def reading(self, agent: str, session_id: str) -> Reading | None:
        """Return a session's transcript."""
        known = self._agents.get(agent)
        sighting = sighting_of(known, session_id) if known else None
        return Reading(known, sighting) if known and sighting and sighting.path else None

    def notes(self) -> tuple[Path, str] | None:
        """Return the progress file and its text."""
        if self._notes_path is None:
            return None
        try:
            return self._notes_path, self._notes_path.read_text(errors="replace")
        except OSError:
            return None

    def _needs_new(self, transaction: Transaction) -> bool:
        begun = transaction.begun
        other = begun.target not in ("", begun.agent) or begun.target_model is not None
        return other or not transaction.step(Step.CLOSE).facts.get("new_session_id")

    async def _start(self) -> Channel:
        begun = self._begun
        agent = begun.target or begun.agent
        model = ("--model", begun.target_model) if begun.target_model else ()
        plan = Plan(agent=agent, cwd=begun.cwd, program=PROGRAMS.get(agent, agent), args=model)
        ready = await asyncio.to_thread(launch, plan)
        assert ready.socket is not None
        self._remember(ready.session_id or "")
        return await Driven.join(Path(ready.socket))

    async def _join(self, session_id: str) -> Channel | None:
        for driver in await asyncio.to_thread(drivers, self._acting.state):
            if driver.session_id == session_id:
                return await Driven.join(Path(driver.socket))
        return None

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
