"""An app whose keys, clicks, palette and leader all take one way to a command.

On that way a command that cannot run now says why, instead of doing nothing.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.driver import Driver
from textual.filter import LineFilter

from .command import Context, lowered
from .commands import bindings
from .keymap import Keymap
from .palette import PaletteScreen, RegistryProvider
from .place import contexts_of, situation_of
from .plain_glyphs import PlainGlyphs, lacking
from .widgets.footer import Footer

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.events import Event
    from textual.widget import Widget


AHEAD = 64
"""Keys that can be under way at once: nobody types faster than that."""

PALETTE_ID = "--command-palette"
"""The id by which Textual knows its palette."""


class CommandApp(App[None]):
    """The part of the app that knows commands; the screens say where the person is (`Place`)."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Context.EVERYWHERE)
    COMMANDS: ClassVar[Any] = {RegistryProvider}

    def __init__(self, keymap: Keymap | None = None) -> None:
        super().__init__()
        self.banner = ""
        self.keymap = keymap or Keymap()
        self.set_keymap(self.keymap.changed())
        self._aimed: deque[tuple[Event, Widget | None]] = deque(maxlen=AHEAD)
        self._plain = (PlainGlyphs(),) if lacking(os.environ) else ()

    def get_driver_class(self) -> type[Driver]:
        """Take the driver that sleeps in place of Textual's own for this terminal."""
        driver = super().get_driver_class()
        if driver.__name__ != "LinuxDriver":
            return driver
        from .quiet_driver import QuietDriver

        return QuietDriver

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Add ASCII glyphs where the terminal needs them."""
        return [*super().get_line_filters(), *self._plain]

    async def on_event(self, event: Event) -> None:
        """Remember at which widget a key is aimed, before it goes there.

        A key brings the focus back that was put aside while the terminal showed something else.
        """
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.app_focus = True
            self._aimed.append((event, self.focused))
        await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """Hand a key that was pressed right behind another to where that one has led.

        It set out while the focus was elsewhere: what is typed into an editor must not run as
        commands.
        """
        focused = self.focused
        aimed = next((widget for aimed, widget in self._aimed if aimed is event), focused)
        if focused is not None and aimed is not focused:
            event.prevent_default()
            focused._forward_event(events.Key(event.key, event.character))  # noqa: SLF001

    async def run_action(
        self,
        action: Any,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run `action`; one that is a command which cannot run now says why instead."""
        command = self.keymap.of_action(action)
        if command and (reason := command.why_not(situation_of(self.screen))):
            self.refuse(reason)
            return True
        return await super().run_action(action, default_namespace, namespaces)

    def refuse(self, reason: str) -> None:
        """Show why a command cannot run, in the footer, where its key stands."""
        self.say(reason, warning=True)

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Show a sentence in the footer; never over the text, where people read."""
        for screen in reversed(self.screen_stack):
            if footers := screen.query(Footer):
                footers.first().say(sentence, warning=warning)
                return

    async def action_run_command(self, name: str) -> None:
        """Run the command with the id `name`, as if its key was pressed where the focus is."""
        command = self.keymap[name]
        if (node := self._holder(command.action)) is not None:
            await self.run_action(command.action, node)
        else:
            places = " and ".join(sorted(command.contexts))
            self.refuse(f"This works elsewhere ({places}): {lowered(command.help)}")

    def _holder(self, action: str) -> DOMNode | None:
        """Return the node nearest to the focus that knows `action`."""
        method = f"action_{action.removeprefix('app.').partition('(')[0]}"
        nodes = (self.focused or self.screen).ancestors_with_self
        return next((node for node in nodes if hasattr(node, method)), None)

    def action_command_palette(self) -> None:
        """Show the commands by their words."""
        if self.screen.id != PALETTE_ID:
            found = PaletteScreen(placeholder="Find a command by its words", id=PALETTE_ID)
            self.push_screen(found)

    def action_leader(self) -> None:
        """Ask for the letter of a command while text is being edited."""
        from .screens.leader import LeaderScreen

        letters = self.keymap.after_leader(*contexts_of(self.screen))
        self.push_screen(LeaderScreen(letters), self._run_chosen)

    def _run_chosen(self, name: str | None) -> None:
        if name is not None:
            self.call_later(self.action_run_command, name)

    def action_help(self) -> None:
        """Show every key."""
        from .screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            here, now = contexts_of(self.screen), situation_of(self.screen)
            self.push_screen(HelpScreen(self.keymap, here, now))
