"""What a screen that shows one session lets the person do with the session itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from ...core.acting.action import Action, Outcome, Result, Verb, action, refused
from ...core.acting.joining import NoChannel
from ...core.problems import Problem, Report
from ..act_reasons import FORBIDDEN
from ..outcome_words import outcome_words
from ..told_once import once

if TYPE_CHECKING:
    from textual.screen import Screen

    from ...core.acting.armed import Undertaking
    from ..bridge import Bridge
    from ..command_app import CommandApp
    from ..keymap import Keymap
    from ..look import Look

ATTACHED = "Attached: {channel}. i types a message, x interrupts. Nothing was sent."
UNHOOKED = "Prompts are typed without the hooks"
DETACHED = "Only watching again. The session goes on."
ARMED = "Armed: {name} when the turn ends. A cancels."
BACK = "Nothing is armed any more: the message is back in the composer."
DISARMED = "Nothing is armed any more: {name} was not done."


class ActingCommands:
    """The commands of a screen that shows `_look` and reaches sessions through `_bridge`."""

    _bridge: Bridge
    _keymap: Keymap
    _look: Look

    if TYPE_CHECKING:

        def _draw_place(self) -> None:
            """Draw what depends on where the person is."""

        def _give_back(self, wanted: Action | Undertaking) -> None:
            """Let the person have back what they wrote."""

    # What other parts of the screen and its sheets call

    async def perform(self, wanted: Action) -> Result:
        """Carry out an action on the session that is shown, and say in the footer what came of it.

        The key that leads here has acted by itself: whoever calls has asked the person already.
        """
        key = self._look.key
        if self._bridge.forbidden:
            result = refused(wanted, FORBIDDEN, session_id=key[1])
        else:
            result = await self._bridge.acting.act(key, wanted)
        self._tell(result)
        return result

    def arm(self, wanted: Action | Undertaking) -> None:
        """Let something wait for the end of the turn, and say so."""
        self._bridge.arm(self._look, wanted)
        armed = self._bridge.acting.arming.armed(self._look.key)
        if armed is not None:
            self._say_of_acting(ARMED.format(name=armed.name))

    # Commands

    def action_attach(self) -> None:
        """Look for a way into the session; nothing is typed or sent."""
        self._act_screen.run_worker(self._join_session(), group="attach", exit_on_error=False)

    async def _join_session(self) -> None:
        try:
            channel = await self._bridge.acting.attach(self._look.seen.sighting)
        except NoChannel as none:
            self._offer_ways(none)
            return
        except Problem as problem:
            words = f"{problem.title}: {problem.detail} {problem.remedy}".strip()
            self._say_of_acting(words, warning=True)
            return
        self._look = self._bridge.look(self._look.key) or self._look
        self._draw_place()
        self._say_of_acting(ATTACHED.format(channel=channel.name))
        caution = self._bridge.acting.caution(self._look.key)
        if caution and once("without-hooks"):
            self._bridge.report(Report(UNHOOKED, caution))

    def _offer_ways(self, none: NoChannel) -> None:
        """Show the ways on where nothing leads into the session."""
        from .way_in import WayInScreen

        screen = self._act_screen
        if screen.is_current:
            keymap = cast("CommandApp", screen.app).keymap
            screen.app.push_screen(WayInScreen(self._bridge, self._look, keymap, none))

    def action_detach(self) -> None:
        """Let go of the session."""
        self._act_screen.run_worker(self._let_go(), group="attach", exit_on_error=False)

    async def _let_go(self) -> None:
        await self._bridge.acting.detach(self._look.key)
        self._say_of_acting(DETACHED)

    def action_interrupt(self) -> None:
        """Interrupt the turn."""
        self._act_screen.run_worker(
            self.perform(action(Verb.INTERRUPT)), group="interrupt", exit_on_error=False
        )

    async def action_action_log(self) -> None:
        """See what was asked of the session."""
        from ..deeds import deeds_of
        from .action_log import ActionLogScreen

        look, bridge = self._look, self._bridge
        entries = await bridge.supervisor.in_pool(partial(bridge.acting.log, look.key))
        screen = ActionLogScreen(deeds_of(entries), look.project, self._keymap)
        self._act_screen.app.push_screen(screen)

    def action_disarm(self) -> None:
        """Forget what is armed."""
        armed = self._bridge.acting.arming.disarm(self._look.key)
        if armed is not None:
            back = isinstance(armed.wanted, Action) and armed.wanted.verb is Verb.PROMPT
            self._say_of_acting(BACK if back else DISARMED.format(name=armed.name))
            self._give_back(armed.wanted)

    def action_run_armed(self) -> None:
        """Run what is armed now."""
        self._bridge.acting.arming.run(self._look.key)

    # What came of it

    def _tell(self, result: Result) -> None:
        warning = result.outcome is not Outcome.CONFIRMED
        self._say_of_acting(outcome_words(result), warning=warning)

    def _say_of_acting(self, words: str, *, warning: bool = False) -> None:
        """Say it on whatever screen is in front: a sheet may lie over this one."""
        cast("CommandApp", self._act_screen.app).say(words, warning=warning)

    @property
    def _act_screen(self) -> Screen[None]:
        return cast("Screen[None]", self)
