"""An action that waits for its moment, and what makes it ask again instead. Pure.

Armed actions expire: what was right half an hour ago, before the machine slept or before the
person typed, may be wrong now.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from ..agents.base import State
from .action import Action

LASTS = 30 * 60.0
"""Seconds after which an armed action asks."""

SLEPT = 30.0
"""Seconds by which the wall clock may run ahead of the monotonic one before the machine slept."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What an armed action hangs on. `wall` is epoch seconds, `steady` monotonic seconds.

    `prompts` counts what people gave the agent, `None` while their transcript is not read;
    `prompted` is when the newest was given. `source` is who tells the state.
    """

    wall: float
    steady: float
    session_id: str
    branch: str | None
    prompts: int | None
    prompted: float | None = None
    source: str
    state: State


class Undertaking(msgspec.Struct, frozen=True):
    """What takes more than one action, such as a reset: its name, and what carries it out."""

    name: str
    run: Callable[[], Awaitable[None]]


class Armed(msgspec.Struct, frozen=True):
    """What runs when the turn ends, an action or an undertaking, and the moment it was armed in."""

    wanted: Action | Undertaking
    since: Moment

    @property
    def name(self) -> str:
        """What it is in a word, for the header: "prompt", "reset"."""
        wanted = self.wanted
        return wanted.name if isinstance(wanted, Undertaking) else wanted.verb.value


def expired(armed: Armed, now: Moment) -> str | None:
    """Say why an armed action must ask first; `None` when it may still run."""
    then = armed.since
    steady = now.steady - then.steady
    if now.wall - then.wall - steady > SLEPT:
        return "the machine slept"
    if steady > LASTS:
        return "half an hour is over"
    if now.session_id != then.session_id:
        return "the session is another one now"
    if now.branch != then.branch:
        return "the branch is another one now"
    if _typed_since(then, now):
        return "someone typed since"
    if now.source != then.source:
        return "the state comes from elsewhere now"
    return None


def _typed_since(then: Moment, now: Moment) -> bool:
    """Say whether a person gave a prompt; one from before may be read only after the arming."""
    if then.prompts is not None and now.prompts == then.prompts:
        return False
    if now.prompted is not None and now.wall >= then.wall:
        return now.prompted > then.wall
    return (now.prompts or None) != then.prompts


def due(armed: Armed, now: Moment) -> bool:
    """Say whether the turn has ended, so that an armed action may run."""
    return armed.since.state is not State.IDLE and now.state is State.IDLE
