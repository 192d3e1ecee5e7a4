"""What a task cost over all its sessions: one chain, one total. Reads transcripts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from .agents.base import Agent
from .config import Settings
from .figures import costs_of
from .followed import Followed
from .problems import Problem
from .tasks import Came, Link, Passage, Tasks


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One session of a task. `usd` is what it cost; `None` when that is not known here."""

    agent: str
    session_id: str
    came: Came
    at: float
    usd: float | None


class TaskChain(msgspec.Struct, frozen=True, kw_only=True):
    """A task's sessions, oldest first, and how it went from one to the next.

    `before` is what was spent on other machines, as they told; `usd` the sum of what is known, and
    `None` where nothing is.
    """

    task: str
    members: tuple[Member, ...]
    passages: tuple[Passage, ...]
    before: float

    @property
    def usd(self) -> float | None:
        """Dollars of everything whose cost is known."""
        if self.unknown == len(self.members) and not self.before:
            return None
        return self.before + sum(member.usd or 0.0 for member in self.members)

    @property
    def unknown(self) -> int:
        """How many sessions have a cost that is not known here."""
        return sum(member.usd is None for member in self.members)


def chain_of(
    agent: str, session_id: str, state: Path, agents: Mapping[str, Agent], settings: Settings
) -> TaskChain | None:
    """Return the chain of the task that a session serves; `None` when it serves none."""
    tasks = Tasks(state)
    task = tasks.of(agent, session_id)
    if task is None:
        return None
    links = tasks.chain(task)
    return TaskChain(
        task=task,
        members=tuple(_member(link, agents, settings) for link in links),
        passages=tasks.passages(task),
        before=sum(link.usd or 0.0 for link in links),
    )


def _member(link: Link, agents: Mapping[str, Agent], settings: Settings) -> Member:
    agent = agents.get(link.agent)
    return Member(
        agent=link.agent,
        session_id=link.session_id,
        came=link.came,
        at=link.at,
        usd=_usd(agent, link.session_id, settings) if agent else None,
    )


def _usd(agent: Agent, session_id: str, settings: Settings) -> float | None:
    found = agent.discover().sightings
    sighting = next((s for s in found if s.session_id == session_id), None)
    if sighting is None or sighting.path is None:
        return None
    followed = Followed(agent, sighting)
    try:
        followed.read_whole()
    except Problem:
        return None
    return costs_of(followed.snapshot, settings).usd
