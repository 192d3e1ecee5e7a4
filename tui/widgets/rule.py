"""The line between two panes."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget


class Rule(Widget):
    """A vertical line as high as it is given room."""

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - every row is alike
        """Return one cell of the line."""
        return Strip([Segment("│", self.rich_style)], 1)
