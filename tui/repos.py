"""What git last said of the folders that sessions work in, and when to ask it again."""

from __future__ import annotations

import time
from pathlib import Path

from ..core.gitrepo import Repo, read_repo
from ..core.problems import Problem, Report


class Repos:
    """Asks git about a folder at most every so many `seconds`; `state` is the state folder."""

    def __init__(self, state: Path, seconds: float) -> None:
        self._state, self._seconds = state, seconds
        self._found: dict[str, tuple[float, Repo | Report | None]] = {}
        self._put_off: set[str] = set()

    def of(self, cwd: str | None) -> Repo | None:
        """Return the repository of a folder as it was when git was asked last."""
        found = self._found.get(cwd or "", (0.0, None))[1]
        return found if isinstance(found, Repo) else None

    @property
    def reports(self) -> list[Report]:
        """What git could not read."""
        return [found for _, found in self._found.values() if isinstance(found, Report)]

    def read(self, cwd: str) -> None:
        """Ask git now, or note that it is to be asked a little later; runs in the thread pool."""
        if self._wait(cwd) > 0:
            self._put_off.add(cwd)
            return
        try:
            found: Repo | Report | None = read_repo(Path(cwd), self._state)
        except Problem as problem:
            found = problem.report()
        self._found[cwd] = (time.monotonic(), found)

    def put_off(self, cwd: str | None) -> float | None:
        """Return, once, after how many seconds a question that was put off is due."""
        if cwd is None or cwd not in self._put_off:
            return None
        self._put_off.discard(cwd)
        return max(0.0, self._wait(cwd))

    def _wait(self, cwd: str) -> float:
        """Return the seconds until git may be asked about a folder again."""
        at, _ = self._found.get(cwd, (0.0, None))
        return at + self._seconds - time.monotonic() if at else 0.0
