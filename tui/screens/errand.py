"""The whole text of an errand, with keys for a clipboard that fails and for giving up."""

from __future__ import annotations

import time
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content

from ...core.problems import Problem
from .. import numbers
from ..command import Context
from ..commands import bindings
from ..errands import NOTHING, ErrandDesk
from ..keymap import Keymap
from ..messages import SessionChanged
from ..themes import Palette
from ..widgets.errand_panel import WARNINGS
from ..widgets.footer import Footer
from .page import Page
from .problems import WIDEST

if TYPE_CHECKING:
    from ..bridge import Bridge

COPIED = "Copied. If your terminal does not take it, w puts it into a file."
GIVEN_UP = "Given up. What was pasted meanwhile still counts."


class ErrandScreen(Page):
    """Shows what is asked of the person, whole."""

    shows_errand = True
    """Nobody needs to put it on this screen as well."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.ERRAND)]
    contexts: tuple[Context, ...] = (Context.ERRAND, Context.PAGE, Context.EVERYWHERE)  # type: ignore[assignment]

    def __init__(self, desk: ErrandDesk, bridge: Bridge, keymap: Keymap) -> None:
        super().__init__(keymap)
        self._desk, self._bridge = desk, bridge

    @on(SessionChanged)
    def _changed(self) -> None:
        self.draw()

    def title_words(self) -> tuple[str, str]:
        """Return the name of the page, and how long it waits."""
        found = self._desk.open
        waited = numbers.running(time.time() - found[1].since) if found else ""
        return "By hand", f"waits {waited}" if waited else "done"

    def text(self, width: int, palette: Palette) -> Content:
        """Return what to do, where, and the exact text."""
        found = self._desk.open
        if found is None:
            return Content.styled(NOTHING, palette.style("text"))
        key, errand = found
        room, look = min(width, WIDEST), self._bridge.look(key)
        strong, muted = palette.style("strong", bold=True), palette.style("muted")
        lines = [Content.styled(line, strong) for line in wrap(errand.todo, room)]
        lines += [Content.styled(line, muted) for line in wrap(errand.where, room)]
        if look is not None and look.standing.state in WARNINGS:
            words = WARNINGS[look.standing.state]
            lines += [Content.styled(line, palette.style("dumb")) for line in wrap(words, room)]
        lines.append(Content())
        lines += [Content.styled(line, palette.style("text")) for line in errand.text.split("\n")]
        return Content("\n").join(lines)

    def action_errand_copy(self) -> None:
        """Copy the text again."""
        self._say(COPIED if self._desk.copy() else NOTHING)

    def action_errand_save(self) -> None:
        """Put the text into a file, for terminals that take no clipboard."""
        try:
            path = self._desk.save()
        except Problem as problem:
            self._say(f"{problem.title}. {problem.detail}")
            return
        self._say(f"It stands in {path} until it is done." if path else NOTHING)

    def action_errand_give_up(self) -> None:
        """Wait no longer."""
        words = GIVEN_UP if self._desk.give_up() else NOTHING
        self.dismiss()
        self.app.call_later(self.app.say, words)  # type: ignore[attr-defined]

    def _say(self, words: str) -> None:
        self.query_one(Footer).say(words)
