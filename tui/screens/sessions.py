"""All sessions at a glance: who needs you, how full each is, what it costs."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from ...core.agents.base import State
from ...core.supervisor import Key
from ...core.task_place import TaskPlace, place_of
from ...core.tasks import Link, Tasks
from .. import glyphs, numbers
from ..command import Context, Situation
from ..commands import bindings
from ..facts import counts_seconds
from ..focus import focus_now
from ..keymap import Keymap
from ..look import Look
from ..messages import SessionChanged, SessionsChanged, SessionWanted
from ..place import banner_of
from ..pulse import Pulse
from ..themes import Palette, palette_of
from ..widgets.footer import Footer
from ..widgets.line import chip, joined, margin
from ..widgets.session_list import SessionList, ordered
from ..widgets.session_row import heading, row_facts
from ..widgets.title import title_row

if TYPE_CHECKING:
    from ..bridge import Bridge

GATHER = 0.1
"""Seconds in which changes of many sessions are gathered before the list is drawn."""

SCROLLBAR = 1
"""Cells right of the list that its scroll bar may take."""

LOWEST = 20
"""Rows of a screen below which nothing but the list is shown."""


class SessionsScreen(Screen[None]):
    """Lists the sessions that the bridge knows; Enter opens one."""

    DEFAULT_CSS: ClassVar[str] = """
    SessionsScreen {
        background: $bg;
        & > #title { height: 1; background: $panel; }
        & > #head { height: 1; margin: 1 0; }
        & > #note { height: auto; margin: 1 0 0 0; }
        & > #empty { height: 1fr; display: none; }
        &.-empty { & > #head, & > SessionList, & > #note { display: none; } }
        &.-empty > #empty { display: block; }
        &.-low { & > #head { margin: 0; } & > #note { display: none; } }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Context.SESSIONS),
        ("up", "move(-1)"),
        ("down", "move(1)"),
        ("pageup", "page(-1)"),
        ("pagedown", "page(1)"),
        ("home", "move(-1000)"),
        ("end", "move(1000)"),
    ]
    contexts = (Context.SESSIONS, Context.EVERYWHERE)

    def __init__(self, bridge: Bridge, keymap: Keymap, shown: Key | None = None) -> None:
        super().__init__()
        self._bridge = bridge
        self._keymap = keymap
        self._shown = shown
        self._pulse = Pulse(self, self._draw)
        self._gathering = False
        self._tasks = Tasks(bridge.state)
        self._read = 0
        self._chains: dict[Key, tuple[Link, ...]] = {}

    def compose(self) -> ComposeResult:
        """Lay out title, heading, list, note and footer."""
        yield Static(id="title", markup=False)
        yield Static(id="head", markup=False)
        yield SessionList()
        yield Static(id="empty", markup=False)
        yield Static(id="note", markup=False)
        footer = Footer()
        footer.keymap, footer.contexts = self._keymap, self.contexts
        yield footer

    def on_mount(self) -> None:
        """Show what is known, have the rest read, and follow the theme."""
        focus_now(self.query_one(SessionList))
        self._draw(self._shown)
        for key in self._bridge.supervisor.keys:
            self._bridge.work_out(key)
            self._bridge.supervisor.open_soon(key, urgency=2)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.set_class(self.size.height < LOWEST, "-low")
        self._draw()

    def on_screen_resume(self) -> None:
        """Let the ages go on."""
        self._draw()

    def on_screen_suspend(self) -> None:
        """Nothing ages that nobody sees."""
        self._pulse.rest()

    @property
    def situation(self) -> Situation:
        """What is true now, for the reasons of the commands."""
        return Situation(selected=self.query_one(SessionList).selected is not None)

    @on(SessionChanged)
    @on(SessionsChanged)
    def _gather(self) -> None:
        """Draw soon, once for all that changed meanwhile."""
        if not self._gathering:
            self._gathering = True
            self.set_timer(GATHER, self._draw_gathered)

    def _draw_gathered(self) -> None:
        self._gathering = False
        self._draw()

    def _draw(self, selected: Key | None = None) -> None:
        """Draw all sessions anew; what is equal is not painted again."""
        palette, width, now = palette_of(self), self.size.width, time.time()
        looks = ordered(self._bridge.looks())
        rows = [(look.key, row_facts(look, now, self._place(look.key))) for look in looks]
        self.set_class(not rows, "-empty")
        self.query_one(SessionList).show(rows, selected)
        self.query_one("#title", Static).update(self._title(looks, width, palette))
        self.query_one("#head", Static).update(heading(width - SCROLLBAR, palette))
        note = Content.styled("Needs you first, then the fullest.", palette.style("muted"))
        self.query_one("#note", Static).update(Content(" " * margin(width)) + note)
        self.query_one("#empty", Static).update(self._nothing(palette, width))
        self.query_one(Footer).situation = self.situation
        self._pulse.beat(fast=any(counts_seconds(facts.header) for _, facts in rows))

    def _place(self, key: Key) -> TaskPlace | None:
        """Return a session's place in its task; the chains are read again when they changed."""
        if (written := self._tasks.written) != self._read:
            self._read, self._chains = written, self._tasks.chains()
        return place_of(self._chains.get(key, ()), key, self._usd)

    def _usd(self, key: Key) -> float | None:
        look = self._bridge.look(key)
        return look.costs.usd if look and look.costs else None

    def _title(self, looks: list[Look], width: int, palette: Palette) -> Content:
        counts = Counter(look.standing.state for look in looks)
        ended = counts[State.ENDED]
        about = f"{len(looks) - ended} live and {ended} ended"
        agents = len({look.key[0] for look in looks})
        if agents > 1:
            about += f", {numbers.count(agents, 'agent')}"
        waiting, muted = counts[State.WAITING], palette.style("muted")
        words = f"{glyphs.WARNING} {waiting} {'NEEDS' if waiting == 1 else 'NEED'} YOU"
        right = [
            chip(palette, words, "needs") if waiting else Content(),
            *(
                Content.styled(f"{counts[state]} {word}", muted) if counts[state] else Content()
                for state, word in ((State.BUSY, "working"), (State.IDLE, "idle"))
            ),
        ]
        return title_row(("Sessions", about), banner_of(self), width, palette, joined(right, "   "))

    def _nothing(self, palette: Palette, width: int) -> Content:
        """Say that there is nothing, where was looked, and what to do."""
        found = self._bridge.supervisor.discoveries.values()
        places = [str(place) for discovery in found for place in discovery.looked_in]
        lines = [
            Content(),
            Content.styled("No sessions found.", palette.style("strong", bold=True)),
            Content("Start an agent in any terminal, and it shows up here by itself."),
            Content(),
            *(Content.styled(f"Looked in {place}", palette.style("muted")) for place in places),
        ]
        return Content("\n").join(Content(" " * margin(width)) + line for line in lines)

    def action_move(self, step: int) -> None:
        """Select another session."""
        self.query_one(SessionList).move(step)

    def action_page(self, step: int) -> None:
        """Select a session one screen further."""
        sessions = self.query_one(SessionList)
        sessions.move(step * sessions.page)

    @on(SessionList.Chosen)
    def action_choose_session(self) -> None:
        """Open the selected session."""
        key = self.query_one(SessionList).selected
        if key is not None:
            self.app.post_message(SessionWanted(key))

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()
