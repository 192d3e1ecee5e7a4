"""Colours for code in answers: worked out in a thread, looked up while drawing.

Few inks on purpose: what is said in code is mostly read as text. Comments step back, keywords and
literals are told apart, and the names that are defined stand out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .lines import Piece, Run

if TYPE_CHECKING:
    from pygments.token import _TokenType

LONGEST = 20_000
"""Characters of code above which it stays plain: highlighting would fight the screen for time."""

KEPT = 200
"""Blocks of code whose colours are remembered."""

Runs = Sequence[Sequence[Run]]
"""The runs of each line of a block of code."""

_INKS = {
    "Comment": Piece("", "muted"),
    "Keyword": Piece("", "agent"),
    "Literal": Piece("", "ok"),
    "Name.Class": Piece("", "strong", bold=True),
    "Name.Function": Piece("", "strong", bold=True),
    "Name.Tag": Piece("", "agent"),
    "Generic.Deleted": Piece("", "rem"),
    "Generic.Inserted": Piece("", "add"),
    "Generic.Heading": Piece("", "strong", bold=True),
    "Operator.Word": Piece("", "agent"),
}
"""Inks by the token's name in Pygments, or the name of one of its parents."""


class Code(NamedTuple):
    """A block of code and the name of its language."""

    text: str
    language: str


class Colours:
    """Remembers the colours of code that was highlighted, and which code was asked for."""

    def __init__(self) -> None:
        self._known: OrderedDict[Code, Runs] = OrderedDict()
        self.wanted: dict[Code, int] = {}
        """Code that was drawn plain and waits for `learn`, and the item it stands in."""

    def look(self, item: int, text: str, language: str) -> Runs | None:
        """Return the runs of a block of code, if they are known; else note that they are wanted."""
        code = Code(text, language)
        known = self._known.get(code)
        if known is None and len(text) <= LONGEST:
            self.wanted[code] = item
        return known

    def learn(self, code: Code, runs: Runs) -> int | None:
        """Keep what `highlight` found; return the item that is drawn otherwise with it."""
        self._known[code] = runs
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return self.wanted.pop(code, None)


def highlight(code: Code) -> Runs:
    """Return the runs of each line of `code`; none when its language is unknown. Takes long."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(code.language, stripnl=False, ensurenl=True)
    except ClassNotFound:
        return ()
    lines: list[list[Run]] = [[]]
    at = 0
    for kind, text in lexer.get_tokens(code.text):
        style = _ink(kind)
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
                at = 0
            if style is not None and part:
                lines[-1].append(Run(at, at + len(part), style))
            at += len(part)
    return lines[: code.text.count("\n") + 1]


def _ink(kind: _TokenType) -> Piece | None:
    return next((_INKS[name] for name in _names(kind) if name in _INKS), None)


def _names(kind: _TokenType) -> Iterator[str]:
    """Yield the name of a kind of token, then those of its parents."""
    parts = [str(part) for part in kind]
    for length in range(len(parts), 0, -1):
        yield ".".join(parts[:length])
