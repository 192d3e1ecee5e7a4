"""Who a process is: its number and its start, since numbers are given out again."""

from __future__ import annotations

import os

import msgspec

from ..processes import process


class Identity(msgspec.Struct, frozen=True):
    """A process. `start` is its start as the system counts it: only good for comparing."""

    pid: int
    start: str


def identify(pid: int) -> Identity | None:
    """Return the identity of the process `pid`, `None` when it has ended."""
    found = process(pid)
    return None if found is None else Identity(pid, found.start or str(found.born))


def myself() -> Identity:
    """Return the identity of this process."""
    identity = identify(os.getpid())
    assert identity is not None
    return identity


def lives(identity: Identity) -> bool:
    """Say whether this very process still runs."""
    return identify(identity.pid) == identity
