"""Where things stand on a line of the transcript, what a row is drawn from, and what comes out.

Columns (VISUAL, spacing): time, who, text; tools hang at the column of "who"; the result and the
tokens stand right-aligned in two columns of their own, at the right end of the text.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ....core.agents.base import Body
from ....core.items import Item
from .lines import Line

WIDEST = 96
"""Cells of running text: longer lines are hard to read."""

NARROW = 56
"""Cells of a view below which the time has no column."""

PREVIEW = 20
"""Lines of a body that are shown when a row is opened; the rest comes with a second press."""

MOST = 2_000
"""Lines that are ever drawn of one item."""


class Columns(msgspec.Struct, frozen=True):
    """Where the columns begin; `edge` is the column after the last cell that is written."""

    width: int
    time: int
    who: int
    text: int
    edge: int

    @classmethod
    def of(cls, width: int, margin: int = 2) -> Columns:
        """Return the columns of a view of `width` cells with `margin` empty cells at its sides."""
        who = margin if width < NARROW else margin + 7
        text = who + 7
        return cls(width, margin, who, text, max(text + 8, min(width - margin, text + WIDEST)))

    @property
    def room(self) -> int:
        """Cells for running text."""
        return self.edge - self.text


class Doing(StrEnum):
    """What an unanswered tool call does, as far as anything tells."""

    UNKNOWN = ""
    RUNNING = "running"
    WAITING = "waits for you"


class Row(msgspec.Struct, frozen=True):
    """Everything a row is drawn from; `body` is `None` while it is not loaded.

    `lines` is how many lines of the body an open row shows, 0 when it is folded; `tokens`, `clock`
    and `words` (what a compaction did) are ready words; `first` marks the first row of a turn;
    `cut` is how many characters the body has beyond those that were kept.
    """

    item: Item
    body: Body | None = None
    answer: Item | None = None
    answer_body: Body | None = None
    clock: str = ""
    tokens: str = ""
    words: str = ""
    lines: int = 0
    cut: int = 0
    first: bool = False
    doing: Doing = Doing.UNKNOWN


class Block(msgspec.Struct, frozen=True):
    """A drawn row. `head` is its first line with text; `opens` says whether more lies behind it.

    `more` is whether lines were left out that a second opening shows.
    """

    lines: list[Line]
    head: int = 0
    opens: bool = True
    more: bool = False


def next_opening(shown: int, block: Block, *, spoken: bool) -> int:
    """Return how many lines a row shows after one more press of the key that opens it."""
    if shown == 0 and not spoken:
        return PREVIEW if block.opens else 0
    return MOST if block.more and shown < MOST else 0
