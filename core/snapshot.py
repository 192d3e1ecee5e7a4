"""A session as it stands after its events: frozen figures, the last turn, no bodies."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from .cost import SpendKey
from .items import NONE
from .problems import Report
from .tokens import Tokens


class Activity(StrEnum):
    """What the transcript alone says of the agent; the live registry knows better."""

    WORKING = "working"
    IDLE = "idle"
    UNKNOWN = "unknown"


class Spend(msgspec.Struct, frozen=True):
    """Calls that are priced alike: how many, and the sum of their tokens."""

    calls: int = 0
    tokens: Tokens = Tokens()


class Fill(msgspec.Struct, frozen=True):
    """Tokens in the context, from the newest main-chain response that told."""

    tokens: int
    at: float | None = None
    items: int = 0
    """How many items the transcript had then: the place of the figure's source."""


class Compaction(msgspec.Struct, frozen=True):
    """One compaction as the transcript tells it, tokens where known."""

    trigger: str | None
    before: int | None
    after: int | None
    at: float | None
    item: int
    whole: bool = True


class OpenCall(msgspec.Struct, frozen=True):
    """A tool call without an answer: it runs, or it waits for the person."""

    name: str
    head: str
    at: float | None
    item: int


class Mark(msgspec.Struct, frozen=True):
    """A point in the history of the fill: tokens at the end of a turn, or a compaction."""

    fill: int
    compacted: bool = False


class Branch(msgspec.Struct, frozen=True):
    """A line of the conversation: it leaves `parent` before the item `cut`."""

    parent: int
    cut: int


class SubAgent(msgspec.Struct, frozen=True):
    """What one sub-agent spent. `tokens` come from its own lines, `copied` from its parent's."""

    spend: dict[SpendKey, Spend] = {}
    copied: dict[SpendKey, Spend] = {}
    own_file: bool = False
    items: int = 0

    @property
    def counted(self) -> dict[SpendKey, Spend]:
        """What counts: copies only where the sub-agent left no lines of its own."""
        return self.spend if self.own_file or self.spend else self.copied


class Limit(msgspec.Struct, frozen=True):
    """How much of a plan limit is used, in percent, and when it resets (epoch seconds)."""

    used_percent: float | None
    resets_at: float | None


HISTORY = 64
"""How many turns the history of the fill keeps; wider than any gauge draws."""

PROBLEMS = 50
"""How many problems a snapshot names; the rest is only counted."""


class Snapshot(msgspec.Struct, frozen=True):
    """A session after folding its events. Unknown is `None`.

    Times are epoch seconds. `events` counts by kind, `unknown_records` by the type's own name.
    `complete` is false while only the end of a long transcript has been read: `tokens`, `spend`
    and the counts then cover that end.
    """

    agent: str = ""
    session_id: str | None = None
    title: str | None = None
    title_rank: int = 0
    cwd: str | None = None
    branch: str | None = None
    model: str | None = None
    version: str | None = None
    mode: str | None = None
    parent_session: str | None = None
    subagent: bool = False
    complete: bool = True
    events: dict[str, int] = {}
    items_seen: int = 0
    turns: int = 0
    prompted_at: float | None = None
    """When a person gave the newest prompt."""
    started_at: float | None = None
    last_at: float | None = None
    activity: Activity = Activity.UNKNOWN
    active_since: float | None = None
    fill: Fill | None = None
    peak: int = 0
    settling: bool = False
    """True after a compaction until the next response tells the true fill."""
    window: int | None = None
    history: tuple[Mark, ...] = ()
    tokens: Tokens = Tokens()
    spend: dict[SpendKey, Spend] = {}
    turn_spend: dict[SpendKey, Spend] = {}
    reported_usd: float | None = None
    calls: int = 0
    subagents: dict[str, SubAgent] = {}
    compactions: tuple[Compaction, ...] = ()
    branches: tuple[Branch, ...] = (Branch(parent=NONE, cut=NONE),)
    live_branch: int = 0
    open_calls: dict[str, OpenCall] = {}
    waiting_input: tuple[str, ...] = ()
    retry: str | None = None
    limits: dict[str, Limit] = {}
    last_said: str = ""
    unknown_records: dict[str, int] = {}
    problems: tuple[Report, ...] = ()
    problem_count: int = 0

    @property
    def subagent_tokens(self) -> Tokens:
        """Tokens of all sub-agents, each counted once."""
        return sum(
            (total(agent.counted) for agent in self.subagents.values()),
            start=Tokens(),
        )

    @property
    def subagent_spend(self) -> dict[SpendKey, Spend]:
        """What all sub-agents spent, by priced kind."""
        merged: dict[SpendKey, Spend] = {}
        for agent in self.subagents.values():
            merged = merge(merged, agent.counted)
        return merged

    @property
    def path(self) -> dict[int, int]:
        """The live line of branches: branch → first item that no longer belongs to it.

        A cut of `NONE` means that the branch is live to its end.
        """
        cuts, branch, cut = {}, self.live_branch, NONE
        while branch != NONE and branch not in cuts:
            cuts[branch] = cut
            cut, branch = self.branches[branch].cut, self.branches[branch].parent
        return cuts


def total(spend: dict[SpendKey, Spend]) -> Tokens:
    """Return the tokens of all calls in `spend`."""
    return sum((entry.tokens for entry in spend.values()), start=Tokens())


def merge(left: dict[SpendKey, Spend], right: dict[SpendKey, Spend]) -> dict[SpendKey, Spend]:
    """Return the sum of two spends; neither is changed."""
    merged = dict(left)
    for key, entry in right.items():
        known = merged.get(key, Spend())
        merged[key] = Spend(known.calls + entry.calls, known.tokens + entry.tokens)
    return merged
