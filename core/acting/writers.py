"""Who writes to a session now. Nothing stops two programs from doing so, but whoever looks first.

Claude Code lets two processes resume one session: their records branch, and neither sees the
other. So clearhead looks for others before it starts a client, and again before each prompt.
"""

from __future__ import annotations

from ..agents.base import Agent, Sighting
from ..agents.registry import agent_named
from ..config import load_config
from .lock import SessionTaken
from .plan import Plan

REMEDY = "Leave it there first, or go on with a copy: --fork."


def writer_of(agent: Agent, session_id: str) -> Sighting | None:
    """Return the session where a live process runs it; `None` where none does."""
    found = agent.discover().sightings
    return next((s for s in found if s.session_id == session_id and s.pid is not None), None)


def check_alone(plan: Plan) -> None:
    """Look whether a plan would make a second writer.

    Raises:
        SessionTaken: a live process runs the session that would be resumed; it is named.
    """
    if plan.resume is None or plan.fork:
        return
    settings, _ = load_config()
    folders = {"claude": settings.claude_folders, "codex": settings.codex_folders}
    other = writer_of(agent_named(plan.agent, folders.get(plan.agent, ())), plan.resume)
    if other is not None:
        raise SessionTaken(f"{named(other)} runs this session.", remedy=REMEDY)


def named(other: Sighting) -> str:
    """Return whose process runs a session, in words."""
    place = f" in {other.place}" if other.place else ""
    return f"Process {other.pid}{place}"
