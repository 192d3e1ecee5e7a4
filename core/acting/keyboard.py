"""The keyboard of one client in someone's terminal: one hand at a time, Escapes well apart.

Two clearheads, or two commands in a row, must not mix their keys, and two Escapes within a quarter
second open another menu. So whoever presses keys holds the lock of that client meanwhile, and the
time of the last Escape is kept beside it for whoever comes next.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from ..paths import state_folder
from ..storage import write_private
from ..tmux import Pane, TmuxGone
from .lock import SessionLock

FOLDER = Path("locks", "panes")

APART = 1.0
"""Seconds between two Escapes at least: two in a quarter second open another menu."""


class Unsure(Exception):
    """tmux went while a key was pressed that counts: nobody knows whether it arrived."""


async def press_once(pane: Pane, key: str) -> None:
    """Press a key that sends, stops or answers something.

    Raises:
        Unsure: tmux does not say that it was pressed.
    """
    try:
        await pane.press(key)
    except TmuxGone as problem:
        raise Unsure(f"{key} was on its way when tmux went: {problem.detail}") from problem


class Keyboard:
    """The right to press keys for one client, as a context; `pid` is the client's process.

    The client, not its pane, gives the lock its name: one tmux server has several. It lies in the
    state folder, which is the same over ssh; the runtime folder need not be.

    Raises:
        SessionTaken: another clearhead presses keys there.
    """

    def __init__(self, pid: int, folder: Path | None = None) -> None:
        self._folder = folder or state_folder() / FOLDER
        self._escaped = self._folder / f"{pid}.escaped"
        self._lock = SessionLock.take(self._folder, "pane", str(pid), "Another clearhead")

    async def rest(self) -> None:
        """Wait until an Escape would be far enough from the last one, whoever pressed that."""
        await asyncio.sleep(self._left())

    async def escape(self, pane: Pane) -> None:
        """Press Escape once; what it is meant for has to be looked at between `rest` and this.

        Raises:
            NotSaved: its time could not be kept; nothing was pressed.
            Unsure: tmux does not say that it was pressed.
        """
        await self.rest()
        self._mark()
        await press_once(pane, "Escape")
        self._mark()

    def _mark(self) -> None:
        """Keep that an Escape is pressed now; written before and after, as either may be last."""
        write_private(self._escaped, str(time.monotonic()).encode())

    def _left(self) -> float:
        """Return the seconds to wait; the clock counts since the start of the machine."""
        with suppress(OSError, ValueError):
            ago = time.monotonic() - float(self._escaped.read_bytes())
            if ago >= 0:
                return max(0.0, APART - ago)
        return 0.0

    def release(self) -> None:
        """Let others press keys."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
