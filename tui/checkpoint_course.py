"""One checkpoint from the first look to the commit; it goes on while its sheet is closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ..core.acting.action import Outcome
from ..core.checkpointing import Brought, Place, Review, bring_up_to_date, place_of, review
from ..core.committable import Change
from ..core.committing import Committed, commit
from ..core.problems import Problem, Report
from .staged_course import Stage, StagedCourse

if TYPE_CHECKING:
    from ..core.agents.base import Sighting
    from .bridge import Bridge
    from .look import Look

CHANGED = "Checkpoint: the notes are up to date, nothing is committed. {key} goes on with it."
SAME = "Checkpoint: the notes are as they were. {key} goes on with it."


class CheckpointCourse(StagedCourse):
    """Asks, looks and commits for one session."""

    name: ClassVar[str] = "Checkpoint"
    under_way: ClassVar[frozenset[Stage]] = frozenset(
        {Stage.ASKED, Stage.DECIDING, Stage.COMMITTING}
    )

    def __init__(self, bridge: Bridge, look: Look, say: Callable[[str], None], key: str) -> None:
        super().__init__(bridge, look, say, key)
        self._sighting = look.seen.sighting
        self._cwd, self._began = Path(look.cwd or "."), look.seen.snapshot.started_at
        self.place: Place | None = None
        self.brought: Brought | None = None
        self.review: Review | None = None
        self.ticked: set[str] = set()
        self.message = ""
        self.committed: Committed | None = None

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
        self._go(Stage.ASKED, "finding a way in")
        try:
            await self._bridge.acting.way_into(self._sighting)
            acting, went_on = self._bridge.acting, partial(self._go, Stage.ASKED)
            self.brought = await bring_up_to_date(acting, self._session, self.place, went_on)
            if not self.brought.done:
                self._fail(_report_of(self.brought))
                return
            self.review = await self._in_pool(self._looked)
        except Problem as problem:
            self._fail(problem.report())
            return
        self.ticked, self.message = set(self.review.ticked), self.review.message
        words = CHANGED if self.brought.changed else SAME
        self._say_unseen(words.format(key=self._shown_key))
        self._go(Stage.DECIDING)

    def _looked(self) -> Review:
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


def _report_of(brought: Brought) -> Report:
    result = brought.result
    unknown = result.outcome is Outcome.UNKNOWN
    title = "nothing tells what came of it" if unknown else "the agent was not asked"
    return Report(title, result.reason or "The agent was not asked.", result.remedy)
