"""When the person was last here, and what each session had cost by then."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from .problems import NotSaved
from .storage import write_private

NAME = "visit.json"

Key = tuple[str, str]
"""Agent name and session id."""


class Visit(msgspec.Struct, frozen=True):
    """The end of a visit: epoch seconds, and US dollars of each session, by `agent/id`."""

    at: float
    usd: dict[str, float] = {}

    def spent(self, key: Key) -> float | None:
        """Return what a session had cost; `None` when it is not known."""
        return self.usd.get(name_of(key))


def name_of(key: Key) -> str:
    """Return the name of a session in a visit."""
    return "/".join(key)


def last_visit(state: Path) -> Visit | None:
    """Return how the last visit ended; `None` before the first, or where it cannot be read."""
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode((state / NAME).read_bytes(), type=Visit)
    return None


def remember(state: Path, visit: Visit) -> None:
    """Write down that a visit ended; where that cannot be done, nothing is offered next time."""
    with suppress(NotSaved):
        write_private(state / NAME, msgspec.json.encode(visit))
