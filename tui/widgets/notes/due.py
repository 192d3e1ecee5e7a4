"""What open notes are due for: a draft soon after typing, a save at the end of a turn, a look."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.widget import Widget

from .clock import Clock
from .health import AFTER
from .keeper import Keeper
from .saving import DRAFT_AFTER, Turn


class Due:
    """Sets a clock for what is due and does it then, for the notes that are open by that time."""

    def __init__(self, owner: Widget, keeper: Callable[[], Keeper | None]) -> None:
        self._keeper = keeper
        self.turn = Turn()
        self._draft = Clock(owner, self._keep_draft, self.arm)
        self._save = Clock(owner, self._save_if_due, self.arm)
        self._health = Clock(owner, self._check, self.arm)

    def arm(self) -> None:
        """Set the clocks that are due."""
        keeper = self._keeper()
        if keeper is None or keeper.file is None:
            return
        if keeper.draft_due:
            self._draft.set(DRAFT_AFTER)
        if keeper.check_due:
            self._health.set(AFTER)
        if (wait := keeper.file.wait(self.turn, time.monotonic())) is not None:
            self._save.set(wait)

    def turn_is(self, turn: Turn) -> None:
        """Wait for the end of another turn from now on."""
        self.turn = turn
        self._save.stop()
        self.arm()

    async def _keep_draft(self) -> None:
        if (keeper := self._keeper()) is not None:
            await keeper.keep_draft()

    async def _save_if_due(self) -> None:
        """Save, unless the person typed on or the turn began meanwhile; then it is set anew."""
        keeper = self._keeper()
        if keeper and keeper.file and keeper.file.wait(self.turn, time.monotonic()) == 0.0:
            await keeper.save()

    async def _check(self) -> None:
        if (keeper := self._keeper()) is not None:
            await keeper.check()
