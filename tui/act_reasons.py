"""Why each verb cannot be done with a session now, in sentences. Pure.

Two answers for every verb: whether the channel can do it at all, and whether the moment is right.
A sheet that can wait for the end of the turn asks the first, a key that acts at once the second.
"""

from __future__ import annotations

from ..core.acting.action import Verb
from ..core.acting.channel import Reach
from ..core.agents.base import State
from .command import NO_CHANNEL
from .look import Look

Reasons = dict[Verb, str | None]

FORBIDDEN = "Started by an agent, clearhead may look and not act."
ENDED = "The session has ended. To go on with it: clearhead run {agent} --resume {id}"
ASKED = "The agent waits for your answer. Answer it first."
WORKS = "The agent works. Wait until its turn ends."
RESTS = "Nothing runs that could be interrupted."
NO_TURN = "No turn runs: Enter sends it."
NOTHING_ASKED = "The agent asks for nothing."
UNTOLD = "What the agent does now is not known."

AT_ONCE = frozenset({Verb.INTERRUPT, Verb.APPROVE, Verb.DENY, Verb.STOP})
"""What does not wait for the action that is under way."""

WHEN_IDLE = frozenset({Verb.COMPACT, Verb.CLEAR})
"""What agents take only when they are idle."""


def channel_reasons(look: Look) -> Reasons:
    """Return for each verb why the channel to a session cannot do it; `None` when it can."""
    if (reason := _no_way_in(look)) is not None:
        return dict.fromkeys(Verb, reason)
    return {verb: _told(look.capabilities.get(verb, "This channel cannot")) for verb in Verb}


def act_reasons(look: Look) -> Reasons:
    """Return for each verb why it cannot be done with a session now; `None` when it can."""
    able = channel_reasons(look)
    return {verb: able[verb] or _not_now(look, verb) for verb in Verb}


def attach_reason(look: Look) -> str | None:
    """Say why there is nothing to attach to, or no need for it; `None` when `a` may try."""
    if look.forbidden:
        return FORBIDDEN
    joined = look.reach not in (Reach.WATCHED, Reach.BY_HAND)
    if joined and (look.live is None or look.live.problem is None):
        return f"You can act already: {look.channel}."
    return _ended(look)


def _no_way_in(look: Look) -> str | None:
    """Say what hinders everything."""
    if look.forbidden:
        return FORBIDDEN
    problem = look.live.problem if look.live else None
    if problem is not None:
        return _told(f"{problem.detail} {problem.remedy}".strip())
    if look.ended:
        return _ended(look)
    return NO_CHANNEL if look.reach is Reach.WATCHED and look.live is None else None


def _ended(look: Look) -> str | None:
    agent, session = look.key
    return ENDED.format(agent=agent, id=session) if look.ended else None


def _not_now(look: Look, verb: Verb) -> str | None:
    """Say why the moment is wrong."""
    if look.under_way is not None and verb not in AT_ONCE:
        return f"{look.under_way.verb.value.capitalize()} is still under way."
    state = look.standing.state
    if verb in (Verb.APPROVE, Verb.DENY):
        return None if look.live and look.live.requests else NOTHING_ASKED
    if verb is Verb.INTERRUPT:
        return RESTS if state is State.IDLE else None
    if verb is Verb.STEER:
        return {State.BUSY: None, State.WAITING: ASKED}.get(state, NO_TURN)
    if verb is Verb.PROMPT or verb in WHEN_IDLE:
        return _not_free(state, verb)
    return None


def _not_free(state: State, verb: Verb) -> str | None:
    """A prompt can wait for the end of the turn, so work alone does not hinder it."""
    if state is State.WAITING:
        return ASKED
    if verb in WHEN_IDLE and state is State.BUSY:
        return WORKS
    return UNTOLD if verb in WHEN_IDLE and state is State.UNKNOWN else None


def _told(words: str | None) -> str | None:
    """Return words as a sentence."""
    if not words:
        return None
    sentence = words[0].upper() + words[1:]
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
