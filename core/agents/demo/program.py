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
from contextlib import suppress
from pathlib import Path

from ...clock import SystemClock
from .agent import Agent
from .control import Control, serve
from .pace import FASTEST, SLOWEST, Pace
from .places import Places
from .recorder import Recorder
from .story import STORY
from .transcript import fill_of
from .workspace import Workspace

LOOK_FOR_LAUNCHER = 1.0
"""Seconds between two looks whether the launcher still runs."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, and be the agent until something ends it."""
    parser = argparse.ArgumentParser(description="The agent program of the clearhead demo.")
    parser.add_argument("--root", type=Path, required=True, help="an empty folder to work in")
    parser.add_argument("--speed", type=float, default=1.0, help="seconds of script in a second")
    parser.add_argument("--launcher", type=int, help="end when this parent process has gone")
    parser.add_argument("--resume", metavar="ID", help="go on with this session, without a script")
    options = parser.parse_args(arguments)
    if not SLOWEST <= options.speed <= FASTEST:
        parser.error(f"--speed is a number from {SLOWEST:g} to {FASTEST:g}")
    os.umask(0o077)
    places, pace = Places(options.root.resolve()), Pace(options.speed)
    asyncio.run(live(places, pace, options.launcher, options.resume))


async def live(places: Places, pace: Pace, launcher: int | None, resume: str | None) -> None:
    """Set everything up, work until something ends it, and say in the transcript what that was."""
    over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    end = _once(over)
    _on_signals(end)
    socket = places.own_socket(os.getpid()) if resume else places.socket
    agent, recorder = _taken_up(places, pace, resume, socket) if resume else _begun(places, pace)
    recorder.news.now = agent.now
    control = Control(agent, recorder, pace, lambda: end("stopped"))
    if launcher is not None:
        _watch(launcher, end)
    server = await serve(socket, control.obey, recorder.news)
    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(agent.run())
        reason = await over
        with suppress(OSError):
            recorder.end(reason)
        work.cancel()
    server.close()


def _begun(places: Places, pace: Pace) -> tuple[Agent, Recorder]:
    """Make the repository and begin the script in a first session."""
    places.transcripts.mkdir(parents=True)
    places.sessions.mkdir()
    workspace = Workspace(places.repository)
    workspace.create()
    recorder = Recorder(places, SystemClock())
    return Agent(STORY, workspace, recorder, pace), recorder


def _taken_up(places: Places, pace: Pace, session_id: str, socket: Path) -> tuple[Agent, Recorder]:
    """Go on with an earlier session, beside whatever else works in the root."""
    fill = fill_of(places.transcript(session_id))
    recorder = Recorder(places, SystemClock(), resume=session_id, socket=socket)
    return Agent((), Workspace(places.repository), recorder, pace, fill), recorder


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
