"""The floor: the smallest Textual app, to see what clearhead adds to its framework."""

import os

os.environ["TEXTUAL_FPS"] = "120"

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        yield Static("bare")


if __name__ == "__main__":
    Bare().run()
