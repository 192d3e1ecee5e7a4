"""The sheet of a hand-off: who goes on with the task, and what each of them means."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from .. import glyphs
from ..command import Context
from ..commands import bindings
from ..facts import short_model
from ..keymap import Keymap
from ..look import Look
from ..resets.facts import Receiver
from ..resets.receivers import Choice, Way, choices, typed
from ..themes import Palette
from ..widgets.evidence.lines import wrapped
from .page import Page
from .text import TextScreen

if TYPE_CHECKING:
    from ..bridge import Bridge


class HandOffScreen(Page):
    """Lets the person choose a receiver; dismissed with it, where the task goes to a session."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.HAND_OFF)]
    contexts = (Context.HAND_OFF, Context.EVERYWHERE)

    def __init__(self, bridge: Bridge, look: Look, keymap: Keymap) -> None:
        super().__init__(keymap)
        self._bridge, self._look = bridge, look
        titles = {name: agent.title for name, agent in bridge.supervisor.agents.items()}
        known = look.live.models if look.live else ()
        model = short_model(look.seen.snapshot.model)
        self._choices = choices(look.key[0], titles, model, known)
        self._at = 0

    def title_words(self) -> tuple[str, str]:
        """Return the name of the sheet and what stays."""
        return "Hand off", f"who goes on with {self._look.project}? Nothing happens before Enter"

    def text(self, width: int, palette: Palette) -> Content:
        """Return the receivers, one below the other."""
        lines: list[Content] = []
        for number, choice in enumerate(self._choices):
            lines += [*self._choice(choice, width, palette, here=number == self._at), Content()]
        return Content("\n").join(lines[:-1])

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
        self.app.call_later(partial(self._open_sheet, receiver))

    async def _open_sheet(self, receiver: Receiver) -> None:
        from .supervise import SuperviseScreen

        screen = self.app.screen
        if isinstance(screen, SuperviseScreen):
            await screen.open_reset(receiver)

    def _deliver(self, way: Way) -> None:
        from .delivery import DeliveryScreen

        person = way is Way.PERSON
        folder = Path(self._look.cwd or ".")
        page = DeliveryScreen(self._bridge, self._look, folder, self._keymap, for_person=person)
        self.app.switch_screen(page)
