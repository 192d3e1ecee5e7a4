"""Wait until a client that was started in a terminal shows itself as a session."""

from __future__ import annotations

import time

from ..agents.base import Agent, Sighting
from ..agents.processes import ancestors
from ..problems import Problem

APPEARS = 30.0
"""Seconds within which a client that was started must be found."""

LOOK = 0.2


class NotSeen(Problem):
    """The agent was started and does not show itself."""

    title = "The agent is not to be found"
    remedy = "Look at its pane; it may ask something. Then open clearhead beside it."


def appeared(agent: Agent, pane: int, cwd: str) -> Sighting:
    """Wait for a live session of a process of that pane; Codex' is its server's, by folder.

    Raises:
        NotSeen: the agent did not show within `APPEARS` seconds.
    """
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
    raise NotSeen(f"{agent.title} did not show within {APPEARS:g} s.")
