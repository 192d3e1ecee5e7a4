"""The progress file that is open: what of it is unsaved, what the other side did, when to save.

Pure: the pane hands in the time and what the disk answered, and does what this says.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from ....core.agents.base import State
from ....core.merge import Merged
from ....core.notefile import Loaded
from ....core.problems import Report

QUIET = 2.0
"""Seconds without typing after which an edit is saved while the agent is not in a turn."""

PATIENCE = 120.0
"""Seconds that a save waits at most while the agent only waits for the person."""

DRAFT_AFTER = 0.6
"""Seconds from an edit to its draft in the state folder, so that it is there within a second."""


class Theirs(msgspec.Struct, frozen=True):
    """What the other side made of the file; `disk` is `None` when it is gone or unreadable."""

    disk: Loaded | None
    detail: str


class Turn(msgspec.Struct, frozen=True):
    """What the agent does, and since when it is known to, on the clock that edits are timed by."""

    state: State = State.UNKNOWN
    since: float = 0.0


@dataclass(slots=True)
class OpenFile:
    """One progress file being edited. `text` is what the editor holds, plain.

    `report` says why the last save failed, `warning` what of the safety net is missing.
    `edited_at` is when the oldest unsaved edit was made, `typed_at` the newest. While it is `held`
    nothing is saved by itself.
    """

    loaded: Loaded
    text: str
    theirs: Theirs | None = None
    report: Report | None = None
    warning: Report | None = None
    edits: int = 0
    edited_at: float | None = None
    typed_at: float = 0.0
    held: bool = False

    @property
    def unsaved(self) -> bool:
        """Whether the editor holds something that the file does not."""
        return self.text != self.loaded.text

    def type(self, text: str, now: float) -> None:
        """Take note of an edit."""
        if text == self.text:
            return
        self.text, self.typed_at = text, now
        self.edited_at = (self.edited_at or now) if self.unsaved else None
        self.edits = max(1, self.edits) if self.unsaved else 0

    def save(self, loaded: Loaded) -> None:
        """Take note that the file holds `loaded` now, which was written by the person."""
        self.theirs = self.report = None
        self.held = False
        self._rest_on(loaded)

    def find(self, theirs: Theirs, merged: Merged | None = None) -> bool:
        """Take note of what the disk holds; say whether the editor must take `text` now.

        It must where nothing of the person's would be lost: where there are no edits, or where
        they and the other side's are `merged` without a conflict. Else both texts are kept.
        """
        disk = theirs.disk
        if disk is None:
            self.theirs = theirs
            return False
        if disk.stamp.sha256 == self.loaded.stamp.sha256:
            self.theirs = None
            return False
        take = not self.unsaved
        if take or disk.text == self.text:
            self.text, self.theirs = disk.text, None
            self._rest_on(disk)
            return take
        if merged is not None and not merged.conflicts:
            self.settle(merged.text(), disk)
            return True
        self.theirs = theirs
        return False

    def settle(self, text: str, disk: Loaded) -> None:
        """Hold a text that both sides' texts went into, or one of them gave way to."""
        self.theirs = self.report = None
        self.text = text
        self._rest_on(disk)

    def wait(self, turn: Turn, now: float) -> float | None:
        """Return in how many seconds to save; `None` when no time alone brings it about."""
        if not self.unsaved or self.theirs or self.report or self.loaded.read_only or self.held:
            return None
        if turn.state is State.BUSY:
            return None
        quiet = self.typed_at + QUIET - now
        if turn.state is State.WAITING:
            began = max(turn.since, self.edited_at or now)
            quiet = max(quiet, began + PATIENCE - now)
        return max(0.0, quiet)

    def _rest_on(self, loaded: Loaded) -> None:
        self.loaded = loaded
        if not self.unsaved:
            self.edits, self.edited_at, self.held = 0, None, False
