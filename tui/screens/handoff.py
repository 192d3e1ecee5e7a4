"""The sheet of a hand-off: who goes on with the task, and what each of them means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from .. import glyphs
from ..command import Context
from ..commands import bindings
from ..facts import short_model
from ..keymap import Keymap
from ..look import Look
from ..resets.facts import Receiver
from ..resets.receivers import Choice, Way, choices, typed
from ..themes import Palette, palette_of
from ..widgets.evidence.lines import wrapped
from ..widgets.line import margin
from ..widgets.sheet_title import SheetTitle
from .sheet import Sheet
from .text import TextScreen

if TYPE_CHECKING:
    from ..bridge import Bridge


GoOn = Callable[[Receiver], Awaitable[None]]
"""Opens the sheet of a hand-off to a receiver."""


class HandOffScreen(Sheet):
    """Lets the person choose a receiver; dismissed with it, where the task goes to a session."""

    DEFAULT_CSS: ClassVar[str] = """
    HandOffScreen {
        & > VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
        & #receivers { width: 100%; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.HAND_OFF)]
    contexts = (Context.HAND_OFF, Context.EVERYWHERE)

    def __init__(self, bridge: Bridge, look: Look, keymap: Keymap, go_on: GoOn) -> None:
        super().__init__(bridge, look, keymap)
        self._go_on = go_on
        titles = {name: agent.title for name, agent in bridge.supervisor.agents.items()}
        known = look.live.models if look.live else ()
        model = short_model(look.seen.snapshot.model)
        self._choices = choices(look.key[0], titles, model, known)
        self._at = 0

    def title_words(self) -> SheetTitle:
        """Return the name of the sheet and what stays."""
        about = f"who goes on with {self.look.project}? Nothing happens before Enter"
        return SheetTitle("Hand off", about)

    def compose_body(self) -> ComposeResult:
        """Lay out the receivers."""
        with VerticalScroll(can_focus=False):
            yield Static(id="receivers", markup=False)

    def draw(self) -> None:
        """Draw the receivers, one below the other."""
        palette, lines = palette_of(self), [Content()] if self.airy else []
        at = 0
        for number, choice in enumerate(self._choices):
            at = len(lines) if number == self._at else at
            lines += [*self._choice(choice, self.room, palette, here=number == self._at), Content()]
        edge = Content(" " * (margin(self.size.width) - 1))
        rows = Content("\n").join(edge + line for line in lines)
        self.query_one("#receivers", Static).update(rows)
        self.query_one(VerticalScroll).scroll_to(y=max(0, at - 6), animate=False)

    def _choice(self, choice: Choice, width: int, palette: Palette, *, here: bool) -> list[Content]:
        mark = Content.styled(glyphs.SELECTED if here else " ", palette.style("you", bold=True))
        name = Content.styled(
            f" {choice.name}", palette.style("strong" if here else "text", bold=True)
        )
        rows = [name, *wrapped(choice.means, width - 1, palette, "muted", 1)]
        ground = palette.style("", "sel") if here else palette.style()
        return [
            mark + row.pad_right(max(0, width - 1 - row.cell_length)).stylize_before(ground)
            for row in rows
        ]

    # Commands

    def action_receiver_move(self, step: int) -> None:
        """Select another receiver."""
        self._at = max(0, min(len(self._choices) - 1, self._at + step))
        self.draw()

    def action_close(self) -> None:
        """Leave it; nothing has happened."""
        self.dismiss()

    def action_hand_over(self) -> None:
        """Go on with the selected receiver."""
        choice = self._choices[self._at]
        if choice.way is Way.SESSION and choice.receiver is not None:
            self._begin(choice.receiver)
        elif choice.way is Way.MODEL:
            sheet = TextScreen(
                "Model", "its name, as the agent's client knows it", "", self._keymap
            )
            self.app.push_screen(sheet, self._typed)
        else:
            self._deliver(choice.way)

    def _typed(self, text: str | None) -> None:
        if text and text.strip():
            self._begin(typed(self._look.title, text.strip().split("\n")[0]))

    def _begin(self, receiver: Receiver) -> None:
        self.dismiss()
        self.app.call_later(partial(self._go_on, receiver))

    def _deliver(self, way: Way) -> None:
        from .delivery import DeliveryScreen

        person = way is Way.PERSON
        folder = Path(self._look.cwd or ".")
        page = DeliveryScreen(self._bridge, self._look, folder, self._keymap, for_person=person)
        self.app.switch_screen(page)
