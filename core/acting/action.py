"""An action is a value: what was asked of a session, and what came of it. Pure.

`requested → confirmed | refused | unknown`: an action is confirmed only by evidence, never because
keys or bytes were sent.
"""

from __future__ import annotations

import uuid
from enum import StrEnum

import msgspec


class Verb(StrEnum):
    """What can be asked of a session."""

    PROMPT = "prompt"
    STEER = "steer"
    INTERRUPT = "interrupt"
    APPROVE = "approve"
    DENY = "deny"
    COMPACT = "compact"
    CLEAR = "clear"
    MODE = "mode"
    MODEL = "model"
    STOP = "stop"


class Outcome(StrEnum):
    """What came of an action. `UNKNOWN`: it was sent, and nothing proves or disproves it."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Evidence(msgspec.Struct, frozen=True):
    """One fact that tells what came of an action; `at` is epoch seconds.

    `kind` names where the fact comes from ("registry", "transcript", "stream", "screen", "lock"),
    `detail` says it in words ("new session id 7f3…").
    """

    kind: str
    detail: str
    at: float


LIMITS: dict[Verb, float] = {
    Verb.PROMPT: 15.0,
    Verb.STEER: 120.0,
    Verb.INTERRUPT: 15.0,
    Verb.APPROVE: 10.0,
    Verb.DENY: 10.0,
    Verb.COMPACT: 300.0,
    Verb.CLEAR: 20.0,
    Verb.MODE: 10.0,
    Verb.MODEL: 10.0,
    Verb.STOP: 15.0,
}
"""Seconds after which an action without evidence is `UNKNOWN`; a compaction calls the model, and
what is said into a turn is read when the command that runs there has ended."""


RESET_INSTEAD = "Reset instead: that needs no summary."
"""The remedy of a compaction that was sent and failed: no remedy else tells it from one that was
never sent, and the same again would fail again."""


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked. `text` is the prompt, the instructions, the reason, the mode or the model.

    `request` names the permission request that is answered; an interruption names with it, and with
    `text`, the prompt of ours whose turn it ends, which a client may put back into its input box.
    `queue` lets the agent's own queue
    take a prompt while it works. `limit` are seconds to wait for evidence.
    """

    verb: Verb
    text: str = ""
    request: str | None = None
    queue: bool = False
    limit: float = 15.0
    id: str = ""


def action(
    verb: Verb, text: str = "", *, request: str | None = None, queue: bool = False
) -> Action:
    """Return a new action with an id of its own and the limit of its verb."""
    return Action(
        verb=verb,
        text=text,
        request=request,
        queue=queue,
        limit=LIMITS[verb],
        id=uuid.uuid4().hex[:12],
    )


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an action. `reason` says in a sentence why it was refused or is unknown."""

    action: Action
    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    remedy: str = ""
    session_id: str | None = None
    new_session_id: str | None = None


def confirmed(
    done: Action, *evidence: Evidence, session_id: str | None, new: str | None = None
) -> Result:
    """Return that `done` happened, as `evidence` proves; without evidence it cannot be said."""
    if not evidence:
        raise ValueError("an action is confirmed by evidence only")
    return Result(
        action=done,
        outcome=Outcome.CONFIRMED,
        evidence=evidence,
        session_id=session_id,
        new_session_id=new,
    )


def refused(
    asked: Action,
    reason: str,
    *evidence: Evidence,
    remedy: str = "",
    session_id: str | None = None,
) -> Result:
    """Return that nothing was done, and why: the session is as it was."""
    return Result(
        action=asked,
        outcome=Outcome.REFUSED,
        evidence=evidence,
        reason=reason,
        remedy=remedy,
        session_id=session_id,
    )


def unknown(
    sent: Action,
    reason: str,
    *evidence: Evidence,
    remedy: str = "",
    session_id: str | None = None,
) -> Result:
    """Return that `sent` went out, and that nothing tells what came of it."""
    return Result(
        action=sent,
        outcome=Outcome.UNKNOWN,
        evidence=evidence,
        reason=reason,
        remedy=remedy,
        session_id=session_id,
    )
