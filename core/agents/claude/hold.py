"""Keep permission dialogs shut for the moment between a look at the screen and Enter.

While a session's hold file is there, its PreToolUse hook waits, and without PreToolUse no
permission dialog opens. The hook waits one second at most, so a hold is good for less than that.
A tool that passed the hook just before the hold was placed may still open its dialog: each pass
leaves a mark, and a hold is quiet only when the last mark is old enough.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from ...paths import make_folder
from ...storage import PRIVATE, not_saved
from .hook_commands import mail_folder

GOOD = 0.75
"""Seconds after which Enter must not be pressed any more: a waiting tool is about to pass."""

SETTLES = 0.5
"""Seconds after its pass within which a client says that a tool waits; 0.1 s were measured."""


FORGOTTEN = 86_400.0
"""Seconds after which holds and marks are of no use to anyone."""


class Hold:
    """A hold on the tools of one session, as a context.

    Place it, wait for `settled_in`, look at registry and screen, and press Enter only while it is
    `good`. Keep it until Enter was taken. Without the hook it holds nothing and harms nothing.
    """

    def __init__(self, session_id: str, mail: Path | None = None) -> None:
        """Place the hold; `mail` is the folder that the hooks were installed with.

        Raises:
            NotSaved: it cannot be placed.
            UnsafeFolder: others could reach into the folder.
        """
        folder = mail or mail_folder()
        self._file = folder / "hold" / session_id
        self._mark = folder / "passed" / session_id
        fresh = not self._mark.parent.exists()
        try:
            make_folder(self._mark.parent)
            make_folder(self._file.parent)
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
            with os.fdopen(handle, "w") as file:
                file.write(f"{os.getpid()}\n")
        except OSError as error:
            raise not_saved(self._file, error) from error
        self._placed = time.monotonic()
        self._unmarked_until = self._placed if fresh else None

    @property
    def good(self) -> bool:
        """Whether Enter may be pressed: no tool passed of late, and none is about to pass."""
        return time.monotonic() - self._placed < GOOD and self.settled_in() == 0

    def settled_in(self) -> float:
        """Return the seconds until no tool that passed before the hold can open a dialog."""
        left = SETTLES - self._since_last_pass()
        return max(0.0, left)

    def release(self) -> None:
        """Let the tools go on."""
        with suppress(OSError):
            self._file.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _since_last_pass(self) -> float:
        """Return the seconds since a tool passed; before there were marks, one may have.

        A mark from the future was made before the clock was set back: it counts as made just
        before this hold.
        """
        if self._unmarked_until is not None:
            return time.monotonic() - self._unmarked_until
        try:
            since = time.time() - self._mark.stat().st_mtime
        except OSError:
            return SETTLES
        return since if since >= 0 else time.monotonic() - self._placed


def sweep(mail: Path, now: float) -> None:
    """Delete old marks, and holds that a killed process left; `now` is epoch seconds."""
    for path in (*mail.glob("hold/*"), *mail.glob("passed/*")):
        with suppress(OSError):
            if now - path.stat().st_mtime > FORGOTTEN:
                path.unlink()
