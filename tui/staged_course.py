"""Work on one session that goes on while its sheet is closed: its stage, and who is told of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, TypeVar

from ..core.problems import Report

if TYPE_CHECKING:
    from .bridge import Bridge
    from .look import Look

Found = TypeVar("Found")


class Stage(StrEnum):
    """How far it is; a course goes through those that it has."""

    PREPARING = "preparing"
    READY = "ready"
    ASKED = "asked"
    DECIDING = "deciding"
    COMMITTING = "committing"
    DONE = "done"
    FAILED = "failed"


class StagedCourse:
    """Goes from stage to stage; the sheet that shows it is told, and else the person is.

    `since` is when the present stage began, in epoch seconds; `doing` says what is waited for.
    `key` is what the person presses to see what came of it.
    """

    name: ClassVar[str]
    """What it is in a word, for the person: "Compact"."""

    under_way: ClassVar[frozenset[Stage]]
    """The stages in which something was sent and nothing tells yet what came of it."""

    def __init__(self, bridge: Bridge, look: Look, say: Callable[[str], None], key: str) -> None:
        self._bridge, self._say, self._shown_key = bridge, say, key
        self._session = look.key
        self._told: Callable[[], None] | None = None
        self.stage = Stage.PREPARING
        self.failure: Report | None = None
        self.doing, self.since = "", time.time()

    async def prepare(self) -> None:
        """Read what the sheet shows; nothing is sent by it."""
        raise NotImplementedError

    def listen(self, told: Callable[[], None]) -> None:
        """Tell `told` from now on when something has changed."""
        self._told = told

    def leave(self, told: Callable[[], None]) -> None:
        """Tell `told` no more; what it shows may be shown again by someone else already."""
        if self._told == told:
            self._told = None

    @property
    def open(self) -> bool:
        """Whether it is under way, so that its sheet leads back to it."""
        return self.stage in self.under_way

    def _go(self, stage: Stage, doing: str = "") -> None:
        self.stage, self.doing, self.since = stage, doing, time.time()
        if self._told is not None:
            self._told()

    def _fail(self, report: Report) -> None:
        self.failure = report
        self._say_unseen(f"{self.name}: {report.detail} {report.remedy}".strip())
        self._go(Stage.FAILED)

    def _say_unseen(self, words: str) -> None:
        """Say it where no sheet shows it."""
        if self._told is None:
            self._say(words)

    async def _in_pool(self, work: Callable[[], Found]) -> Found:
        return await self._bridge.supervisor.in_pool(work)
