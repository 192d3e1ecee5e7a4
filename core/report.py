"""A session as plain values with stable keys: what scripts read with `--json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .agents.base import Sighting
from .figures import Costs
from .gauge import Gauge
from .problems import Report
from .session import Standing
from .snapshot import Snapshot
from .symptoms.symptom import Symptom
from .task_place import TaskPlace
from .tokens import Tokens


def of_session(
    snapshot: Snapshot,
    standing: Standing,
    gauge: Gauge,
    costs: Costs,
    symptoms: Iterable[Symptom] = (),
) -> dict[str, Any]:
    """Return the object of `show --json`; unknown figures are `None`."""
    return {
        "agent": snapshot.agent,
        "model": snapshot.model,
        "session_id": snapshot.session_id,
        "title": snapshot.title,
        "cwd": snapshot.cwd,
        "branch": snapshot.branch,
        "version": snapshot.version,
        "subagent": snapshot.subagent,
        "state": standing.state,
        "waiting_for": standing.waiting_for,
        "asserted": standing.asserted,
        "turns": snapshot.turns,
        "items": snapshot.items_seen,
        "events": dict(sorted(snapshot.events.items())),
        "context": of_gauge(gauge),
        "tokens": of_tokens(snapshot.tokens),
        "subagent_tokens": of_tokens(snapshot.subagent_tokens),
        "cost": {"usd": costs.usd, "unknown_models": list(costs.unknown_models)},
        "compactions": [
            {"trigger": c.trigger, "before": c.before, "after": c.after, "at": c.at}
            for c in snapshot.compactions
            if c.whole
        ],
        "symptoms": [of_symptom(symptom) for symptom in symptoms],
        "unknown_records": sum(snapshot.unknown_records.values()),
        "unknown_record_types": dict(sorted(snapshot.unknown_records.items())),
        "problems": [of_problem(problem) for problem in snapshot.problems],
        "problem_count": snapshot.problem_count,
    }


def of_gauge(gauge: Gauge) -> dict[str, Any]:
    """Return the reading of a gauge; `percent` to one decimal, `zone` by its short name."""
    percent = gauge.percent
    return {
        "fill": gauge.fill,
        "window": gauge.window,
        "percent": None if percent is None else round(percent, 1),
        "zone": gauge.zone,
        "source": gauge.source,
    }


def of_tokens(tokens: Tokens) -> dict[str, int]:
    """Return tokens by the kinds that are priced apart."""
    return {
        "input": tokens.input,
        "cache_read": tokens.cache_read,
        "cache_write_5m": tokens.cache_write_5m,
        "cache_write_1h": tokens.cache_write_1h,
        "output": tokens.output,
    }


def of_symptom(symptom: Symptom) -> dict[str, Any]:
    """Return evidence that an agent goes astray; `items` count from 0, `turn` from 1."""
    return {
        "detector": symptom.detector,
        "evidence": symptom.evidence,
        "count": symptom.count,
        "items": list(symptom.items),
        "turn": symptom.turn,
        "approach": symptom.approach,
        "reason": symptom.reason,
    }


def of_problem(problem: Report) -> dict[str, Any]:
    """Return a problem with its place."""
    return {
        "title": problem.title,
        "detail": problem.detail,
        "remedy": problem.remedy,
        "line": problem.line,
    }


def of_place(place: TaskPlace | None) -> dict[str, Any] | None:
    """Return a session's place in its task; `None` where it serves none with others."""
    if place is None:
        return None
    return {
        "id": place.task,
        "number": place.number,
        "sessions": place.count,
        "came": place.came,
        "usd": place.usd,
        "unknown": place.unknown,
    }


def of_row(
    sighting: Sighting,
    snapshot: Snapshot,
    standing: Standing,
    gauge: Gauge,
    usd: float | None,
    *,
    channel: str = "watched",
) -> dict[str, Any]:
    """Return one entry of `sessions --json`; `channel` is "owned" where a driver of ours is."""
    return {
        "agent": sighting.agent,
        "session_id": sighting.session_id,
        "name": sighting.name or snapshot.title,
        "cwd": snapshot.cwd or sighting.cwd,
        "branch": snapshot.branch,
        "state": standing.state,
        "waiting_for": standing.waiting_for,
        "asserted": standing.asserted,
        "pid": sighting.pid,
        "channel": channel,
        "fill": gauge.fill,
        "window": gauge.window,
        "usd": usd,
        "last_activity": snapshot.last_at or sighting.last_activity,
        "path": None if sighting.path is None else str(sighting.path),
    }
