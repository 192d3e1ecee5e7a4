"""The command palette: every command of the registry, found by its words or its id."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from .command import Command, lowered
from .place import contexts_of, situation_of

if TYPE_CHECKING:
    from .keymap import Keymap

NOT_LISTED = frozenset({"app.palette", "editor.leader"})
"""Commands that make no sense from inside the palette."""


class KnowsCommands(Protocol):
    """The app, as far as the palette needs it."""

    keymap: Keymap

    async def action_run_command(self, name: str) -> None:
        """Run the command with the id `name`."""


class RegistryProvider(Provider):
    """Offers the commands that work where the person is."""

    async def discover(self) -> Hits:
        """Offer all of them before anything is typed."""
        for command in self._offered():
            yield DiscoveryHit(
                words(command), partial(self._run, command.id), help=self._explained(command)
            )

    async def search(self, query: str) -> Hits:
        """Offer those whose words or id fit `query`."""
        matcher = self.matcher(query)
        for command in self._offered():
            text = words(command)
            score = max(matcher.match(text), matcher.match(command.id))
            if score > 0:
                shown = matcher.highlight(text)
                yield Hit(
                    score, shown, partial(self._run, command.id), help=self._explained(command)
                )

    def _offered(self) -> Iterator[Command]:
        for command in self._host.keymap.within(*contexts_of(self.screen)):
            if command.id not in NOT_LISTED:
                yield command

    def _explained(self, command: Command) -> str:
        """Say why the command cannot run now, else what key it has and what it is called."""
        if reason := command.why_not(situation_of(self.screen)):
            return f"not now: {lowered(reason)}"
        key = f"{command.all_keys}  ·  " if command.keys else ""
        return f"{key}{command.id}"

    async def _run(self, name: str) -> None:
        await self._host.action_run_command(name)

    @property
    def _host(self) -> KnowsCommands:
        return cast("KnowsCommands", self.app)


class PaletteScreen(CommandPalette):
    """Textual's palette in our tones, without its emoji."""

    DEFAULT_CSS: ClassVar[str] = """
    PaletteScreen {
        SearchIcon { display: none; }
        #--container { max-width: 96; background: $panel; }
        #--input { border: none; padding: 0 1; }
        CommandList { border: none; padding: 0 0 1 0; background: $panel; }
        CommandInput { border: none; padding: 1; background: $panel; }
        CommandInput:focus { border: none; }
    }
    """


def words(command: Command) -> str:
    """Return what the palette lists: the help sentence without its full stop."""
    return command.help.rstrip(".")
