"""The sheet of a reset or a hand-off: five steps left, right what shows the one it is at."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from ...core.acting.action import Outcome
from ...core.acting.errand import Errand
from ...core.agents.base import State
from ...core.reset.transaction import STEPS, Purpose, Step
from .. import glyphs, numbers
from ..command import Context, Situation
from ..commands import bindings
from ..facts import gauge_facts, header_facts
from ..keymap import Keymap
from ..messages import SessionChanged, SessionsChanged
from ..place import banner_of
from ..pulse import Pulse
from ..resets.course import Course
from ..resets.facts import Need, ResetFacts
from ..resets.refusals import PLANNED, refusals
from ..resets.steps import enter_words, steps_of
from ..themes import Palette, palette_of
from ..widgets.evidence import brief, commit, lines, notes, result
from ..widgets.footer import Footer
from ..widgets.gauge_bar import GaugeBar
from ..widgets.header import Header
from ..widgets.line import fitted, margin, spread
from ..widgets.rule import Rule
from ..widgets.steps import StepList

if TYPE_CHECKING:
    from ...core.supervisor import Key
    from ..bridge import Bridge

BELOW = 100
"""Columns below which the steps stand above the evidence, one row each."""

TALL = 30
"""Rows from which an empty row stands around the gauge, and three below the panes."""

WORDS = {
    Purpose.RESET: ("Reset", "this session ends, a fresh one starts from your notes"),
    Purpose.HAND_OFF: ("Hand off", "a fresh session goes on from your notes"),
}
STAYS = "Notes and commit stay, whatever happens. "
ONLY_THEN = "nothing is sent before you agree to it"
WAITS = frozenset({Need.LOOK, Need.TURN, Need.EFFECT})


class ResetScreen(Screen[None]):
    """Shows one course and hands the person's keys to it; the course goes on without it."""

    DEFAULT_CSS: ClassVar[str] = """
    ResetScreen {
        layout: vertical;
        background: $bg;
        &.-air > GaugeBar { margin: 1 0; }
        & > #title { height: 1; background: $panel; }
        & > #panes { height: 1fr; layout: horizontal; }
        & StepList { width: 2fr; }
        & Rule { width: 1; color: $line; background: $bg; }
        & #evidence { width: 3fr; padding: 0 0 0 1; scrollbar-size-vertical: 1; }
        & #shown { width: 100%; height: auto; }
        &.-air StepList, &.-air #evidence { margin: 1 0 0 0; }
        &.-narrow > #panes { layout: vertical; }
        &.-narrow Rule { display: none; }
        &.-narrow StepList { width: 1fr; }
        &.-narrow #evidence { width: 1fr; height: 1fr; padding: 0; margin: 0; }
        & > #below { height: auto; }
    }
    """

    tells_errand = True
    """What is done by hand stands whole beside the steps."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Context.RESET, Context.RESET_PLAN, Context.RESET_BRIEF, Context.RESET_RESULT),
    ]

    def __init__(self, bridge: Bridge, course: Course, keymap: Keymap) -> None:
        super().__init__()
        self._bridge, self._course, self._keymap = bridge, course, keymap
        self._pulse = Pulse(self, self._draw)
        self._cursor = 0
        self._whole = False
        self._step: Step | None = None
        self._errand: Errand | None = None
        self._unlisten = course.listen(self._told)

    def compose(self) -> ComposeResult:
        """Lay out header, gauge, the two panes, the lines below and the footer."""
        yield Header()
        yield GaugeBar()
        yield Static(id="title", markup=False)
        with Container(id="panes"):
            yield StepList()
            yield Rule()
            with VerticalScroll(id="evidence", can_focus=False):
                yield Static(id="shown", markup=False)
        yield Static(id="below", markup=False)
        footer = Footer()
        footer.keymap = self._keymap
        yield footer

    def on_mount(self) -> None:
        """Draw, and follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self._fit(self.app.size)

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new size."""
        self._fit(event.size)

    def on_unmount(self) -> None:
        """Leave the course to itself."""
        self._unlisten()
        self._course.watch(watched=False)

    def on_screen_resume(self) -> None:
        """The person looks at it: from now on a decision costs them time."""
        self._course.watch(watched=True)
        self._draw()

    def on_screen_suspend(self) -> None:
        """Nothing ages that nobody sees."""
        self._course.watch(watched=False)
        self._pulse.rest()

    def _fit(self, size: Size) -> None:
        self.set_class(size.width < BELOW, "-narrow")
        self.set_class(size.height >= TALL, "-air")
        self.query_one(StepList).low = size.width < BELOW or size.height < TALL
        self._draw()

    # What the keys look at

    @property
    def contexts(self) -> tuple[Context, ...]:
        """Where the person is: in the plan, before the brief, or at the result."""
        need = self._course.need
        here = (
            (Context.RESET_PLAN,)
            if need in PLANNED
            else (Context.RESET_BRIEF,)
            if need is Need.BRIEF
            else (Context.RESET_RESULT,)
            if need is Need.OVER
            else ()
        )
        return (Context.RESET, *here, Context.EVERYWHERE)

    @property
    def situation(self) -> Situation:
        """Why the keys of this sheet cannot act now, where they cannot."""
        return Situation(shut=refusals(self._facts))

    @property
    def _facts(self) -> ResetFacts:
        """The reset as it stands, with the keys that the person has."""
        keys = {command.id: command.key for command in self._keymap.commands}
        return replace(self._course.facts, keys=keys)

    # Commands

    def action_reset_go(self) -> None:
        """Do what the line above the footer says."""
        if self._course.need is Need.OVER:
            self._leave(self._course.new_key)
        elif self._course.need is Need.STOPPED:
            self.dismiss()
        elif why := self._course.go_on():
            self._say(why)

    def action_reset_select(self, step: int) -> None:
        """Select another path, or another next step."""
        if self._course.need is Need.BRIEF:
            self._course.choose(step)
            return
        count = len(self._course.facts.changes)
        self._cursor = max(0, min(count - 1, self._cursor + step))
        self._draw()
        self._show_cursor()

    def action_reset_tick(self) -> None:
        """Tick the selected path, or take its tick away."""
        changes = self._course.facts.changes
        change = changes[min(self._cursor, len(changes) - 1)]
        if change.conflicted:
            self._say("It is in conflict: settle that first.")
        else:
            self._course.tick(change.path)

    def action_reset_edit(self) -> None:
        """Edit the brief, or the message of the commit."""
        from .text import TextScreen

        course = self._course
        if course.need is Need.BRIEF:
            words, text = ("Brief", "what the fresh session is told first"), course.brief_text
        else:
            words, text = ("Message", "of the commit"), course.message
        sheet = TextScreen(*words, text, self._keymap)
        self.app.push_screen(sheet, self._reworded)

    def _reworded(self, text: str | None) -> None:
        if text is not None and text.strip():
            self._course.reword(text)

    def action_reset_notes_out(self) -> None:
        """Leave out the agent's turn for the notes, or ask for it again."""
        self._course.leave_out(Step.NOTES)

    def action_reset_commit_out(self) -> None:
        """Leave out the commit, or take it in again."""
        self._course.leave_out(Step.COMMIT)

    def action_reset_overrule(self) -> None:
        """Go on in spite of what stands in the way."""
        self._course.overrule()

    def action_reset_whole(self) -> None:
        """Show the whole brief, or fold it again."""
        self._whole = not self._whole
        self._draw()
        if self._whole:
            self.query_one("#evidence").scroll_end(animate=False)

    def action_reset_page(self, pages: int) -> None:
        """Scroll what is shown."""
        pane = self.query_one("#evidence")
        pane.scroll_relative(y=pages * max(1, pane.size.height - 1), animate=False)

    def action_reset_rehearse(self) -> None:
        """Ask a throw-away session what the brief lacks."""
        self._course.rehearse()

    def action_reset_skip(self) -> None:
        """Leave out the step that failed."""
        self._course.skip_failed()

    def action_reset_draft(self) -> None:
        """Take a draft of the notes from the transcript, without the agent."""
        self._course.draft()

    def action_reset_interrupt(self) -> None:
        """Interrupt the turn that is waited for."""
        self.run_worker(self._interrupt(), exit_on_error=False)

    async def _interrupt(self) -> None:
        done = await self._bridge.acting.act(self._course.key, self._course.interruption)
        if done.outcome is not Outcome.CONFIRMED:
            self._say(f"Not interrupted: {done.reason} {done.remedy}")

    def action_reset_say_again(self) -> None:
        """Ask the fresh session for what it missed."""
        self._say("Said again; its answer is waited for.")
        self.run_worker(self._say_again(), exit_on_error=False)

    async def _say_again(self) -> None:
        self._say(await self._course.say_again())

    def action_undo(self) -> None:
        """Show what undoing this reset would bring back."""
        from .undo import UndoScreen

        key = self._course.new_key or self._course.key
        if (look := self._bridge.look(key)) is not None:
            self.app.switch_screen(UndoScreen(self._bridge, look, self._keymap))

    def action_reset_copy(self) -> None:
        """Copy what has to be pasted by hand again."""
        if self._errand is not None:
            self.app.copy_to_clipboard(self._errand.text)
            self._say("Copied, if your terminal allows it.")

    def action_reset_abort(self) -> None:
        """Stop the reset; what was done stays done."""
        words = self._course.abort()
        self.dismiss()
        self.app.call_later(partial(self._tell_app, words))

    def action_reset_notes(self) -> None:
        """Go to the notes and mend them; the reset waits."""
        self.dismiss()
        self.app.call_later(self.app.run_action, "run_command('notes.focus')")

    def action_close(self) -> None:
        """Leave the sheet; what has begun stays and can be gone on with."""
        self._leave(self._course.new_key if self._course.need is Need.OVER else None)

    def _leave(self, key: Key | None) -> None:
        self.dismiss()
        if key is not None:
            self._bridge.resets.open(self.app, key)

    def _tell_app(self, words: str) -> None:
        from ..command_app import CommandApp

        if isinstance(self.app, CommandApp):
            self.app.say(words)

    def _say(self, words: str) -> None:
        self.query_one(Footer).say(words)

    # Drawing

    @on(SessionChanged)
    @on(SessionsChanged)
    def _session_changed(self) -> None:
        self._course.still_armed()
        self._draw()

    def _told(self) -> None:
        if self.is_mounted:
            self._draw()

    def _copy_errand(self, facts: ResetFacts) -> None:
        """Copy what has to be pasted by hand, once for each errand."""
        if facts.errand is not None and facts.errand != self._errand:
            self.app.copy_to_clipboard(facts.errand.text)
        self._errand = facts.errand

    def _draw(self) -> None:
        facts, now, palette = self._facts, time.time(), palette_of(self)
        self._copy_errand(facts)
        self._draw_session(facts, now)
        step_list = self.query_one(StepList)
        step_list.steps = steps_of(facts, now)
        self.query_one("#title", Static).update(self._title(facts, now, palette))
        self.query_one("#shown", Static).update(self._evidence(facts, palette))
        self.query_one("#below", Static).update(self._below(facts, palette))
        footer = self.query_one(Footer)
        footer.contexts, footer.situation = self.contexts, self.situation
        if facts.step is not self._step:
            self._step = facts.step
            self.query_one("#evidence").scroll_home(animate=False)
        self._pulse.beat(fast=facts.need in WAITS)

    def _draw_session(self, facts: ResetFacts, now: float) -> None:
        """Draw header and gauge: the old session's, at the end the fresh one's."""
        new = self._course.new_key if facts.need is Need.OVER else None
        look = (self._bridge.look(new) if new else None) or self._bridge.look(self._course.key)
        if look is not None:
            self.query_one(Header).facts = header_facts(look, now, banner_of(self))
            self.query_one(GaugeBar).facts = gauge_facts(look, now)

    def _title(self, facts: ResetFacts, now: float, palette: Palette) -> Content:
        name, about = WORDS[facts.receiver.purpose]
        if facts.receiver.purpose is Purpose.HAND_OFF:
            about = f"{facts.agent} goes on from your notes"
        edge, width = margin(self.size.width), self.size.width
        muted = palette.style("muted")
        left = Content.assemble((name, palette.style("strong", bold=True)), (f"   {about}", muted))
        right = Content.styled(self._progress(facts, now), muted)
        room = max(0, width - 2 * edge)
        return Content(" " * edge) + spread(left, right.truncate(room), room)

    def _progress(self, facts: ResetFacts, now: float) -> str:
        if facts.need is Need.OVER:
            return "done"
        if facts.transaction is None:
            return (
                "armed: begins when the turn ends"
                if facts.need is Need.TURN
                else "nothing done yet"
            )
        number = STEPS.index(facts.step) + 1
        leave = facts.keys["view.close"]
        so_far = numbers.running(max(0.0, now - facts.transaction.begun.at))
        return f"step {number} of {len(STEPS)} · {so_far} so far · {leave} leaves it open"

    def _evidence(self, facts: ResetFacts, palette: Palette) -> Content:
        pane = self.query_one("#evidence")
        width = max(20, pane.size.width - 3)
        return Content("\n").join(
            Content(" ") + line for line in lines.joined(*self._sections(facts, width, palette))
        )

    def _sections(self, facts: ResetFacts, width: int, palette: Palette) -> list[list[Content]]:
        whole = partial(brief.brief_lines, facts, width, palette, whole=self._whole)
        shown_notes = notes.notes_lines(facts, width, palette)
        findings = notes.findings_lines(facts, width, palette)
        plan = commit.commit_lines(facts, self._cursor, width, palette)
        failed = [
            *result.question_lines(facts, width, palette),
            *result.unable_lines(facts, width, palette),
            *result.errand_lines(facts, width, palette),
            *result.failed_lines(facts, width, palette),
        ]
        if facts.need is Need.OVER:
            checks = result.checks_lines(facts, width, palette)
            return [checks, result.chain_lines(facts, width, palette), shown_notes]
        if facts.need is Need.BRIEF or facts.step in {Step.CLOSE, Step.OPEN, Step.CHECK}:
            return [failed, whole(), shown_notes]
        if facts.need in {Need.NOTES, Need.HOOKS, Need.COMMIT}:
            return [failed, findings, plan, shown_notes]
        return [failed, plan, findings, shown_notes, whole()]

    def _below(self, facts: ResetFacts, palette: Palette) -> Content:
        """Say what Enter does, what the reset brings, and what stays."""
        width = self.size.width
        edge = margin(width)
        room = max(0, width - 2 * edge)
        rows = [self._enter(facts, room, palette), result.bargain(facts, room, palette)]
        if self.has_class("-air"):
            rule = Content.styled(glyphs.RULE * width, palette.style("line"))
            stays = Content.styled(STAYS + _undoes(facts), palette.style("muted"))
            rows = [rows[0], rows[1], stays.truncate(room, ellipsis=True)]
            return Content("\n").join([rule, *(Content(" " * edge) + row for row in rows)])
        return Content("\n").join(Content(" " * edge) + row for row in rows)

    def _enter(self, facts: ResetFacts, room: int, palette: Palette) -> Content:
        why = refusals(facts).get("reset.go")
        if why:
            return Content.styled(why, palette.style("muted")).truncate(room, ellipsis=True)
        key = self._keymap["reset.go"].key
        said = [
            Content.styled(key, palette.style("you", bold=True))
            + Content.styled(f" {enter_words(facts)}", palette.style("text")),
            *(Content.styled(w, palette.style("dumb")) for w in _stands_in_the_way(facts)),
        ]
        if facts.need is Need.BEGIN and facts.state is not State.WAITING:
            said.append(Content.styled(ONLY_THEN, palette.style("muted")))
        return fitted(said, room, " · ")

    def _show_cursor(self) -> None:
        """Scroll so that the selected path can be seen."""
        pane = self.query_one("#evidence")
        row = self._cursor + 1
        if not pane.scroll_y <= row < pane.scroll_y + pane.size.height - 1:
            pane.scroll_to(y=max(0, row - pane.size.height // 2), animate=False)


def _stands_in_the_way(facts: ResetFacts) -> list[str]:
    if facts.need is Need.NOTES:
        mend, on = facts.keys["reset.notes"], facts.keys["reset.overrule"]
        return [f"the notes have errors: {mend} mends them, {on} goes on in spite of them"]
    if facts.need is Need.HOOKS:
        run, out = facts.keys["reset.overrule"], facts.keys["reset.commit_out"]
        return [f"a hook is new: {run} lets it run, {out} leaves the commit out"]
    return []


def _undoes(facts: ResetFacts) -> str:
    if facts.receiver.same:
        key = facts.keys["undo.open"]
        return f"{key} undoes the rest: the old session comes back beside the new one."
    return "The old session stays as it is, beside the new one."
