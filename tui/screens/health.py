"""What is not well with the notes: a list, the remedy of each, and one key that mends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from ...core.health.finding import Finding, Severity
from ...core.health.linter import summary
from ...core.text import clean
from .. import glyphs
from ..command import Context, Situation
from ..commands import bindings
from ..keymap import Keymap
from ..place import banner_of
from ..themes import Palette, palette_of
from ..widgets.footer import Footer
from ..widgets.line import margin
from ..widgets.title import title_row

NOTHING = "Nothing to mend."

Mend = Callable[[Finding], Awaitable[tuple[Finding, ...]]]
"""Mends one finding and returns those that are left."""


class HealthScreen(Screen[int]):
    """Lists findings; dismissed with the line to go to, or with nothing."""

    DEFAULT_CSS: ClassVar[str] = """
    HealthScreen {
        background: $bg;
        & > #title { height: 1; background: $panel; }
        & > VerticalScroll { height: 1fr; padding: 1 0; scrollbar-size-vertical: 1; }
        & .finding { width: 100%; height: auto; margin: 0 0 1 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.HEALTH)]
    contexts = (Context.HEALTH, Context.EVERYWHERE)

    def __init__(
        self, name: str, findings: tuple[Finding, ...], mend: Mend, keymap: Keymap
    ) -> None:
        super().__init__()
        self._file_name = name
        self._findings = findings
        self._mend = mend
        self._keymap = keymap
        self._at = 0

    @property
    def situation(self) -> Situation:
        """Whether the selected finding has a place and can be mended."""
        here = self._selected
        return Situation(
            selected=here is not None, mendable=here is not None and here.fix is not None
        )

    def compose(self) -> ComposeResult:
        """Lay out the title, the findings and the footer."""
        yield Static(id="title", markup=False)
        yield VerticalScroll(can_focus=False)
        footer = Footer()
        footer.keymap, footer.contexts = self._keymap, self.contexts
        yield footer

    def on_mount(self) -> None:
        """Draw, and follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self.call_later(self._renew)

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    # Commands

    def action_finding_move(self, step: int) -> None:
        """Select another finding."""
        self._at = max(0, min(len(self._findings) - 1, self._at + step))
        self._draw()

    def action_go_to_finding(self) -> None:
        """Go to the line it is about; to the file where it is about all of it."""
        if self._selected is not None:
            self.dismiss(self._selected.line or 0)

    async def action_mend(self) -> None:
        """Mend what is selected."""
        here = self._selected
        if here is None or here.fix is None:
            return
        left = await self._mend(here)
        if left == self._findings:
            self.query_one(Footer).say("It could not be mended: the notes may not be edited.")
            return
        self._findings = left
        self._at = max(0, min(self._at, len(left) - 1))
        await self._renew()
        self.query_one(Footer).say("Mended in the notes; ctrl+z there takes it back.")

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    # Drawing

    @property
    def _selected(self) -> Finding | None:
        return self._findings[self._at] if self._findings else None

    async def _renew(self) -> None:
        """Lay out one text for each finding."""
        page = self.query_one(VerticalScroll)
        await page.remove_children()
        await page.mount_all(
            Static(classes="finding", markup=False) for _ in range(max(1, len(self._findings)))
        )
        self._draw()

    def _draw(self) -> None:
        palette, width = palette_of(self), self.size.width
        words = (self._file_name, summary(self._findings))
        title = title_row(words, banner_of(self), width, palette)
        self.query_one("#title", Static).update(title)
        footer = self.query_one(Footer)
        footer.situation = self.situation
        rows = list(self.query(".finding").results(Static))
        if not self._findings:
            for row in rows:
                row.update(self._indented(Content.styled(NOTHING, palette.style("ok", bold=True))))
            return
        for number, (row, finding) in enumerate(zip(rows, self._findings, strict=False)):
            row.update(self._finding(finding, palette, selected=number == self._at))
        if self._at < len(rows):
            rows[self._at].scroll_visible(animate=False)

    def _finding(self, finding: Finding, palette: Palette, *, selected: bool) -> Content:
        wrong = finding.severity is Severity.ERROR
        token, sign = ("reset", glyphs.FAILED) if wrong else ("dumb", glyphs.WARNING)
        where = "the file" if finding.line is None else f"line {finding.line + 1}"
        head = Content.assemble(
            (f"{glyphs.SELECTED if selected else ' '} ", palette.style("you", bold=True)),
            (f"{sign} {finding.severity}", palette.style(token, bold=True)),
            (f"  {where}  ", palette.style("muted")),
        )
        message = Content.styled(clean(finding.message), palette.style("text", bold=selected))
        remedy = [Content.styled(finding.remedy, palette.style("muted"))]
        if finding.fix is not None:
            key = self._keymap["health.mend"].key
            mend = Content.styled(f"{key} mends it", palette.style("you", bold=True))
            remedy.append(mend)
        below = Content("  ").join([Content("   "), *remedy])
        return self._indented(head + message, below)

    def _indented(self, *rows: Content) -> Content:
        edge = margin(self.size.width)
        room = max(20, self.size.width - 2 * edge - 1)
        lines = [part for row in rows for part in row.wrap(room)]
        return Content("\n").join(Content(" " * edge) + line for line in lines)
