"""The sheet before a compaction: what it should keep, and what it would free.

Nothing reaches the agent before Enter. What fails leads on to a reset, never back into a loop.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from ...core.acting.action import RESET_INSTEAD, Outcome, Verb, action
from ...core.acting.armed import Undertaking
from ...core.acting.channel import Reach
from ...core.agents.base import State
from ..act_reasons import FORBIDDEN
from ..command import Context, Situation
from ..commands import bindings
from ..compact_course import CompactCourse
from ..staged_course import Stage
from ..themes import palette_of
from ..widgets.compact_bars import BarFacts, bars
from ..widgets.compact_head import head
from ..widgets.sheet_title import SheetTitle
from ..widgets.words import Words
from .course_sheet import CourseSheet


class CompactScreen(CourseSheet[CompactCourse]):
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
    armed_words: ClassVar[str] = "it is compacted"
    context: ClassVar[Context] = Context.COMPACT

    @property
    def situation(self) -> Situation:
        """What cannot be done on the sheet now, and why."""
        shut: dict[str, str] = {}
        if self._course.stage is not Stage.READY:
            why = {
                Stage.PREPARING: "The text is still being made.",
                Stage.DONE: "It is done.",
                Stage.ASKED: "It is sent already; Esc stops waiting for what comes of it.",
                Stage.FAILED: "It was tried. Reset instead, or close the sheet with Esc.",
            }[self._course.stage]
            shut |= dict.fromkeys(("compact.send", "compact.edit"), why)
        if self._look.standing.state is not State.BUSY or self._course.stage is Stage.ASKED:
            shut["compact.interrupt"] = "No turn runs that could be interrupted."
        return Situation(shut=shut)

    def compose_body(self) -> ComposeResult:
        """Lay out the bars, the text, and what Enter does."""
        yield Static(id="bars", markup=False)
        yield Static(id="head", markup=False)
        yield Words(name="text")
        yield Static(id="foot", markup=False)

    def went_on(self) -> None:
        """Draw what the compaction has come to; what it kept has a sheet of its own."""
        course, words = self._course, self.words
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
        self.edit()

    def action_compact_send(self) -> None:
        """Send it; while the agent works, arm it for the end of the turn."""
        self.ask()

    def wanted(self) -> Undertaking:
        """Return the compaction with the text as it is shown now."""
        return Undertaking("compact", partial(self._course.send, self._look, self.words.said))

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
        self.reset_instead()

    # Drawing

    def title_words(self) -> SheetTitle:
        """Return what the title row says at this stage."""
        if self._course.stage is Stage.ASKED:
            return self.waiting_title()
        if self._course.failure is not None:
            return self.failed_title("Outcome unknown" if self._course.unknown else "Not compacted")
        return SheetTitle("Compact", "nothing is sent before Enter")

    def draw(self) -> None:
        """Draw bars, the head of the text, and what Enter does."""
        palette, room = palette_of(self), self.room
        self.put("bars", bars(self._bars, room, palette))
        self.put("head", [head(self._course.prepared, self.words.said, room, palette)])
        self.put("foot", [line for part in self._foot() for line in part.wrap(room)])

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
        if self._course.stage is Stage.ASKED:
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
