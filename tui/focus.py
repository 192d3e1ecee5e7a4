"""Where the keys go."""

from __future__ import annotations

from textual.widget import Widget


def focus_now(widget: Widget) -> None:
    """Give a widget the focus at once.

    Textual's own `focus` does so one message later: what was typed right behind the key that led
    there would still run as commands.
    """
    widget.screen.set_focus(widget)
