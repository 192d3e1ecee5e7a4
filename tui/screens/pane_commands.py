"""What a screen with transcript and notes lets the person do with its panes: go to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..focus import focus_now
from ..widgets.tabs import Tabs

if TYPE_CHECKING:
    from textual.screen import Screen

    from ..widgets.notes.pane import NotesPane
    from ..widgets.transcript.pane import TranscriptPane


class PaneCommands:
    """The commands of a screen that shows `_transcript` beside `_notes`; as tabs, one of them."""

    _transcript: TranscriptPane
    _notes: NotesPane

    async def action_find(self) -> None:
        """Look for words in the transcript."""
        self._show_pane(notes=False)
        await self._transcript.open_find()

    async def action_focus_notes(self) -> None:
        """Go to the progress file; where there is none yet, begin one."""
        self._show_pane(notes=True)
        await self._notes.begin()

    def action_switch_pane(self) -> None:
        """Go to the other pane."""
        as_tab = self._screen_of_panes.has_class("-tabs", "-notes")
        self._go_to(notes=not (self._notes.has_focus_within or as_tab))

    def action_leave_notes(self) -> None:
        """Go back to the transcript."""
        self._show_pane(notes=False)
        focus_now(self._transcript.view)

    def _go_to(self, *, notes: bool) -> None:
        """Go to one of the panes."""
        if notes:
            self._show_pane(notes=True)
            self._notes.focus_editor()
        else:
            self.action_leave_notes()

    def _show_pane(self, *, notes: bool) -> None:
        """Show one of the panes where there is room for one only."""
        screen = self._screen_of_panes
        screen.set_class(notes, "-notes")
        screen.query_one(Tabs).notes = notes

    @property
    def _screen_of_panes(self) -> Screen[None]:
        return cast("Screen[None]", self)
