"""Inside tmux: the agent's own screen in a new pane, clearhead attached in this one."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from ...core.acting.plan import Plan
from ...core.agents.base import Agent, Sighting
from ...core.agents.processes import ancestors
from ...core.config import load_config
from ...core.problems import Problem
from ...core.tmux import Server
from . import which

APPEARS = 30.0
"""Seconds within which a client that was started must be found."""

LOOK = 0.2


class NotSeen(Problem):
    """The agent was started and does not show itself."""

    title = "The agent is not to be found"
    remedy = "Look at its pane; it may ask something. Then open clearhead beside it."


def run_beside(plan: Plan) -> int:
    """Start the agent beside this pane, wait until it shows, and open the screen on it.

    Raises:
        TmuxGone: tmux has no room for another pane, or does not answer.
        NotSeen: the agent did not show within `APPEARS` seconds.
    """
    from .open import need_terminal, run_session

    need_terminal()
    server = Server(os.environ["TMUX"].partition(",")[0] or None)
    pane = asyncio.run(_split(server, plan))
    settings, _ = load_config()
    agent = next(a for a in which.agents_of(settings) if a.name == plan.agent)
    sighting = _found(agent, pane, plan.cwd)
    if sighting is None:
        raise NotSeen(f"{plan.agent} did not show within {APPEARS:g} s.")
    return run_session(sighting, Path(plan.cwd)) or 0


async def _split(server: Server, plan: Plan) -> int:
    """Run the agent's own program in a new pane; return the pane's process."""
    resumed = {
        "claude": ["--resume", plan.resume, *(["--fork-session"] if plan.fork else [])],
        "codex": ["fork" if plan.fork else "resume", plan.resume],
    }
    words = [str(word) for word in resumed[plan.agent]] if plan.resume else []
    command = [plan.program, *words, *plan.args]
    name = await server.split(command, Path(plan.cwd), beside=os.environ.get("TMUX_PANE"))
    return next(facts.pid for facts in await server.panes() if facts.id == name)


def _found(agent: Agent, pane: int, cwd: str) -> Sighting | None:
    """Wait for a live session of a process of that pane; Codex' is its server's, by folder."""
    began, end = time.time(), time.monotonic() + APPEARS
    while time.monotonic() < end:
        for sighting in agent.discover().sightings:
            if sighting.pid is None:
                continue
            if pane in (sighting.pid, *ancestors(sighting.pid)) or (
                agent.name == "codex"
                and sighting.cwd == cwd
                and (sighting.last_activity or 0.0) >= began
            ):
                return sighting
        time.sleep(LOOK)
    return None
