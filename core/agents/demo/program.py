"""The agent program: `python -m clearhead.core.agents.demo.program --root FOLDER`.

It works in a folder that its launcher made, writes transcript and registry there, and listens on
a socket. It removes nothing. It ends when it is told to, or when its launcher has gone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from ...clock import SystemClock
from .agent import Agent
from .control import Control, serve
from .pace import FASTEST, SLOWEST, Pace
from .places import Places
from .recorder import Recorder
from .story import STORY
from .workspace import Workspace

LOOK_FOR_LAUNCHER = 1.0
"""Seconds between two looks whether the launcher still runs."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, and be the agent until something ends it."""
    parser = argparse.ArgumentParser(description="The agent program of the clearhead demo.")
    parser.add_argument("--root", type=Path, required=True, help="an empty folder to work in")
    parser.add_argument("--speed", type=float, default=1.0, help="seconds of script in a second")
    parser.add_argument("--launcher", type=int, help="end when this parent process has gone")
    options = parser.parse_args(arguments)
    if not SLOWEST <= options.speed <= FASTEST:
        parser.error(f"--speed is a number from {SLOWEST:g} to {FASTEST:g}")
    os.umask(0o077)
    asyncio.run(live(Places(options.root.resolve()), options.speed, options.launcher))


async def live(places: Places, speed: float, launcher: int | None) -> None:
    """Set everything up, work until something ends it, and say in the transcript what that was."""
    over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    end = _once(over)
    _on_signals(end)
    places.transcripts.mkdir(parents=True)
    places.sessions.mkdir()
    workspace, pace = Workspace(places.repository), Pace(speed)
    workspace.create()
    recorder = Recorder(places, SystemClock())
    agent = Agent(STORY, workspace, recorder, pace)
    control = Control(agent, recorder, pace, lambda: end("stopped"))
    if launcher is not None:
        _watch(launcher, end)
    server = await serve(places.socket, control.obey)
    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(agent.run())
        recorder.end(await over)
        work.cancel()
    server.close()


def _watch(launcher: int, end: Callable[[str], None]) -> None:
    """End when the launcher has gone: nobody could close the demo any more."""
    if os.getppid() == launcher:
        asyncio.get_running_loop().call_later(LOOK_FOR_LAUNCHER, _watch, launcher, end)
    else:
        end("its launcher ended")


def _on_signals(end: Callable[[str], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end, "ended by a signal")


def _once(over: asyncio.Future[str]) -> Callable[[str], None]:
    """Return a function that settles `over` the first time it is called."""

    def end(reason: str) -> None:
        if not over.done():
            over.set_result(reason)

    return end


if __name__ == "__main__":
    main()
