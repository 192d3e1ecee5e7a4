"""Take a session over: its person leaves it where it runs, clearhead goes on with the same id.

Nothing is ended here: the client has to have gone by itself before another one may write to its
session.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from ..agents.base import Sighting
from ..agents.processes import PROC, process, same
from ..problems import Problem
from .errand import COMMANDS, PATIENCE
from .plan import PROGRAMS, Plan

LOOK = 0.5
"""Seconds between two looks whether the client has gone."""

_KEPT = {
    "claude": {"--model", "--permission-mode", "--settings", "--mcp-config", "--effort"},
    "codex": {
        "-c",
        "--config",
        "-m",
        "--model",
        "-a",
        "--ask-for-approval",
        "-s",
        "--sandbox",
    },
}
"""Arguments with one value that a client keeps when it is started again; none is ever added, so
that no session gets more rights than its person gave it."""


class NotLeft(Problem):
    """The client was not left, so nothing may write to its session."""

    title = "It was not left"
    remedy = "Leave it there, then take it over again. Nothing has changed."


class TakeOver:
    """One session on its way from a person's terminal to clearhead."""

    def __init__(self, sighting: Sighting) -> None:
        """Remember process, folder and arguments while the client still runs."""
        self.sighting = sighting
        self._known = process(sighting.pid) if sighting.pid else None
        self._args = kept_arguments(sighting.agent, _words(sighting.pid) if sighting.pid else ())
        self._at = time.time()

    @property
    def todo(self) -> str:
        """Say what the person has to do, and where."""
        place = self.sighting.place or f"process {self.sighting.pid}"
        known = COMMANDS.get(self.sighting.agent)
        how = f"Type {known.leave}" if known and known.leave else "Leave it"
        return f"{how} in its own window ({place})."

    @property
    def left(self) -> bool:
        """Whether the client has gone."""
        known = self._known
        return known is None or not same(known.pid, start=known.start, seen_at=self._at)

    async def until_left(self, seconds: float = PATIENCE) -> None:
        """Wait until the client has gone; whoever cancels this has changed nothing.

        Raises:
            NotLeft: it still runs after so many seconds.
        """
        end = time.monotonic() + seconds
        while not self.left:
            if time.monotonic() > end:
                raise NotLeft(f"{self.sighting.session_id} still runs after {seconds:g} s.")
            await asyncio.sleep(LOOK)

    def plan(self, program: str | None = None, *, here: Path | None = None) -> Plan:
        """Return how the same session goes on, with what it was started with."""
        agent = self.sighting.agent
        return Plan(
            agent=agent,
            cwd=self.sighting.cwd or str(here or Path.cwd()),
            program=program or PROGRAMS[agent],
            args=self._args,
            resume=self.sighting.session_id,
        )


def kept_arguments(agent: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments of a running client that its session is started with again."""
    names, kept = _KEPT.get(agent, set()), list[str]()
    for at, word in enumerate(words):
        name, equals, _ = word.partition("=")
        if name not in names:
            continue
        if equals and name.startswith("--"):
            kept.append(word)
        elif word == name and at + 1 < len(words):
            kept += [word, words[at + 1]]
    return tuple(kept)


def _words(pid: int) -> tuple[str, ...]:
    """Return the command line of a process; nothing where the system does not tell."""
    try:
        line = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return ()
    return tuple(word.decode(errors="replace") for word in line.split(b"\0") if word)
