"""One checkpoint from the first look to the commit; it goes on while its sheet is closed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..core.acting.action import Outcome
from ..core.checkpointing import Brought, Place, Review, bring_up_to_date, place_of, review
from ..core.committable import Change
from ..core.committing import Committed, commit
from ..core.problems import Problem, Report

if TYPE_CHECKING:
    from ..core.agents.base import Sighting
    from .bridge import Bridge
    from .look import Look

Found = TypeVar("Found")

CHANGED = "Checkpoint: the notes are up to date, nothing is committed. {key} goes on with it."
SAME = "Checkpoint: the notes are as they were. {key} goes on with it."


class Stage(StrEnum):
    """How far a checkpoint is."""

    PREPARING = "preparing"
    READY = "ready"
    ASKING = "asking"
    DECIDING = "deciding"
    COMMITTING = "committing"
    DONE = "done"
    FAILED = "failed"


class CheckpointCourse:
    """Asks, looks and commits for one session; whoever shows it is told when it went on.

    `since` is when the present stage began, in epoch seconds; `doing` says what is waited for.
    """

    def __init__(self, bridge: Bridge, look: Look, say: Callable[[str], None], key: str) -> None:
        self._bridge, self._say, self._shown_key = bridge, say, key
        self._session, self._sighting = look.key, look.seen.sighting
        self._cwd, self._began = Path(look.cwd or "."), look.seen.snapshot.started_at
        self._told: Callable[[], None] | None = None
        self.stage = Stage.PREPARING
        self.place: Place | None = None
        self.brought: Brought | None = None
        self.review: Review | None = None
        self.ticked: set[str] = set()
        self.message = ""
        self.committed: Committed | None = None
        self.failure: Report | None = None
        self.doing, self.since = "", time.time()

    def listen(self, told: Callable[[], None]) -> None:
        """Tell `told` from now on when something has changed."""
        self._told = told

    def leave(self, told: Callable[[], None]) -> None:
        """Tell `told` no more; what it shows may be shown again by someone else already."""
        if self._told == told:
            self._told = None

    @property
    def open(self) -> bool:
        """Whether the agent was asked, and the person has not decided yet."""
        return self.stage in {Stage.ASKING, Stage.DECIDING, Stage.COMMITTING}

    @property
    def changes(self) -> tuple[Change, ...]:
        """What could be committed, once that was looked at."""
        return self.review.committable.changes if self.review else ()

    @property
    def doubtful(self) -> str:
        """Say why the person should look before a commit; "" when nothing is wrong."""
        if self.review is None or not self.ticked:
            return ""
        if self.review.new_hooks:
            return "a hook is new"
        return "the notes have errors" if self.review.errors else ""

    async def prepare(self) -> None:
        """Read the notes; nothing is sent by it."""
        names, state = self._bridge.settings.progress_files, self._bridge.state
        try:
            self.place = await self._in_pool(partial(place_of, self._cwd, state, names))
        except Problem as problem:
            self._fail(problem.report())
            return
        self._go(Stage.READY)

    def see(self, sighting: Sighting) -> None:
        """Take up where the session is now."""
        self._sighting = sighting

    async def ask(self) -> None:
        """Ask the agent for its notes, and look at what came of it."""
        assert self.place is not None
        self._go(Stage.ASKING, "finding a way in")
        try:
            await self._bridge.acting.way_into(self._sighting)
            acting, went_on = self._bridge.acting, partial(self._go, Stage.ASKING)
            self.brought = await bring_up_to_date(acting, self._session, self.place, went_on)
            if not self.brought.done:
                self._fail(_report_of(self.brought))
                return
            self.review = await self._in_pool(self._look)
        except Problem as problem:
            self._fail(problem.report())
            return
        self.ticked, self.message = set(self.review.ticked), self.review.message
        if self._told is None:
            words = CHANGED if self.brought.changed else SAME
            self._say(words.format(key=self._shown_key))
        self._go(Stage.DECIDING)

    def _look(self) -> Review:
        assert self.place is not None
        today = datetime.now().astimezone().date()
        return review(self.place, self._bridge.state, self._session, self._began, today)

    def tick(self, path: str) -> None:
        """Tick a path, or leave it out."""
        self.ticked ^= {path}

    async def commit(self) -> None:
        """Commit what is ticked, with the message as it is."""
        assert self.review is not None
        self._go(Stage.COMMITTING)
        paths = [change.path for change in self.changes if change.path in self.ticked]
        words = self.message or self.review.message
        try:
            self.committed = await self._in_pool(partial(commit, self.review.root, paths, words))
        except Problem as problem:
            self._fail(problem.report())
            return
        self._go(Stage.DONE)

    def end(self) -> None:
        """Go on without a commit."""
        self.ticked = set()
        self._go(Stage.DONE)

    async def _in_pool(self, work: Callable[[], Found]) -> Found:
        return await self._bridge.supervisor.in_pool(work)

    def _go(self, stage: Stage, doing: str = "") -> None:
        self.stage, self.doing, self.since = stage, doing, time.time()
        if self._told is not None:
            self._told()

    def _fail(self, report: Report) -> None:
        self.failure = report
        if self._told is None:
            self._say(f"Checkpoint: {report.detail} {report.remedy}".strip())
        self._go(Stage.FAILED)


def _report_of(brought: Brought) -> Report:
    result = brought.result
    unknown = result.outcome is Outcome.UNKNOWN
    title = "nothing tells what came of it" if unknown else "the agent was not asked"
    return Report(title, result.reason or "The agent was not asked.", result.remedy)
