"""The versions of the notes: when, whose, what was different, and one key to put one back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from ...core.differing import Row, difference
from ...core.kept import Kept, Version
from ...core.notefile import text_of
from ...core.problems import Problem
from ...core.text import clean
from .. import glyphs, numbers
from ..command import Context, Situation
from ..commands import bindings
from ..keymap import Keymap
from ..place import banner_of
from ..themes import Palette, palette_of
from ..widgets.footer import Footer
from ..widgets.line import margin
from ..widgets.title import title_row

FORGOTTEN = "This version was forgotten meanwhile."
NONE = "No version is kept yet. Each one that is seen or saved will be."

Restore = Callable[[str], Awaitable[bool]]
"""Puts a text into the notes as an edit; false where they may not be edited."""


class HistoryScreen(Screen[None]):
    """Lists the versions of one file, the newest first, and shows how the selected one differs."""

    DEFAULT_CSS: ClassVar[str] = """
    HistoryScreen {
        background: $bg;
        & > #title { height: 1; background: $panel; }
        & > #versions { height: auto; max-height: 9; padding: 1 0; scrollbar-size-vertical: 1; }
        & > #differs { height: 1; background: $panel; }
        & > #change { height: 1fr; scrollbar-size-vertical: 1; }
        & Static { width: 100%; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.HISTORY)]
    contexts = (Context.HISTORY, Context.EVERYWHERE)

    def __init__(self, path: Path, kept: Kept, text: str, restore: Restore, keymap: Keymap) -> None:
        super().__init__()
        self._path, self._kept, self._text = path, kept, text
        self._restore = restore
        self._keymap = keymap
        self._versions: tuple[Version, ...] = ()
        self._at = 0
        self._against_before = False
        self._told: str | None = None
        self._rows: tuple[Row, ...] = ()

    @property
    def situation(self) -> Situation:
        """Whether there is a version to put back."""
        return Situation(selected=bool(self._versions))

    def compose(self) -> ComposeResult:
        """Lay out the versions above, the difference below."""
        yield Static(id="title", markup=False)
        with VerticalScroll(id="versions", can_focus=False):
            yield Static(id="list", markup=False)
        yield Static(id="differs", markup=False)
        with VerticalScroll(id="change", can_focus=False):
            yield Static(id="rows", markup=False)
        footer = Footer()
        footer.keymap, footer.contexts = self._keymap, self.contexts
        yield footer

    async def on_mount(self) -> None:
        """Read the list, then the first difference."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        found = await asyncio.to_thread(self._kept.versions, self._path)
        self._versions = tuple(reversed(found))
        await self._select(0)

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    # Commands

    async def action_version_move(self, step: int) -> None:
        """Select an older or a newer version."""
        if self._versions:
            await self._select(max(0, min(len(self._versions) - 1, self._at + step)))

    async def action_compare_other(self) -> None:
        """Compare with the version before, or again with the notes as they are now."""
        self._against_before = not self._against_before
        await self._select(self._at)

    def action_scroll_change(self, pages: int) -> None:
        """Scroll the difference."""
        change = self.query_one("#change")
        change.scroll_relative(y=pages * max(1, change.size.height - 1), animate=False)

    async def action_restore_version(self) -> None:
        """Put the selected version into the notes."""
        text = await asyncio.to_thread(self._text_of, self._versions[self._at])
        if text is None:
            self.query_one(Footer).say(FORGOTTEN)
        elif await self._restore(text):
            self.dismiss(None)
        else:
            self.query_one(Footer).say("The notes may not be edited now.")

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    # Reading, away from the screen

    async def _select(self, at: int) -> None:
        self._at = at
        if self._versions:
            asked = (at, self._against_before)
            told, rows = await asyncio.to_thread(self._compared, *asked)
            if asked != (self._at, self._against_before):
                return
            self._told, self._rows = told, rows
        self._draw()
        self.query_one("#change").scroll_home(animate=False)

    def _compared(self, at: int, against_before: bool) -> tuple[str, tuple[Row, ...]]:
        """Return a word on what is compared, and the rows of the difference."""
        text = self._text_of(self._versions[at])
        if text is None:
            return FORGOTTEN, ()
        if not against_before:
            return "from the notes now to this version", difference(self._text, text)
        older = self._versions[at + 1 :]
        before = self._text_of(older[0]) if older else ""
        if before is None:
            return FORGOTTEN, ()
        said = "what this version changed" if older else "the oldest version that is kept"
        return said, difference(before, text)

    def _text_of(self, version: Version) -> str | None:
        content = self._kept.content(self._path, version.sha256)
        try:
            return None if content is None else text_of(self._path, content)[0]
        except Problem:
            return None

    # Drawing

    def _draw(self) -> None:
        palette, width = palette_of(self), self.size.width
        words = ("History", f"{self._path.name}, {numbers.count(len(self._versions), 'version')}")
        title = title_row(words, banner_of(self), width, palette)
        self.query_one("#title", Static).update(title)
        edge = Content(" " * margin(width))
        rows = [edge + self._version(n, palette) for n in range(len(self._versions))]
        none = [edge + Content.styled(NONE, palette.style("muted"))]
        self.query_one("#list", Static).update(Content("\n").join(rows or none))
        told = Content.styled(self._told or "", palette.style("muted"))
        self.query_one("#differs", Static).update(edge + told)
        shown = [edge + _drawn(row, palette) for row in self._rows]
        same = [edge + Content.styled("No difference.", palette.style("muted"))]
        nothing = same if self._versions and self._told != FORGOTTEN else [Content()]
        self.query_one("#rows", Static).update(Content("\n").join(shown or nothing))
        self.query_one(Footer).situation = self.situation
        self.query_one("#versions").scroll_to(y=max(0, self._at - 5), animate=False)

    def _version(self, number: int, palette: Palette) -> Content:
        version, here = self._versions[number], number == self._at
        ago = numbers.span(max(0.0, time.time() - version.at))
        whose = {True: "yours", False: "found on disk", None: ""}[version.yours]
        return Content.assemble(
            (f"{glyphs.SELECTED if here else ' '} ", palette.style("you", bold=True)),
            (f"{numbers.clock(version.at)}  ", palette.style("text", bold=here)),
            (f"{ago + ' ago':<12}", palette.style("muted")),
            (f"{whose:<15}", palette.style("you" if version.yours else "agent")),
            (f"{version.size:,} bytes", palette.style("muted")),
        )


def _drawn(row: Row, palette: Palette) -> Content:
    ink = {"+": "add", "-": "rem"}.get(row.sign, "muted")
    return Content.styled(f"{row.sign} {clean(row.text)}", palette.style(ink))
