"""The way into a running demo: the socket that its registry entry names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...acting.joining import NoChannel
from ..base import Sighting
from .channel import DemoChannel
from .places import Places


async def join(sighting: Sighting, folders: Sequence[Path], tmux_socket: str | None) -> DemoChannel:
    """Return the channel to a live session of a demo; `folders` are the roots of demos.

    Raises:
        NoChannel: no demo in these roots has that process.
        DemoGone: it does not answer.
    """
    del tmux_socket
    if sighting.pid is None:
        raise NoChannel(
            "This session of the demo has ended.", remedy="Start another: clearhead demo"
        )
    for root in folders:
        if Places(root).registry(sighting.pid).exists():
            return await DemoChannel.join(root, sighting.pid)
    raise NoChannel("This demo belongs to another clearhead.", remedy="Act there.")
