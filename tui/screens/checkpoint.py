"""The sheet of a checkpoint: the agent writes its notes, the person looks, a commit, on it goes.

Nothing reaches the agent before the first Enter, and nothing reaches git before the second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ...core.acting.action import Outcome
from ...core.acting.armed import Undertaking
from ...core.agents.base import State
from ...core.asking import notes_request
from ...core.differing import difference
from ...core.health.finding import Severity
from ...core.text import clean, one_line
from .. import glyphs
from ..checkpoint_course import CheckpointCourse
from ..command import Context, Situation
from ..commands import bindings
from ..keymap import Keymap
from ..look import Look
from ..numbers import count
from ..staged_course import Stage
from ..themes import palette_of
from ..widgets.diff_rows import diff_rows
from ..widgets.line import spread
from ..widgets.sheet_title import SheetTitle
from ..widgets.tick_rows import hook_words, tick_rows, tickable, where_words
from ..widgets.words import Words
from .course_sheet import CourseSheet

if TYPE_CHECKING:
    from ..bridge import Bridge


WAIT = {
    Stage.PREPARING: "The notes are still being read.",
    Stage.ASKED: "The agent writes its notes; Esc closes the sheet, and it goes on.",
    Stage.COMMITTING: "git is at work.",
    Stage.DONE: "The checkpoint is over. Esc closes the sheet.",
    Stage.FAILED: "It did not come to a checkpoint. Esc closes the sheet.",
}
"""Why nothing can be decided at a stage."""


class CheckpointScreen(CourseSheet[CheckpointCourse]):
    """Takes one session through a checkpoint."""

    DEFAULT_CSS: ClassVar[str] = """
    CheckpointScreen {
        & > #notes-head, & > #commit-head { height: 1; width: 100%; }
        & > #notes { width: 100%; height: 1fr; scrollbar-size-vertical: 1; }
        & > #paths { width: 100%; height: auto; max-height: 30%; scrollbar-size-vertical: 1; }
        &.-air > #notes, &.-air > #paths { margin: 1 0; }
        & Static { width: 100%; height: auto; }
        & > Words { height: auto; max-height: 4; margin: 0 1; }
        &.-air > Words { margin: 0 2 1 2; }
        & > #foot { height: auto; max-height: 5; }
        &.-air > #foot { margin: 0 0 1 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.CHECKPOINT)]
    armed_words: ClassVar[str] = "checkpoint"
    context: ClassVar[Context] = Context.CHECKPOINT

    def __init__(
        self, bridge: Bridge, look: Look, keymap: Keymap, course: CheckpointCourse
    ) -> None:
        super().__init__(bridge, look, keymap, course)
        self._at = 0
        self._overruled = False

    @property
    def situation(self) -> Situation:
        """What cannot be done on the sheet now, and why."""
        shut: dict[str, str] = {}
        deciding = ("checkpoint.tick", "checkpoint.message", "checkpoint.skip")
        if self._course.stage is not Stage.DECIDING:
            why = WAIT.get(self._course.stage, "First the agent writes its notes: Enter asks it.")
            shut |= dict.fromkeys(deciding, why)
        elif not self._course.changes:
            nothing = "There is nothing to commit."
            shut |= dict.fromkeys(("checkpoint.tick", "checkpoint.message"), nothing)
        if self._course.stage in WAIT:
            shut["checkpoint.go"] = WAIT[self._course.stage]
        return Situation(shut=shut)

    def compose_body(self) -> ComposeResult:
        """Lay out the notes, the commit, and what Enter does."""
        yield Static(id="notes-head", markup=False)
        with VerticalScroll(id="notes", can_focus=False):
            yield Static(id="change", markup=False)
        yield Static(id="commit-head", markup=False)
        with VerticalScroll(id="paths", can_focus=False):
            yield Static(id="ticks", markup=False)
        yield Words(name="message")
        yield Static(id="foot", markup=False)

    def went_on(self) -> None:
        """Draw what the checkpoint has come to."""
        words = self.words
        if not words.editing and words.said != self._course.message.strip():
            words.become(self._course.message)
        self.draw_all()

    # Commands

    def action_checkpoint_go(self) -> None:
        """Ask the agent; once its notes are there, commit what is ticked."""
        if self._course.stage is Stage.DECIDING:
            self._decide()
        else:
            self.ask()

    def wanted(self) -> Undertaking:
        """Return the request for the notes, to the session as it is now."""
        self._course.see(self._look.seen.sighting)
        return Undertaking("checkpoint", self._course.ask)

    def _decide(self) -> None:
        """Commit what is ticked, unless something has to be looked at first."""
        course = self._course
        if course.doubtful and not self._overruled:
            self._overruled = True
            words = f"Look first: {course.doubtful}. Enter once more commits all the same."
            self.say(words, warning=True)
        elif course.ticked:
            self.run(course.commit())
        else:
            course.end()

    def action_checkpoint_skip(self) -> None:
        """Commit nothing."""
        self._course.end()

    def action_checkpoint_tick(self) -> None:
        """Tick a path, or leave it out."""
        change = self._course.changes[self._at]
        if tickable(change) is None:
            self.say("A path in conflict cannot be committed.", warning=True)
            return
        self._course.tick(change.path)
        self.draw_all()

    def action_checkpoint_message(self) -> None:
        """Edit the message of the commit."""
        self.edit()

    def on_words_ended(self) -> None:
        """Go back to the sheet with the message as it is now."""
        self._course.message = self.words.said
        super().on_words_ended()

    def action_checkpoint_move(self, step: int) -> None:
        """Select another path, or scroll the change where there is none."""
        if self._course.changes:
            self._at = max(0, min(len(self._course.changes) - 1, self._at + step))
            self.query_one("#paths").scroll_to(y=max(0, self._at - 2), animate=False)
            self.draw_all()
        else:
            self.action_checkpoint_scroll(step)

    def action_checkpoint_scroll(self, rows: int) -> None:
        """Scroll what changed in the notes."""
        self.query_one("#notes").scroll_relative(y=rows, animate=False)

    # Drawing

    def title_words(self) -> SheetTitle:
        """Return how far the checkpoint is."""
        match self._course.stage:
            case Stage.ASKED:
                return self.waiting_title()
            case Stage.FAILED:
                return self.failed_title("No checkpoint")
            case Stage.DONE:
                return SheetTitle("Checkpoint", self._what_came, glyphs.PROVED, "ok")
            case Stage.DECIDING | Stage.COMMITTING:
                return SheetTitle("Checkpoint", "the notes are there; nothing is committed yet")
            case _:
                return SheetTitle("Checkpoint", "nothing is sent before Enter")

    @property
    def _what_came(self) -> str:
        done = self._course.committed
        if done is None:
            return "nothing was committed"
        if done.outcome is Outcome.CONFIRMED and done.commit:
            return f"{glyphs.COMMIT} {done.commit[:10]} {count(len(self._course.ticked), 'path')}"
        return "git refused the commit"

    def draw(self) -> None:
        """Draw notes, commit and what Enter does."""
        room = self.room
        self.put("notes-head", [self._notes_head(room)])
        self.put("change", self._notes_rows(room))
        shown = self._course.review is not None
        for name in ("#commit-head", "#paths", "#message"):
            self.query_one(name).display = shown and (
                name == "#commit-head" or bool(self._course.changes)
            )
        if shown:
            self.put("commit-head", [self._commit_head(room)])
            here = self._at if self._course.stage is Stage.DECIDING else None
            changes, ticked = self._course.changes, self._course.ticked
            self.put("ticks", tick_rows(changes, ticked, room, palette_of(self), here))
        self.put("foot", [line for part in self._foot() for line in part.wrap(room)])

    def _notes_head(self, room: int) -> Content:
        palette = palette_of(self)
        strong, muted = palette.style("strong", bold=True), palette.style("muted")
        name = Content.styled(self._course.place.notes.name if self._course.place else "", muted)
        words = "What changed in the notes" if self._course.brought else "What the agent is asked"
        return spread(Content.styled(words, strong), name, room)

    def _notes_rows(self, room: int) -> list[Content]:
        palette = palette_of(self)
        muted, text = palette.style("muted"), palette.style("text")
        if self._course.place is None:
            return [Content()]
        if self._course.brought is None:
            asked = notes_request(self._course.place.notes.name).strip()
            return [
                part
                for line in asked.split("\n")
                for part in Content.styled(clean(line), text).wrap(room)
            ]
        rows = difference(self._course.brought.before, self._course.brought.after)
        nothing = [Content.styled("Nothing has changed in them.", muted)]
        return [*(diff_rows(rows, room, palette) or nothing), *self._findings(room)]

    def _findings(self, room: int) -> list[Content]:
        palette = palette_of(self)
        found = self._course.review.findings if self._course.review else ()
        rows = [Content()] if found else []
        for finding in found:
            wrong = finding.severity is Severity.ERROR
            token, sign = ("reset", glyphs.FAILED) if wrong else ("dumb", glyphs.WARNING)
            words = f"{sign} {finding.severity}: {one_line(finding.message, 300)}"
            rows += Content.styled(words, palette.style(token, bold=wrong)).wrap(room)
        return rows

    def _commit_head(self, room: int) -> Content:
        assert self._course.review is not None
        palette, found = palette_of(self), self._course.review.committable
        strong, muted = palette.style("strong", bold=True), palette.style("muted")
        if found.why_not:
            return Content.styled(f"No commit: {found.why_not}.", strong)
        if not found.changes:
            return Content.styled("No commit: nothing has changed since the last one.", strong)
        words = f"Commit {len(self._course.ticked)} of {count(len(found.changes), 'path')}"
        return spread(
            Content.styled(words, strong), Content.styled(where_words(found), muted), room
        )

    def _foot(self) -> list[Content]:
        palette = palette_of(self)
        strong, muted = palette.style("strong", bold=True), palette.style("muted")
        if self._course.failure is not None:
            return [
                Content.styled(self._course.failure.detail, palette.style("reset", bold=True)),
                Content.styled(self._course.failure.remedy, palette.style("text")),
            ]
        if self._course.stage is Stage.ASKED:
            words = "Esc closes the sheet; the agent goes on, and you can come back."
            return [Content.styled(words, muted)]
        if self._course.stage is Stage.DECIDING and self._course.review is not None:
            hooks = hook_words(self._course.review.committable, new=self._course.review.new_hooks)
            lines = [Content.styled(words, muted) for words in hooks] if self._course.ticked else []
            return [*lines, Content.styled(self._what_enter_does, strong)]
        if self._course.stage is Stage.DONE:
            return self._ending()
        return [Content.styled(self._what_enter_does, strong)]

    def _ending(self) -> list[Content]:
        palette, done = palette_of(self), self._course.committed
        text = palette.style("text")
        if done is None:
            return [Content.styled("The notes stay as they are now. Go on.", text)]
        if done.outcome is Outcome.CONFIRMED:
            return [Content.styled("Committed. The session goes on where it was.", text)]
        words = one_line(done.words, 600) or "It said nothing."
        return [Content.styled(f"git: {words}", palette.style("reset", bold=True))]

    @property
    def _what_enter_does(self) -> str:
        if self._course.stage is Stage.DECIDING:
            if not self._course.ticked:
                return "Enter ends the checkpoint without a commit."
            return f"Enter commits {count(len(self._course.ticked), 'path')}; Esc leaves them."
        if self._course.stage is Stage.COMMITTING:
            return "git commits …"
        if self._course.stage is Stage.PREPARING:
            return "The notes are being read …"
        if self._look.standing.state is State.WAITING:
            return "It waits for your answer: answer it first."
        if self._look.standing.state is State.BUSY:
            return "It works now. Enter arms this: it is asked when the turn ends."
        return "Enter asks the agent; you see what it changed before anything is committed."
