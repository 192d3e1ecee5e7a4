"""Which sessions serve one task: a chain over resets and hand-offs, with one progress file."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import msgspec

from .storage import append_line

NAME = "tasks.jsonl"


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

    def _links(self) -> list[Link]:
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            return []
        found = []
        for line in lines:
            with suppress(msgspec.MsgspecError):
                found.append(msgspec.json.decode(line, type=Link))
        return found
