"""What a sheet shows of a reset, as one value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from ...core.acting.errand import Errand
from ...core.agents.base import State
from ...core.committable import Change, Committable
from ...core.health.finding import Finding, Severity
from ...core.problems import Report
from ...core.reset.boot import Check
from ...core.reset.brief import SHARE
from ...core.reset.patience import is_stuck
from ...core.reset.transaction import STEPS, Begun, Purpose, Status, Step, Transaction
from ...core.reset.weighing import OWN, Weight
from ...core.task_chain import TaskChain
from ..commands import COMMANDS

KEYS = {command.id: command.key for command in COMMANDS}
"""The keys of all commands as they are shown, before the person changed any."""


class Need(StrEnum):
    """What a reset waits for now."""

    LOOK = "look"
    """The repository and the notes are being looked at."""
    BEGIN = "begin"
    """Enter begins; nothing has happened yet."""
    TURN = "turn"
    """It is armed and begins when the agent's turn ends."""
    EFFECT = "effect"
    """A step is under way."""
    NOTES = "notes"
    """The notes have errors: they are mended or overruled."""
    HOOKS = "hooks"
    """A hook that git would run is new: it is confirmed or the commit left out."""
    COMMIT = "commit"
    """Enter commits what is ticked; asked after a crash, where nobody agreed to it yet."""
    BRIEF = "brief"
    """Enter ends the old session and sends the brief."""
    FAILED = "failed"
    """A step failed: it is tried again, left out, or all is stopped."""
    OVER = "over"
    """It is done; what was missed can be said again."""
    STOPPED = "stopped"
    """The person stopped it; what was done stays done."""


DECISIONS = frozenset({Need.BEGIN, Need.NOTES, Need.HOOKS, Need.COMMIT, Need.BRIEF, Need.FAILED})
"""Needs that only the person can meet; their time counts as attention."""


class Receiver(msgspec.Struct, frozen=True):
    """Who goes on: `agent` is "" for the same one, `title` its name as people know it."""

    agent: str = ""
    title: str = ""
    model: str | None = None
    purpose: Purpose = Purpose.RESET

    @property
    def same(self) -> bool:
        """Whether the very client goes on that ran the old session."""
        return not self.agent and self.model is None


class Figures(msgspec.Struct, frozen=True):
    """How full a session is and what going on costs; `None` is unknown."""

    fill: int | None = None
    window: int | None = None
    next_usd: float | None = None


class ResetFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A reset as a sheet draws it. Times are epoch seconds, `attention` seconds.

    `notes_ignored` says that git leaves the progress file out, `notes_before` and `notes_after`
    are its texts; `None` where there is none, or none yet. `ticked` are the paths that would be
    committed, `left_out` the steps that would not be done. `open_steps` are what the notes name
    as next, `chosen` the one that is taken. `rehearsed` are a throw-away session's questions,
    `None` before it was asked. `state` is what the session does that is acted on, `errand` what
    the person has to do there by hand. `keys` are the person's keys, by command.
    """

    need: Need = Need.LOOK
    receiver: Receiver = Receiver()
    agent: str = ""
    begun: Begun | None = None
    transaction: Transaction | None = None
    notes_name: str | None = None
    notes_ignored: bool = False
    findings: tuple[Finding, ...] = ()
    notes_before: str | None = None
    notes_after: str | None = None
    committable: Committable = Committable()
    ticked: tuple[str, ...] = ()
    message: str = ""
    left_out: frozenset[Step] = frozenset()
    new_hooks: bool = False
    brief_text: str = ""
    edited: bool = False
    weights: tuple[Weight, ...] = ()
    smart: int | None = None
    open_steps: tuple[str, ...] = ()
    chosen: int = 0
    rehearsing: bool = False
    rehearsed: tuple[str, ...] | None = None
    before: Figures = Figures()
    after: Figures = Figures()
    checks: tuple[Check, ...] = ()
    said_again: bool = False
    chain: TaskChain | None = None
    attention: float = 0.0
    state: State = State.UNKNOWN
    errand: Errand | None = None
    problem: Report | None = None
    keys: Mapping[str, str] = msgspec.field(default_factory=lambda: KEYS)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What is wrong with the notes, so that it has to be mended or overruled."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What could be ticked, in git's order."""
        return self.committable.changes

    @property
    def start(self) -> int | None:
        """About how many tokens the fresh session starts with; `None` before it was weighed."""
        return sum(weight.tokens for weight in self.weights) if self.weights else None

    @property
    def own(self) -> int | None:
        """What the client brings along by itself, where it could be measured."""
        return next((w.tokens for w in self.weights if w.name == OWN), None)

    @property
    def heavy(self) -> bool:
        """Whether brief, map and notes take more than a fifth of the smart zone."""
        if self.start is None or self.smart is None:
            return False
        return self.start - (self.own or 0) > SHARE * self.smart

    @property
    def unable(self) -> str:
        """What the agent says of its failing calls, once it counts as unable to answer; else ""."""
        if self.need is not Need.EFFECT or self.transaction is None:
            return ""
        found = self.transaction.step(Step.NOTES)
        return (found.words or "it says no more") if is_stuck(found) else ""

    @property
    def missed(self) -> tuple[Check, ...]:
        """What the fresh session did not do of what its brief asks."""
        return tuple(check for check in self.checks if not check.done)

    @property
    def step(self) -> Step:
        """The step that it is at: the first that is neither done nor left out."""
        if self.transaction is None:
            return Step.NOTES
        if self.need is Need.BRIEF:
            return Step.OPEN
        behind = (Status.DONE, Status.SKIPPED)
        left = (s for s in STEPS if self.transaction.step(s).status not in behind)
        return next(left, Step.CHECK)
