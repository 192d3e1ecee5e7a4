"""The sheet of a checkpoint: the agent writes its notes, the person looks, a commit, on it goes.

Nothing reaches the agent before the first Enter, and nothing reaches git before the second.
"""

from __future__ import annotations

import time
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ...core.acting.action import Outcome
from ...core.acting.armed import Undertaking
from ...core.acting.channel import Reach
from ...core.agents.base import State
from ...core.asking import notes_request
from ...core.checkpointing import Brought, Place, Review, bring_up_to_date, place_of, review
from ...core.committable import Change
from ...core.committing import Committed, commit
from ...core.differing import difference
from ...core.health.finding import Severity
from ...core.problems import Problem, Report
from ...core.text import clean, one_line
from .. import glyphs
from ..act_reasons import FORBIDDEN
from ..command import Context, Situation
from ..commands import bindings
from ..keymap import Keymap
from ..look import Look
from ..numbers import count, running
from ..themes import palette_of
from ..widgets.diff_rows import diff_rows
from ..widgets.line import margin, spread
from ..widgets.sheet_title import SheetTitle
from ..widgets.tick_rows import hook_words, tick_rows, tickable, where_words
from ..widgets.words import Words
from .sheet import Sheet

if TYPE_CHECKING:
    from ..bridge import Bridge
    from ..command_app import CommandApp


class Stage(StrEnum):
    """How far the checkpoint is."""

    PREPARING = "preparing"
    READY = "ready"
    ASKING = "asking"
    DECIDING = "deciding"
    COMMITTING = "committing"
    DONE = "done"
    FAILED = "failed"


WAIT = {
    Stage.PREPARING: "The notes are still being read.",
    Stage.ASKING: "The agent writes its notes; Esc stops waiting for it.",
    Stage.COMMITTING: "git is at work.",
    Stage.DONE: "The checkpoint is over. Esc closes the sheet.",
    Stage.FAILED: "It did not come to a checkpoint. Esc closes the sheet.",
}
"""Why nothing can be decided at a stage."""


class CheckpointScreen(Sheet):
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

    def __init__(self, bridge: Bridge, look: Look, keymap: Keymap) -> None:
        super().__init__(bridge, look, keymap)
        self._stage = Stage.PREPARING
        self._place: Place | None = None
        self._brought: Brought | None = None
        self._review: Review | None = None
        self._ticked: set[str] = set()
        self._committed: Committed | None = None
        self._failure: Report | None = None
        self._doing, self._since = "", 0.0
        self._at = 0
        self._overruled = False

    @property
    def contexts(self) -> tuple[Context, ...]:  # type: ignore[override]
        """Where the person is: in the message, or on the sheet."""
        words = self.query(Words)
        inside = bool(words) and words.first().editing
        return (Context.WORDS if inside else Context.CHECKPOINT, Context.EVERYWHERE)

    @property
    def situation(self) -> Situation:
        """What cannot be done on the sheet now, and why."""
        shut: dict[str, str] = {}
        deciding = ("checkpoint.tick", "checkpoint.message", "checkpoint.skip")
        if self._stage is not Stage.DECIDING:
            why = WAIT.get(self._stage, "First the agent writes its notes: Enter asks it.")
            shut |= dict.fromkeys(deciding, why)
        elif not self._changes:
            nothing = "There is nothing to commit."
            shut |= dict.fromkeys(("checkpoint.tick", "checkpoint.message"), nothing)
        if self._stage in WAIT:
            shut["checkpoint.go"] = WAIT[self._stage]
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

    def on_mount(self) -> None:
        """Draw at once, and read the notes away from the loop."""
        self._host = cast("CommandApp", self.app)
        super().on_mount()
        self._prepare()

    @work(group="checkpoint", exit_on_error=False)
    async def _prepare(self) -> None:
        look, bridge = self._look, self._bridge
        names = bridge.settings.progress_files
        make = partial(place_of, Path(look.cwd or "."), bridge.state, names)
        try:
            self._place = await bridge.supervisor.in_pool(make)
        except Problem as problem:
            self._fail(problem.report())
            return
        self._stage = Stage.READY
        self.draw_all()

    def _fail(self, report: Report) -> None:
        self._stage, self._failure = Stage.FAILED, report
        if self.is_attached:
            self.draw_all()
        else:
            self._host.say(f"Checkpoint: {report.detail} {report.remedy}".strip(), warning=True)

    # Commands

    def action_checkpoint_go(self) -> None:
        """Ask the agent; once its notes are there, commit what is ticked."""
        if self._stage is Stage.DECIDING:
            self._decide()
        elif self._bridge.forbidden:
            self.say(FORBIDDEN, warning=True)
        elif self._look.standing.state is State.WAITING:
            self.say("It waits for your answer. Answer it first.", warning=True)
        elif self._look.standing.state is State.BUSY:
            self._arm()
        else:
            self._stage = Stage.ASKING
            self.app.run_worker(self._ask(), exit_on_error=False)
            self.draw_all()

    def _arm(self) -> None:
        """Let the request wait for the end of the turn; the sheet stays for what comes of it."""
        look, acting = self._look, self._bridge.acting
        if look.reach in (Reach.WATCHED, Reach.BY_HAND):
            why = "It works, and nothing leads into it that could wait for the end of the turn."
            self.say(why, warning=True)
            return
        moment = acting.moment(look.key, look.standing.state, look.seen.snapshot, look.branch)
        acting.arm(look.key, Undertaking("checkpoint", self._ask), moment)
        cancel = self._keymap["armed.cancel"].key
        self.app.pop_screen()
        self._host.say(f"Armed: checkpoint when the turn ends. {cancel} cancels.")

    def _decide(self) -> None:
        """Commit what is ticked, unless something has to be looked at first."""
        assert self._review is not None
        wrong = bool(self._review.errors) or self._review.new_hooks
        if self._ticked and wrong and not self._overruled:
            self._overruled = True
            what = "a hook is new" if self._review.new_hooks else "the notes have errors"
            self.say(f"Look first: {what}. Enter once more commits all the same.", warning=True)
        elif self._ticked:
            self._commit()
        else:
            self._end()

    @work(group="checkpoint", exit_on_error=False)
    async def _commit(self) -> None:
        found, words = self._review, self.query_one(Words).said
        assert found is not None
        self._stage = Stage.COMMITTING
        self.draw_all()
        paths = [change.path for change in self._changes if change.path in self._ticked]
        make = partial(commit, found.root, paths, words or found.message)
        try:
            self._committed = await self._bridge.supervisor.in_pool(make)
        except Problem as problem:
            self._fail(problem.report())
            return
        self._end()

    def _end(self) -> None:
        self._stage = Stage.DONE
        self.draw_all()

    def action_checkpoint_skip(self) -> None:
        """Commit nothing."""
        self._ticked = set()
        self._end()

    def action_checkpoint_tick(self) -> None:
        """Tick a path, or leave it out."""
        change = self._changes[self._at]
        if tickable(change) is None:
            self.say("A path in conflict cannot be committed.", warning=True)
            return
        self._ticked ^= {change.path}
        self.draw_all()

    def action_checkpoint_message(self) -> None:
        """Edit the message of the commit."""
        self.query_one(Words).begin()
        self.draw_all()

    def on_words_ended(self) -> None:
        """Go back to the sheet."""
        self.set_focus(None)
        self.draw_all()

    def action_checkpoint_move(self, step: int) -> None:
        """Select another path, or scroll the change where there is none."""
        if self._changes:
            self._at = max(0, min(len(self._changes) - 1, self._at + step))
            self.query_one("#paths").scroll_to(y=max(0, self._at - 2), animate=False)
            self.draw_all()
        else:
            self.action_checkpoint_scroll(step)

    def action_checkpoint_scroll(self, rows: int) -> None:
        """Scroll what changed in the notes."""
        self.query_one("#notes").scroll_relative(y=rows, animate=False)

    def action_close(self) -> None:
        """Close the sheet; what was asked goes on."""
        self.app.pop_screen()

    # Carrying it out

    async def _ask(self) -> None:
        """Ask for the notes and look at what came of it; closing the sheet does not end this."""
        place, look, bridge = self._place, self._look, self._bridge
        assert place is not None
        self._told("finding a way in")
        try:
            await bridge.acting.way_into(look.seen.sighting)
            brought = await bring_up_to_date(bridge.acting, look.key, place, self._told)
            self._brought = brought
            if not brought.done:
                self._fail(_report_of(brought))
                return
            self._review = await bridge.supervisor.in_pool(partial(_review, bridge, look, place))
        except Problem as problem:
            self._fail(problem.report())
            return
        self._ticked = set(self._review.ticked)
        self._stage = Stage.DECIDING
        self._come_back()

    def _come_back(self) -> None:
        """Show what there is to decide, wherever the person is by now."""
        assert self._review is not None
        if self.is_attached:
            self.query_one(Words).become(self._review.message)
            self.draw_all()
            return
        changed = self._brought is not None and self._brought.changed
        words = "The notes are up to date." if changed else "The notes are as they were."
        self._host.say(f"Checkpoint: {words} Nothing was committed.")

    def _told(self, doing: str) -> None:
        self._doing, self._since = doing, time.time()
        if self.is_attached:
            self.draw_all()

    # Drawing

    @property
    def _changes(self) -> tuple[Change, ...]:
        return self._review.committable.changes if self._review else ()

    @property
    def counts(self) -> bool:
        """Whether the time since the request is shown."""
        return self._stage is Stage.ASKING

    def title_words(self) -> SheetTitle:
        """Return how far the checkpoint is."""
        match self._stage:
            case Stage.ASKING:
                about = f"{self._doing} {running(time.time() - self._since)}"
                return SheetTitle("Checkpoint", about, glyphs.WORKING, "agent")
            case Stage.FAILED:
                title = self._failure.title if self._failure else ""
                return SheetTitle("No checkpoint", title, glyphs.FAILED, "reset")
            case Stage.DONE:
                return SheetTitle("Checkpoint", self._what_came, glyphs.PROVED, "ok")
            case Stage.DECIDING | Stage.COMMITTING:
                return SheetTitle("Checkpoint", "the notes are there; nothing is committed yet")
            case _:
                return SheetTitle("Checkpoint", "nothing is sent before Enter")

    @property
    def _what_came(self) -> str:
        done = self._committed
        if done is None:
            return "nothing was committed"
        if done.outcome is Outcome.CONFIRMED and done.commit:
            return f"{glyphs.COMMIT} {done.commit[:10]} {count(len(self._ticked), 'path')}"
        return "git refused the commit"

    def draw(self) -> None:
        """Draw notes, commit and what Enter does."""
        edge = Content(" " * margin(self.size.width))
        room = self.room

        def put(name: str, rows: list[Content]) -> None:
            drawn = Content("\n").join(edge + row for row in rows)
            self.query_one(f"#{name}", Static).update(drawn)

        put("notes-head", [self._notes_head(room)])
        put("change", self._notes_rows(room))
        shown = self._review is not None
        for name in ("#commit-head", "#paths", "#message"):
            self.query_one(name).display = shown and (name == "#commit-head" or bool(self._changes))
        if shown:
            put("commit-head", [self._commit_head(room)])
            here = self._at if self._stage is Stage.DECIDING else None
            palette = palette_of(self)
            put("ticks", tick_rows(self._changes, self._ticked, room, palette, here))
        put("foot", [line for part in self._foot() for line in part.wrap(room)])

    def _notes_head(self, room: int) -> Content:
        palette = palette_of(self)
        strong, muted = palette.style("strong", bold=True), palette.style("muted")
        name = Content.styled(self._place.notes.name if self._place else "", muted)
        words = "What changed in the notes" if self._brought else "What the agent is asked"
        return spread(Content.styled(words, strong), name, room)

    def _notes_rows(self, room: int) -> list[Content]:
        palette = palette_of(self)
        muted, text = palette.style("muted"), palette.style("text")
        if self._place is None:
            return [Content()]
        if self._brought is None:
            asked = notes_request(self._place.notes.name).strip()
            return [
                part
                for line in asked.split("\n")
                for part in Content.styled(clean(line), text).wrap(room)
            ]
        rows = difference(self._brought.before, self._brought.after)
        nothing = [Content.styled("Nothing has changed in them.", muted)]
        return [*(diff_rows(rows, room, palette) or nothing), *self._findings(room)]

    def _findings(self, room: int) -> list[Content]:
        palette = palette_of(self)
        found = self._review.findings if self._review else ()
        rows = [Content()] if found else []
        for finding in found:
            wrong = finding.severity is Severity.ERROR
            token, sign = ("reset", glyphs.FAILED) if wrong else ("dumb", glyphs.WARNING)
            words = f"{sign} {finding.severity}: {one_line(finding.message, 300)}"
            rows += Content.styled(words, palette.style(token, bold=wrong)).wrap(room)
        return rows

    def _commit_head(self, room: int) -> Content:
        assert self._review is not None
        palette, found = palette_of(self), self._review.committable
        strong, muted = palette.style("strong", bold=True), palette.style("muted")
        if found.why_not:
            return Content.styled(f"No commit: {found.why_not}.", strong)
        if not found.changes:
            return Content.styled("No commit: nothing has changed since the last one.", strong)
        words = f"Commit {len(self._ticked)} of {count(len(found.changes), 'path')}"
        return spread(
            Content.styled(words, strong), Content.styled(where_words(found), muted), room
        )

    def _foot(self) -> list[Content]:
        palette = palette_of(self)
        strong, muted = palette.style("strong", bold=True), palette.style("muted")
        if self._failure is not None:
            return [
                Content.styled(self._failure.detail, palette.style("reset", bold=True)),
                Content.styled(self._failure.remedy, palette.style("text")),
            ]
        if self._stage is Stage.ASKING:
            return [*self._errand(), Content.styled("Esc stops waiting; the agent goes on.", muted)]
        if self._stage is Stage.DECIDING and self._review is not None:
            hooks = hook_words(self._review.committable, new=self._review.new_hooks)
            lines = [Content.styled(words, muted) for words in hooks] if self._ticked else []
            return [*lines, Content.styled(self._what_enter_does, strong)]
        if self._stage is Stage.DONE:
            return self._ending()
        return [Content.styled(self._what_enter_does, strong)]

    def _errand(self) -> list[Content]:
        """Return what the person has to do where nothing leads into the session."""
        live, palette = self._look.live, palette_of(self)
        if live is None or live.errand is None:
            return []
        return [
            Content.styled(live.errand.todo, palette.style("dumb", bold=True)),
            Content.styled(live.errand.where, palette.style("muted")),
        ]

    def _ending(self) -> list[Content]:
        palette, done = palette_of(self), self._committed
        text = palette.style("text")
        if done is None:
            return [Content.styled("The notes stay as they are now. Go on.", text)]
        if done.outcome is Outcome.CONFIRMED:
            return [Content.styled("Committed. The session goes on where it was.", text)]
        words = one_line(done.words, 600) or "It said nothing."
        return [Content.styled(f"git: {words}", palette.style("reset", bold=True))]

    @property
    def _what_enter_does(self) -> str:
        if self._stage is Stage.DECIDING:
            if not self._ticked:
                return "Enter ends the checkpoint without a commit."
            return f"Enter commits {count(len(self._ticked), 'path')}; Esc leaves them."
        if self._stage is Stage.COMMITTING:
            return "git commits …"
        if self._stage is Stage.PREPARING:
            return "The notes are being read …"
        if self._look.standing.state is State.WAITING:
            return "It waits for your answer: answer it first."
        if self._look.standing.state is State.BUSY:
            return "It works now. Enter arms this: it is asked when the turn ends."
        return "Enter asks the agent; you see what it changed before anything is committed."

    def changed(self) -> None:
        """Copy what the person has to paste, once."""
        errand = self._look.live.errand if self._look.live else None
        if errand is not None and errand.text and errand.action != self._copied:
            self._copied = errand.action
            self.app.copy_to_clipboard(errand.text)

    _copied = ""


def _review(bridge: Bridge, look: Look, place: Place) -> Review:
    today = datetime.now().astimezone().date()
    return review(place, bridge.state, look.key, look.seen.snapshot.started_at, today)


def _report_of(brought: Brought) -> Report:
    result = brought.result
    unknown = result.outcome is Outcome.UNKNOWN
    title = "nothing tells what came of it" if unknown else "the agent was not asked"
    return Report(title, result.reason or "The agent was not asked.", result.remedy)
