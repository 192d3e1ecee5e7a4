"""Two texts of the notes that contradict each other: both sides, block by block, and a choice."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from ...core.merge import Agreed, Conflict, Lines, Merged
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

AROUND = 2
"""Lines of what both agree on that are shown before each block."""

SIDE_BY_SIDE = 90
"""Columns from which the two sides stand beside each other."""

MINE, THEIRS, BOTH = "yours", "the agent's", "both, the agent's first"


class ConflictScreen(Screen[tuple[Lines, ...]]):
    """Shows the conflicts of `merged`; dismissed with one choice for each, or with nothing."""

    DEFAULT_CSS: ClassVar[str] = """
    ConflictScreen {
        background: $bg;
        & > #title { height: 1; background: $panel; }
        & > VerticalScroll { height: 1fr; padding: 1 0; scrollbar-size-vertical: 1; }
        & .block { width: 100%; height: auto; margin: 0 0 1 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.CONFLICT)]
    contexts = (Context.CONFLICT, Context.EVERYWHERE)

    def __init__(self, merged: Merged, keymap: Keymap) -> None:
        super().__init__()
        self._conflicts = merged.conflicts
        self._before = tuple(_before(merged))
        self._keymap = keymap
        self._at = 0
        self._choices: list[str | None] = [None] * len(self._conflicts)

    @property
    def situation(self) -> Situation:
        """Whether everything is decided."""
        return Situation(decided=None not in self._choices)

    def compose(self) -> ComposeResult:
        """Lay out the title, one text for each conflict, and the footer."""
        yield Static(id="title", markup=False)
        with VerticalScroll(can_focus=False):
            for number in range(len(self._conflicts)):
                yield Static(id=f"block{number}", classes="block", markup=False)
        footer = Footer()
        footer.keymap, footer.contexts = self._keymap, self.contexts
        yield footer

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    # Commands

    def action_conflict_move(self, step: int) -> None:
        """Go to another block."""
        self._at = max(0, min(len(self._conflicts) - 1, self._at + step))
        self._draw()

    def action_choose_side(self, side: str) -> None:
        """Choose for this block, and go on to the next one that is undecided."""
        self._choices[self._at] = {"mine": MINE, "theirs": THEIRS, "both": BOTH}[side]
        rest = [n for n, choice in enumerate(self._choices) if choice is None]
        self._at = next((n for n in rest if n > self._at), rest[0] if rest else self._at)
        self._draw()

    def action_take_choices(self) -> None:
        """Go on with what was chosen."""
        pairs = zip(self._conflicts, self._choices, strict=True)
        self.dismiss(tuple(_chosen(conflict, choice) for conflict, choice in pairs))

    def action_close(self) -> None:
        """Leave everything undecided."""
        self.dismiss(None)

    # Drawing

    def _draw(self) -> None:
        palette, width = palette_of(self), self.size.width
        done = sum(choice is not None for choice in self._choices)
        words = f"{done} of {numbers.count(len(self._choices), 'block')} decided"
        title = title_row(("Two texts", words), banner_of(self), width, palette)
        self.query_one("#title", Static).update(title)
        for number in range(len(self._conflicts)):
            self.query_one(f"#block{number}", Static).update(self._block(number, palette))
        footer = self.query_one(Footer)
        footer.situation = self.situation
        self.query_one(f"#block{self._at}").scroll_visible(animate=False)

    def _block(self, number: int, palette: Palette) -> Content:
        conflict, choice = self._conflicts[number], self._choices[number]
        edge, here = margin(self.size.width), number == self._at
        room = max(20, self.size.width - 2 * edge - 1)
        mark = glyphs.SELECTED if here else " "
        told = f"{glyphs.PROVED} {choice}" if choice else "undecided"
        head = Content.assemble(
            (f"{mark} {number + 1} of {len(self._conflicts)}", palette.style("strong", bold=True)),
            (f"   {told}", palette.style("ok" if choice else "dumb", bold=True)),
        )
        rows = [head, *(_row(line, "muted", room, palette) for line in self._before[number])]
        if self.size.width >= SIDE_BY_SIDE:
            rows += _beside(conflict, room, palette)
        else:
            rows += _below(conflict, room, palette)
        return Content("\n").join(Content(" " * edge) + row for row in rows)


def _before(merged: Merged) -> list[Lines]:
    """Return the agreed lines that stand right before each conflict."""
    found: list[Lines] = []
    last: Lines = ()
    for block in merged.blocks:
        if isinstance(block, Agreed):
            last = tuple(line for line in block.lines if line.strip())[-AROUND:]
        else:
            found.append(last)
            last = ()
    return found


def _chosen(conflict: Conflict, choice: str | None) -> Lines:
    sides = {MINE: conflict.mine, THEIRS: conflict.theirs}
    return sides.get(choice or "", (*conflict.theirs, *conflict.mine))


def _row(line: str, token: str, width: int, palette: Palette) -> Content:
    return Content.styled(f"  {clean(line)}", palette.style(token)).truncate(width, ellipsis=True)


def _side(name: str, lines: Lines, token: str, width: int, palette: Palette) -> list[Content]:
    """Return one side as rows of `width` cells: its name, then its lines, wrapped."""
    glyph = glyphs.YOURS if name == MINE else glyphs.AGENTS
    rows = [Content.styled(f"{glyph} {name}", palette.style(token, bold=True))]
    said = lines or ("(deleted)",)
    style = palette.style("text" if lines else "muted")
    for line in said:
        wrapped = Content.styled(clean(line) or " ", style).wrap(max(1, width - 2))
        rows += [Content.styled(f"{glyph} ", palette.style(token)) + part for part in wrapped]
    return rows


def _below(conflict: Conflict, width: int, palette: Palette) -> list[Content]:
    """Return the two sides one below the other."""
    return [
        *_side(MINE, conflict.mine, "you", width, palette),
        *_side(THEIRS, conflict.theirs, "agent", width, palette),
    ]


def _beside(conflict: Conflict, width: int, palette: Palette) -> list[Content]:
    """Return the two sides beside each other."""
    half = (width - 2) // 2
    left = _side(MINE, conflict.mine, "you", half, palette)
    right = _side(THEIRS, conflict.theirs, "agent", half, palette)
    rows = max(len(left), len(right))
    left += [Content()] * (rows - len(left))
    right += [Content()] * (rows - len(right))
    return [
        one + Content(" " * (half + 2 - one.cell_length)) + other
        for one, other in zip(left, right, strict=True)
    ]
