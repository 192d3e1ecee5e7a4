"""The log of actions: what was asked of a session, when, what came of it, and what tells so."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from ..deeds import Deed, deed_rows
from ..keymap import Keymap
from ..numbers import count
from ..themes import Palette
from .page import Page

NOTHING = "Nothing was asked of this session so far."
HOW = "Prompts, interrupts, answers, compactions and resets stand here, each with its evidence."


class ActionLogScreen(Page):
    """Lists actions, the newest first; the texts that were sent are not kept."""

    def __init__(self, deeds: Sequence[Deed], project: str, keymap: Keymap) -> None:
        super().__init__(keymap)
        self._deeds = deeds
        self._project = project

    def title_words(self) -> tuple[str, str]:
        """Return the name of the page and what it is about."""
        return "Actions", f"{self._project} · {count(len(self._deeds), 'action')}"

    def text(self, width: int, palette: Palette) -> Content:
        """Return two or more rows for each action."""
        if not self._deeds:
            return Content("\n").join(
                [
                    Content.styled(NOTHING, palette.style("text")),
                    Content.styled(HOW, palette.style("muted")),
                ]
            )
        rows = [row for deed in self._deeds for row in deed_rows(deed, width, palette)]
        return Content("\n").join(rows)
