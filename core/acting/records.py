"""Which sessions are driven, by which process, and where that process listens."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from ..agents.base import Sighting
from ..agents.processes import process, same
from ..storage import write_private

FOLDER = "drivers"


class Driver(msgspec.Struct, frozen=True, kw_only=True):
    """One driver process and the session it drives now; `at` is epoch seconds."""

    pid: int
    start: str | None
    agent: str
    session_id: str | None
    cwd: str
    socket: str
    at: float
    args: tuple[str, ...] = ()
    mark: str = ""

    @property
    def runs(self) -> bool:
        """Whether the process still is the one that wrote this."""
        return same(self.pid, start=self.start, seen_at=self.at)


class Record:
    """The own record of a driver, in the state folder; gone when the driver ends."""

    def __init__(
        self,
        state: Path,
        agent: str,
        cwd: str,
        socket: Path,
        args: tuple[str, ...] = (),
        *,
        mark: str = "",
    ) -> None:
        self.path = state / FOLDER / f"{os.getpid()}.json"
        own = process(os.getpid())
        self._driver = Driver(
            pid=os.getpid(),
            start=own.start if own else None,
            agent=agent,
            session_id=None,
            cwd=cwd,
            socket=str(socket),
            at=time.time(),
            args=args,
            mark=mark,
        )

    def write(self, session_id: str | None) -> None:
        """Say which session is driven now.

        Raises:
            NotSaved: it could not be written.
        """
        self._driver = msgspec.structs.replace(self._driver, session_id=session_id)
        write_private(self.path, msgspec.json.encode(self._driver))

    def remove(self) -> None:
        """Take the record away."""
        with suppress(OSError):
            self.path.unlink()


def drivers(state: Path) -> tuple[Driver, ...]:
    """Return the drivers that run; records of those that do not are swept away."""
    found = []
    for path in sorted((state / FOLDER).glob("*.json")):
        try:
            driver = msgspec.json.decode(path.read_bytes(), type=Driver)
        except (OSError, msgspec.MsgspecError):
            continue
        if driver.runs:
            found.append(driver)
        else:
            _sweep(path, Path(driver.socket))
    return tuple(found)


def driven(state: Path) -> tuple[Sighting, ...]:
    """Return the sessions of our own drivers; before its first turn nothing else tells of one."""
    return tuple(
        Sighting(d.agent, d.session_id, cwd=d.cwd, pid=d.pid)
        for d in drivers(state)
        if d.session_id
    )


def driver_of(state: Path, agent: str, session_id: str) -> Driver | None:
    """Return the driver of one session, if it has one."""
    return next((d for d in drivers(state) if (d.agent, d.session_id) == (agent, session_id)), None)


def _sweep(*paths: Path) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink()
