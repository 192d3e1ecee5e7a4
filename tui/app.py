"""The app: it wires supervisor, bridge, themes, keys and the first screen together."""

from __future__ import annotations

import os
import time
from typing import ClassVar

from textual import events, work
from textual.message import Message

from ..core.acting.service import Acting
from ..core.paths import state_folder
from ..core.problems import Problem, Report
from ..core.supervisor import Key
from ..core.visits import last_visit, remember
from . import garbage, keymap, themes
from .bridge import Bridge
from .command_app import CommandApp
from .errands import NOTHING, ErrandDesk
from .messages import (
    ArmedEnded,
    CameBack,
    ReplyGrown,
    SessionBegan,
    SessionChanged,
    SessionsChanged,
    SessionSucceeded,
    SessionWanted,
)
from .notifier import Notifier
from .presence import Presence
from .screens.supervise import SuperviseScreen
from .start import Start


class ClearheadApp(CommandApp):
    """Supervises the sessions of a `Start`."""

    TITLE = "clearhead"
    CSS: ClassVar[str] = """
    Screen { background: $bg; color: $text; }
    ModalScreen { background: transparent; }
    """

    def __init__(self, start: Start) -> None:
        keys, wrong = keymap.remap(start.settings.keys)
        super().__init__(keys)
        self.start = start
        self.banner = start.banner
        reports = [*start.reports, *wrong, *self._install_theme()]
        settings, state = start.settings, state_folder()
        folders = {"claude": settings.claude_folders, "codex": settings.codex_folders}
        if start.demo is not None:
            folders["demo"] = (start.demo.root,)
        acting = Acting(state, folders)
        self.bridge = Bridge(
            self, start.supervisor, settings, state, reports=reports, acting=acting
        )
        self.presence = Presence(settings.away_minutes * 60, time.time())
        self.errands = ErrandDesk(self, self.bridge)
        self.notifier = Notifier(self, self.bridge)

    def _install_theme(self) -> tuple[Report, ...]:
        """Choose the theme; one that does not exist is reported and ours takes its place."""
        no_colour = bool(os.environ.get("NO_COLOR"))
        try:
            themes.install(self, themes.choose(self.start.settings.theme, no_colour=no_colour))
        except Problem as problem:
            themes.install(self, themes.choose(None, no_colour=no_colour))
            return (problem.report(),)
        return ()

    def on_mount(self) -> None:
        """Show the first screen; everything else begins after it was painted."""
        look = self.bridge.look(self.start.first) if self.start.first else None
        if look is not None:
            self.push_screen(SuperviseScreen(self.bridge, look, self.keymap, self.banner))
        if look is None or self.start.welcome:
            self._welcome()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        garbage.settle()
        themes.offer(self)
        self.notifier.begin(self.bridge.looks())
        self.start.supervisor.listen(self.bridge.changed)
        self._supervise()
        self._keep_up()
        if self.start.first is not None:
            self.bridge.work_out(self.start.first)
        self._reach_out()

    @work(group="acting", exit_on_error=False)
    async def _reach_out(self) -> None:
        """Join the sessions of our own; attach to the one the person has just started."""
        acting, first = self.bridge.acting, self.start.first
        await self.bridge.find_out_whether_it_may_act()
        await acting.refresh()
        self.bridge.report(*await self.start.supervisor.in_pool(acting.left_open))
        seen = self.start.supervisor.seen(first) if first and self.start.attach else None
        if seen is not None:
            try:
                await acting.attach(seen.sighting)
            except Problem as problem:
                self.refuse(f"{problem.title}. {problem.detail}")

    @work(group="supervisor", exclusive=True)
    async def _supervise(self) -> None:
        """Follow all sessions for as long as the app runs."""
        await self.start.supervisor.run()

    @work(group="upkeep", exit_on_error=False)
    async def _keep_up(self) -> None:
        """Do what clearhead does for itself, away from the screen."""
        from .upkeep import keep_feed

        folders = self.start.settings.claude_folders
        await self.start.supervisor.in_pool(lambda: keep_feed(folders))
        await self._recall_visit()

    def action_errand(self) -> None:
        """See what is asked of the person by hand."""
        from .screens.errand import ErrandScreen

        if self.errands.open is None:
            self.refuse(NOTHING)
        elif not isinstance(self.screen, ErrandScreen):
            self.push_screen(ErrandScreen(self.errands, self.bridge, self.keymap))

    def _welcome(self) -> None:
        from .screens.welcome import WelcomeScreen

        self.push_screen(WelcomeScreen(self.bridge, self.start, self.keymap))

    def on_session_wanted(self, message: SessionWanted) -> None:
        """Show a session on the supervise screen, from whatever screen was in front."""
        look = self.bridge.look(message.key)
        if look is None:
            self.say("This session is gone.", warning=True)
            return
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if isinstance(self.screen, SuperviseScreen):
            self.screen.call_later(self.screen.open, look)
        else:
            self.switch_screen(SuperviseScreen(self.bridge, look, self.keymap, self.banner))
            self.start.supervisor.open_soon(look.key)
            self.bridge.work_out(look.key)

    # Whether the person is here

    async def on_event(self, event: events.Event) -> None:
        """Take note of every key and click before anything else does."""
        pressed = isinstance(event, events.Key | events.MouseDown)
        if pressed and self.presence.stir(time.time()):
            self._hand_on(CameBack())
        await super().on_event(event)

    async def _recall_visit(self) -> None:
        """Find out when the person was last here."""
        state, now = self.bridge.state, time.time()
        visit = await self.start.supervisor.in_pool(lambda: last_visit(state))
        if visit is not None:
            self.presence.visited(visit, now)
            self._hand_on(CameBack())

    async def on_unmount(self) -> None:
        """Write down when the person left, and let go of sessions and of what is under way."""
        remember(self.bridge.state, self.presence.visit(time.time()))
        self.bridge.close()
        await self.bridge.acting.close()

    # Messages of the bridge reach every screen that is open

    def on_session_changed(self, message: SessionChanged) -> None:
        """Hand a look to the screens, and take note of what it cost by now."""
        costs = message.look.costs
        if costs is not None and costs.usd is not None:
            self.presence.note(message.look.key, costs.usd, time.time())
        self._hand_on(message)
        self.errands.look()
        self.notifier.look(message.look)

    def on_sessions_changed(self, message: SessionsChanged) -> None:
        """Tell the screens that the list has changed."""
        self._hand_on(message)

    def on_session_succeeded(self, message: SessionSucceeded) -> None:
        """Tell the screens that a process went on with another session."""
        self._hand_on(message)

    def on_session_began(self, message: SessionBegan) -> None:
        """Tell the screens that there is another session."""
        self._hand_on(message)

    def on_reply_grown(self, message: ReplyGrown) -> None:
        """Hand the words that came to the screens."""
        self._hand_on(message)

    def on_armed_ended(self, message: ArmedEnded) -> None:
        """Tell the screens what came of something that was armed."""
        self._hand_on(message)

    def _hand_on(self, message: Message) -> None:
        for screen in self.screen_stack[1:]:
            screen.post_message(message)

    # Commands

    def action_sessions(self) -> None:
        """See all sessions."""
        from .screens.sessions import SessionsScreen

        self.push_screen(SessionsScreen(self.bridge, self.keymap, self._shown))

    def action_since(self) -> None:
        """See what happened while the person was away."""
        from .screens.since import SinceScreen

        self.push_screen(SinceScreen(self.bridge, self.presence, self.keymap))

    def action_problems(self) -> None:
        """See what went wrong."""
        from .screens.problems import ProblemsScreen

        key = self._shown
        self.push_screen(ProblemsScreen(lambda: self.bridge.problems(key), self.keymap))

    @property
    def _shown(self) -> Key | None:
        """The session on the supervise screen, which lies below all others."""
        under = self.screen_stack[1] if len(self.screen_stack) > 1 else None
        return under.look.key if isinstance(under, SuperviseScreen) else None

    # The demo

    def action_demo_pause(self) -> None:
        """Stop the demo, or let it go on."""
        self._demo("pause")

    def action_demo_faster(self) -> None:
        """Play the demo twice as fast."""
        self._demo("faster")

    def action_demo_slower(self) -> None:
        """Play the demo half as fast."""
        self._demo("slower")

    @work(group="demo", exit_on_error=False)
    async def _demo(self, wish: str) -> None:
        """Ask the demo, and say what it does now."""
        from .demo_pace import ask

        demo = self.start.demo
        if demo is None:
            self.refuse("This is no demo.")
            return
        try:
            words = await self.start.supervisor.in_pool(lambda: ask(demo.control, wish))
        except Problem as problem:
            self.refuse(f"{problem.title}. {problem.remedy}")
            return
        self.say(words)
