"""The only place where a session changes: snapshot + event → snapshot. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from . import events as ev
from .cost import spend_key
from .items import Flag, Kind
from .snapshot import (
    HISTORY,
    PROBLEMS,
    Activity,
    Branch,
    Compaction,
    Fill,
    Limit,
    Mark,
    OpenCall,
    Snapshot,
    Spend,
    SubAgent,
)
from .tokens import Tokens

Changes = dict[str, Any]
"""Fields of the snapshot that an event changes, with their new values."""


def fold(snapshot: Snapshot, events: Iterable[ev.AnyEvent]) -> Snapshot:
    """Return the session as it stands after `events`, in order."""
    for event in events:
        snapshot = apply(snapshot, event)
    return snapshot


def apply(snapshot: Snapshot, event: ev.AnyEvent) -> Snapshot:
    """Return the session as it stands after `event`."""
    kind = type(event)
    name = kind.__name__
    changes: Changes = {"events": {**snapshot.events, name: snapshot.events.get(name, 0) + 1}}
    if event.at is not None:
        changes["last_at"] = max(event.at, snapshot.last_at or event.at)
        if snapshot.started_at is None:
            changes["started_at"] = event.at
    if ev.item_of(event) is not None:
        changes["items_seen"] = snapshot.items_seen + 1
    handler = _HANDLERS.get(kind)
    if handler is not None:
        changes.update(handler(snapshot, event))
    return replace(snapshot, **changes)


def _described(snapshot: Snapshot, event: ev.Described) -> Changes:
    names = (
        "session_id",
        "cwd",
        "branch",
        "model",
        "version",
        "parent_session",
        "mode",
        "subagent",
    )
    changes = {name: value for name in names if (value := getattr(event, name)) is not None}
    if event.title and event.title_rank >= snapshot.title_rank:
        changes |= {"title": event.title, "title_rank": event.title_rank}
    return changes


def _working(snapshot: Snapshot, at: float | None) -> Changes:
    if snapshot.activity is Activity.WORKING:
        return {"retry": None}
    return {"activity": Activity.WORKING, "active_since": at, "retry": None}


def _prompted(snapshot: Snapshot, event: ev.Prompted) -> Changes:
    if event.agent_id is not None:
        return _agent_item(snapshot, event.agent_id)
    changes = _working(snapshot, event.at)
    changes["active_since"] = event.at
    if event.human:
        changes |= {"turns": snapshot.turns + 1, "turn_spend": {}}
        if snapshot.title is None:
            changes |= {"title": event.item.head, "title_rank": 1}
    return changes


def _said(snapshot: Snapshot, event: ev.Said) -> Changes:
    if event.agent_id is not None:
        return _agent_item(snapshot, event.agent_id)
    return {**_working(snapshot, event.at), "last_said": event.item.head}


def _thought(snapshot: Snapshot, event: ev.Thought) -> Changes:
    if event.agent_id is not None:
        return _agent_item(snapshot, event.agent_id)
    return _working(snapshot, event.at)


def _tool_called(snapshot: Snapshot, event: ev.ToolCalled) -> Changes:
    if event.agent_id is not None:
        return _agent_item(snapshot, event.agent_id)
    item = event.item
    call = OpenCall(name=item.name, head=item.head, at=event.at, item=snapshot.items_seen)
    open_calls = {**snapshot.open_calls, event.call_id: call}
    return {**_working(snapshot, event.at), "open_calls": open_calls}


def _tool_returned(snapshot: Snapshot, event: ev.ToolReturned) -> Changes:
    if event.agent_id is not None:
        return _agent_item(snapshot, event.agent_id)
    if event.call_id not in snapshot.open_calls:
        return {}
    open_calls = {k: v for k, v in snapshot.open_calls.items() if k != event.call_id}
    return {"open_calls": open_calls}


def _agent_item(snapshot: Snapshot, agent_id: str) -> Changes:
    agent = snapshot.subagents.get(agent_id, SubAgent())
    return {"subagents": {**snapshot.subagents, agent_id: replace(agent, items=agent.items + 1)}}


def _usage(snapshot: Snapshot, event: ev.UsageReported) -> Changes:
    if event.agent_id is not None:
        return _agent_usage(snapshot, event)
    changes: Changes = {
        "spend": spent(snapshot.spend, event),
        "turn_spend": spent(snapshot.turn_spend, event),
    }
    if not event.aside:
        known = event.before or Tokens()
        changes["tokens"] = snapshot.tokens + event.tokens - known
        changes["calls"] = snapshot.calls + (event.before is None)
    if event.usd is not None:
        changes["reported_usd"] = (snapshot.reported_usd or 0.0) + event.usd
    if event.fill is not None:
        changes |= _filled(snapshot, event)
    return changes


def _filled(snapshot: Snapshot, event: ev.UsageReported) -> Changes:
    if event.fill is None:
        return {}
    fill = Fill(tokens=event.fill, at=event.at, items=snapshot.items_seen)
    return {"fill": fill, "peak": max(snapshot.peak, event.fill), "settling": False}


def _agent_usage(snapshot: Snapshot, event: ev.UsageReported) -> Changes:
    agent_id = event.agent_id or ""
    agent = snapshot.subagents.get(agent_id, SubAgent())
    field = "copied" if event.copied else "spend"
    agent = replace(agent, **{field: spent(getattr(agent, field), event)})
    return {"subagents": {**snapshot.subagents, agent_id: agent}}


def spent(spend: dict[Any, Spend], event: ev.UsageReported) -> dict[Any, Spend]:
    """Return `spend` with the call of `event` in it, in place of what was known of it before."""
    changed = dict(spend)
    if event.before is not None:
        key = spend_key(event.model, event.at, event.before)
        known = changed.get(key)
        if known is not None:
            changed[key] = Spend(known.calls - 1, known.tokens - event.before)
            if changed[key].calls == 0:
                del changed[key]
    key = spend_key(event.model, event.at, event.tokens)
    known = changed.get(key, Spend())
    changed[key] = Spend(known.calls + 1, known.tokens + event.tokens)
    return changed


def _window(_snapshot: Snapshot, event: ev.WindowReported) -> Changes:
    return {"window": event.window}


def _compacted(snapshot: Snapshot, event: ev.Compacted) -> Changes:
    entry = Compaction(
        trigger=event.trigger,
        before=event.before,
        after=event.after,
        at=event.at,
        item=snapshot.items_seen,
        whole=event.whole,
    )
    mark = Mark(fill=event.before or (snapshot.fill.tokens if snapshot.fill else 0), compacted=True)
    return {
        "compactions": (*snapshot.compactions, entry),
        "settling": True,
        "history": (*snapshot.history, mark)[-HISTORY:],
    }


def _rewound(snapshot: Snapshot, event: ev.Rewound) -> Changes:
    branches = list(snapshot.branches)
    while len(branches) <= event.branch:
        branches.append(Branch(parent=event.parent, cut=event.cut))
    taken = _taken(snapshot, event)
    return {"branches": tuple(branches), "open_calls": {}, **taken}


def _taken(snapshot: Snapshot, event: ev.Rewound | ev.BranchTaken) -> Changes:
    """Go on in a branch, with the fill that its context has."""
    fill = None if event.fill is None else Fill(event.fill, event.at, snapshot.items_seen)
    return {"live_branch": event.branch, "fill": fill}


def _turn_started(snapshot: Snapshot, event: ev.TurnStarted) -> Changes:
    return {**_working(snapshot, event.at), "active_since": event.at}


def _idle(snapshot: Snapshot, at: float | None) -> Changes:
    """The turn is over: whatever stayed open was given up, and the history gets its mark."""
    changes: Changes = {"activity": Activity.IDLE, "open_calls": {}, "retry": None}
    if snapshot.activity is not Activity.IDLE:
        changes["active_since"] = at
        if snapshot.fill is not None and not snapshot.settling:
            mark = Mark(snapshot.fill.tokens)
            changes["history"] = (*snapshot.history, mark)[-HISTORY:]
    return changes


def _turn_ended(snapshot: Snapshot, event: ev.TurnEnded) -> Changes:
    return _idle(snapshot, event.at)


def _interrupted(snapshot: Snapshot, event: ev.Interrupted) -> Changes:
    return _idle(snapshot, event.at)


def _call_failed(snapshot: Snapshot, event: ev.CallFailed) -> Changes:
    return {} if event.agent_id is not None else _idle(snapshot, event.at)


def _retried(_snapshot: Snapshot, event: ev.Retried) -> Changes:
    count = "" if event.attempt is None else f"attempt {event.attempt}"
    if event.attempt is not None and event.limit is not None:
        count += f" of {event.limit}"
    return {"retry": ", ".join(filter(None, (event.reason, count))) or "trying again"}


def _queue(_snapshot: Snapshot, event: ev.QueueChanged) -> Changes:
    return {"waiting_input": event.waiting}


def _limit(snapshot: Snapshot, event: ev.LimitReported) -> Changes:
    limit = Limit(event.used_percent, event.resets_at)
    return {"limits": {**snapshot.limits, event.name: limit}}


def _skipped(snapshot: Snapshot, event: ev.RecordSkipped) -> Changes:
    known = snapshot.unknown_records
    return {"unknown_records": {**known, event.type: known.get(event.type, 0) + 1}}


def _problem(snapshot: Snapshot, event: ev.ProblemMet) -> Changes:
    changes: Changes = {"problem_count": snapshot.problem_count + 1}
    if len(snapshot.problems) < PROBLEMS:
        changes["problems"] = (*snapshot.problems, event.report)
    return changes


_HANDLERS: dict[type, Callable[[Snapshot, Any], Changes]] = {
    ev.Described: _described,
    ev.Prompted: _prompted,
    ev.Said: _said,
    ev.Thought: _thought,
    ev.ToolCalled: _tool_called,
    ev.ToolReturned: _tool_returned,
    ev.UsageReported: _usage,
    ev.WindowReported: _window,
    ev.Compacted: _compacted,
    ev.Rewound: _rewound,
    ev.BranchTaken: _taken,
    ev.TurnStarted: _turn_started,
    ev.TurnEnded: _turn_ended,
    ev.Interrupted: _interrupted,
    ev.CallFailed: _call_failed,
    ev.Retried: _retried,
    ev.QueueChanged: _queue,
    ev.LimitReported: _limit,
    ev.RecordSkipped: _skipped,
    ev.ProblemMet: _problem,
}


def visible(snapshot: Snapshot, branch: int, item: int) -> bool:
    """Say whether an item lies on the live line of the conversation."""
    cut = snapshot.path.get(branch)
    return cut is not None and (cut < 0 or item < cut)


def is_edit(kind: Kind, flags: Flag) -> bool:
    """Say whether an item is a tool call that changes a file."""
    return kind is Kind.TOOL_CALL and bool(flags & Flag.EDIT)
