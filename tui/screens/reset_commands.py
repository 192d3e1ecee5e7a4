"""What a screen of one session lets the person do with resets: begin, go on, hand off, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..keymap import Keymap
from ..widgets.advice_line import Advice
from ..widgets.footer import Footer

if TYPE_CHECKING:
    from textual.screen import Screen

    from ..bridge import Bridge
    from ..look import Look
    from ..resets.facts import Receiver

ALONE = "This session is the only one of its task: there is none before or after it."


class ResetCommands:
    """The commands of a screen that shows `_look`."""

    _bridge: Bridge
    _keymap: Keymap
    _look: Look

    if TYPE_CHECKING:

        def _advise(self) -> None:
            """Say what matters most."""

    def _look_for_open_resets(self) -> None:
        """Find out, away from the screen, which resets an earlier clearhead left open."""
        self._resetting_screen.run_worker(self._find_open_resets(), exit_on_error=False)

    async def _find_open_resets(self) -> None:
        await self._bridge.resets.look()
        self._advise()

    def action_reset(self) -> None:
        """Open the sheet of a reset; nothing happens before Enter there."""
        self._resetting_screen.run_worker(self.open_reset(), exit_on_error=False)

    async def open_reset(self, receiver: Receiver | None = None) -> None:
        """Open the sheet of the reset that is under way, was left open, or would begin."""
        from .reset import ResetScreen

        course = await self._bridge.resets.course(self._look.key, receiver)
        stop = course.listen(self._advise)
        sheet = ResetScreen(self._bridge, course, self._keymap)
        screen = self._resetting_screen
        if screen.app.screen is not screen:
            stop()
            return
        screen.app.push_screen(sheet, lambda _: self._advise())
        await course.prepare()

    def action_hand_off(self) -> None:
        """Choose who goes on; a hand-off that is not over is gone on with instead."""
        screen = self._resetting_screen
        if self._bridge.resets.of(self._look.key) or self._bridge.resets.left_open(self._look.key):
            self.action_reset()
            return
        from .handoff import HandOffScreen

        sheet = HandOffScreen(self._bridge, self._look, self._keymap, self.open_reset)
        screen.app.push_screen(sheet)

    def action_beside(self) -> None:
        """Show the session from before beside the one that went on."""
        self._resetting_screen.run_worker(self._show_beside(), exit_on_error=False)

    async def _show_beside(self) -> None:
        from .beside import BesideScreen, pair_of

        screen, found = self._resetting_screen, await pair_of(self._bridge, self._look.key)
        if screen.app.screen is not screen:
            return
        if found is None:
            screen.query_one(Footer).say(ALONE)
            return
        screen.app.push_screen(BesideScreen(self._bridge, *found, self._keymap))

    def action_undo(self) -> None:
        """Show what undoing the newest reset of this session would bring back."""
        from .undo import UndoScreen

        screen = self._resetting_screen
        screen.app.push_screen(UndoScreen(self._bridge, self._look, self._keymap))

    @property
    def _reset_advice(self) -> Advice | None:
        """What the line above the footer says of a reset that is not over."""
        if (resets := self._bridge.known_resets) is None:
            return None
        course, left = resets.of(self._look.key), resets.left_open(self._look.key)
        if course is None and left is None:
            return None
        from ..resets.open import standing_of, where_it_stopped

        key = self._keymap["reset.open"].key
        if course is not None:
            return Advice(*standing_of(course.facts), "you", key, "goes there")
        assert left is not None
        words = f"A {left.begun.purpose} is not over"
        return Advice(words, (where_it_stopped(left),), "dumb", key, "goes on")

    @property
    def _resetting_screen(self) -> Screen[None]:
        return cast("Screen[None]", self)
