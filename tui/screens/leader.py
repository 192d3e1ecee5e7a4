"""What the leader offers: the letters that are commands while text is being edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ..command import Command
from ..themes import Palette, palette_of
from ..widgets.line import margin

COLUMN = 24


class LeaderScreen(ModalScreen[str | None]):
    """Waits for one letter and answers the id of its command; any other key answers nothing."""

    DEFAULT_CSS: ClassVar[str] = """
    LeaderScreen {
        background: transparent;
        align: left bottom;
        Static {
            width: 100%;
            height: auto;
            background: $raised;
            color: $text;
        }
    }
    """

    def __init__(self, letters: Mapping[str, Command]) -> None:
        super().__init__()
        self._letters = letters

    def compose(self) -> ComposeResult:
        """Show the letters above the footer."""
        yield Static(leader_rows(self._letters, self.app.size.width, palette_of(self.app)))

    def on_key(self, event: events.Key) -> None:
        """Answer with the command of the letter."""
        event.stop()
        command = self._letters.get(event.character or "") or self._letters.get(event.key)
        self.dismiss(command.id if command else None)


def leader_rows(letters: Mapping[str, Command], width: int, palette: Palette) -> Content:
    """Return the letters with their labels in columns, and how to go on typing."""
    edge = margin(width)
    per_row = max(1, (width - 2 * edge) // COLUMN)
    cells = [
        Content.assemble(
            (letter, palette.style("you", bold=True)), (f" {command.title}", palette.style("text"))
        ).truncate(COLUMN - 2, ellipsis=True)
        for letter, command in letters.items()
    ]
    title = Content.assemble(
        ("Now one letter", palette.style("strong", bold=True)),
        ("   any other key goes on with the text", palette.style("muted")),
    )
    rows = [cells[start : start + per_row] for start in range(0, len(cells), per_row)]
    lines = [title, *(_padded(row) for row in rows)]
    return Content("\n").join(Content(" " * edge) + line for line in lines)


def _padded(cells: list[Content]) -> Content:
    return Content().join(cell.pad_right(COLUMN - cell.cell_length) for cell in cells)
