"""The demo's live registry: one small file for each running agent process, as real agents have."""

from __future__ import annotations

from pathlib import Path

import msgspec

from .format import Status


class Registered(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What a live agent says of itself; times are epoch seconds.

    `proc_start` is the start of the process as `identity` tells it, so that a number given out
    again is not taken for the agent.
    """

    pid: int
    proc_start: str
    session_id: str
    cwd: str
    name: str
    status: Status
    updated_at: float
    control_socket: str
    waiting_for: str | None = None


def write(path: Path, entry: Registered) -> None:
    """Put `entry` in its place in one step: a reader sees the old one or the new one."""
    beside = path.with_suffix(".new")
    beside.write_bytes(msgspec.json.encode(entry))
    beside.replace(path)


def read(path: Path) -> Registered:
    """Return the entry at `path`; `OSError` or `msgspec.MsgspecError` when there is none."""
    return msgspec.json.decode(path.read_bytes(), type=Registered)
