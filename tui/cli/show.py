"""`clearhead show`: one session or transcript in figures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ...core import report
from ...core.agents.base import Agent, Feed, Sighting
from ...core.agents.registry import NAMES, agent_named
from ...core.config import Settings, load_config
from ...core.figures import Costs, costs_of, gauge_of
from ...core.followed import Followed
from ...core.gauge import Gauge
from ...core.paths import state_folder
from ...core.problems import NotFound
from ...core.session import Standing, standing
from ...core.snapshot import Snapshot
from ...core.symptoms.finder import found
from ...core.task_chain import TaskChain, chain_of
from .. import numbers
from . import which
from .output import as_json, print_facts, print_json, warn
from .task_words import task_json, words_of


@click.command(name="show")
@click.argument("what", metavar="SESSION|FILE")
@click.option("--agent", metavar="NAME", help=f"Read FILE as one of: {', '.join(NAMES)}.")
@as_json
def command(what: str, agent: str | None, as_json: bool) -> None:
    """Print one session or transcript in figures: context, tokens, cost, problems.

    SESSION is an id, the beginning of one, or a name; FILE is a transcript.
    """
    settings, reports = load_config()
    warn(reports)
    kind, sighting, feed = _found(what, agent, settings)
    followed = Followed(kind, sighting, alone=which.is_path(what))
    followed.read_whole()
    snapshot = followed.snapshot
    where = standing(sighting, snapshot, time.time())
    gauge, costs = gauge_of(snapshot, settings, feed), costs_of(snapshot, settings)
    if as_json:
        symptoms = found(followed.view, followed.body) if followed.view else ()
        figures = report.of_session(snapshot, where, gauge, costs, symptoms)
        print_json(figures | {"task": task_json(_chain(snapshot, settings))})
    else:
        print_facts(_facts(snapshot, where, gauge, costs))
        if (chain := _chain(snapshot, settings)) is not None:
            print_facts([("task", words_of(chain))])
        warn(snapshot.problems)


def _chain(snapshot: Snapshot, settings: Settings) -> TaskChain | None:
    """Return the chain of the task that a session serves; most serve none."""
    if snapshot.session_id is None:
        return None
    agents = {agent.name: agent for agent in which.agents_of(settings)}
    return chain_of(snapshot.agent, snapshot.session_id, state_folder(), agents, settings)


def _found(what: str, name: str | None, settings: Settings) -> tuple[Agent, Sighting, Feed | None]:
    agents = which.agents_of(settings)
    if name:
        agent_named(name)
    if which.is_path(what):
        agent, sighting = which.of_file(Path(what), agents, name)
        return agent, sighting, None
    chosen = [agent for agent in agents if name in (None, agent.name)]
    sighting = which.of_session(what, [agent.discover() for agent in chosen])
    agent = next(agent for agent in chosen if agent.name == sighting.agent)
    if sighting.path is None:
        raise NotFound(
            f"Session {sighting.session_id} has no transcript yet.",
            remedy="The agent writes it with its first turn.",
        )
    return agent, sighting, agent.feed(sighting.session_id)


def _facts(
    snapshot: Snapshot, where: Standing, gauge: Gauge, costs: Costs
) -> Iterator[tuple[str, str]]:
    yield "session", snapshot.session_id or "unknown"
    if snapshot.title:
        yield "title", snapshot.title
    kind = "sub-agent of " if snapshot.subagent else ""
    yield "agent", f"{kind}{snapshot.agent} · {snapshot.model or 'model unknown'}"
    yield "folder", " on ".join(filter(None, (snapshot.cwd or "unknown", snapshot.branch)))
    yield "state", _state(where)
    yield "context", _context(gauge)
    yield "why", gauge.reason
    yield "tokens", _tokens(snapshot)
    yield "cost", _cost(costs)
    yield "turns", numbers.count(snapshot.turns, "turn")
    for compaction in snapshot.compactions:
        before = "unknown" if compaction.before is None else numbers.tokens(compaction.before)
        yield "compacted", f"at {before}, {compaction.trigger or 'trigger unknown'}"
    unknown = sum(snapshot.unknown_records.values())
    if unknown:
        yield "unread", numbers.count(unknown, "record") + " of unknown types"


def _state(where: Standing) -> str:
    waiting = f", {where.waiting_for}" if where.waiting_for else ""
    sure = "" if where.asserted else " (as the transcript suggests)"
    return f"{where.state}{waiting}{sure}"


def _context(gauge: Gauge) -> str:
    if gauge.fill is None or gauge.zone is None:
        return "unknown: no reply so far"
    fill = numbers.tokens(gauge.fill)
    if gauge.window is None or gauge.percent is None:
        return f"{fill} tokens, window unknown · {gauge.zone.word}"
    share = numbers.percent(gauge.percent / 100)
    return f"{fill} / {numbers.size(gauge.window)} · {share} · {gauge.zone.word}"


def _tokens(snapshot: Snapshot) -> str:
    figures: dict[str, Any] = report.of_tokens(snapshot.tokens)
    words = [f"{name.replace('_', ' ')} {numbers.tokens(n)}" for name, n in figures.items() if n]
    side = snapshot.subagent_tokens.total
    if side:
        words.append(f"sub-agents {numbers.tokens(side)}")
    return " · ".join(words) or "none"


def _cost(costs: Costs) -> str:
    unknown = ", ".join(costs.unknown_models)
    if costs.usd is None:
        return f"unknown: no price for {unknown}"
    rest = f", without {unknown}: price unknown" if unknown else ""
    return f"{numbers.dollars(costs.usd)} at list price{rest}"
