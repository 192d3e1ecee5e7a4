"""The sheet before a compaction: what it should keep, and what it would free.

Nothing reaches the agent before Enter. What fails leads on to a reset, never back into a loop.
"""

from __future__ import annotations

import time
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from ...core.acting.action import Outcome, Result, Verb, action
from ...core.acting.armed import Undertaking
from ...core.acting.channel import Reach
from ...core.agents.base import State
from ...core.compacting.carrying import (
    Compacted,
    TooLong,
    fitted,
    outcome,
    seen_in_transcript,
    send,
    settled,
)
from ...core.compacting.keeping import Keep, Point
from ...core.compacting.preparing import Prepared, prepare
from ...core.next_turn import next_usd
from ...core.problems import Problem, Report
from ...core.snapshot import Snapshot
from ...core.thread import Thread
from .. import glyphs
from ..act_reasons import FORBIDDEN
from ..command import Context, Situation
from ..commands import bindings
from ..keymap import Keymap
from ..look import Look
from ..numbers import count, running, tokens
from ..themes import palette_of
from ..widgets.compact_bars import BarFacts, bars
from ..widgets.line import margin, spread
from ..widgets.sheet_title import SheetTitle
from ..widgets.words import Words
from .sheet import Sheet

if TYPE_CHECKING:
    from ..bridge import Bridge
    from ..command_app import CommandApp


class Stage(StrEnum):
    """How far the sheet is."""

    PREPARING = "preparing"
    READY = "ready"
    SENDING = "sending"
    FAILED = "failed"


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

    def __init__(self, bridge: Bridge, look: Look, keymap: Keymap) -> None:
        super().__init__(bridge, look, keymap)
        self._stage = Stage.PREPARING
        self._prepared: Prepared | None = None
        self._failure: Report | None = None
        self._unknown = False
        self._prices: tuple[float | None, float | None] = (None, None)
        self._doing, self._since = "", 0.0

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
        if self._stage is not Stage.READY:
            why = {
                Stage.PREPARING: "The text is still being made.",
                Stage.SENDING: "It is sent already; Esc stops waiting for what comes of it.",
                Stage.FAILED: "It was tried. Reset instead, or close the sheet with Esc.",
            }[self._stage]
            shut |= dict.fromkeys(("compact.send", "compact.edit"), why)
        if self._look.standing.state is not State.BUSY or self._stage is Stage.SENDING:
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
        self._prepare()

    @work(group="compact", exit_on_error=False)
    async def _prepare(self) -> None:
        look, bridge = self._look, self._bridge
        try:
            self._prepared = await bridge.supervisor.in_pool(partial(_prepared, bridge, look))
        except Problem as problem:
            self._fail(problem.report())
            return
        self._prices = await bridge.supervisor.in_pool(
            partial(_prices, bridge, look, self._prepared)
        )
        self.query_one(Words).become(self._prepared.text)
        self._stage = Stage.READY
        self.draw_all()

    def _fail(self, report: Report, *, unknown: bool = False) -> None:
        self._stage, self._failure, self._unknown = Stage.FAILED, report, unknown
        if self.is_attached:
            self.draw_all()

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
            self._stage, self._doing = Stage.SENDING, "finding a way in"
            self.app.run_worker(self._send(self.query_one(Words).said), exit_on_error=False)
            self.draw_all()

    def _arm(self) -> None:
        """Let it wait for the end of the turn; the check afterwards is offered then."""
        look, acting = self._look, self._bridge.acting
        if look.reach in (Reach.WATCHED, Reach.BY_HAND):
            why = "It works, and nothing leads into it that could wait for the end of the turn."
            self.say(why, warning=True)
            return
        wanted = Undertaking("compact", partial(self._send, self.query_one(Words).said))
        moment = acting.moment(look.key, look.standing.state, look.seen.snapshot, look.branch)
        acting.arm(look.key, wanted, moment)
        self.app.pop_screen()
        cancel = self._keymap["armed.cancel"].key
        self._host.say(f"Armed: it is compacted when the turn ends. {cancel} cancels.")

    async def action_compact_interrupt(self) -> None:
        """Stop the turn that runs; nothing else is sent by it."""
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

    # Carrying it out

    async def _send(self, text: str) -> None:
        """Send the compaction and look at what came of it; closing the sheet does not end this."""
        prepared, key, bridge = self._prepared, self._look.key, self._bridge
        assert prepared is not None
        self._since = time.time()
        known = len(self._look.seen.snapshot.compactions)
        try:
            channel = await bridge.acting.way_into(self._look.seen.sighting)
            text = await fitted(bridge.acting, key, prepared, text)
        except TooLong as problem:
            self._again(problem)
            return
        except Problem as problem:
            self._tell(problem.report())
            return
        if (why := channel.capabilities.get(Verb.COMPACT, "It cannot compact.")) is not None:
            self._tell(Report("It cannot be compacted", why, "Reset instead."))
            return
        live = channel.live
        result = await send(bridge.acting, key, prepared, text, self._told)
        took = time.time() - self._since
        if result.outcome is not Outcome.CONFIRMED:
            self._tell(_report_of(result), unknown=result.outcome is Outcome.UNKNOWN)
            return
        found = await seen_in_transcript(partial(_read, bridge, key), known)
        make = partial(outcome, result, found, prepared, seconds=took)
        done = await bridge.supervisor.in_pool(make)
        spent = _difference(live.usd, channel.live.usd)
        self._show(_settled(done, bridge, key), text, spent)

    def _told(self, doing: str) -> None:
        self._doing, self._since = doing, time.time()
        if self.is_attached:
            self.draw_all()

    def _tell(self, report: Report, *, unknown: bool = False) -> None:
        """Say that it did not come to a compaction, wherever the person is by now."""
        if not self.is_attached:
            self._host.say(f"Compact: {report.detail} {report.remedy}", warning=True)
        self._fail(report, unknown=unknown)

    def _again(self, problem: Problem) -> None:
        """Let the person change the text: nothing was sent."""
        self._stage = Stage.READY
        self._host.say(f"Nothing was sent. {problem.detail} {problem.remedy}", warning=True)
        if self.is_attached:
            self.draw_all()

    def _show(self, done: Compacted, text: str, spent: float | None) -> None:
        """Show what the summary kept; where the sheet was closed, say that it can be seen."""
        from .compacted import CompactedScreen

        if not self.is_attached or not self.is_current:
            key = self._keymap["compact.lost"].key
            self._host.say(f"Compacted. {key} shows what the summary left out.")
            if self.is_attached:
                self.dismiss()
            return
        assert self._prepared is not None
        screen = CompactedScreen(
            self._bridge, self._look, self._keymap, done, self._prepared, sent=text, spent=spent
        )
        self.app.switch_screen(screen)

    # Drawing

    @property
    def counts(self) -> bool:
        """Whether the time since it was sent is shown."""
        return self._stage is Stage.SENDING

    def title_words(self) -> SheetTitle:
        """Return what the title row says at this stage."""
        if self._stage is Stage.SENDING:
            doing = self._doing or "compacting"
            about = f"{doing} {running(time.time() - self._since)}"
            return SheetTitle("Compact", about, glyphs.WORKING, "agent")
        if self._failure is not None:
            name = "Outcome unknown" if self._unknown else "Not compacted"
            return SheetTitle(name, self._failure.title, glyphs.FAILED, "reset")
        return SheetTitle("Compact", "nothing is sent before Enter")

    def draw(self) -> None:
        """Draw bars, the head of the text, and what Enter does."""
        palette, room = palette_of(self), self.room
        edge = Content(" " * margin(self.size.width))
        rows = bars(self._bars, room, palette)
        self.query_one("#bars", Static).update(Content("\n").join(edge + row for row in rows))
        self.query_one("#head", Static).update(edge + self._head(room))
        lines = [line for part in self._foot() for line in part.wrap(room)]
        self.query_one("#foot", Static).update(Content("\n").join(edge + line for line in lines))

    @property
    def _bars(self) -> BarFacts:
        prepared, gauge = self._prepared, self._look.gauge
        if prepared is None:
            return BarFacts(gauge, gauge.fill)
        return BarFacts(
            gauge,
            prepared.before,
            prepared.estimate,
            about=True,
            remark="an estimate",
            next_before=self._prices[0],
            next_after=self._prices[1],
        )

    def _head(self, room: int) -> Content:
        palette = palette_of(self)
        title = Content.styled("What the summary should keep", palette.style("strong", bold=True))
        if self._prepared is None:
            return title
        size = tokens(self._prepared.tokens(self.query_one(Words).said))
        parts = [f"~{size} tokens", *_of_keeps(self._prepared.keeps), self._source]
        words = Content.styled(" · ".join(filter(None, parts)), palette.style("muted"))
        right = words.truncate(max(0, room - title.cell_length - 3), ellipsis=True)
        return spread(title, right, room)

    @property
    def _source(self) -> str:
        assert self._prepared is not None
        name = self._prepared.notes_name
        return f"from {name} and the transcript" if name else "from the transcript: no notes yet"

    def _foot(self) -> list[Content]:
        palette = palette_of(self)
        strong, text, muted = (
            palette.style("strong", bold=True),
            palette.style("text"),
            palette.style("muted"),
        )
        if self._failure is not None:
            return [
                Content.styled(self._failure.detail, palette.style("reset", bold=True)),
                Content.styled(self._failure.remedy, text),
                Content.assemble(
                    (self._keymap["compact.reset"].key, palette.style("you", bold=True)),
                    (" resets instead: that needs no summary and starts from the notes", text),
                ),
            ]
        if self._stage is Stage.SENDING:
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
        if self._stage is Stage.PREPARING:
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
        if self._prepared is not None and not self._prepared.takes_text:
            first = "takes no text with a compaction: it goes first, as a prompt"
            return f"{look.title} {first} ({look.channel})."
        return f"Sent as one line with /compact, {look.channel}."


def _prepared(bridge: Bridge, look: Look) -> Prepared:
    """Make the text and the estimate; runs in the thread pool."""
    seen = look.seen
    return prepare(
        seen.sighting,
        seen.snapshot,
        seen.view,
        partial(bridge.load, look.key),
        bridge.state,
        agent=bridge.supervisor.agents[look.key[0]],
        names=bridge.settings.progress_files,
    )


def _prices(bridge: Bridge, look: Look, prepared: Prepared) -> tuple[float | None, float | None]:
    """Return what the next turn costs at the least, before and after; loads the price list."""
    if prepared.before is None or prepared.estimate is None:
        return None, None
    snapshot, settings = look.seen.snapshot, bridge.settings
    before = next_usd(snapshot, settings, prepared.before)
    return before, next_usd(snapshot, settings, prepared.estimate)


async def _read(bridge: Bridge, key: tuple[str, str]) -> tuple[Snapshot, Thread | None]:
    seen = bridge.supervisor.seen(key)
    if seen is None:
        return Snapshot(), None
    thread = Thread(seen.view, partial(bridge.load, key)) if seen.view else None
    return seen.snapshot, thread


def _settled(done: Compacted, bridge: Bridge, key: tuple[str, str]) -> Compacted:
    seen = bridge.supervisor.seen(key)
    return settled(done, seen.snapshot) if seen else done


def _difference(before: float | None, after: float | None) -> float | None:
    """Return what was spent between two figures of the client; it may begin again at 0."""
    if before is None or after is None or after <= before:
        return None
    return after - before


def _report_of(result: Result) -> Report:
    title = "the session is as it was"
    if result.outcome is Outcome.UNKNOWN:
        title = "it was sent, and nothing tells what came of it"
    return Report(title, result.reason or "Nothing was compacted.", result.remedy)


_COUNTED = {
    Point.FAILED: ("failed approach", "failed approaches"),
    Point.DECISION: ("decision", "decisions"),
    Point.NEXT: ("next step", "next steps"),
    Point.FILE: ("file", "files"),
}


def _of_keeps(keeps: tuple[Keep, ...]) -> list[str]:
    """Return how many lines of each kind the text asks to keep."""
    found = {point: sum(keep.point is point for keep in keeps) for point in _COUNTED}
    return [count(found[point], *names) for point, names in _COUNTED.items() if found[point]]
