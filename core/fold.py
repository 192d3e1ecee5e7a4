"""The only place where a session changes: snapshot + event → snapshot. Pure.

Events come by the thousand when a long transcript is read, so they are folded into a draft that
nobody else sees; the snapshot that comes out shares nothing with what goes on changing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, get_args

from msgspec.structs import asdict, replace

from . import events as ev
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
    SubAgent,
)
from .spending import exchange

_OWNED = ("events", "limits", "open_calls", "spend", "subagents", "turn_spend", "unknown_records")
"""The dictionaries of a snapshot: a draft has copies of them, which grow in place."""


class Draft(SimpleNamespace):
    """A snapshot while events are folded into it, with the fields of `Snapshot`."""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Draft:
        """Return a draft that begins as `snapshot` stands."""
        draft = cls(**asdict(snapshot))
        for name in _OWNED:
            setattr(draft, name, dict(getattr(draft, name)))
        return draft

    def done(self) -> Snapshot:
        """Return the snapshot; the draft must not be used again."""
        return Snapshot(**vars(self))


def fold(snapshot: Snapshot, events: Iterable[ev.AnyEvent]) -> Snapshot:
    """Return the session as it stands after `events`, in order."""
    draft = None
    for event in events:
        draft = draft or Draft.of(snapshot)
        _take(draft, event)
    return snapshot if draft is None else draft.done()


def apply(snapshot: Snapshot, event: ev.AnyEvent) -> Snapshot:
    """Return the session as it stands after `event`."""
    return fold(snapshot, (event,))


def _take(draft: Draft, event: ev.AnyEvent) -> None:
    kind = type(event)
    name = kind.__name__
    draft.events[name] = draft.events.get(name, 0) + 1
    if event.at is not None:
        draft.last_at = max(event.at, draft.last_at or event.at)
        if draft.started_at is None:
            draft.started_at = event.at
    if kind in _SHARED and getattr(event, "agent_id", None) is not None:
        _of_subagent(draft, event)
    elif kind in _HANDLERS:
        _HANDLERS[kind](draft, event)
    if kind in _ITEMISED:
        draft.items_seen += 1


def _with(field: str) -> frozenset[type]:
    return frozenset(kind for kind in get_args(ev.AnyEvent) if field in kind.__struct_fields__)


_SHARED, _ITEMISED = _with("agent_id"), _with("item")
"""The events that can belong to a sub-agent, and those that add an item."""

_TOLD = (
    "session_id",
    "cwd",
    "branch",
    "model",
    "version",
    "parent_session",
    "mode",
    "subagent",
)


def _described(draft: Draft, event: ev.Described) -> None:
    for name in _TOLD:
        value = getattr(event, name)
        if value is not None:
            setattr(draft, name, value)
    if event.title and event.title_rank >= draft.title_rank:
        draft.title, draft.title_rank = event.title, event.title_rank


def _work(draft: Draft, at: float | None) -> None:
    draft.retry = None
    if draft.activity is not Activity.WORKING:
        draft.activity, draft.active_since = Activity.WORKING, at


def _prompted(draft: Draft, event: ev.Prompted) -> None:
    _work(draft, event.at)
    draft.active_since = event.at
    if event.human:
        if draft.turns:
            # Claude Code 2.1.197 may write a session's first reply before the prompt it answers.
            draft.turn_spend = {}
        draft.turns += 1
        draft.prompted_at = event.at
        if draft.title is None:
            draft.title, draft.title_rank = event.item.head, 1


def _said(draft: Draft, event: ev.Said) -> None:
    _work(draft, event.at)
    draft.last_said = event.item.head


def _thought(draft: Draft, event: ev.Thought) -> None:
    _work(draft, event.at)


def _tool_called(draft: Draft, event: ev.ToolCalled) -> None:
    _work(draft, event.at)
    item = event.item
    call = OpenCall(name=item.name, head=item.head, at=event.at, item=draft.items_seen)
    draft.open_calls[event.call_id] = call


def _tool_returned(draft: Draft, event: ev.ToolReturned) -> None:
    draft.open_calls.pop(event.call_id, None)


def _of_subagent(draft: Draft, event: Any) -> None:
    """Keep apart what happens to a sub-agent whose lines stand in its parent's file."""
    agent = draft.subagents.get(event.agent_id, SubAgent())
    if isinstance(event, ev.UsageReported):
        field = "copied" if event.copied else "spend"
        spend = dict(getattr(agent, field))
        exchange(event, spend)
        agent = replace(agent, **{field: spend})
    else:
        agent = replace(agent, items=agent.items + 1)
    draft.subagents[event.agent_id] = agent


def _usage(draft: Draft, event: ev.UsageReported) -> None:
    added = exchange(event, draft.spend, draft.turn_spend)
    if not event.aside:
        draft.tokens += added
        draft.calls += event.before is None
    if event.usd is not None:
        draft.reported_usd = (draft.reported_usd or 0.0) + event.usd
    if event.fill is not None:
        draft.fill = Fill(tokens=event.fill, at=event.at, items=draft.items_seen)
        draft.peak = max(draft.peak, event.fill)
        draft.settling = False


def _window(draft: Draft, event: ev.WindowReported) -> None:
    draft.window = event.window


def _compacted(draft: Draft, event: ev.Compacted) -> None:
    entry = Compaction(
        trigger=event.trigger,
        before=event.before,
        after=event.after,
        at=event.at,
        item=draft.items_seen,
        whole=event.whole,
    )
    draft.compactions = (*draft.compactions, entry)
    draft.settling = True
    _mark(draft, event.before or (draft.fill.tokens if draft.fill else 0), compacted=True)


def _mark(draft: Draft, fill: int, *, compacted: bool = False) -> None:
    draft.history = (*draft.history, Mark(fill, compacted))[-HISTORY:]


def _rewound(draft: Draft, event: ev.Rewound) -> None:
    branches = list(draft.branches)
    while len(branches) <= event.branch:
        branches.append(Branch(parent=event.parent, cut=event.cut))
    draft.branches = tuple(branches)
    draft.open_calls = {}
    _go_on(draft, event)


def _go_on(draft: Draft, event: ev.Rewound | ev.BranchTaken) -> None:
    """Go on in a branch, with the fill that its context has."""
    draft.live_branch = event.branch
    known = event.fill is not None
    draft.fill = Fill(event.fill or 0, event.at, draft.items_seen) if known else None


def _turn_started(draft: Draft, event: ev.TurnStarted) -> None:
    _work(draft, event.at)
    draft.active_since = event.at


def _rest(draft: Draft, event: ev.TurnEnded | ev.Interrupted | ev.CallFailed) -> None:
    """The turn is over: whatever stayed open was given up, and the history gets its mark."""
    draft.open_calls = {}
    draft.retry = None
    if draft.activity is Activity.IDLE:
        return
    draft.activity, draft.active_since = Activity.IDLE, event.at
    if draft.fill is not None and not draft.settling:
        _mark(draft, draft.fill.tokens)


def _retried(draft: Draft, event: ev.Retried) -> None:
    count = "" if event.attempt is None else f"attempt {event.attempt}"
    if event.attempt is not None and event.limit is not None:
        count += f" of {event.limit}"
    draft.retry = ", ".join(filter(None, (event.reason, count))) or "trying again"


def _queue(draft: Draft, event: ev.QueueChanged) -> None:
    draft.waiting_input = event.waiting


def _limit(draft: Draft, event: ev.LimitReported) -> None:
    draft.limits[event.name] = Limit(event.used_percent, event.resets_at)


def _skipped(draft: Draft, event: ev.RecordSkipped) -> None:
    known = draft.unknown_records
    known[event.type] = known.get(event.type, 0) + 1


def _problem(draft: Draft, event: ev.ProblemMet) -> None:
    draft.problem_count += 1
    if len(draft.problems) < PROBLEMS:
        draft.problems = (*draft.problems, event.report)


_HANDLERS: dict[type, Callable[[Draft, Any], None]] = {
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
    ev.BranchTaken: _go_on,
    ev.TurnStarted: _turn_started,
    ev.TurnEnded: _rest,
    ev.Interrupted: _rest,
    ev.CallFailed: _rest,
    ev.Retried: _retried,
    ev.QueueChanged: _queue,
    ev.LimitReported: _limit,
    ev.RecordSkipped: _skipped,
    ev.ProblemMet: _problem,
}


def is_edit(kind: Kind, flags: Flag) -> bool:
    """Say whether an item is a tool call that changes a file."""
    return kind is Kind.TOOL_CALL and bool(flags & Flag.EDIT)
