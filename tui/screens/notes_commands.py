"""What a screen with a notes pane lets the person do with the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..keymap import Keymap
from ..widgets.footer import Footer

if TYPE_CHECKING:
    from textual.screen import Screen

    from ...core.merge import Lines, Merged
    from ..widgets.notes.pane import NotesPane

NOTHING_TO_CHOOSE = "There is nothing left to choose."
OTHERS_BY_NOW = "The texts have changed meanwhile. Look at them again."


class NotesCommands:
    """The commands of a screen that shows `_notes`."""

    _notes: NotesPane
    _keymap: Keymap

    async def action_save_notes(self) -> None:
        """Save the notes now."""
        if self._notes.keeper:
            await self._notes.keeper.save()

    def action_hold_notes(self) -> None:
        """Let the waiting save wait until the person saves, or let it come again."""
        if self._notes.keeper:
            self._notes.keeper.hold()

    async def action_keep_mine(self) -> None:
        """Save the person's notes over what was changed on disk."""
        if self._notes.keeper:
            await self._notes.keeper.keep_mine()

    async def action_take_theirs(self) -> None:
        """Load the notes that are on disk in place of the person's."""
        await self._notes.take_theirs()

    async def action_confirm_notes(self) -> None:
        """Edit notes that lie elsewhere or belong to someone else."""
        await self._notes.confirm()

    async def action_resolve_notes(self) -> None:
        """Choose block by block between the two texts of the notes."""
        keeper = self._notes.keeper
        merged = await keeper.differences() if keeper else None
        if keeper is None or merged is None or not merged.conflicts:
            self._say_of_notes(NOTHING_TO_CHOOSE)
            return
        from .conflict import ConflictScreen

        screen = ConflictScreen(merged, self._keymap)
        self._as_screen.app.push_screen(screen, lambda choices: self._resolve(merged, choices))

    def _resolve(self, merged: Merged, choices: tuple[Lines, ...] | None) -> None:
        if choices is not None:
            self._as_screen.run_worker(self._resolve_notes(merged, choices), exit_on_error=False)

    async def _resolve_notes(self, merged: Merged, choices: tuple[Lines, ...]) -> None:
        keeper = self._notes.keeper
        if keeper is None or not await keeper.resolve(merged, choices):
            self._say_of_notes(OTHERS_BY_NOW)

    def _say_of_notes(self, words: str) -> None:
        self._as_screen.query_one(Footer).say(words)

    @property
    def _as_screen(self) -> Screen[None]:
        return cast("Screen[None]", self)
