"""The sheet that opens where nothing leads into a session: three ways on, and what each means."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from ...core.acting.joining import NoChannel
from ...core.acting.plan import PROGRAMS, Plan
from ...core.acting.take_over import TakeOver
from ...core.agents.base import Sighting
from ...core.problems import NotFound, Problem
from ...core.tmux import Server
from .. import glyphs
from ..command import Context
from ..commands import bindings
from ..keymap import Keymap
from ..look import Look
from ..messages import SessionWanted
from ..themes import palette_of
from ..ways_in import Route, Way, farewell, ways_in
from ..widgets.line import WIDE, margin
from ..widgets.sheet_title import SheetTitle
from .sheet import Sheet

if TYPE_CHECKING:
    from ..bridge import Bridge
    from ..command_app import CommandApp
    from ..errands import AsksByHand

LABEL = 20
"""Cells of the column of ways."""

BY_HAND = "By hand: i, c, k, r and h ask you to paste. Nothing was sent."
TAKEN = "Taken over: every key works now."
COPIED = "Copied: {text}"


class WayInScreen(Sheet):
    """Lets the person choose a way into one session."""

    DEFAULT_CSS: ClassVar[str] = """
    WayInScreen { & > #ways { height: 1fr; width: 100%; padding: 1 0 0 0; } }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.WAY_IN)]
    contexts = (Context.WAY_IN, Context.EVERYWHERE)

    def __init__(self, bridge: Bridge, look: Look, keymap: Keymap, why: NoChannel) -> None:
        super().__init__(bridge, look, keymap)
        self._why = why
        self._at = 0

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways, in their order."""
        return ways_in(self._look, tmux=bool(os.environ.get("TMUX")))

    def compose_body(self) -> ComposeResult:
        """Lay out the one text."""
        yield Static(id="ways", markup=False)

    def title_words(self) -> SheetTitle:
        """Return what the title row says."""
        return SheetTitle("No way in", self._why.detail, glyphs.WARNING, "dumb")

    def draw(self) -> None:
        """Draw the ways for the present width."""
        edge = Content(" " * margin(self.size.width))
        lines = [line for at, way in enumerate(self.ways) for line in self._way(at, way)]
        if self.size.width < WIDE:
            why = Content.styled(self._why.detail, palette_of(self).style("muted"))
            lines = [*why.wrap(self.room), Content(), *lines]
        self.query_one("#ways", Static).update(Content("\n").join(edge + line for line in lines))

    def _way(self, at: int, way: Way) -> list[Content]:
        palette, chosen = palette_of(self), at == self._at
        you, muted = palette.style("you", bold=True), palette.style("muted")
        mark = glyphs.SELECTED if chosen else " "
        head = Content.assemble(
            (mark, you), (f" {at + 1}  ", you), (str(way.route), palette.style("strong", bold=True))
        ).pad_right(max(0, LABEL - 5 - len(way.route)))
        room = max(20, self.room - LABEL)
        body = Content.styled(way.about, palette.style("text")).wrap(room)
        if way.text:
            body += [Content.styled(line, you) for line in _cut(way.text, room)]
        if chosen:
            body += Content.styled(way.enter.strip(), muted).wrap(room)
        first, *rest = body
        return [head + first, *(Content(" " * LABEL) + line for line in rest), Content()]

    # Keys

    def action_way_move(self, step: int) -> None:
        """Select another way."""
        self._at = (self._at + step) % len(self.ways)
        self.draw()

    def on_key(self, event: events.Key) -> None:
        """Take a digit as the way of that number."""
        if event.character and event.character in "123"[: len(self.ways)]:
            event.stop()
            self._at = int(event.character) - 1
            self.draw()
            self.action_way_choose()

    def action_way_choose(self) -> None:
        """Go the selected way."""
        way = self.ways[self._at]
        if way.text:
            self.app.copy_to_clipboard(way.text)
            self.say(COPIED.format(text=way.text))
            return
        self.dismiss()
        match way.route:
            case Route.BY_HAND:
                self.app.run_worker(self._by_hand(), exit_on_error=False)
            case Route.TAKE_OVER:
                self._leave_first(self._taken_over)
            case Route.TMUX:
                self._leave_first(self._moved)

    def action_close(self) -> None:
        """Go back; the session is only watched."""
        self.dismiss()

    # Going there

    async def _by_hand(self) -> None:
        app = self._host
        try:
            await self._bridge.acting.way_into(self._look.seen.sighting)
        except Problem as problem:
            app.refuse(f"{problem.title}. {problem.detail} {problem.remedy}".strip())
            return
        app.say(BY_HAND)

    def _leave_first(self, go_on: Callable[[Plan], Awaitable[str]]) -> None:
        """Ask the person to leave the client, and go on when it has gone."""
        taken = TakeOver(self._look.seen.sighting)
        errand = farewell(self._look, taken.todo)
        self._errands.wait_for(self._look.key, errand, self._left(taken, go_on))

    async def _left(self, taken: TakeOver, go_on: Callable[[Plan], Awaitable[str]]) -> None:
        try:
            await taken.until_left()
            plan = taken.plan(_program(self._look.key[0]))
            self._shown(await go_on(plan))
        except Problem as problem:
            self._host.refuse(f"{problem.title}. {problem.detail} {problem.remedy}".strip())

    async def _taken_over(self, plan: Plan) -> str:
        """Go on with the session under a driver of our own; return its id."""
        from ...core.acting.launch import launch

        ready = await asyncio.to_thread(launch, plan)
        session = ready.session_id or plan.resume or ""
        await self._bridge.acting.attach(Sighting(plan.agent, session, cwd=plan.cwd))
        return session

    async def _moved(self, plan: Plan) -> str:
        """Open the session's own screen beside this one, and attach; return its id.

        Raises:
            Problem: tmux has no room for it, it does not show, or nothing leads into it.
        """
        from ...core.acting.appearing import appeared
        from ...core.acting.in_tmux import start_in_tmux

        server = Server(os.environ.get("TMUX", "").partition(",")[0] or None)
        _, pid = await start_in_tmux(plan, server, beside=os.environ.get("TMUX_PANE"))
        agent = self._bridge.supervisor.agents[plan.agent]
        found = await asyncio.to_thread(appeared, agent, pid, plan.cwd)
        await self._bridge.acting.attach(found)
        return found.session_id

    def _shown(self, session_id: str) -> None:
        app, key = self._host, (self._look.key[0], session_id)
        self._bridge.changed(key)
        app.post_message(SessionWanted(key))
        app.call_later(partial(app.say, TAKEN))

    def on_mount(self) -> None:
        """Remember the app: the work goes on when this sheet is closed."""
        self._host = cast("CommandApp", self.app)
        self._errands = cast("AsksByHand", self.app).errands
        super().on_mount()


def _program(agent: str) -> str:
    """Return where the agent's program is.

    Raises:
        NotFound: it is not in the PATH.
    """
    name = PROGRAMS.get(agent, agent)
    if (found := shutil.which(name)) is None:
        raise NotFound(f"{name} is not in the PATH.", remedy=f"Resume it there: {agent}.")
    return found


def _cut(text: str, room: int) -> list[str]:
    """Return a command in pieces of `room` cells: it must not be wrapped between words."""
    return [text[at : at + room] for at in range(0, len(text), room)]
