"""A channel is a way to act on one session; it says what it can do and proves what it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Protocol, runtime_checkable

from .action import Action, Result, Verb
from .live import Live

Key = tuple[str, str]
"""Agent name and session id."""


class Reach(StrEnum):
    """How far clearhead can go with a session.

    `BY_HAND`: nothing leads in, and the person does it; clearhead says what and looks for it.
    """

    WATCHED = "watched"
    BY_HAND = "by hand"
    ATTACHED = "attached"
    OWNED = "owned"


Capabilities = Mapping[Verb, str | None]
"""What a channel can do: `None` for yes, else a sentence that says why not. A verb that is not
named cannot be done. It tells of the channel, not of the moment: a busy session keeps `PROMPT`."""

Changed = Callable[[], None]
"""Told, on the loop the channel runs on, that `live` is another value now."""


class Channel(Protocol):
    """A way to act on one session.

    A channel follows its session over `/clear`: `live.session_id` is then the new one. Its methods
    raise nothing but `Problem`, and only when the channel as a whole is gone.
    """

    name: str
    """What the header says: "owned", "attached %3", "attached daemon"."""

    reach: Reach

    @property
    def queues(self) -> bool:
        """Whether the agent has a queue of its own that takes a prompt while it works."""
        ...

    @property
    def live(self) -> Live:
        """What the channel tells of the session now."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What this channel can do, probed."""
        ...

    def listen(self, changed: Changed) -> None:
        """Tell `changed` from now on when `live` has changed."""
        ...

    async def act(self, wanted: Action) -> Result:
        """Carry out one action: check, act, wait for the evidence. Never twice, never blindly.

        A cancelled `act` leaves the session in a state that can be told: what was sent stays sent.
        """
        ...

    async def close(self) -> None:
        """Let go of the session; it goes on by itself."""
        ...


@runtime_checkable
class Boxed(Protocol):
    """A channel that types a command into a box, which must show the whole of it."""

    async def room(self) -> int:
        """Return how many characters the text of a command may have now.

        Raises:
            Problem: nobody can tell: what it types into is gone.
        """
        ...
