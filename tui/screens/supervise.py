"""One session in full: header, gauge, transcript beside the notes, cost, footer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Size
from textual.screen import Screen

from ...core.agents.base import Body, State
from ..act_reasons import act_reasons, attach_reason
from ..command import Context, Situation
from ..commands import LEADER, bindings
from ..facts import DEMO, advice_of, cost_facts, counts_seconds, gauge_facts, header_facts
from ..focus import focus_now
from ..keymap import Keymap
from ..look import Look
from ..messages import ReplyGrown, SessionBegan, SessionChanged, SessionsChanged, SessionSucceeded
from ..pulse import Pulse
from ..widgets.advice_line import Advice, AdviceLine
from ..widgets.composer.bar import Composer
from ..widgets.composer.facts import composer_facts
from ..widgets.cost_line import CostLine
from ..widgets.footer import Footer
from ..widgets.gauge_bar import GaugeBar
from ..widgets.header import Header
from ..widgets.notes.pane import NotesPane
from ..widgets.rule import Rule
from ..widgets.tabs import Tabs
from ..widgets.transcript.pane import TranscriptPane
from ..widgets.transcript.view import TranscriptView
from .acting_commands import ActingCommands
from .capture_commands import CaptureCommands
from .compact_commands import CompactCommands
from .composer_commands import ComposerCommands
from .notes_commands import NotesCommands
from .pane_commands import PaneCommands
from .request_commands import RequestCommands
from .reset_commands import ResetCommands
from .since_commands import SinceCommands

if TYPE_CHECKING:
    from ..bridge import Bridge

TABS_BELOW = 100
"""Columns below which the panes become tabs."""

AIR_FROM = 30
"""Rows from which an empty row stands around the gauge."""

SMALL = (80, 24)
"""Columns and rows below which only header, gauge, transcript and footer are left."""

AFTER_PAINT = 0.3
"""Seconds until what is seldom needed is loaded: the screen is painted first."""

BEGAN = "Another session began in this folder. It is in the list of sessions."
SUCCEEDED = "The agent began a new session here. The old one is in the list of sessions."


class SuperviseScreen(
    ActingCommands,
    ComposerCommands,
    RequestCommands,
    CompactCommands,
    CaptureCommands,
    NotesCommands,
    PaneCommands,
    ResetCommands,
    SinceCommands,
    Screen[None],
):
    """Draws the looks it is given; knows nothing else of the session."""

    BINDINGS = bindings(Context.SUPERVISE, Context.DEMO)

    DEFAULT_CSS: ClassVar[str] = """
    SuperviseScreen {
        layout: vertical;
        background: $bg;
        & > GaugeBar { margin: 0; }
        &.-air > GaugeBar { margin: 1 0; }
        & > #panes { height: 1fr; }
        & TranscriptPane { width: 3fr; }
        & Rule { width: 1; color: $line; background: $bg; }
        & NotesPane { width: 2fr; }
        &.-tabs Rule { display: none; }
        &.-tabs TranscriptPane, &.-tabs NotesPane { width: 1fr; }
        &.-tabs.-notes TranscriptPane { display: none; }
        &.-tabs NotesPane { display: none; }
        &.-tabs.-notes NotesPane { display: block; }
        &.-tabs TranscriptPane > #title { display: none; }
        &.-tabs TranscriptPane.-pinned > #below { display: none; }
        &.-small TranscriptPane.-pinned > #below { display: block; }
        &.-tabs TranscriptPane.-searching > #below { display: block; }
        & > Tabs { display: none; }
        &.-tabs > Tabs { display: block; }
        &.-air > AdviceLine { margin: 1 0 0 0; }
        &.-small { & > Tabs, & > AdviceLine, & > CostLine, & > Composer { display: none; } }
        &.-small > Composer.-writing { display: block; }
    }
    """

    def __init__(self, bridge: Bridge, look: Look, keymap: Keymap, banner: str = "") -> None:
        super().__init__()
        self._keymap = keymap
        self._bridge = bridge
        self._look = look
        self._banner = banner
        self._transcript = TranscriptPane(self._load, self._keymap)
        self._notes = NotesPane(bridge.settings, bridge.state, keymap)
        self._composer = Composer(keymap)
        self._pulse = Pulse(self, self._beat)

    def compose(self) -> ComposeResult:
        """Lay out the rows from top to bottom."""
        self._fit(self.app.size)
        yield Header()
        yield GaugeBar()
        yield Tabs()
        with Horizontal(id="panes"):
            yield self._transcript
            yield Rule()
            yield self._notes
        yield AdviceLine()
        yield CostLine()
        yield self._composer
        footer = Footer()
        footer.keymap = self._keymap
        yield footer

    def on_mount(self) -> None:
        """Draw what is known, and again when the theme changes."""
        self._draw()
        focus_now(self._transcript.view)
        self.set_timer(AFTER_PAINT, self._look_for_open_resets)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._repaint())

    def on_resize(self, event: events.Resize) -> None:
        """Lay out anew where the size asks for it."""
        self._fit(event.size)
        self._advise()

    def _fit(self, size: Size) -> None:
        """Make tabs of the panes where it is narrow; give the gauge air where it is tall."""
        width, height = size
        self.set_class(width < TABS_BELOW, "-tabs")
        self.set_class(height >= AIR_FROM, "-air")
        self.set_class(width < SMALL[0] or height < SMALL[1], "-small")

    def on_screen_resume(self) -> None:
        """Let the figures age again, from now."""
        self._beat()

    def on_unmount(self) -> None:
        """Keep what is written when the screen goes."""
        self._keep_now()

    def on_screen_suspend(self) -> None:
        """Nothing ages that nobody sees."""
        self._pulse.rest()

    @property
    def look(self) -> Look:
        """The session that is shown."""
        return self._look

    @property
    def contexts(self) -> tuple[Context, ...]:
        """Where the person is now, the narrowest first."""
        demo = (Context.DEMO,) if self._look.key[0] == DEMO else ()
        rest = (Context.SUPERVISE, *demo, Context.EVERYWHERE)
        own: Context | None = getattr(self.focused, "CONTEXT", None)
        if own is not None:
            return (own, Context.EVERYWHERE)
        if self._composer.writing:
            return (Context.COMPOSER, *rest)
        if self._notes.has_focus_within:
            return (Context.NOTES, *rest)
        return (Context.TRANSCRIPT, *rest)

    @property
    def situation(self) -> Situation:
        """What is true now, for the reasons of the commands."""
        card = self._transcript.card
        return Situation(
            session=True,
            selected=self._transcript.view.selected is not None,
            searching=self._transcript.searching,
            notes=self._notes.possible,
            opened=self._notes.path is not None,
            unsaved=self._notes.unsaved,
            conflict=self._notes.conflict,
            confirmable=self._notes.confirmable,
            offered=self._offer is not None,
            act=act_reasons(self._look),
            attach=attach_reason(self._look),
            compose=composer_facts(self._look).reason,
            armed=self._look.armed is not None,
            asking=self._look.asking is not None,
            asked=card is not None and bool(card.count),
            closed=card.closed if card is not None else "",
        )

    def _load(self, item: int) -> Body | None:
        return self._bridge.load(self._look.key, item)

    # What the core reports

    @on(SessionChanged)
    def _changed(self, message: SessionChanged) -> None:
        """Draw a newer look at the session that is shown; others are no concern of this screen."""
        if message.look.key == self._look.key:
            self._look = message.look
            self._draw()

    @on(ReplyGrown)
    def _reply_grown(self, message: ReplyGrown) -> None:
        """Draw the words that came; nothing else has changed."""
        if message.key == self._look.key:
            self._transcript.grow(message.reply)

    @on(SessionsChanged)
    def _looked_again(self) -> None:
        """Look at what changes without the transcript: state, git, what the status line told."""
        self._beat()
        self._bridge.work_out(self._look.key)

    @on(SessionSucceeded)
    async def _succeeded(self, message: SessionSucceeded) -> None:
        """Follow the process into its new session; the old one stays in the list."""
        look = self._bridge.look(message.new)
        if message.old == self._look.key and look is not None:
            self._follows = True
            await self.open(look)
            self.query_one(Footer).say(SUCCEEDED)

    @on(SessionBegan)
    def _began(self, message: SessionBegan) -> None:
        """Say that there is another session in this folder; it may be someone else's."""
        look = self._bridge.look(message.key) if message.key != self._look.key else None
        if look is not None and look.cwd is not None and look.cwd == self._look.cwd:
            self.query_one(Footer).say(BEGAN)

    async def open(self, look: Look) -> None:
        """Show another session; nothing of the old transcript's place or search is left."""
        if look.key != self._look.key:
            self._look = look
            await self._renew_transcript()
        self._draw()
        self._bridge.supervisor.open_soon(look.key)
        self._bridge.work_out(look.key)

    async def _renew_transcript(self) -> None:
        old, self._transcript = self._transcript, TranscriptPane(self._load, self._keymap)
        focused = old.has_focus_within
        with self.app.batch_update():
            await old.remove()
            await self.query_one("#panes").mount(self._transcript, before=0)
        if focused:
            focus_now(self._transcript.view)

    # Drawing

    def _draw(self) -> None:
        self._transcript.show(self._look)
        self._notes.show(self._look)
        self._show_requests()
        self._show_composer()
        self._look_for_symptoms()
        self._age()
        self._draw_place()

    def _repaint(self) -> None:
        """Draw everything in the colours of another theme."""
        self._draw()
        self._notes.draw()
        self._composer.draw()
        self._transcript.repaint()

    def _draw_place(self) -> None:
        """Draw what depends on where the person is."""
        footer = self.query_one(Footer)
        footer.contexts, footer.situation = self.contexts, self.situation
        self._advise()

    def _advise(self) -> None:
        """Say what matters most, with the key that fits what is selected."""
        problems = self._bridge.problems(self._look.key)
        advice = advice_of(self._look, problems, self._offered)
        urgent = self._look.seen.report is not None or self._look.standing.state is State.WAITING
        own = self._reset_advice or self._since_advice
        self.query_one(AdviceLine).advice = self._reached(advice if urgent else own or advice)

    def _reached(self, advice: Advice) -> Advice:
        """Name the key as it works here: where text is typed, behind the leader."""
        typing = self.contexts[0] in {Context.NOTES, Context.COMPOSER}
        if not typing or len(advice.key) != 1:
            return advice
        return replace(advice, key=f"{self._keymap[LEADER].key} {advice.key}")

    @on(events.DescendantFocus)
    @on(TranscriptView.Moved)
    def _changed_place(self) -> None:
        self._draw_place()

    @on(TranscriptView.Moved)
    def _count_below(self, message: TranscriptView.Moved) -> None:
        self.query_one(Tabs).below = message.below

    @on(NotesPane.Moved)
    def _count_edits(self) -> None:
        self.query_one(Tabs).edits = self._notes.edits
        self._draw_place()

    def _beat(self) -> None:
        """Look at the session as it is now: its state may change by time alone."""
        self._bridge.notice_armed()
        self._look = self._bridge.look(self._look.key) or self._look
        self._show_requests()
        self._age()

    def _age(self) -> None:
        """Draw what changes with time alone; what is equal is not painted again."""
        now, look = time.time(), self._look
        keys = (self._keymap["armed.cancel"].key, self._keymap["armed.run"].key)
        header = replace(header_facts(look, now, self._banner), keys=keys)
        gauge, cost = gauge_facts(look, now), cost_facts(look, now)
        self.query_one(Header).facts = header
        self.query_one(GaugeBar).facts = gauge
        self.query_one(CostLine).facts = cost
        self._advise()
        self._notes.age()
        self._pulse.beat(fast=counts_seconds(header, gauge.age, cost.client_age))

    # Commands

    @on(Tabs.Chosen)
    def _choose_tab(self, message: Tabs.Chosen) -> None:
        self._go_to(notes=message.notes)

    def action_why(self) -> None:
        """Explain the figures."""
        from .why import WhyScreen

        self.app.push_screen(WhyScreen(self._look, self._keymap, self._bridge.resets.chain))

    @on(NotesPane.Left)
    def _left_notes(self) -> None:
        self.action_leave_notes()

    @on(TranscriptPane.Said)
    def _say(self, message: TranscriptPane.Said) -> None:
        self.query_one(Footer).say(message.text)
