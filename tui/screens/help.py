"""Every key that works, drawn from the keymap; typing narrows the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from ..command import Command, Context, Group, Situation, lowered
from ..commands import bindings
from ..focus import focus_now
from ..keymap import Keymap
from ..place import banner_of
from ..themes import Palette, palette_of
from ..widgets.footer import Footer
from ..widgets.line import margin
from ..widgets.title import title_row

TWO_COLUMNS_FROM = 120
KEYS = 16
"""Cells of the column of keys."""

GAP = 4


class HelpScreen(Screen[None]):
    """Lists all commands by group, with the reason beside those that cannot run now."""

    DEFAULT_CSS: ClassVar[str] = """
    HelpScreen {
        background: $bg;
        #title { height: 1; background: $panel; }
        VerticalScroll { height: 1fr; padding: 1 0; scrollbar-size-vertical: 1; }
        #keys { width: 100%; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.PAGE)]

    wanted: reactive[str] = reactive("")
    """What was typed; the list holds only what contains it."""

    def __init__(self, keymap: Keymap, contexts: Sequence[Context], now: Situation) -> None:
        super().__init__()
        self._keymap = keymap
        self._contexts = contexts
        self._now = now

    def compose(self) -> ComposeResult:
        """A title row, the list, the footer."""
        yield Static(id="title")
        with VerticalScroll():
            yield Static(id="keys")
        footer = Footer()
        footer.keymap = self._keymap
        footer.contexts = (Context.PAGE, Context.EVERYWHERE)
        yield footer

    def on_mount(self) -> None:
        """Let the arrow keys scroll, and follow the theme."""
        focus_now(self.query_one(VerticalScroll))
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    def watch_wanted(self) -> None:
        """Draw what is wanted now."""
        if self.is_mounted:
            self._draw()

    def on_key(self, event: events.Key) -> None:
        """Take letters as what to look for."""
        if event.key == "backspace":
            self.wanted = self.wanted[:-1]
        elif event.is_printable and event.character:
            self.wanted += event.character
        else:
            return
        event.stop()
        event.prevent_default()

    def action_close(self) -> None:
        """Forget what was typed; with nothing typed close the screen."""
        if self.wanted:
            self.wanted = ""
        else:
            self.dismiss()

    def _draw(self) -> None:
        width, palette = self.size.width, palette_of(self)
        self.query_one("#title", Static).update(title(self.wanted, banner_of(self), width, palette))
        commands = matching(self._listed(), self.wanted)
        keys = self.query_one("#keys", Static)
        keys.update(help_page(commands, self._reasons(), width - 1, palette))

    def _reasons(self) -> dict[str, str]:
        """Why commands of this place cannot run now, by id; of other places nothing is known."""
        here = self._keymap.within(*self._contexts)
        return {command.id: reason for command in here if (reason := command.why_not(self._now))}

    def _listed(self) -> tuple[Command, ...]:
        """All commands with a key; those of the demo only in the demo."""
        demo = Context.DEMO in self._contexts
        return tuple(
            command
            for command in self._keymap.commands
            if command.keys and (demo or Context.DEMO not in command.contexts)
        )


def matching(commands: Sequence[Command], wanted: str) -> tuple[Command, ...]:
    """Return the commands whose key, words or id contain `wanted`."""
    small = wanted.casefold()
    return tuple(
        command
        for command in commands
        if small in f"{command.all_keys} {command.title} {command.help} {command.id}".casefold()
    )


def title(wanted: str, banner: str, width: int, palette: Palette) -> Content:
    """Return the title with what is looked for."""
    looked_for = f"with {wanted!r}" if wanted else "type to narrow the list"
    words = "every key can be changed in the settings" if width >= TWO_COLUMNS_FROM else ""
    right = Content.styled(words, palette.style("muted"))
    return title_row(("Keys", looked_for), banner, width, palette, right)


def help_page(
    commands: Sequence[Command], reasons: Mapping[str, str], width: int, palette: Palette
) -> Content:
    """Return the list for `width` cells, in two columns where there is room.

    `reasons` says by id why a command cannot run now.
    """
    if not commands:
        nothing = "No key has these letters. Backspace takes one back."
        return Content(" " * margin(width)) + Content.styled(nothing, palette.style("muted"))
    edge = margin(width)
    room = width - 2 * edge
    blocks = [block for group in Group if (block := _in_group(group, commands))]
    if width < TWO_COLUMNS_FROM:
        lines = _lines(blocks, reasons, room, palette)
    else:
        half = (room - GAP) // 2
        left, right = (_lines(part, reasons, half, palette) for part in _halves(blocks))
        lines = _beside(left, right, half)
    return Content("\n").join(Content(" " * edge) + line for line in lines)


def _in_group(group: Group, commands: Sequence[Command]) -> list[Command]:
    return [command for command in commands if command.group is group]


def _halves(blocks: list[list[Command]]) -> tuple[list[list[Command]], list[list[Command]]]:
    """Part the groups so that both columns are about as long."""
    total = sum(len(block) + 2 for block in blocks)
    left: list[list[Command]] = []
    while len(left) < len(blocks) and sum(len(b) + 2 for b in left) < total / 2:
        left.append(blocks[len(left)])
    return left, blocks[len(left) :]


def _lines(
    blocks: list[list[Command]], reasons: Mapping[str, str], width: int, palette: Palette
) -> list[Content]:
    """Return the rows of some groups, a blank row between them."""
    lines: list[Content] = []
    for block in blocks:
        heading = Content.styled(block[0].group.value, palette.style("strong", bold=True))
        lines += [Content(), heading] if lines else [heading]
        told = ""
        for command in block:
            reason = reasons.get(command.id, "")
            lines += _rows(command, reason if reason != told else "", not reason, width, palette)
            told = reason
    return lines


def _rows(command: Command, reason: str, able: bool, width: int, palette: Palette) -> list[Content]:
    """Return one command: its keys, what it does, and why not now."""
    room = max(10, width - KEYS)
    told = [(line, "text" if able else "muted") for line in wrap(command.help, room)]
    if reason:
        told += [(line, "muted") for line in wrap(f"not now: {lowered(reason)}", room)]
    key = palette.style("you", bold=True) if able else palette.style("muted")
    return [
        Content.styled((command.all_keys if at == 0 else "").ljust(KEYS), key)
        + Content.styled(line, palette.style(token))
        for at, (line, token) in enumerate(told)
    ]


def _beside(left: list[Content], right: list[Content], width: int) -> list[Content]:
    """Put two columns side by side."""
    height = max(len(left), len(right))
    left = [*left, *[Content()] * (height - len(left))]
    right = [*right, *[Content()] * (height - len(right))]
    return [
        one.pad_right(width + GAP - one.cell_length) + other
        for one, other in zip(left, right, strict=True)
    ]
