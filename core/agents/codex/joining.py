"""The way into a Codex session that a person started: the server that its window talks to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...acting.joining import NoChannel
from ..base import Sighting
from .daemon import CodexAttached
from .keys import CodexPane
from .wires import CodexGone


async def join(
    sighting: Sighting, folders: Sequence[Path], tmux_socket: str | None
) -> CodexAttached:
    """Return the channel to a live session; `/clear` needs a tmux pane of its window as well.

    Raises:
        NoChannel: no background server holds it.
    """
    assert sighting.pid is not None
    pane = await CodexPane.of(sighting.pid, socket=tmux_socket)
    why = "Codex' home is not known."
    for home in folders:
        try:
            return await CodexAttached.join(home, sighting.session_id, pane=pane)
        except CodexGone as gone:
            why = gone.detail
    raise NoChannel(why)
