"""What a screen of one session lets the person do about a full context, short of a reset."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from ...core.problems import Problem
from ...core.thread import Thread
from ..keymap import Keymap

if TYPE_CHECKING:
    from textual.screen import Screen

    from ...core.compacting.carrying import Compacted
    from ...core.compacting.preparing import Prepared
    from ...core.supervisor import Key
    from ..bridge import Bridge
    from ..checkpoint_course import CheckpointCourse
    from ..command_app import CommandApp
    from ..look import Look

NEVER = "This session was not compacted so far."


class CompactCommands:
    """The commands of a screen that shows the session of `_look`."""

    _bridge: Bridge
    _keymap: Keymap
    _look: Look

    def __init__(self) -> None:
        super().__init__()
        self._courses: dict[Key, CheckpointCourse] = {}

    def action_compact(self) -> None:
        """Open the sheet before a compaction; nothing is sent by it."""
        from .compact import CompactScreen

        app = cast("Screen[None]", self).app
        app.push_screen(CompactScreen(self._bridge, self._look, self._keymap))

    def action_checkpoint(self) -> None:
        """Open the sheet of a checkpoint, also of one under way; nothing is sent by it."""
        from ..checkpoint_course import CheckpointCourse
        from .checkpoint import CheckpointScreen

        app, look = cast("CommandApp", cast("Screen[None]", self).app), self._look
        course = self._courses.get(look.key)
        if course is None or not course.open:
            key = self._keymap["checkpoint.open"].key
            course = CheckpointCourse(self._bridge, look, app.say, key)
            self._courses[look.key] = course
        app.push_screen(CheckpointScreen(self._bridge, look, self._keymap, course))

    async def action_compact_lost(self) -> None:
        """Compare the newest summary with the notes."""
        screen = cast("Screen[None]", self)
        look = self._bridge.look(self._look.key) or self._look
        app = cast("CommandApp", screen.app)
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


def _looked_at(bridge: Bridge, look: Look) -> tuple[Compacted, Prepared] | None:
    """Compare the newest summary of a session with its notes; runs in the thread pool."""
    from ...core.compacting.carrying import last_compaction, outcome, settled
    from ...core.compacting.preparing import prepare
    from ...core.compacting.reading import summary_of

    seen = look.seen
    compaction = last_compaction(seen.snapshot)
    if compaction is None or seen.view is None:
        return None
    load = partial(bridge.load, look.key)
    prepared = prepare(
        seen.sighting,
        seen.snapshot,
        seen.view,
        load,
        bridge.state,
        agent=bridge.supervisor.agents[look.key[0]],
        names=bridge.settings.progress_files,
        stop=compaction.item,
    )
    found = summary_of(Thread(seen.view, load), compaction)
    return settled(outcome(None, found, prepared), seen.snapshot), prepared
