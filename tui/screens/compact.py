"""The sheet before a compaction: what it should keep, and what it would free.

Nothing reaches the agent before Enter. What fails leads on to a reset, never back into a loop.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from ...core.acting.action import RESET_INSTEAD, Outcome, Verb, action
from ...core.acting.armed import Undertaking
from ...core.acting.channel import Reach
from ...core.agents.base import State
from .. import glyphs
from ..act_reasons import FORBIDDEN
from ..command import Context, Situation
from ..commands import bindings
from ..compact_course import CompactCourse, Stage
from ..keymap import Keymap
from ..look import Look
from ..numbers import running
from ..themes import palette_of
from ..widgets.compact_bars import BarFacts, bars
from ..widgets.compact_head import head
from ..widgets.line import margin
from ..widgets.sheet_title import SheetTitle
from ..widgets.words import Words
from .sheet import Sheet

if TYPE_CHECKING:
    from ..bridge import Bridge
    from ..command_app import CommandApp


class CompactScreen(Sheet):
    """Shows the text that a compaction would keep, and carries it out."""

    DEFAULT_CSS: ClassVar[str] = """
    CompactScreen {
        & > #bars { height: 3; width: 100%; }
        &.-air > #bars { height: 5; padding: 1 0; }
        & > #head { height: 1; width: 100%; }
        & > Words { height: 1fr; margin: 0 1; }
        &.-air > Words { margin: 1 2; }
        & > #foot { height: auto; width: 100%; max-height: 6; }
        &.-air > #foot { margin: 0 0 1 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.COMPACT)]

    def __init__(self, bridge: Bridge, look: Look, keymap: Keymap, course: CompactCourse) -> None:
        super().__init__(bridge, look, keymap)
        self._course = course

    @property
    def contexts(self) -> tuple[Context, ...]:  # type: ignore[override]
        """Where the person is: in the text, or on the sheet."""
        words = self.query(Words)
        inside = bool(words) and words.first().editing
        return (Context.WORDS if inside else Context.COMPACT, Context.EVERYWHERE)

    @property
    def situation(self) -> Situation:
        """What cannot be done on the sheet now, and why."""
        shut: dict[str, str] = {}
        if self._course.stage is not Stage.READY:
            why = {
                Stage.PREPARING: "The text is still being made.",
                Stage.DONE: "It is done.",
                Stage.SENDING: "It is sent already; Esc stops waiting for what comes of it.",
                Stage.FAILED: "It was tried. Reset instead, or close the sheet with Esc.",
            }[self._course.stage]
            shut |= dict.fromkeys(("compact.send", "compact.edit"), why)
        if self._look.standing.state is not State.BUSY or self._course.stage is Stage.SENDING:
            shut["compact.interrupt"] = "No turn runs that could be interrupted."
        return Situation(shut=shut)

    def compose_body(self) -> ComposeResult:
        """Lay out the bars, the text, and what Enter does."""
        yield Static(id="bars", markup=False)
        yield Static(id="head", markup=False)
        yield Words(name="text")
        yield Static(id="foot", markup=False)

    def on_mount(self) -> None:
        """Draw at once, and make the text away from the loop."""
        self._host = cast("CommandApp", self.app)
        super().on_mount()
        self._course.listen(self._went_on)
        if self._course.stage is Stage.PREPARING:
            self.app.run_worker(self._course.prepare(), exit_on_error=False)
        else:
            self._went_on()

    def on_unmount(self) -> None:
        """Let the compaction go on without a sheet."""
        self._course.leave(self._went_on)

    def _went_on(self) -> None:
        """Draw what the compaction has come to; what it kept has a sheet of its own."""
        course, words = self._course, self.query_one(Words)
        if course.prepared is not None and not words.text:
            words.become(course.sent or course.prepared.text)
        if course.stage is Stage.DONE:
            self._show_kept()
        else:
            self.draw_all()

    def _show_kept(self) -> None:
        from .compacted import CompactedScreen

        course = self._course
        assert course.done is not None
        assert course.prepared is not None
        screen = CompactedScreen(
            self._bridge,
            self._look,
            self._keymap,
            course.done,
            course.prepared,
            sent=course.sent,
            note=course.note,
            spent=course.spent,
        )
        self.app.switch_screen(screen)

    # Commands

    def action_compact_edit(self) -> None:
        """Edit the text."""
        self.query_one(Words).begin()
        self.draw_all()

    def on_words_ended(self) -> None:
        """Go back to the sheet."""
        self.set_focus(None)
        self.draw_all()

    def action_compact_send(self) -> None:
        """Send it; while the agent works, arm it for the end of the turn."""
        state = self._look.standing.state
        if self._bridge.forbidden:
            self.say(FORBIDDEN, warning=True)
        elif state is State.WAITING:
            self.say("It waits for your answer. Answer it first, then compact.", warning=True)
        elif state is State.BUSY:
            self._arm()
        else:
            self.app.run_worker(self._sending(), exit_on_error=False)

    async def _sending(self) -> None:
        await self._course.send(self._look, self.query_one(Words).said)

    def _arm(self) -> None:
        """Let it wait for the end of the turn; the check afterwards is offered then."""
        look, acting = self._look, self._bridge.acting
        if look.reach in (Reach.WATCHED, Reach.BY_HAND):
            why = "It works, and nothing leads into it that could wait for the end of the turn."
            self.say(why, warning=True)
            return
        send = partial(self._course.send, look, self.query_one(Words).said)
        wanted = Undertaking("compact", send)
        moment = acting.moment(look.key, look.standing.state, look.seen.snapshot, look.branch)
        acting.arming.arm(look.key, wanted, moment)
        self.app.pop_screen()
        cancel = self._keymap["armed.cancel"].key
        self._host.say(f"Armed: it is compacted when the turn ends. {cancel} cancels.")

    async def action_compact_interrupt(self) -> None:
        """Stop the turn that runs; nothing else is sent by it."""
        if self._bridge.forbidden:
            self.say(FORBIDDEN, warning=True)
            return
        result = await self._bridge.acting.act(self._look.key, action(Verb.INTERRUPT))
        done = result.outcome is Outcome.CONFIRMED
        self.say("The turn was interrupted." if done else result.reason, warning=not done)

    def action_compact_reset(self) -> None:
        """Reset the session instead."""
        self.app.pop_screen()
        self.app.call_later(self.app.run_action, "app.run_command('reset.open')")

    def action_close(self) -> None:
        """Close the sheet; what was sent goes on."""
        self.app.pop_screen()

    # Drawing

    @property
    def counts(self) -> bool:
        """Whether the time since it was sent is shown."""
        return self._course.stage is Stage.SENDING

    def title_words(self) -> SheetTitle:
        """Return what the title row says at this stage."""
        if self._course.stage is Stage.SENDING:
            doing = self._course.doing or "compacting"
            about = f"{doing} {running(time.time() - self._course.since)}"
            return SheetTitle("Compact", about, glyphs.WORKING, "agent")
        if self._course.failure is not None:
            name = "Outcome unknown" if self._course.unknown else "Not compacted"
            return SheetTitle(name, self._course.failure.title, glyphs.FAILED, "reset")
        return SheetTitle("Compact", "nothing is sent before Enter")

    def draw(self) -> None:
        """Draw bars, the head of the text, and what Enter does."""
        palette, room = palette_of(self), self.room
        edge = Content(" " * margin(self.size.width))
        rows = bars(self._bars, room, palette)
        self.query_one("#bars", Static).update(Content("\n").join(edge + row for row in rows))
        words = head(self._course.prepared, self.query_one(Words).said, room, palette)
        self.query_one("#head", Static).update(edge + words)
        lines = [line for part in self._foot() for line in part.wrap(room)]
        self.query_one("#foot", Static).update(Content("\n").join(edge + line for line in lines))

    @property
    def _bars(self) -> BarFacts:
        prepared, gauge = self._course.prepared, self._look.gauge
        if prepared is None:
            return BarFacts(gauge, gauge.fill)
        return BarFacts(
            gauge,
            prepared.before,
            prepared.estimate,
            about=True,
            remark="an estimate",
            next_before=self._course.prices.before,
            next_after=self._course.prices.after,
        )

    def _foot(self) -> list[Content]:
        palette = palette_of(self)
        strong, text, muted = (
            palette.style("strong", bold=True),
            palette.style("text"),
            palette.style("muted"),
        )
        if self._course.failure is not None:
            remedy = self._course.failure.remedy
            return [
                Content.styled(self._course.failure.detail, palette.style("reset", bold=True)),
                *([Content.styled(remedy, text)] if remedy != RESET_INSTEAD else []),
                Content.assemble(
                    (self._keymap["compact.reset"].key, palette.style("you", bold=True)),
                    (" resets instead: that needs no summary and starts from the notes", text),
                ),
            ]
        if self._course.stage is Stage.SENDING:
            return [
                *self._errand(),
                Content.styled("Esc stops waiting: what was sent stays sent.", muted),
            ]
        return [Content.styled(self._what_enter_does, strong), Content.styled(self._how, muted)]

    def _errand(self) -> list[Content]:
        """Return what is waited for; what the person has to do stands above the footer."""
        live, palette = self._look.live, palette_of(self)
        asked = "Do what stands below: " if live and live.errand else ""
        words = "it waits for the record that proves it."
        return [Content.styled((asked + words).capitalize(), palette.style("text"))]

    @property
    def _what_enter_does(self) -> str:
        state = self._look.standing.state
        if self._course.stage is Stage.PREPARING:
            return "Notes and transcript are being read …"
        if state is State.BUSY:
            return "It works now. Enter arms this: it is compacted when the turn ends."
        if state is State.WAITING:
            return "It waits for your answer: answer it first."
        if state is State.ENDED:
            return "This session has ended. Go on with it first, or reset to begin afresh."
        return "Enter compacts the session; afterwards each line is looked for in its summary."

    @property
    def _how(self) -> str:
        look = self._look
        if look.reach is Reach.WATCHED:
            return "Nothing leads in yet: Enter looks for a way, and else asks you to paste it."
        if self._course.prepared is not None and not self._course.prepared.takes_text:
            first = "takes no text with a compaction: it goes first, as a prompt"
            return f"{look.title} {first} ({look.channel})."
        return f"Sent as one line with /compact, {look.channel}."
