"""`clearhead sessions`: every session of every agent, live ones first."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ...core import checkpoint, report
from ...core.acting.channel import Reach
from ...core.acting.records import driven
from ...core.agents.base import Agent, Discovery, Sighting, State
from ...core.config import Settings, load_config
from ...core.figures import costs_of, gauge_of
from ...core.followed import Followed
from ...core.paths import cache_folder, state_folder
from ...core.problems import Report
from ...core.session import standing
from ...core.session_id import short_id
from ...core.task_place import TaskPlace, place_of
from ...core.tasks import Tasks
from .. import numbers
from ..task_words import place_words
from . import which
from .output import as_json, print_json, print_table, warn

WHOLE = 64 * 1024 * 1024
"""Bytes of a transcript that are read from the start to know its cost, checkpoint or not."""

ORDER = (State.WAITING, State.BUSY, State.IDLE, State.UNKNOWN, State.ENDED)
"""Who needs the person comes first."""


@click.command(name="sessions")
@click.option("--live", is_flag=True, help="Leave out sessions that have ended.")
@as_json
def command(live: bool, as_json: bool) -> int:
    """List the sessions of every agent: state, context, cost, last activity.

    The cost of a very long transcript is unknown until it was opened once. The exit status is 1
    when there are no sessions, or when something could not be read.
    """
    settings, reports = load_config()
    warn(reports)
    agents = which.agents_of(settings)
    found = [(agent, agent.discover()) for agent in agents]
    for _, discovery in found:
        warn(discovery.reports)
    own = {(s.agent, s.session_id): s for s in driven(state_folder())}
    rows = [
        _row(agent, sighting, settings, owned=(agent.name, sighting.session_id) in own)
        for agent, discovery in found
        for sighting in _with_own(agent.name, discovery, own)
    ]
    rows = [{**row, "task": place} for row, place in zip(rows, _places(rows), strict=True)]
    rows = [row for row in rows if not live or row["state"] != State.ENDED]
    rows.sort(key=lambda row: (ORDER.index(row["state"]), -(row["fill"] or 0)))
    if as_json:
        print_json({"sessions": [{**row, "task": report.of_place(row["task"])} for row in rows]})
    elif rows:
        _print(rows)
    if not rows:
        warn([_nothing(discovery for _, discovery in found)])
    return int(not rows or any(discovery.reports for _, discovery in found))


def _places(rows: Sequence[dict[str, Any]]) -> list[TaskPlace | None]:
    """Return each session's place in its task; `None` where it serves none with others."""
    chains = Tasks(state_folder()).chains()
    keys = [(row["agent"], row["session_id"]) for row in rows]
    costs = {key: row["usd"] for key, row in zip(keys, rows, strict=True)}
    return [place_of(chains.get(key, ()), key, costs.get) for key in keys]


def _with_own(
    agent: str, found: Discovery, own: Mapping[tuple[str, str], Sighting]
) -> list[Sighting]:
    """Return an agent's sessions, with those of our own that have had no turn yet."""
    known = {sighting.session_id for sighting in found.sightings}
    fresh = [s for (name, key), s in own.items() if name == agent and key not in known]
    return [*found.sightings, *fresh]


def _nothing(found: Iterable[Discovery]) -> Report:
    looked = [str(place) for discovery in found for place in discovery.looked_in]
    detail = f"Looked in {', '.join(looked)}."
    return Report("No sessions found", detail, "Start an agent, or try `clearhead demo`.")


def _row(agent: Agent, sighting: Sighting, settings: Settings, *, owned: bool) -> dict[str, Any]:
    followed = Followed(agent, sighting)
    followed.refresh()
    path = sighting.path
    if path is not None and followed.opened and not followed.complete:
        _complete(followed, path)
    snapshot = followed.snapshot
    where = standing(sighting, snapshot, time.time())
    gauge = gauge_of(snapshot, settings, agent.feed(sighting.session_id))
    usd = costs_of(snapshot, settings).usd if snapshot.complete else None
    channel = Reach.OWNED if owned else Reach.WATCHED
    return report.of_row(sighting, snapshot, where, gauge, usd, channel=channel)


def _complete(followed: Followed, path: Path) -> None:
    cache = cache_folder()
    made = checkpoint.load(cache, path)
    if made is not None and followed.adopt(made):
        return
    if path.stat().st_size <= WHOLE:
        followed.read_whole()
        followed.save(cache)


def _print(rows: Iterable[dict[str, Any]]) -> None:
    now = time.time()
    head = ("state", "agent", "session", "folder", "context", "cost", "last", "task")
    cells = [_cells(row, now) for row in rows]
    shown = len(head) if any(row[-1] for row in cells) else len(head) - 1
    print_table(head[:shown], (row[:shown] for row in cells))


def _cells(row: dict[str, Any], now: float) -> tuple[str, ...]:
    fill, window, usd, last = row["fill"], row["window"], row["usd"], row["last_activity"]
    context = "unknown" if fill is None else numbers.tokens(fill)
    if fill is not None and window:
        context += f" / {numbers.size(window)}"
    waiting = f": {row['waiting_for']}" if row["waiting_for"] else ""
    return (
        f"{row['state']}{waiting}{'' if row['asserted'] else ' ?'}",
        row["agent"],
        short_id(row["session_id"]) + (f"  {row['name'][:40]}" if row["name"] else ""),
        Path(row["cwd"]).name if row["cwd"] else "unknown",
        context,
        "unknown" if usd is None else numbers.dollars(usd),
        "unknown" if last is None else numbers.age(now - last),
        "" if row["task"] is None else place_words(row["task"]),
    )
