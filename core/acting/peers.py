"""Who is at the other end of a socket of ours: the same person, and no agent."""

from __future__ import annotations

import os
import socket
import struct
import sys

_UCRED = struct.Struct("3i")
_LOCAL_PEERPID = 2
"""`LOCAL_PEERPID` of macOS, on the level `SOL_LOCAL` (0)."""


def peer(connection: socket.socket) -> tuple[int | None, int | None]:
    """Return process and user at the other end; `None` where the system does not tell."""
    try:
        if sys.platform == "darwin":
            return connection.getsockopt(0, _LOCAL_PEERPID), None
        found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    except (OSError, AttributeError):
        return None, None
    pid, user, _ = _UCRED.unpack(found)
    return pid, user


def stranger(connection: socket.socket) -> bool:
    """Say whether another person is at the other end, as far as the system tells."""
    user = peer(connection)[1]
    return user is not None and user != os.getuid()


def why_not_act(pid: int | None) -> str | None:
    """Say why the process `pid` may look and not act: it belongs to an agent's session."""
    from .ancestry import agent_ancestor

    by = agent_ancestor(pid) if pid else None
    return None if by is None else f"It was asked from within an agent's session ({by})."
