"""What the composer says beside the text: whether it is open, and what Enter does now. Pure."""

from __future__ import annotations

import msgspec

from ....core.acting.action import Verb
from ....core.acting.channel import Reach
from ....core.agents.base import State, Waiting
from ...act_reasons import act_reasons, channel_reasons
from ...command import NO_CHANNEL
from ...look import Look

MESSAGE = "Message the agent"
WATCHING = "watching only"
CLOSED = "closed while a permission is open"
ASKED = "closed while the agent waits for your answer"
QUEUES = "the agent queues it"
ARMS = "sent when the turn ends"
BY_HAND = "you paste it there"
UNDER_WAY = "{verb} under way"


class ComposerFacts(msgspec.Struct, frozen=True):
    """`closed` says why nothing can be written, `None` when it can; `note` what becomes of it.

    `steers` is whether it can be said into the turn that runs instead, `attachable` whether the
    attach key leads on from here.
    """

    closed: str | None = None
    note: str = ""
    steers: bool = False
    attachable: bool = False

    @property
    def reason(self) -> str | None:
        """Why nothing can be written, as a sentence."""
        if self.attachable:
            return NO_CHANNEL
        if self.closed in (CLOSED, ASKED):
            return f"The composer is {self.closed}."
        return self.closed


def composer_facts(look: Look) -> ComposerFacts:
    """Return what the composer says of a session."""
    if look.reach is Reach.WATCHED and not look.ended and not look.forbidden:
        return ComposerFacts(WATCHING, attachable=True)
    if look.standing.state is State.WAITING:
        permission = look.standing.waiting_for is Waiting.PERMISSION
        return ComposerFacts(CLOSED if permission else ASKED)
    if (reason := channel_reasons(look)[Verb.PROMPT]) is not None:
        return ComposerFacts(reason)
    return ComposerFacts(note=_note(look), steers=act_reasons(look)[Verb.STEER] is None)


def _note(look: Look) -> str:
    if look.under_way is not None:
        return UNDER_WAY.format(verb=look.under_way.verb.value)
    if look.reach is Reach.BY_HAND:
        return BY_HAND
    if look.standing.state is State.BUSY:
        return QUEUES if look.queues else ARMS
    return ""
