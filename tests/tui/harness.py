"""An app around one widget, and what stands on its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App, ComposeResult

from clearhead.tui import themes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.widget import Widget

from contextlib import asynccontextmanager


class Harness(App[None]):
    """The smallest app that has our themes and holds one widget."""

    def __init__(self, widget: Widget, theme: str = themes.DEFAULT) -> None:
        super().__init__()
        self._widget = widget
        themes.install(self, theme)
        themes.offer(self)

    def compose(self) -> ComposeResult:
        yield self._widget


@asynccontextmanager
async def shown(
    widget: Widget, width: int, height: int = 40, theme: str = themes.DEFAULT
) -> AsyncIterator[Any]:
    """Show `widget` on a screen of that size; gives the pilot."""
    async with Harness(widget, theme).run_test(size=(width, height)) as pilot:
        await pilot.pause()
        yield pilot


def rows(widget: Widget) -> list[str]:
    """Return the text of each row of `widget`, without blanks at the end."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


async def drawn(
    widget: Widget, width: int, height: int = 40, theme: str = themes.DEFAULT
) -> list[str]:
    """Return the rows of `widget` on a screen of that size."""
    async with shown(widget, width, height, theme):
        return rows(widget)
