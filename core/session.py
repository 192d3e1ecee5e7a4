"""A session as the screen and the scripts see it: what it says of itself and what we worked out.

Pure: everything that had to be read or asked is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from .agents.base import ASKING, Sighting, State, Waiting
from .snapshot import Activity, Snapshot, SubAgent

QUIET = 10 * 60
"""Seconds without a line after which "working" is no longer believed of a transcript alone."""

OVER = 12 * 3600
"""Seconds without a line after which an idle transcript without a process counts as ended."""


class Standing(msgspec.Struct, frozen=True):
    """What a session does, since when (epoch seconds), and whether the agent itself said so."""

    state: State
    waiting_for: Waiting | None = None
    asserted: bool = False
    since: float | None = None


def standing(sighting: Sighting, snapshot: Snapshot, now: float) -> Standing:
    """Say what a session does: the live registry's word, else what its transcript suggests."""
    if sighting.state is not None:
        since = sighting.since or snapshot.active_since
        return Standing(sighting.state, _waits(sighting, snapshot), sighting.asserted, since)
    return Standing(_inferred(snapshot, now), since=snapshot.active_since)


def _waits(sighting: Sighting, snapshot: Snapshot) -> Waiting | None:
    """Say what a session waits for: Claude Code 2.1.197 calls a question a permission."""
    if sighting.waiting_for is Waiting.PERMISSION and snapshot.open_calls:
        newest = max(snapshot.open_calls.values(), key=lambda call: call.item)
        return Waiting.INPUT if newest.name in ASKING else Waiting.PERMISSION
    return sighting.waiting_for


def _inferred(snapshot: Snapshot, now: float) -> State:
    age = now - snapshot.last_at if snapshot.last_at is not None else None
    if age is None or snapshot.activity is Activity.UNKNOWN:
        return State.UNKNOWN
    if age > OVER:
        return State.ENDED
    if snapshot.activity is Activity.IDLE:
        return State.IDLE
    return State.BUSY if age <= QUIET else State.UNKNOWN


def with_subagents(snapshot: Snapshot, files: Mapping[str, Snapshot]) -> Snapshot:
    """Add what sub-agents with files of their own spent; `files` maps agent id → its snapshot."""
    if not files:
        return snapshot
    agents = dict(snapshot.subagents)
    for agent_id, own in files.items():
        known = agents.get(agent_id, SubAgent())
        agents[agent_id] = replace(known, spend=own.spend, own_file=True, items=own.items_seen)
    return replace(snapshot, subagents=agents)
