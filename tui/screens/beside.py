"""Two sessions of one task side by side: the one that ended left, the one that went on right."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from ...core.session_id import short_id
from ...core.tasks import Link, Tasks
from .. import glyphs, numbers
from ..command import Context, Situation
from ..commands import bindings
from ..facts import header_facts
from ..focus import focus_now
from ..keymap import Keymap
from ..look import Look
from ..messages import SessionChanged
from ..place import banner_of
from ..themes import Palette, palette_of
from ..widgets.footer import Footer
from ..widgets.header import state_words
from ..widgets.line import fitted, margin, spread
from ..widgets.rule import Rule
from ..widgets.title import title_row
from ..widgets.transcript.pane import TranscriptPane

if TYPE_CHECKING:
    from ...core.supervisor import Key
    from ..bridge import Bridge

TWO_FROM = 100
"""Columns from which both sides are shown at once."""

OLD, NEW = "old", "new"


class Side(Vertical):
    """One of the two sessions: a row that names it, and its transcript."""

    DEFAULT_CSS: ClassVar[str] = """
    Side { width: 1fr; & > .name { height: 1; background: $panel; } }
    """

    def __init__(self, bridge: Bridge, key: Key, word: str) -> None:
        super().__init__(id=word)
        self._bridge, self.key, self._word = bridge, key, word
        self.pane = TranscriptPane(partial(bridge.load, key))

    def compose(self) -> ComposeResult:
        """Lay out the name and the transcript."""
        yield Static(classes="name", markup=False)
        yield self.pane

    def draw(self) -> None:
        """Draw the session as it is now."""
        look = self._bridge.look(self.key)
        palette, width = palette_of(self), self.size.width
        self.query_one(".name", Static).update(self._row(look, width, palette))
        if look is not None:
            self.pane.show(look)

    def _row(self, look: Look | None, width: int, palette: Palette) -> Content:
        edge = margin(width)
        room = max(0, width - 2 * edge)
        muted = palette.style("muted")
        word = Content.styled(self._word, palette.style("strong", bold=True))
        if look is None:
            gone = Content.styled(f"{short_id(self.key[1])} is no longer on disk", muted)
            return Content(" " * edge) + fitted([word, gone], room)
        fill = look.gauge.fill
        parts = [
            word,
            Content.styled(f"{look.title} {short_id(self.key[1])}", muted),
            Content.styled("" if fill is None else numbers.tokens(fill), palette.style("text")),
        ]
        state = state_words(header_facts(look, time.time()), palette)
        return Content(" " * edge) + spread(
            fitted(parts, room - state.cell_length - 2), state, room
        )


class BesideScreen(Screen[None]):
    """Shows two neighbours in the chain of a task; `links` are its sessions, oldest first."""

    DEFAULT_CSS: ClassVar[str] = """
    BesideScreen {
        background: $bg;
        & > #title { height: 1; background: $panel; }
        & > #sides { height: 1fr; }
        & Rule { width: 1; color: $line; background: $bg; }
        &.-one Rule { display: none; }
        &.-one.-new #old { display: none; }
        &.-one.-old #new { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.BESIDE)]
    contexts = (Context.TRANSCRIPT, Context.BESIDE, Context.EVERYWHERE)

    def __init__(self, bridge: Bridge, links: tuple[Link, ...], newer: int, keymap: Keymap) -> None:
        super().__init__()
        self._bridge, self._links, self._newer, self._keymap = bridge, links, newer, keymap

    def compose(self) -> ComposeResult:
        """Lay out the title, both sides and the footer."""
        yield Static(id="title", markup=False)
        with Horizontal(id="sides"):
            yield from self._sides()
        footer = Footer()
        footer.keymap, footer.contexts = self._keymap, self.contexts
        yield footer

    def _sides(self) -> ComposeResult:
        old, new = self._links[self._newer - 1], self._links[self._newer]
        yield Side(self._bridge, (old.agent, old.session_id), OLD)
        yield Rule()
        yield Side(self._bridge, (new.agent, new.session_id), NEW)

    async def on_mount(self) -> None:
        """Have both read, and begin at the newer one."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self.add_class("-new")
        self._begin()

    def on_resize(self, event: events.Resize) -> None:
        """Show one side at a time where it is narrow."""
        self.set_class(event.size.width < TWO_FROM, "-one")
        self._draw()

    def _begin(self) -> None:
        for side in self.query(Side):
            self._bridge.supervisor.open_soon(side.key)
            self._bridge.work_out(side.key)
        self._focus(NEW)
        self._draw()

    @property
    def situation(self) -> Situation:
        """Where there is no older or newer pair, and what is selected."""
        shut = {}
        if self._newer <= 1:
            shut["beside.older"] = "These are the first two sessions of the task."
        if self._newer >= len(self._links) - 1:
            shut["beside.newer"] = "These are the newest two sessions of the task."
        focused = self._focused
        chosen = focused is not None and focused.pane.view.selected is not None
        return Situation(selected=chosen, shut=shut)

    @property
    def _focused(self) -> Side | None:
        return next((side for side in self.query(Side) if side.has_focus_within), None)

    @on(SessionChanged)
    def _changed(self, message: SessionChanged) -> None:
        if any(side.key == message.look.key for side in self.query(Side)):
            self._draw()

    def _draw(self) -> None:
        palette, width = palette_of(self), self.size.width
        about = f"sessions {self._newer} and {self._newer + 1} of {len(self._links)} of one task"
        came = self._links[self._newer].came
        words = ("Side by side", f"{about} {glyphs.EMPTY} {came}")
        self.query_one("#title", Static).update(title_row(words, banner_of(self), width, palette))
        for side in self.query(Side):
            side.draw()
        self.query_one(Footer).situation = self.situation

    def _focus(self, word: str) -> None:
        self.set_class(word == OLD, "-old")
        self.set_class(word == NEW, "-new")
        focus_now(self.query_one(f"#{word}", Side).pane.view)

    # Commands

    def action_other_side(self) -> None:
        """Go to the other session."""
        focused = self._focused
        self._focus(OLD if focused is None or focused.id == NEW else NEW)

    async def action_beside_move(self, step: int) -> None:
        """Show an older or a newer pair of the task."""
        self._newer = max(1, min(len(self._links) - 1, self._newer + step))
        sides = self.query_one("#sides")
        with self.app.batch_update():
            await sides.remove_children()
            await sides.mount_all(self._sides())
        self._begin()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()


async def pair_of(bridge: Bridge, key: Key) -> tuple[tuple[Link, ...], int] | None:
    """Return the chain of a session's task and the newer of the two to show, if there are two.

    The sessions that are not known any more are looked for, so that they can be read.
    """
    tasks = Tasks(bridge.state)

    def read() -> tuple[Link, ...]:
        task = tasks.of(*key)
        return tasks.chain(task) if task else ()

    links = await bridge.supervisor.in_pool(read)
    if len(links) < 2:
        return None
    for link in links:
        await bridge.resets.know((link.agent, link.session_id))
    at = next(n for n, link in enumerate(links) if (link.agent, link.session_id) == key)
    return links, max(1, at)
