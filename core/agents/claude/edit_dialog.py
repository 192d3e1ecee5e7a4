"""What the dialog of an edit shows: the file and the changed lines between two dashed rules. Pure.

    Edit file
    src/filters.py
   ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
    1  def start():
    2 -    return 1
    2 +    return 11
   ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌

It is the same in 2.1.197 and 2.1.330; a new file has no signs. An edit that is taller than the
window loses its upper rule. Like every reading of a screen it may veto a key, never permit one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

import msgspec

from ...acting.live import Request
from ...acting.typed import squeezed
from ..base import Side

WRITES = "Write"
"""The tool that gives a file its whole text: what it had before is not in the request."""

_DASHED = re.compile(r"╌{8,}")
_NUMBERED = re.compile(r"\s*\d+ ")
_UNENDED = re.compile(r"\\?\s*No newline at end of file")


class Row(msgspec.Struct, frozen=True):
    """A line of a file, however it is wrapped: its sign ("-", "+", " ") and its text."""

    sign: str
    text: str


def shows_edit(rows: Sequence[str], request: Request) -> bool:
    """Say whether a screen, its rows without styles, shows the edit of a request, all of it."""
    dashed = [at for at, row in enumerate(rows) if _DASHED.fullmatch(row.strip())]
    if len(dashed) < 2 or dashed[-2] == 0:
        return False
    top, bottom = dashed[-2:]
    if not _is_file(request.text, rows[top - 1].strip()):
        return False
    body = [row for row in rows[top + 1 : bottom] if not _UNENDED.fullmatch(_unnumbered(row))]
    removed = _texts(request, Side.REMOVED)
    added = _texts(request, Side.ADDED)
    if request.tool == WRITES:
        return _is_new(body, added) or _holds(_signed(body), " +", added, whole=True)
    shown = _signed(body)
    return _holds(shown, "-", removed) and _holds(shown, "+", added)


def _is_file(path: str, shown: str) -> bool:
    """Say whether a shown name, from some folder on, is that of a file."""
    whole, part = PurePosixPath(path).parts, PurePosixPath(shown.removeprefix("~/")).parts
    return bool(part) and whole[-len(part) :] == part


def _texts(request: Request, side: Side) -> list[str]:
    return [squeezed(line.text) for line in request.diff if line.side is side]


def _unnumbered(row: str) -> str:
    return _NUMBERED.sub("", row, count=1).strip()


def _is_new(body: Iterable[str], added: list[str]) -> bool:
    """Say whether the rows are those of a new file: numbers, and no signs."""
    found: list[str] = []
    for row in body:
        if number := _NUMBERED.match(row + " "):
            found.append(row[number.end() :])
        elif found:
            found[-1] += row
    return [squeezed(text) for text in found] == added


def _signed(body: Sequence[str]) -> list[Row]:
    """Return the lines of a difference; a row without a number goes on with the line before."""
    numbered = (match for row in body if (match := _NUMBERED.match(row + " ")))
    column = max((match.end() for match in numbered), default=0)
    found: list[Row] = []
    for row in body:
        sign, text = row[column : column + 1] or " ", row[column + 1 :]
        if row[:column].strip() or not found:
            found.append(Row(sign, text))
        else:
            found[-1] = Row(found[-1].sign, found[-1].text + text)
    return found


def _holds(shown: Iterable[Row], signs: str, wanted: Sequence[str], *, whole: bool = False) -> bool:
    """Say whether the lines with these signs are the wanted ones, in their order and no others.

    A text to be replaced may begin and end within a line; `replace_all` shows it more than once.
    """
    found = [squeezed(row.text) for row in shown if row.sign in signs]
    if whole or not wanted:
        return found == list(wanted)
    times, rest = divmod(len(found), len(wanted))
    if rest or not times:
        return False
    inner = range(1, len(wanted) - 1)
    pairs = zip([*enumerate(wanted)] * times, found, strict=True)
    return all(part == line if at in inner else part in line for (at, part), line in pairs)
