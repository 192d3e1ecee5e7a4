"""The bottom row: the keys that work now, drawn from the keymap."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import msgspec
from rich.cells import cell_len
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from .. import glyphs
from ..command import Command, Context, Situation
from ..commands import HELP
from ..keymap import Keymap
from ..themes import Palette, palette_of
from .line import joined

GAP = "  "

NOTICE_SECONDS = 4.0
"""How long a sentence stands in place of the keys: time enough to read twelve words."""


class Notice(msgspec.Struct, frozen=True):
    """A sentence for the person, and whether it warns."""

    sentence: str
    warning: bool = False


class Footer(Widget):
    """Shows the commands of `contexts`, the narrowest first; what fits the selection stands left.

    A command that cannot run now is muted; a click on an entry does the same as its key.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Footer {
        dock: bottom;
        height: 1;
        background: $panel;
        color: $text;
    }
    """

    contexts: reactive[tuple[Context, ...]] = reactive((Context.EVERYWHERE,))
    """Where the person is: the first one makes the left group."""

    situation: reactive[Situation] = reactive(Situation())
    """What the reasons of the commands look at."""

    keymap: reactive[Keymap] = reactive(Keymap())

    notice: reactive[Notice | None] = reactive(None)
    """A sentence in place of the keys, such as why a key cannot act now."""

    async def on_click(self, event: Click) -> None:
        """Do what the key under the pointer does."""
        if name := event.style.meta.get("command"):
            await self.run_action(f"app.run_command({name!r})")

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Show `sentence` for a moment; a `warning` carries the mark of one."""
        self.notice = notice = Notice(sentence, warning)
        self.set_timer(NOTICE_SECONDS, partial(self._forget, notice))

    def _forget(self, notice: Notice) -> None:
        if self.notice is notice:
            self.notice = None

    def render(self) -> Content:
        """Draw the keys for the present width."""
        if self.notice is not None:
            return notice_row(self.notice, self.size.width, palette_of(self))
        left, right = groups(self.keymap, self.contexts)
        return footer_row(left, right, self.situation, self.size.width, palette_of(self))


def notice_row(notice: Notice, width: int, palette: Palette) -> Content:
    """Return a sentence with its mark in `width` cells."""
    mark = Content.styled(f"{glyphs.WARNING} ", palette.style("dumb", bold=True))
    row = Content(" ") + (mark if notice.warning else "")
    return (row + Content.styled(notice.sentence, palette.style("text"))).truncate(
        width, ellipsis=True
    )


def groups(
    keymap: Keymap, contexts: Sequence[Context]
) -> tuple[tuple[Command, ...], tuple[Command, ...]]:
    """Return the footer's commands: those of the first context, then those of the others."""
    shown = [command for command in keymap.within(*contexts) if command.in_footer and command.keys]
    first = frozenset(contexts[:1])
    left = tuple(command for command in shown if not command.contexts.isdisjoint(first))
    order = list(contexts)
    rest = sorted(
        (command for command in shown if command not in left),
        key=lambda command: min(order.index(c) for c in command.contexts if c in order),
    )
    return left, tuple(rest)


def footer_row(
    left: Sequence[Command],
    right: Sequence[Command],
    now: Situation,
    width: int,
    palette: Palette,
) -> Content:
    """Return the two groups in `width` cells; whole entries go from the right, help stays.

    What cannot run now goes before what can.
    """
    commands = _fitting(left, right, now, width - 2)
    return (Content(" ") + _drawn(commands, left, now, palette)).truncate(width)


def _fitting(
    left: Sequence[Command], right: Sequence[Command], now: Situation, room: int
) -> list[Command]:
    """Return what has a place in `room` cells."""
    commands = [*left, *right]
    unable = [command for command in commands if command.why_not(now) is not None]
    while _cells(commands, left) > room:
        droppable = [command for command in commands if command.id != HELP]
        if not droppable:
            break
        dropped = next((c for c in reversed(droppable) if c in unable), droppable[-1])
        commands.remove(dropped)
    return commands


def _cells(commands: Sequence[Command], left: Sequence[Command]) -> int:
    """Return the width of entries with what stands between them."""
    entries = [cell_len(command.key) + 1 + cell_len(command.title) for command in commands]
    near = sum(command in left for command in commands)
    parted = 0 < near < len(entries)
    pieces = [*entries, cell_len(glyphs.BESIDE)] if parted else entries
    return sum(pieces) + len(GAP) * max(0, len(pieces) - 1)


def _drawn(
    commands: Sequence[Command], left: Sequence[Command], now: Situation, palette: Palette
) -> Content:
    """Put the entries side by side, a rule between the two groups."""
    near = [_entry(command, now, palette) for command in commands if command in left]
    far = [_entry(command, now, palette) for command in commands if command not in left]
    rule = Content.styled(glyphs.BESIDE, palette.style("line"))
    return joined([joined(near, GAP), rule if near and far else Content(), joined(far, GAP)], GAP)


def _entry(command: Command, now: Situation, palette: Palette) -> Content:
    """One key with its label; muted when it cannot run now."""
    able = command.why_not(now) is None
    click = Style.from_meta({"command": command.id})
    key = palette.style("you", bold=True) if able else palette.style("muted")
    return Content.assemble(
        (command.key, key + click), (f" {command.title}", palette.style("muted") + click)
    )
