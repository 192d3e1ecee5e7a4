"""The way into a Codex session that a person started: its background server, or its tmux pane."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ...acting.channel import Channel
from ...acting.joining import NoChannel, nobody_runs
from ..base import Sighting
from ..processes import PROC
from .daemon import SOCKET, CodexAttached
from .holders import client_of, clients
from .keys import CodexPane
from .terminal import CodexTerminal
from .wires import CodexGone


async def join(sighting: Sighting, folders: Sequence[Path], tmux_socket: str | None) -> Channel:
    """Return the channel to a live thread; the server comes first, it needs no keys.

    Raises:
        NoChannel: no server has it open, and no tmux pane shows it.
    """
    homes = tuple(_homes(sighting, folders))
    pid = sighting.pid or await asyncio.to_thread(_only_window, sighting.cwd, homes)
    window = await CodexPane.of(pid, socket=tmux_socket) if pid else None
    for home in homes:
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


def _only_window(cwd: str | None, homes: Sequence[Path]) -> int | None:
    """Return the process of the only window in a folder that shows a thread of a server.

    Such a window may hold no file of its home, so its environment has to tell which is its own.
    """
    found = clients((Path("/"),)) or []
    there = [c for c in found if cwd and c.cwd == cwd and not c.server and not c.threads]
    return there[0].pid if len(there) == 1 and _home_of(there[0].pid) in homes else None


def _home_of(pid: int) -> Path | None:
    """Return the home of a Codex by the environment it was started with."""
    try:
        entries = (PROC / str(pid) / "environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return None
    known = dict(entry.partition("=")[::2] for entry in entries)
    home = known.get("CODEX_HOME") or (f"{known['HOME']}/.codex" if "HOME" in known else None)
    return Path(home).resolve() if home else None


def _holds(pid: int, home: Path, session_id: str) -> bool:
    client = client_of(pid, (home,))
    return client is not None and session_id in client.threads
