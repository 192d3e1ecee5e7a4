"""What a screen of one session lets the person do about a full context, short of a reset."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from ...core.problems import Problem
from ...core.thread import Thread
from ..keymap import Keymap

if TYPE_CHECKING:
    from textual.screen import Screen

    from ...core.compacting.carrying import Compacted
    from ...core.compacting.preparing import Prepared
    from ...core.supervisor import Key
    from ..bridge import Bridge
    from ..command_app import CommandApp
    from ..look import Look
    from ..staged_course import StagedCourse

CourseOf = TypeVar("CourseOf", bound="StagedCourse")

NEVER = "This session was not compacted so far."


class CompactCommands:
    """The commands of a screen that shows the session of `_look`."""

    _bridge: Bridge
    _keymap: Keymap
    _look: Look

    def __init__(self) -> None:
        super().__init__()
        self._courses: dict[tuple[type[StagedCourse], Key], StagedCourse] = {}

    def action_compact(self) -> None:
        """Open the sheet of a compaction, also of one under way; nothing is sent by it."""
        from ..compact_course import CompactCourse
        from .compact import CompactScreen

        course = self._course(CompactCourse, "compact.lost")
        self._sheets_app.push_screen(CompactScreen(self._bridge, self._look, self._keymap, course))

    def action_checkpoint(self) -> None:
        """Open the sheet of a checkpoint, also of one under way; nothing is sent by it."""
        from ..checkpoint_course import CheckpointCourse
        from .checkpoint import CheckpointScreen

        course = self._course(CheckpointCourse, "checkpoint.open")
        self._sheets_app.push_screen(
            CheckpointScreen(self._bridge, self._look, self._keymap, course)
        )

    def _course(self, kind: type[CourseOf], leads_back: str) -> CourseOf:
        """Return the course that is under way, else a new one; `leads_back` is a command's id."""
        look = self._look
        known = self._courses.get((kind, look.key))
        if isinstance(known, kind) and known.open:
            return known
        made = kind(self._bridge, look, self._sheets_app.say, self._keymap[leads_back].key)
        self._courses[kind, look.key] = made
        return made

    async def action_compact_lost(self) -> None:
        """Compare the newest summary with the notes."""
        screen = cast("Screen[None]", self)
        look = self._bridge.look(self._look.key) or self._look
        app = self._sheets_app
        try:
            found = await self._bridge.supervisor.in_pool(partial(_looked_at, self._bridge, look))
        except Problem as problem:
            app.refuse(f"{problem.title}. {problem.detail}")
            return
        if found is None:
            app.refuse(NEVER)
            return
        from .compacted import CompactedScreen

        if app.screen is screen:
            done, prepared = found
            app.push_screen(CompactedScreen(self._bridge, look, self._keymap, done, prepared))

    @property
    def _sheets_app(self) -> CommandApp:
        return cast("CommandApp", cast("Screen[None]", self).app)


def _looked_at(bridge: Bridge, look: Look) -> tuple[Compacted, Prepared] | None:
    """Compare the newest summary of a session with its notes; runs in the thread pool."""
    from ...core.compacting.carrying import last_compaction, outcome, settled
    from ...core.compacting.reading import summary_of
    from ..compact_course import prepared_for

    seen = look.seen
    compaction = last_compaction(seen.snapshot)
    if compaction is None or seen.view is None:
        return None
    prepared = prepared_for(bridge, look, compaction.item)
    found = summary_of(Thread(seen.view, partial(bridge.load, look.key)), compaction)
    return settled(outcome(None, found, prepared), seen.snapshot), prepared
