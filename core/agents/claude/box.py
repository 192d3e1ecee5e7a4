"""What the screen of Claude Code shows: its input box, a dialog. Pure.

A reading of a screen may veto a key, never permit one: what may be done is told by the client's
own files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, zip_longest

import msgspec

from ...acting.typed import same_text, squeezed

MARK = "❯"
"""Stands before the input, and before the chosen answer of a dialog."""

_RULE = re.compile(r"[─━╌]{8,}")
_MORE = re.compile(r"[─━╌]{2,} ↑ (\d+) more [─━╌]{8,}")
"""The upper rule of a box that shows only the end of a long input (2.1.330: half the height)."""
_RETRY = re.compile(r"^\s*\S (.*?) · retrying in \S+ · attempt (\d+)/(\d+)", re.IGNORECASE)
"""The line above the box while a call of the model is tried again; no file tells of it."""
ABOVE = 8
"""Rows above the box in which that line stands; what is further up is the conversation."""

_CHOICE = re.compile(r"^\s*(?:❯\s*)?\d+\.\s")
_CODE = re.compile(r"\x1b\[([0-9;:]*)m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
_OFF = {"0", "22", ""}
_DIM = "2"
_UPRIGHT = {"0", "27", ""}
_REVERSE = "7"


class Box(msgspec.Struct, frozen=True):
    """The input box; `text` is what was typed there, hints left out, `lines` as they stand.

    `hidden` counts the lines above it that the client does not show: then `text` is the end only.
    """

    text: str
    lines: tuple[str, ...]
    hidden: int = 0

    def holds(self, words: str) -> bool:
        """Say whether it holds exactly `words`, as far as it can be seen."""
        if self.hidden:
            return bool(self.text) and squeezed(words).endswith(squeezed(self.text))
        return same_text(self.text, words)


def box_of(screen: str) -> Box | None:
    """Return the input box on a screen captured with its styles; `None` when there is none.

    The box lies between the last two rules, its first line begins with the mark.
    """
    rows = screen.rstrip("\n").split("\n")
    plain = [_plain(row) for row in rows]
    rules = [at for at, row in enumerate(plain) if _RULE.fullmatch(row.strip())]
    mores = {at: int(m[1]) for at, row in enumerate(plain) if (m := _MORE.fullmatch(row.strip()))}
    if mores and rules and (rules[-2:-1] or [-1])[0] < (top := max(mores)) < rules[-1]:
        lines = tuple(_typed(rows[top + 1 : rules[-1]]))
        return Box("\n".join(lines).strip(), lines, mores[top])
    for top, bottom in reversed([*pairwise(rules)]):
        if bottom - top > 1 and plain[top + 1].lstrip().startswith(MARK):
            lines = tuple(_typed(rows[top + 1 : bottom]))
            return Box("\n".join(lines).strip(), lines)
    return None


def retry_of(screen: str) -> str | None:
    """Return what a busy client shows of failing calls of its model, for people to read."""
    plain = [_plain(row) for row in screen.rstrip("\n").split("\n")]
    rules = [at for at, row in enumerate(plain) if _RULE.fullmatch(row.strip())]
    top = rules[-2] if len(rules) > 1 else len(plain)
    found = (_RETRY.match(row) for row in reversed(plain[max(0, top - ABOVE) : top]))
    line = next(filter(None, found), None)
    return f"{line[1]}, attempt {line[2]} of {line[3]}" if line else None


def shows_dialog(screen: str) -> bool:
    """Say whether a screen shows choices by number, one of them marked: a dialog is open."""
    rows = [_plain(row) for row in screen.split("\n")]
    choices = [row for row in rows if _CHOICE.match(row)]
    return len(choices) > 1 and any(row.lstrip().startswith(MARK) for row in choices)


def shows(screen: str, words: str) -> bool:
    """Say whether a screen shows `words`, however they are wrapped there."""
    return squeezed(words) in squeezed("".join(_plain(row) for row in screen.split("\n")))


def rows_of(screen: str) -> list[str]:
    """Return the rows of a screen without its styles."""
    return [_plain(row) for row in screen.split("\n")]


def _typed(rows: list[str]) -> Iterator[str]:
    """Yield the lines of the box without its mark and without dim text, which are hints."""
    for number, row in enumerate(rows):
        text = "".join(_own(row)).replace("\xa0", " ")
        if number == 0:
            text = text.lstrip().removeprefix(MARK)
        yield text.strip()


def _own(row: str) -> Iterator[str]:
    """Yield what was typed of a row: neither a dim hint nor its first letter, under the cursor."""
    pieces = [piece for piece in _pieces(row) if piece.text]
    for piece, after in zip_longest(pieces, pieces[1:]):
        under_cursor = piece.reverse and len(piece.text) == 1 and after is not None and after.dim
        if not piece.dim and not under_cursor:
            yield piece.text


class _Piece(msgspec.Struct, frozen=True):
    """Some characters of a row in one style."""

    text: str
    dim: bool
    reverse: bool


def _pieces(row: str) -> Iterator[_Piece]:
    """Yield the pieces of a row with their styles."""
    dim = reverse = False
    at = 0
    for code in _CODE.finditer(row):
        yield _Piece(row[at : code.start()], dim, reverse)
        at = code.end()
        for value in (code[1] or "").split(";") if code[0].endswith("m") else ():
            dim = (dim or value == _DIM) and value not in _OFF
            reverse = (reverse or value == _REVERSE) and value not in _UPRIGHT
    yield _Piece(row[at:], dim, reverse)


def _plain(row: str) -> str:
    return _CODE.sub("", row).rstrip()
