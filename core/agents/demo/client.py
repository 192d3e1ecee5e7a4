"""Speaks to a demo over its control socket."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import msgspec

from ...problems import Problem

PATIENCE = 5.0
"""Seconds to wait for an answer."""


class DemoRefused(Problem):
    """The demo is there, and will not do what it was asked."""

    title = "The demo cannot do that"


class DemoGone(Problem):
    """The demo does not answer."""

    title = "The demo does not answer"
    remedy = "Start it again: clearhead demo"


class DemoControl:
    """The demo's commands as methods. Each one connects, asks and waits: not for an event loop.

    Every method raises `DemoRefused` with the agent's own words, or `DemoGone`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def status(self) -> dict[str, Any]:
        """Return what the agent does, its session, fill, turn, speed, and whether it is paused."""
        return self.ask("status")

    def pause(self) -> None:
        """Let the script stand still."""
        self.ask("pause")

    def resume(self) -> None:
        """Let the script go on."""
        self.ask("resume")

    def speed(self, value: float) -> None:
        """Let `value` seconds of the script pass in a second."""
        self.ask("speed", value=value)

    def prompt(self, text: str) -> None:
        """Give the agent words; it answers when it is idle."""
        self.ask("prompt", text=text)

    def stop(self) -> None:
        """End the agent program; its files stay."""
        self.ask("stop")

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        """Send any command of `control` and return its answer."""
        command = msgspec.json.encode({"do": do} | fields) + b"\n"
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(PATIENCE)
                connection.connect(str(self.path))
                connection.sendall(command)
                line = connection.makefile("rb").readline()
            answer = msgspec.json.decode(line, type=dict[str, Any])
        except (OSError, msgspec.MsgspecError) as error:
            raise DemoGone(f"{self.path}: {error}") from error
        if not answer.get("ok"):
            raise DemoRefused(str(answer.get("error")))
        return answer
