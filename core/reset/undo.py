"""Bring the session from before a reset back, beside the fresh one, which stays."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..acting.launch import launch
from ..acting.peers import why_not_act
from ..acting.plan import PROGRAMS, Plan
from ..acting.reading import sighting_of
from ..acting.service import Acting
from ..agents.base import Agent
from ..agents.processes import same
from ..problems import NotFound, Problem
from ..session_id import names, short_id
from ..tasks import Came, Tasks
from ..tmux import pane_of
from .flags import kept_flags
from .store import Store
from .transaction import Begun, Transaction, Undone

DEMO = "demo"
"""The agent that is no client of a person's: its root lies around its repository."""


class CannotUndo(Problem):
    """The old session cannot be brought back."""

    title = "Nothing to bring back"


async def undo(transaction: Transaction, acting: Acting, agents: Mapping[str, Agent]) -> Undone:
    """Bring the old session back: in a pane beside the fresh one, else under a driver of ours.

    The fresh session, the commit and the notes stay as they are.

    Raises:
        CannotUndo: it never ended, it runs already, or its transcript is gone.
        Problem: it does not start.
    """
    begun = transaction.begun
    if why := why_not_act(os.getpid()):
        raise CannotUndo(why)
    await asyncio.to_thread(_check, transaction, agents[begun.agent])
    flags = flags_back(begun)
    where = await _bring_back(begun, flags)
    words = f"{begun.agent} {short_id(begun.session_id)} is back {where}"
    undone = Undone(at=time.time(), words=words)
    Store(acting.state).write(begun.id, undone)
    tasks = Tasks(acting.state)
    task = tasks.begin(begun.agent, begun.session_id, begun.root)
    tasks.add(task, begun.agent, begun.session_id, Came.BROUGHT_BACK, begun.root)
    return undone


def flags_back(begun: Begun) -> tuple[str, ...]:
    """Return the flags that the old session comes back with: its own, and never wider ones."""
    return kept_flags(begun.agent, begun.args)


def _check(transaction: Transaction, agent: Agent) -> None:
    begun = transaction.begun
    found = sighting_of(agent, begun.session_id)
    if found is not None and found.pid is not None:
        raise CannotUndo(f"Process {found.pid} runs that session.", remedy="Go there.")
    if found is None or found.path is None or not found.path.exists():
        raise CannotUndo(f"The transcript of {begun.session_id} is no longer there.")


async def _bring_back(begun: Begun, flags: Sequence[str]) -> str:
    """Start the client on the old session; return in words where it is now."""
    if begun.agent == DEMO:
        from ..agents.demo.launch import resume

        await asyncio.to_thread(resume, Path(begun.cwd).parent, begun.session_id)
        return "in a second demo program"
    pane = await pane_of(begun.pid) if begun.pid is not None and _lives(begun) else None
    program = PROGRAMS[begun.agent]
    if pane is not None:
        command = _command(begun, program, flags)
        new = await pane.server.split(command, Path(begun.cwd), beside=pane.id)
        return f"in the pane {new}"
    plan = Plan(
        agent=begun.agent,
        cwd=begun.cwd,
        program=program,
        args=tuple(flags),
        resume=begun.session_id,
    )
    await asyncio.to_thread(launch, plan)
    return "under clearhead"


def _command(begun: Begun, program: str, flags: Sequence[str]) -> list[str]:
    if begun.agent == "codex":
        return [program, "resume", *flags, begun.session_id]
    return [program, "--resume", begun.session_id, *flags]


def _lives(begun: Begun) -> bool:
    """Say whether the client of the old session still runs, in someone's terminal."""
    if begun.owned or begun.pid is None:
        return False
    return same(begun.pid, start=begun.start, seen_at=begun.at)


def newest_for(store: Store, session: str) -> Transaction:
    """Return the newest reset that left, or led to, a session.

    Raises:
        NotFound: there is none.
    """
    for found in reversed(store.all()):
        ids = (found.begun.session_id, found.new_session_id or "")
        if any(names(session, known) for known in ids):
            return found
    raise NotFound(
        f'No reset of a session "{session}" is known.', remedy="See `clearhead sessions`."
    )
