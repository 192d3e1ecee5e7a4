"""The sheet of work on a session that outlives it: it listens while it is open, and begins it."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from ...core.acting.armed import Undertaking
from ...core.acting.channel import Reach
from ...core.agents.base import State
from .. import glyphs
from ..act_reasons import FORBIDDEN
from ..keymap import Keymap
from ..look import Look
from ..numbers import running
from ..staged_course import Stage, StagedCourse
from ..widgets.sheet_title import SheetTitle
from .words_sheet import WordsSheet

if TYPE_CHECKING:
    from ..bridge import Bridge
    from ..command_app import CommandApp

CourseOf = TypeVar("CourseOf", bound=StagedCourse)

NOTHING_LEADS_IN = "It works, and nothing leads into it that could wait for the end of the turn."


class CourseSheet(WordsSheet, Generic[CourseOf]):
    """Shows one course; closing it ends nothing."""

    armed_words: ClassVar[str]
    """What happens when the turn ends, for the person who has armed it."""

    def __init__(self, bridge: Bridge, look: Look, keymap: Keymap, course: CourseOf) -> None:
        super().__init__(bridge, look, keymap)
        self._course = course

    def went_on(self) -> None:
        """Draw what the course has come to."""
        raise NotImplementedError

    def wanted(self) -> Undertaking:
        """Return what Enter asks of the agent, as it is shown now."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Draw at once; what is still to be read for it is read away from the loop."""
        super().on_mount()
        self._course.listen(self.went_on)
        self.went_on()
        if self._course.stage is Stage.PREPARING:
            self.run(self._course.prepare())

    def on_unmount(self) -> None:
        """Let the course go on without a sheet."""
        self._course.leave(self.went_on)

    def run(self, work: Awaitable[None]) -> None:
        """Carry out a part of the course; closing the sheet does not end it."""
        self.app.run_worker(work, exit_on_error=False)

    def ask(self) -> None:
        """Ask the agent; while it works, arm it for the end of the turn. Say why not else."""
        state = self._look.standing.state
        if self._bridge.forbidden:
            self.say(FORBIDDEN, warning=True)
        elif state is State.WAITING:
            self.say("It waits for your answer. Answer it first.", warning=True)
        elif state is State.BUSY:
            self._arm()
        else:
            self.run(self.wanted().run())

    def _arm(self) -> None:
        look = self._look
        if look.reach in (Reach.WATCHED, Reach.BY_HAND):
            self.say(NOTHING_LEADS_IN, warning=True)
            return
        self._bridge.arm(look, self.wanted())
        app, cancel = cast("CommandApp", self.app), self._keymap["armed.cancel"].key
        app.pop_screen()
        app.say(f"Armed: {self.armed_words} when the turn ends. {cancel} cancels.")

    def action_close(self) -> None:
        """Close the sheet; what was asked goes on."""
        self.app.pop_screen()

    @property
    def counts(self) -> bool:
        """Whether the time since the request is shown."""
        return self._course.stage is Stage.ASKED

    def waiting_title(self) -> SheetTitle:
        """Return the title while the agent is waited for: what it does, and for how long."""
        about = f"{self._course.doing} {running(time.time() - self._course.since)}"
        return SheetTitle(self._course.name, about, glyphs.WORKING, "agent")

    def failed_title(self, name: str) -> SheetTitle:
        """Return the title after a failure."""
        failure = self._course.failure
        return SheetTitle(name, failure.title if failure else "", glyphs.FAILED, "reset")
