"""What to do where no session of this folder runs: choices first, then what works where."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import events, on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.style import Style

from ...core.agents.base import State
from ...core.supervisor import Key
from ...core.text import one_line
from .. import glyphs, numbers
from ..command import Context
from ..commands import bindings
from ..facts import DEMO, folder_of, short_path
from ..first_run import remember_welcome
from ..keymap import Keymap
from ..look import Look
from ..messages import SessionChanged, SessionsChanged, SessionWanted
from ..start import DEMO_WANTED, Start
from ..themes import Palette
from ..widgets.footer import Footer
from ..widgets.places import BY_HAND, NOW, table
from .page import Page
from .problems import WIDEST

if TYPE_CHECKING:
    from ..bridge import Bridge

LABEL = 32
"""Cells of the column of choices."""

FEED = (
    "Optional: `clearhead hooks install` adds the window size and the client's own cost. It shows "
    "its change first and is removed to the byte by one command."
)


class Choice(msgspec.Struct, frozen=True):
    """One thing to do: its label, a few words about it, and the action."""

    label: str
    about: str
    action: str


class WelcomeScreen(Page):
    """Offers what can be done, and says where was looked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Context.WELCOME),
        ("up", "move(-1)"),
        ("down", "move(1)"),
        ("pageup", "scroll_page(-1)"),
        ("pagedown", "scroll_page(1)"),
    ]
    contexts = (Context.WELCOME, Context.EVERYWHERE)

    def __init__(self, bridge: Bridge, start: Start, keymap: Keymap) -> None:
        super().__init__(keymap)
        self._bridge = bridge
        self._start = start
        self._selected = ""

    def on_mount(self) -> None:
        """Keep the arrow keys for the choices, and do not greet in this way again."""
        super().on_mount()
        self.query_one(VerticalScroll).can_focus = False
        self.set_focus(None)
        remember_welcome()

    def title_words(self) -> tuple[str, str]:
        """Return the name of the page and its promise."""
        return "Welcome", "nothing is written outside clearhead's own folders"

    @on(SessionsChanged)
    @on(SessionChanged)
    def _look_again(self) -> None:
        self.draw()

    # The choices

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be done now, the likeliest first."""
        live, found = self._live(), list[Choice]()
        if live:
            newest = live[0]
            found.append(Choice(f"Watch {newest.project}", _about(newest), "newest"))
        if self._sessions():
            count = numbers.count(len(live), "live session")
            found.append(Choice("All sessions on this machine", count, "app.sessions"))
        about = "a scripted agent at real work, in a throw-away folder"
        if self._start.demo is None:
            found.append(Choice("Demo", about, "demo"))
        else:
            found.append(Choice("Watch the demo", about, "close"))
        return tuple(found)

    def _sessions(self) -> list[Key]:
        return [key for key in self._bridge.supervisor.keys if key[0] != DEMO]

    def _live(self) -> list[Look]:
        """What has not ended: first where a process runs, then the most recent."""
        looks = [look for key in self._sessions() if (look := self._bridge.look(key))]
        return sorted((look for look in looks if not look.ended), key=_liveliness)

    @property
    def _index(self) -> int:
        actions = [choice.action for choice in self.choices]
        return actions.index(self._selected) if self._selected in actions else 0

    # Drawing

    def text(self, width: int, palette: Palette) -> Content:
        """Return the whole page."""
        return Content("\n").join(self._lines(width, palette))

    def _lines(self, width: int, palette: Palette) -> Iterator[Content]:
        strong, muted = palette.style("strong", bold=True), palette.style("muted")
        prose = min(width, WIDEST)
        yield from (Content.styled(line, strong) for line in wrap(self._headline(), prose))
        yield Content.styled("Start an agent in any terminal, and it shows up by itself.", muted)
        yield Content()
        for number, choice in enumerate(self.choices):
            yield self._choice(number, choice, width, palette)
        yield Content()
        yield Content.styled("Where does your agent run?", strong)
        for line in wrap(f"This decides what clearhead can do for it. {NOW}", prose):
            yield Content.styled(line, muted)
        yield Content()
        yield from table(width, palette)
        for paragraph in (BY_HAND, FEED, *self._looked()):
            yield Content()
            for line in wrap(paragraph, prose):
                yield Content.styled(line, muted)

    def _headline(self) -> str:
        if self._start.demo is not None and not self._sessions():
            return "No agent session was found on this machine."
        folder = one_line(short_path(str(self._start.folder)))
        if self._start.demo is not None:
            return "A session was found meanwhile."
        return f"No agent session belongs to {folder}."

    def _choice(self, number: int, choice: Choice, width: int, palette: Palette) -> Content:
        chosen = number == self._index
        ground, click = "sel" if chosen else "", Style.from_meta({"choice": number})
        row = Content.assemble(
            (glyphs.SELECTED if chosen else " ", palette.style("you", ground, bold=True)),
            (f" {number + 1}  ", palette.style("you", ground, bold=True)),
            (choice.label.ljust(LABEL), palette.style("strong", ground, bold=True)),
            (choice.about, palette.style("muted", ground)),
        ).truncate(width, ellipsis=True)
        rest = Content.styled(" " * (width - row.cell_length), palette.style("", ground))
        return (row + rest).stylize(click)

    def _looked(self) -> Iterator[str]:
        for name, found in self._bridge.supervisor.discoveries.items():
            if name == DEMO or not found.looked_in:
                continue
            count = numbers.count(len(found.sightings), "session") if found.sightings else "nothing"
            places = " and ".join(short_path(str(place)) for place in found.looked_in)
            title = self._bridge.supervisor.agents[name].title
            yield f"Looked for {title} in {one_line(places, 400)}: {count}."

    # Keys

    def action_move(self, step: int) -> None:
        """Select another choice."""
        choices = self.choices
        self._selected = choices[(self._index + step) % len(choices)].action
        self.draw()
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def action_scroll_page(self, step: int) -> None:
        """Read on, or back."""
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=step * (scroll.size.height - 1), animate=False)

    def on_key(self, event: events.Key) -> None:
        """Take a digit as the choice of that number."""
        choices = self.choices
        if event.character and event.character in "123456789"[: len(choices)]:
            event.stop()
            self._selected = choices[int(event.character) - 1].action
            self.draw()
            self.action_choose()

    def on_click(self, event: events.Click) -> None:
        """Take a click on a choice as its number."""
        if (number := event.style.meta.get("choice")) is not None:
            self._selected = self.choices[number].action
            self.action_choose()

    def action_choose(self) -> None:
        """Do what is selected."""
        match self.choices[self._index].action:
            case "newest":
                self.app.post_message(SessionWanted(self._live()[0].key))
            case "demo":
                self.app.exit(return_code=DEMO_WANTED)
            case other:
                self.call_later(self.run_action, other)

    def action_close(self) -> None:
        """Go back to the demo; without one there is nothing to go back to."""
        if self._start.demo is not None:
            self.dismiss()
        else:
            words = "Choose with Enter or a number, or leave with q."
            self.query_one(Footer).say(words, warning=True)


def _about(look: Look) -> str:
    state = "working" if look.standing.state is State.BUSY else str(look.standing.state)
    return f"{state} in {folder_of(look)}"


def _liveliness(look: Look) -> tuple[bool, float]:
    sighting = look.seen.sighting
    return sighting.pid is None, -(sighting.last_activity or 0.0)
