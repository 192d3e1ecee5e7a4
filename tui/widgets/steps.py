"""The steps of a reset, one below the other: state, words, what shows it, seconds."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from ...core.reset.transaction import Status
from .. import glyphs, numbers
from ..resets.steps import StepRow
from ..themes import Palette, palette_of
from .line import spread

INDENT = 7
"""Cells before the words: selection, glyph, number."""

_MARKS = {
    Status.TODO: (glyphs.IDLE, "muted"),
    Status.BEGUN: (glyphs.WORKING, "agent"),
    Status.DONE: (glyphs.PROVED, "ok"),
    Status.SKIPPED: (glyphs.EMPTY, "muted"),
    Status.FAILED: (glyphs.FAILED, "reset"),
}


class StepList(Widget):
    """Shows `steps`: three rows each, or one where the screen is `low`."""

    DEFAULT_CSS: ClassVar[str] = "StepList { height: auto; background: $bg; color: $text; }"

    steps: reactive[tuple[StepRow, ...]] = reactive(())
    low: reactive[bool] = reactive(default=False)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Take as many rows as the steps need."""
        del container, viewport, width
        return len(self.steps) if self.low else 4 * len(self.steps)

    def watch_steps(self, before: tuple[StepRow, ...], after: tuple[StepRow, ...]) -> None:
        """Lay out anew when the number of steps is another one."""
        if len(before) != len(after):
            self.refresh(layout=True)

    def watch_low(self) -> None:
        """Lay out anew."""
        self.refresh(layout=True)

    def render(self) -> Content:
        """Draw the steps for the present width."""
        width, palette = self.size.width, palette_of(self)
        draw = one_row if self.low else four_rows
        return Content("\n").join(row for step in self.steps for row in draw(step, width, palette))


def four_rows(step: StepRow, width: int, palette: Palette) -> tuple[Content, ...]:
    """Return a step as title, two lines of words and an empty row."""
    room = max(0, width - INDENT - 1)
    words = [
        Content.styled(text, palette.style(token)).truncate(room, ellipsis=True)
        for text, token in ((step.words, "text"), (step.detail, "muted"))
    ]
    rows = [_head(step, width, palette), *(Content(" " * INDENT) + line for line in words)]
    return (*(_grounded(row, step, width, palette) for row in rows), Content())


def one_row(step: StepRow, width: int, palette: Palette) -> tuple[Content, ...]:
    """Return a step in one row, its words behind its title."""
    said = Content.styled(f"  {step.words}", palette.style("muted")) if step.words else Content()
    return (_grounded(_head(step, width, palette, said), step, width, palette),)


def _head(step: StepRow, width: int, palette: Palette, said: Content | None = None) -> Content:
    glyph, token = _MARKS[step.status]
    if step.here and step.status is Status.TODO:
        glyph, token = glyphs.FOLDED, "you"
    title = Content.assemble(
        (f" {glyph} ", palette.style(token, bold=True)),
        (f" {step.number}  ", palette.style("muted")),
        (step.title, palette.style("strong", bold=True)),
    )
    took = "" if step.seconds is None else numbers.span(step.seconds)
    end = Content.styled(took, palette.style("muted"))
    return spread(title + (said or Content()), end, max(0, width - 2), 1)


def _grounded(row: Content, step: StepRow, width: int, palette: Palette) -> Content:
    """Mark the step it is at: an edge and a ground, both as wide as the pane."""
    if not step.here:
        return Content(" ") + row
    edge = Content.styled(glyphs.SELECTED, palette.style("you", bold=True))
    filled = row.pad_right(max(0, width - 1 - row.cell_length))
    return (edge + filled).stylize_before(palette.style("", "sel"))
