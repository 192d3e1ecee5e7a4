"""A reset as a value: what was decided, asked and done, and what comes next. Pure.

The value is made by folding the lines of its journal, so a process that was killed leaves exactly
what the next one reads. Each effect has two lines, one before and one after it; with only the
first, nobody knows, and whoever goes on looks for evidence before anything is done again.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec


class Step(StrEnum):
    """The steps of a reset, in their order."""

    NOTES = "notes"
    COMMIT = "commit"
    CLOSE = "close"
    OPEN = "open"
    CHECK = "check"


STEPS = tuple(Step)


class Status(StrEnum):
    """How far a step is. `BEGUN`: its effect was under way, nothing tells whether it happened."""

    TODO = "to do"
    BEGUN = "begun"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class Purpose(StrEnum):
    """What the fresh session is for."""

    RESET = "reset"
    HAND_OFF = "hand off"


class Begun(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The first line: which session, where, and what is to come. `at` is epoch seconds.

    `target` is the agent that goes on, `target_model` its model where it is another one.
    `fill` and `next_usd` are the figures before, for the result line. `pid` and `start` name the
    process that ran the session, or its driver where it is `owned`: it may be on another session
    when somebody goes on. `args` are the flags that it can be brought back with. `notes` is the
    progress file, also where it is still to be made.
    """

    at: float
    id: str
    agent: str
    session_id: str
    cwd: str
    pid: int | None = None
    start: str | None = None
    session_began: float | None = None
    owned: bool = False
    args: tuple[str, ...] = ()
    root: str | None = None
    task: str = ""
    purpose: Purpose = Purpose.RESET
    target: str = ""
    target_model: str | None = None
    notes: str | None = None
    fill: int | None = None
    next_usd: float | None = None

    @property
    def elsewhere(self) -> bool:
        """Whether another session goes on beside this one, which stays as it is."""
        return self.purpose is Purpose.HAND_OFF

    @property
    def receiver(self) -> str:
        """The agent that goes on."""
        return self.target or self.agent


class Asking(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A step's effect is about to happen; `facts` are what evidence will be looked for with."""

    at: float
    step: Step
    facts: dict[str, Any] = {}


class Finished(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A step has come to an end: done, skipped or failed; `words` say how, `facts` what came."""

    at: float
    step: Step
    status: Status
    words: str = ""
    facts: dict[str, Any] = {}


class Again(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A step is to do again: it is proved that its effect did not happen, or it failed.

    `recover` when its effect may have happened all the same: evidence is looked for first.
    """

    at: float
    step: Step
    words: str = ""
    recover: bool = False


class Seen(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What is seen of a step while it is waited for: `words` say it, "" when it has passed."""

    at: float
    step: Step
    words: str = ""
    facts: dict[str, Any] = {}


class Chosen(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What the person decided for a step: ticked paths, message, the edited brief."""

    at: float
    step: Step
    facts: dict[str, Any]


class Aborted(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The person stopped it; what was done stays done."""

    at: float
    words: str = ""


class Closed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It is over: the figures after. `seconds` is the whole time, `usd` the next turn's cost."""

    at: float
    seconds: float
    fill: int | None = None
    next_usd: float | None = None


class Undone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The old session was brought back beside the new one."""

    at: float
    words: str = ""


Line: TypeAlias = Begun | Asking | Finished | Again | Seen | Chosen | Aborted | Closed | Undone


class Done(msgspec.Struct, frozen=True):
    """Where one step stands, with what is known of it. Times are epoch seconds."""

    status: Status = Status.TODO
    words: str = ""
    facts: dict[str, Any] = {}
    chosen: dict[str, Any] = {}
    began: float | None = None
    ended: float | None = None


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """A reset as it stands after its lines."""

    begun: Begun
    steps: dict[Step, Done]
    aborted: str | None = None
    closed: Closed | None = None
    undone: bool = False

    def step(self, step: Step) -> Done:
        """Return where a step stands."""
        return self.steps.get(step, Done())

    @property
    def new_session_id(self) -> str | None:
        """The fresh session, once it is known."""
        for step in (Step.OPEN, Step.CLOSE):
            found = self.step(step).facts.get("new_session_id")
            if isinstance(found, str):
                return found
        return None

    @property
    def commit(self) -> str | None:
        """The commit that was made, if one was."""
        found = self.step(Step.COMMIT).facts.get("commit")
        return found if isinstance(found, str) else None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.aborted is not None or self.closed is not None or next_step(self) is None


class Next(msgspec.Struct, frozen=True):
    """What comes next; `recover` when the step's effect may have happened already."""

    step: Step
    recover: bool = False


def fold(lines: Iterable[Line]) -> Transaction | None:
    """Return the transaction that its lines tell; `None` without a first line."""
    found: Transaction | None = None
    for line in lines:
        if isinstance(line, Begun):
            found = found or Transaction(begun=line, steps={})
        elif found is not None:
            found = _take(found, line)
    return found


def next_step(transaction: Transaction) -> Next | None:
    """Return the first step that is not behind us; `None` when all are, or when one failed.

    A failed step waits for the person: to try it again, to skip it, or to stop.
    """
    if transaction.aborted is not None or transaction.closed is not None:
        return None
    for step in STEPS:
        status = transaction.step(step).status
        if status is Status.FAILED:
            return None
        if status in (Status.TODO, Status.BEGUN):
            return Next(step, recover=status is Status.BEGUN)
    return None


def _take(before: Transaction, line: Line) -> Transaction:
    replace = msgspec.structs.replace
    match line:
        case Asking():
            old = before.step(line.step)
            began = old.began if old.status is Status.BEGUN else line.at
            asked = replace(old, status=Status.BEGUN, facts=line.facts, began=began, ended=None)
            return _with(before, line.step, asked)
        case Finished():
            old = before.step(line.step)
            facts = old.facts | line.facts
            done = replace(old, status=line.status, words=line.words, facts=facts, ended=line.at)
            return _with(before, line.step, done)
        case Again():
            old = before.step(line.step)
            status = Status.BEGUN if line.recover else Status.TODO
            return _with(before, line.step, replace(old, status=status, words=line.words))
        case Seen():
            old = before.step(line.step)
            facts = old.facts | line.facts
            return _with(before, line.step, replace(old, words=line.words, facts=facts))
        case Chosen():
            old = before.step(line.step)
            return _with(before, line.step, replace(old, chosen=old.chosen | line.facts))
        case Aborted():
            return replace(before, aborted=line.words or "stopped")
        case Closed():
            return replace(before, closed=line)
        case Undone():
            return replace(before, undone=True)
        case Begun():
            return before


def _with(before: Transaction, step: Step, done: Done) -> Transaction:
    return msgspec.structs.replace(before, steps={**before.steps, step: done})
