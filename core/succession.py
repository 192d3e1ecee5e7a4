"""Which session a process went on with, and which sessions began beside those that are known.

Pure, but for what it remembers between two looks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from .agents.base import Sighting, State

Key: TypeAlias = tuple[str, str]
"""Agent name and session id."""


class Succession:
    """Compares each look at the sessions with the one before."""

    def __init__(self) -> None:
        self._known: set[Key] = set()
        self._succeeded: dict[Key, Key] = {}
        self._begun: set[Key] = set()

    def take_succeeded(self) -> dict[Key, Key]:
        """Return, once, which sessions a process left and with which it went on."""
        succeeded, self._succeeded = self._succeeded, {}
        return succeeded

    def take_begun(self) -> set[Key]:
        """Return, once, the sessions that began and that no known process went on with."""
        begun, self._begun = self._begun, set()
        return begun

    def note(
        self, before: Mapping[Key, Sighting], known: Mapping[Key, Sighting], idle: Collection[Key]
    ) -> dict[Key, Sighting]:
        """Compare what is `known` now with how it was `before`; `idle` are those not at work.

        Returns the sessions that are no longer found, ended as far as that is known.
        """
        begun = self._note_begun(known)
        ids = {session_id for _, session_id in begun}
        gone: dict[Key, Sighting] = {}
        for key, old in before.items():
            if key in known and known[key].pid == old.pid:
                continue
            new = successor(old, known.values(), begun=ids, idle=key in idle)
            if new is not None:
                self._succeeded[key] = (new.agent, new.session_id)
            if key not in known and old.pid is not None:
                sure = new is not None
                over = replace(old, state=State.ENDED, waiting_for=None, asserted=sure, pid=None)
                gone[key] = over
        self._begun |= begun.difference(self._succeeded.values())
        return gone

    def _note_begun(self, known: Mapping[Key, Sighting]) -> set[Key]:
        """Return the live sessions that no look has found before, except the first look."""
        fresh = known.keys() - self._known if self._known else set[Key]()
        self._known |= known.keys()
        return {key for key in fresh if known[key].state is not State.ENDED}


def successor(
    old: Sighting, sightings: Iterable[Sighting], *, begun: Collection[str], idle: bool
) -> Sighting | None:
    """Return the session that the process of `old` went on with, after `/clear` or a resume.

    Only the process itself is evidence; the same folder alone could be another person's session.
    Where the process is merely inferred, the new session must have `begun` just now (ids of those
    that nobody knew a moment ago), and the old one be `idle`: no client clears a turn at work.
    """
    if old.pid is None:
        return None
    same = (
        new
        for new in sightings
        if new.agent == old.agent and new.pid == old.pid and new.session_id != old.session_id
    )
    sure = (new for new in same if not new.inferred or (idle and new.session_id in begun))
    return next(sure, None)


def surely_ended(before: Sighting, now: Sighting) -> Sighting:
    """Return what is seen now; the end of a session that was seen alive is no guess."""
    known = before.state is State.ENDED and before.asserted
    if now.state is State.ENDED and now.pid is None and (before.pid is not None or known):
        return replace(now, asserted=True)
    return now
