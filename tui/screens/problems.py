"""What went wrong, why, and what to do; it stays until it is dealt with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap

from textual import on
from textual.content import Content

from ...core.problems import Report
from ...core.text import clean
from .. import glyphs, numbers
from ..keymap import Keymap
from ..messages import SessionChanged, SessionsChanged
from ..themes import Palette
from .page import Page

WIDEST = 96
"""Cells of a line of prose; longer ones are hard to read."""


class ProblemsScreen(Page):
    """Lists the reports that `reports` returns, and those that come while it is open."""

    def __init__(self, reports: Callable[[], Sequence[Report]], keymap: Keymap) -> None:
        super().__init__(keymap)
        self._reports = reports

    def title_words(self) -> tuple[str, str]:
        """Return the name of the page and how many problems there are."""
        return "Problems", numbers.count(len(self._reports()), "problem")

    def text(self, width: int, palette: Palette) -> Content:
        """Return one paragraph for each problem."""
        reports = self._reports()
        if not reports:
            return Content.styled("Nothing went wrong.", palette.style("text"))
        room = min(width, WIDEST) - 2
        return Content("\n\n").join(problem(report, room, palette) for report in reports)

    @on(SessionChanged)
    @on(SessionsChanged)
    def _look_again(self) -> None:
        self.draw()


def problem(report: Report, room: int, palette: Palette) -> Content:
    """Return one problem: what, why, and the remedy."""
    place = "" if report.line is None else f"line {report.line}: "
    lines = [
        Content.assemble(
            (f"{glyphs.WARNING} ", palette.style("reset", bold=True)),
            (clean(report.title), palette.style("strong", bold=True)),
        )
    ]
    lines += _indented(place + clean(report.detail), room, palette, "text")
    lines += _indented(clean(report.remedy), room, palette, "muted")
    return Content("\n").join(lines)


def _indented(text: str, room: int, palette: Palette, ink: str) -> list[Content]:
    lines = wrap(text.replace("\n", " "), room)
    return [Content.styled(f"  {line}", palette.style(ink)) for line in lines]
