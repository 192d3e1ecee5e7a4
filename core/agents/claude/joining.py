"""The way into a Claude Code session that a person started: its tmux pane, or its hooks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...acting.joining import NoChannel, nobody_runs
from ...problems import Problem
from ...tmux import pane_of
from ..base import Sighting
from .attached import ClaudeAttached
from .hooks import status
from .mailbox import Mailbox
from .registry import read_registry


async def join(
    sighting: Sighting, folders: Sequence[Path], tmux_socket: str | None
) -> ClaudeAttached:
    """Return the channel to a live session.

    Raises:
        NoChannel: no program runs it; or it runs in no tmux pane, and no hook of ours is there.
    """
    if sighting.pid is None:
        raise nobody_runs(sighting)
    folder = _folder_of(sighting.pid, folders)
    if folder is None:
        raise NoChannel("Its process is in no registry of Claude Code.")
    pane = await pane_of(sighting.pid, socket=tmux_socket)
    mailbox = _mailbox(folder)
    if pane is None and mailbox is None:
        raise NoChannel("It runs in no tmux pane, and clearhead's hooks are not installed.")
    return ClaudeAttached(sighting.pid, folder, pane, mailbox)


def _folder_of(pid: int, folders: Sequence[Path]) -> Path | None:
    for folder in folders:
        if any(entry.pid == pid for entry in read_registry(folder).live):
            return folder
    return None


def _mailbox(folder: Path) -> Mailbox | None:
    """Return the mailbox of the permission hook, where it is installed."""
    try:
        found = status(folder / "settings.json")
        return Mailbox([folder]) if found.permission.installed else None
    except Problem:
        return None
