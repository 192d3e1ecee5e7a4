"""The way into a Codex session that a person started: its background server, or its tmux pane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ...acting.channel import Channel
from ...acting.joining import NoChannel, nobody_runs
from ..base import Sighting
from .daemon import SOCKET, CodexAttached
from .holders import client_of
from .keys import CodexPane
from .terminal import CodexTerminal
from .wires import CodexGone


async def join(sighting: Sighting, folders: Sequence[Path], tmux_socket: str | None) -> Channel:
    """Return the channel to a live thread; the server comes first, it needs no keys.

    Raises:
        NoChannel: no server has it open, and no tmux pane shows it.
    """
    window = await CodexPane.of(sighting.pid, socket=tmux_socket) if sighting.pid else None
    for home in _homes(sighting, folders):
        if (home / SOCKET).exists():
            with suppress(CodexGone):
                return await CodexAttached.join(home, sighting.session_id, pane=window)
        if window is not None and _holds(window.pid, home, sighting.session_id):
            return await CodexTerminal.join(home, sighting.session_id, window)
    if sighting.pid is None:
        raise nobody_runs(sighting)
    raise NoChannel("Codex' background server does not have it open, and no tmux pane shows it.")


def _homes(sighting: Sighting, folders: Sequence[Path]) -> Iterator[Path]:
    """Yield the homes that a thread can be in; its rollout tells which."""
    for home in (folder.resolve() for folder in folders):
        if sighting.path is None or home in sighting.path.resolve().parents:
            yield home


def _holds(pid: int, home: Path, session_id: str) -> bool:
    client = client_of(pid, (home,))
    return client is not None and session_id in client.threads
