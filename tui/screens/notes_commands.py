"""What a screen with a notes pane lets the person do with the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ...core.problems import Problem
from ..keymap import Keymap
from ..widgets.footer import Footer

if TYPE_CHECKING:
    from textual.screen import Screen

    from ...core.health.finding import Finding
    from ...core.merge import Lines, Merged
    from ..widgets.notes.pane import NotesPane

NOTHING_TO_CHOOSE = "There is nothing left to choose."
OTHERS_BY_NOW = "The texts have changed meanwhile. Look at them again."


class NotesCommands:
    """The commands of a screen that shows `_notes`."""

    _notes: NotesPane
    _keymap: Keymap

    if TYPE_CHECKING:

        def _show_pane(self, *, notes: bool) -> None:
            """Show one of the panes where there is room for one only."""

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

    async def action_notes_health(self) -> None:
        """See what is not well with the notes."""
        keeper, path = self._notes.keeper, self._notes.path
        if keeper is None or path is None:
            return
        from .health import HealthScreen

        findings = await keeper.check()
        screen = HealthScreen(path.name, findings, self._mend, self._keymap)
        self._as_screen.app.push_screen(screen, self._go_to_line)

    def action_notes_history(self) -> None:
        """See the versions of the notes."""
        keeper, text = self._notes.keeper, self._notes.text
        if keeper is None or keeper.file is None or text is None:
            return
        from .history import HistoryScreen

        path = keeper.file.loaded.target
        change = self._notes.change
        self._as_screen.app.push_screen(
            HistoryScreen(path, keeper.desk.kept, text, change, self._keymap)
        )

    def _go_to_line(self, line: int | None) -> None:
        if line is not None:
            self._show_pane(notes=True)
            self._notes.go_to(line)

    async def _mend(self, finding: Finding) -> tuple[Finding, ...]:
        """Mend one finding in the notes; return what is left."""
        keeper, text = self._notes.keeper, self._notes.text
        if keeper is None or keeper.file is None or text is None or finding.fix is None:
            return ()
        from ...core.health.fixes import apply, side_name

        facts = keeper.health.facts
        fixed = apply(finding.fix, text, facts) if facts else None
        if fixed is None or keeper.file.loaded.read_only:
            return keeper.health.findings
        if fixed.aside:
            loaded = keeper.file.loaded
            try:
                await keeper.desk.put_aside(loaded, side_name(loaded.path.name), fixed.aside)
            except Problem as problem:
                self._say_of_notes(f"{problem.title}. {problem.detail}")
                return keeper.health.findings
        await self._notes.change(fixed.text)
        return await keeper.check()

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
