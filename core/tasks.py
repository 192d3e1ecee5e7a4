"""Which sessions serve one task: a chain over resets and hand-offs, with one progress file."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from .storage import append_line

NAME = "tasks.jsonl"

Kind = TypeVar("Kind")


class Came(StrEnum):
    """How a session came into a task's chain."""

    BEGUN = "begun"
    RESET = "reset"
    HAND_OFF = "hand off"
    PICKED_UP = "picked up"
    BROUGHT_BACK = "brought back"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One session of a task. `usd` is what was spent before it, where another machine told it."""

    task: str
    agent: str
    session_id: str
    at: float
    came: Came
    root: str | None = None
    usd: float | None = None


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """The result line of a reset or a hand-off: how a task went from one session to another.

    `fill` (tokens) and `next_usd` (dollars of the next call) are before and after; unknown is
    `None`. `seconds` is the whole time it took. It holds figures and ids, no one's text.
    """

    task: str
    transaction: str
    purpose: str
    at: float
    from_agent: str
    from_session: str
    to_agent: str
    to_session: str | None
    seconds: float
    fill: tuple[int | None, int | None] = (None, None)
    next_usd: tuple[float | None, float | None] = (None, None)


class Tasks:
    """The chains in the state folder `state`."""

    def __init__(self, state: Path) -> None:
        self._path = state / NAME

    def of(self, agent: str, session_id: str) -> str | None:
        """Return the task a session serves, if it is known to serve one."""
        links = (k for k in self._links() if (k.agent, k.session_id) == (agent, session_id))
        return next((link.task for link in links), None)

    def chain(self, task: str) -> tuple[Link, ...]:
        """Return the sessions of a task, oldest first, each once."""
        known: dict[tuple[str, str], Link] = {}
        for link in self._links():
            if link.task == task:
                known.setdefault((link.agent, link.session_id), link)
        return tuple(known.values())

    def chains(self) -> dict[tuple[str, str], tuple[Link, ...]]:
        """Return the chain of every session that serves a task, oldest session first."""
        found: dict[str, dict[tuple[str, str], Link]] = {}
        for link in self._links():
            found.setdefault(link.task, {}).setdefault((link.agent, link.session_id), link)
        return {key: tuple(one.values()) for one in found.values() for key in one}

    @property
    def written(self) -> int:
        """When they were last written, in nanoseconds; 0 where nothing is written yet."""
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return 0

    def begin(self, agent: str, session_id: str, root: str | None) -> str:
        """Return the task of a session; a new one begins where it serves none.

        Raises:
            NotSaved: it could not be written down.
        """
        known = self.of(agent, session_id)
        if known is not None:
            return known
        task = uuid.uuid4().hex[:12]
        self.add(task, agent, session_id, Came.BEGUN, root)
        return task

    def add(
        self,
        task: str,
        agent: str,
        session_id: str,
        came: Came,
        root: str | None = None,
        *,
        usd: float | None = None,
    ) -> None:
        """Add a session to a task; one that is in it already stays where it is.

        Raises:
            NotSaved: it could not be written down.
        """
        if any((k.agent, k.session_id) == (agent, session_id) for k in self.chain(task)):
            return
        link = Link(
            task=task,
            agent=agent,
            session_id=session_id,
            at=time.time(),
            came=came,
            root=root,
            usd=usd,
        )
        append_line(self._path, msgspec.json.encode(link), lasting=True)

    def note(self, passage: Passage) -> None:
        """Add a result line to the history of its task.

        Raises:
            NotSaved: it could not be written down.
        """
        append_line(self._path, msgspec.json.encode(passage), lasting=True)

    def passages(self, task: str) -> tuple[Passage, ...]:
        """Return the result lines of a task, oldest first."""
        return tuple(found for found in self._read(Passage) if found.task == task)

    def _links(self) -> list[Link]:
        return self._read(Link)

    def _read(self, kind: type[Kind]) -> list[Kind]:
        """Return the lines of one kind; others are passed over."""
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            return []
        found = []
        for line in lines:
            with suppress(msgspec.MsgspecError):
                found.append(msgspec.json.decode(line, type=kind))
        return found
