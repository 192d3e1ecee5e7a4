"""The facts a session can report: the vocabulary between the agents and the fold.

An event is frozen, says what happened in the past tense, and carries values only. What a person
reads carries an `Item`; figures carry numbers. `agent_id` names the sub-agent a fact belongs to
and is `None` on the main chain.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from .items import Item
from .problems import Report
from .tokens import Tokens


class Event(msgspec.Struct, frozen=True, tag=True, tag_field="event"):
    """What every event has: its time (epoch seconds) where the agent wrote one."""

    at: float | None = None


class Ended(StrEnum):
    """How a turn ended."""

    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Described(Event, frozen=True):
    """The session said something about itself; `None` leaves a field as it was.

    `title_rank` orders titles: a person's own (3) beats a generated one (2), which beats one
    made from the first prompt (1).
    """

    session_id: str | None = None
    cwd: str | None = None
    branch: str | None = None
    model: str | None = None
    version: str | None = None
    title: str | None = None
    title_rank: int = 0
    parent_session: str | None = None
    subagent: bool | None = None
    mode: str | None = None


class Prompted(Event, frozen=True, kw_only=True):
    """Someone gave the agent words; `human` when it was a person and not a program."""

    item: Item
    human: bool = True
    agent_id: str | None = None


class Said(Event, frozen=True, kw_only=True):
    """The agent said something to the person."""

    item: Item
    agent_id: str | None = None


class Thought(Event, frozen=True, kw_only=True):
    """The agent showed its thinking."""

    item: Item
    agent_id: str | None = None


class ToolCalled(Event, frozen=True, kw_only=True):
    """The agent called a tool; the call stays open until `ToolReturned` with its `call_id`."""

    item: Item
    call_id: str
    agent_id: str | None = None


class ToolReturned(Event, frozen=True, kw_only=True):
    """A tool call was answered, with an error, or with a refusal."""

    item: Item
    call_id: str
    agent_id: str | None = None


class UsageReported(Event, frozen=True, kw_only=True):
    """The tokens of one call to the model.

    Several lines may report the same call: `before` is what was reported of it until now and
    `tokens` what is known now, so that the fold exchanges one for the other. `fill` is what the
    context held after it, `None` when the line does not tell. `usd` is the agent's own figure.
    `copied` marks a sub-agent's figures that were met in its parent's file. `aside` marks a call
    that is paid for, but that the response does not report as its own (a refused attempt before
    the fallback): it counts in what was spent, not in the tokens.
    """

    model: str
    tokens: Tokens
    before: Tokens | None = None
    fill: int | None = None
    agent_id: str | None = None
    copied: bool = False
    aside: bool = False
    usd: float | None = None


class WindowReported(Event, frozen=True, kw_only=True):
    """The transcript itself named the size of the context window, in tokens."""

    window: int


class Compacted(Event, frozen=True, kw_only=True):
    """The context was summarised in place; `before` and `after` in tokens where known.

    `whole` is false when only old tool results were dropped and no summary was written.
    """

    item: Item
    trigger: str | None = None
    before: int | None = None
    after: int | None = None
    whole: bool = True


class Rewound(Event, frozen=True, kw_only=True):
    """A person went back to an earlier point: items from `cut` on in `parent` are left behind.

    `branch` is the new branch, `fill` what the context held at the point gone back to.
    """

    branch: int
    parent: int
    cut: int
    fill: int | None = None


class BranchTaken(Event, frozen=True, kw_only=True):
    """The session goes on in a branch that was left before (two writers, a second rewind).

    `fill` is what the context held where that branch stands, `None` when nothing told.
    """

    branch: int
    fill: int | None = None


class TurnStarted(Event, frozen=True):
    """The agent began to work."""


class TurnEnded(Event, frozen=True, kw_only=True):
    """The agent came to the end of its turn."""

    how: Ended = Ended.COMPLETED


class Interrupted(Event, frozen=True, kw_only=True):
    """A person stopped the agent in the middle of its turn."""

    item: Item


class Retried(Event, frozen=True, kw_only=True):
    """The vendor's server refused a call, and the client tries again."""

    attempt: int | None = None
    limit: int | None = None
    reason: str = ""


class CallFailed(Event, frozen=True, kw_only=True):
    """A call to the model failed for good."""

    item: Item
    agent_id: str | None = None


class Noted(Event, frozen=True, kw_only=True):
    """Something worth a quiet line: a local command, a hook, a change of mode."""

    item: Item


class QueueChanged(Event, frozen=True, kw_only=True):
    """Words typed while the agent was busy, still waiting; their heads, oldest first."""

    waiting: tuple[str, ...]


class LimitReported(Event, frozen=True, kw_only=True):
    """A plan limit: its name, how much is used (percent) and when it resets (epoch seconds)."""

    name: str
    used_percent: float | None = None
    resets_at: float | None = None


class RecordSkipped(Event, frozen=True, kw_only=True):
    """A record of a type that this version does not know; counted and kept."""

    type: str


class ProblemMet(Event, frozen=True, kw_only=True):
    """Part of the transcript could not be read; the report says where."""

    report: Report


AnyEvent: TypeAlias = (
    Described
    | Prompted
    | Said
    | Thought
    | ToolCalled
    | ToolReturned
    | UsageReported
    | WindowReported
    | Compacted
    | Rewound
    | BranchTaken
    | TurnStarted
    | TurnEnded
    | Interrupted
    | Retried
    | CallFailed
    | Noted
    | QueueChanged
    | LimitReported
    | RecordSkipped
    | ProblemMet
)


def item_of(event: AnyEvent) -> Item | None:
    """Return the item an event adds to the transcript, if it adds one."""
    return getattr(event, "item", None)
