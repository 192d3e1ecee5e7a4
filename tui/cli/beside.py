"""Inside tmux: the agent's own screen in a new pane, clearhead attached in this one."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from ...core.acting.in_tmux import start_in_tmux
from ...core.acting.plan import Plan
from ...core.acting.writers import check_alone
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
        SessionTaken: another live process runs the session that would be resumed.
        TmuxGone: tmux has no room for another pane, or does not answer.
        NotSeen: the agent did not show within `APPEARS` seconds.
    """
    from .open import need_terminal, run_session

    need_terminal()
    check_alone(plan)
    server = Server(os.environ["TMUX"].partition(",")[0] or None)
    _, pane = asyncio.run(start_in_tmux(plan, server, beside=os.environ.get("TMUX_PANE")))
    settings, _ = load_config()
    agent = next(a for a in which.agents_of(settings) if a.name == plan.agent)
    sighting = appeared(agent, pane, plan.cwd)
    if sighting is None:
        raise NotSeen(f"{plan.agent} did not show within {APPEARS:g} s.")
    return run_session(sighting, Path(plan.cwd)) or 0


def appeared(agent: Agent, pane: int, cwd: str) -> Sighting | None:
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
