"""The rows as they are drawn: folded or open, with matches marked; measured, and kept for a while.

Knows neither the window nor the widget.
"""

from __future__ import annotations

from functools import partial

from ....core.items import Kind
from ...themes import Palette
from .blocks import SPOKEN, block
from .code import Code, Colours, Runs
from .columns import MOST, PREVIEW, Block, Columns, next_opening
from .drawing import Drawings, Drawn
from .matches import Matcher
from .source import Source


class Canvas:
    """Draws the rows of a source in the columns and colours of `fit`."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._drawings = Drawings()
        self._columns = Columns.of(80)
        self._palette: Palette | None = None
        self._matcher: Matcher | None = None
        self._lent: tuple[int, int | None] | None = None
        self.colours = Colours()
        self.opened: dict[int, int] = {}
        """Items whose fold a person changed, and how many lines of them are open."""
        self.calls_opened = False
        """Whether tool calls are open where no person changed that."""

    def fit(self, columns: Columns, palette: Palette) -> None:
        """Draw for a view of that shape and in those colours from now on."""
        if columns != self._columns or palette is not self._palette:
            self._columns, self._palette = columns, palette
            self.clear()

    def clear(self) -> None:
        """Draw everything anew."""
        self._drawings.clear()
        self.colours.wanted.clear()

    def drop(self, item: int) -> None:
        """Draw one item anew."""
        self._drawings.drop(item)

    def coloured(self, code: Code, runs: Runs) -> None:
        """Draw the item that holds `code` anew, in its colours; its lines stay as they are."""
        item = self.colours.learn(code, runs)
        if item is not None:
            self.drop(item)

    def drawn(self, row: int) -> Drawn:
        """Return a row, drawn now or kept from before."""
        item = self._source.rows[row]
        known = self._drawings.get(item)
        if known is None:
            assert self._palette is not None
            known = Drawn(self._block(row, item), self._palette, self._columns.width)
            self._drawings.keep(item, known)
        return known

    def height(self, row: int) -> int:
        """Return how many lines a row takes."""
        return len(self.drawn(row))

    def _block(self, row: int, item: int) -> Block:
        plain = self._palette is None or self._palette.plain
        highlight = None if plain else partial(self.colours.look, item)
        made = block(self._source.row(row, self._lines(item)), self._columns, highlight)
        if self._matcher is None:
            return made
        marked, _ = self._matcher.mark(made.lines)
        return Block(marked, made.head, made.opens, made.more)

    # Opening

    def _lines(self, item: int) -> int:
        """How many lines of an item's body are open."""
        call = self.calls_opened and self._source.items.kind(item) is Kind.TOOL_CALL
        return self.opened.get(item, PREVIEW if call else 0)

    def toggle(self, row: int) -> None:
        """Open a row, show all of it, fold it again."""
        item = self._source.rows[row]
        spoken = self._source.items.kind(item) in SPOKEN
        shown = next_opening(self._lines(item), self.drawn(row).block, spoken=spoken)
        self._lent = None
        self._open(item, shown)

    def open_calls(self, *, opened: bool) -> None:
        """Open every tool call, or fold everything."""
        self.opened.clear()
        self._lent = None
        self.calls_opened = opened
        self.clear()

    def _open(self, item: int, lines: int | None) -> None:
        if lines is None:
            self.opened.pop(item, None)
        else:
            self.opened[item] = lines
        self.drop(item)

    # Finding

    def look_for(self, query: str) -> None:
        """Mark `query` in every row from now on; nothing when it is empty."""
        self.give_back()
        self._matcher = Matcher(query) if query.strip() else None
        self.clear()

    def seek(self, item: int) -> tuple[int, int]:
        """Return row and line of the match in an item, opening the row where it hides the match.

        A row that was opened for the match before is folded again.
        """
        owner = self._source.owner(item)
        if self._lent is None or self._lent[0] != owner:
            self.give_back()
        row, inside = self._source.row_of(owner), owner != item
        if not self._matches(row, inside=inside):
            self._lent = self._lent or (owner, self.opened.get(owner))
            self._open(owner, MOST)
        return row, next(iter(self._matches(row, inside=inside)), 0)

    def _matches(self, row: int, *, inside: bool) -> list[int]:
        """Return the lines of a row with matches; only those below its first one if `inside`."""
        if self._matcher is None:
            return []
        block = self.drawn(row).block
        found = self._matcher.mark(block.lines)[1]
        return [line for line in found if not inside or line > block.head]

    def give_back(self) -> None:
        """Fold the row that was opened for a match, as it was before."""
        if self._lent is not None:
            self._open(*self._lent)
            self._lent = None
