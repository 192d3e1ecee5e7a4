"""A sheet: it takes the place of the panes, while header, gauge and cost stay in sight."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from ..command import Context
from ..facts import cost_facts, counts_seconds, gauge_facts, header_facts
from ..keymap import Keymap
from ..look import Look
from ..messages import SessionChanged, SessionsChanged
from ..place import banner_of
from ..pulse import Pulse
from ..themes import palette_of
from ..widgets.cost_line import CostLine
from ..widgets.footer import Footer
from ..widgets.gauge_bar import GaugeBar
from ..widgets.header import Header
from ..widgets.line import margin
from ..widgets.sheet_title import SheetTitle, sheet_title

if TYPE_CHECKING:
    from ..bridge import Bridge

AIR_FROM = 30
"""Rows from which empty rows part the sections, and the cost keeps its place."""


class Sheet(Screen[None]):
    """Follows one session; `compose_body` lays out what is its own, `draw` draws it."""

    DEFAULT_CSS: ClassVar[str] = """
    Sheet {
        layout: vertical;
        overflow: hidden;
        background: $bg;
        & > GaugeBar { margin: 0; }
        &.-air > GaugeBar { margin: 1 0; }
        & > #title { height: 1; width: 100%; background: $panel; }
        & > CostLine { display: none; }
        &.-air > CostLine { display: block; }
    }
    """

    contexts: tuple[Context, ...] = (Context.EVERYWHERE,)

    def __init__(self, bridge: Bridge, look: Look, keymap: Keymap) -> None:
        super().__init__()
        self._bridge, self._look, self._keymap = bridge, look, keymap
        self._pulse = Pulse(self, self._beat)

    @property
    def look(self) -> Look:
        """The session that the sheet is about."""
        return self._look

    def compose_body(self) -> ComposeResult:
        """Lay out what stands between the title and the cost."""
        raise NotImplementedError

    def title_words(self) -> SheetTitle:
        """Return what the title row says."""
        raise NotImplementedError

    def draw(self) -> None:
        """Draw the body for the present size."""
        raise NotImplementedError

    @property
    def counts(self) -> bool:
        """Whether the sheet itself shows seconds that run."""
        return False

    def compose(self) -> ComposeResult:
        """Lay out header, gauge, title, body, cost and footer."""
        self.set_class(self.app.size.height >= AIR_FROM, "-air")
        yield Header()
        yield GaugeBar()
        yield Static(id="title", markup=False)
        yield from self.compose_body()
        yield CostLine()
        footer = Footer()
        footer.keymap, footer.contexts = self._keymap, self.contexts
        yield footer

    def on_mount(self) -> None:
        """Draw, and again when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.draw_all())
        self.draw_all()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new size."""
        self._fit(event.size)
        self.draw_all()

    def _fit(self, size: Size) -> None:
        self.set_class(size.height >= AIR_FROM, "-air")

    def on_screen_resume(self) -> None:
        """Let the figures age again."""
        self._beat()

    def on_screen_suspend(self) -> None:
        """Nothing ages that nobody sees."""
        self._pulse.rest()

    @on(SessionChanged)
    def _changed(self, message: SessionChanged) -> None:
        if message.look.key == self._look.key:
            self._look = message.look
            self.changed()
            self.draw_all()

    @on(SessionsChanged)
    def _looked_again(self) -> None:
        self._beat()

    def changed(self) -> None:
        """Take up a newer look at the session."""

    def _beat(self) -> None:
        self._look = self._bridge.look(self._look.key) or self._look
        self.draw_all()

    def draw_all(self) -> None:
        """Draw the rows that every sheet has, then the body."""
        now, look = time.time(), self._look
        header, gauge = header_facts(look, now, banner_of(self)), gauge_facts(look, now)
        self.query_one(Header).facts, self.query_one(GaugeBar).facts = header, gauge
        self.query_one(CostLine).facts = cost_facts(look, now)
        palette, width = palette_of(self), self.size.width
        self.query_one("#title", Static).update(sheet_title(self.title_words(), width, palette))
        footer = self.query_one(Footer)
        footer.contexts, footer.situation = (
            self.contexts,
            getattr(self, "situation", footer.situation),
        )
        self.draw()
        self._pulse.beat(fast=self.counts or counts_seconds(header, gauge.age))

    def put(self, name: str, rows: Iterable[Content]) -> None:
        """Write rows into the `Static` with the id `name`, inside the margin."""
        edge = Content(" " * margin(self.size.width))
        self.query_one(f"#{name}", Static).update(Content("\n").join(edge + row for row in rows))

    def reset_instead(self) -> None:
        """Leave the sheet for that of a reset."""
        self.app.pop_screen()
        self.app.call_later(self.app.run_action, "app.run_command('reset.open')")

    @property
    def room(self) -> int:
        """Cells between the two margins."""
        return max(20, self.size.width - 2 * margin(self.size.width))

    @property
    def airy(self) -> bool:
        """Whether there is room for empty rows."""
        return self.has_class("-air")

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Show a sentence in the footer."""
        self.query_one(Footer).say(sentence, warning=warning)
