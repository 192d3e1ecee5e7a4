"""Bytes of a JSON Lines file → records, with the place of each. Tolerant of everything.

The rules come from real files: the last line may be complete without its newline, one line may
hold several records glued together, a line may be tens of megabytes long or no JSON at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import msgspec

from ..items import NONE, Span
from ..problems import Report, Unreadable

_DECODE = msgspec.json.Decoder().decode
_RAW = json.JSONDecoder()
_BROKEN = (ValueError, RecursionError, msgspec.MsgspecError)
_BLANK = b" \t\r"
_KEEP = "surrogateescape"
"""Keeps bytes that are no UTF-8, so that places stay exact."""


class Record(msgspec.Struct, frozen=True):
    """One decoded object and its place; `line` is 1-based, `None` when the start is unread."""

    value: dict[str, Any]
    span: Span
    line: int | None


class Scrap(msgspec.Struct, frozen=True):
    """Bytes that are no record; `report` says so in words."""

    report: Report


def decode(piece: bytes) -> dict[str, Any] | None:
    """Decode one record as `Splitter` would; `None` when it is none."""
    first = next(Splitter(line=None).feed(piece + b"\n"), None)
    return first.value if isinstance(first, Record) else None


class Splitter:
    """Cuts a growing file into records; keeps the unfinished tail for the next read.

    `offset` is the first byte not yet given out, `line` its 1-based line or `None`.
    """

    def __init__(self, offset: int = 0, line: int | None = 1) -> None:
        self.offset = offset
        self.line = line
        self._pending = b""

    @property
    def pending(self) -> int:
        """How many bytes of an unfinished record are held back."""
        return len(self._pending)

    def feed(self, data: bytes, *, end: bool = True) -> Iterator[Record | Scrap]:
        """Give out every record that `data` completes.

        `end` says that nothing follows for now: only then a last line without newline is tried,
        since each try costs as much as the line is long.
        """
        searched = len(self._pending)
        data = self._pending + data
        begin, newline = 0, data.find(b"\n", searched)
        while newline >= 0:
            yield from self._whole(data[begin:newline])
            self.offset += 1
            if self.line is not None:
                self.line += 1
            begin = newline + 1
            newline = data.find(b"\n", begin)
        self._pending = data[begin:]
        if end and self._pending[-1:] == b"}":
            yield from self._early(self._pending)

    def _whole(self, piece: bytes) -> Iterator[Record | Scrap]:
        """Give out what stands between the last record and a newline."""
        yield from self._cut(piece)
        self.offset += len(piece)

    def _early(self, piece: bytes) -> Iterator[Record | Scrap]:
        """Give out a last line without its newline, if it holds whole records and nothing else."""
        found = list(self._cut(piece))
        if all(isinstance(entry, Record) for entry in found):
            yield from found
            self.offset += len(piece)
            self._pending = b""

    def _cut(self, piece: bytes) -> Iterator[Record | Scrap]:
        whole = piece.strip(_BLANK)
        try:
            value = _DECODE(whole)
        except _BROKEN:
            yield from self._unglue(piece)
            return
        yield self._record(value, whole, piece.find(whole))

    def _record(self, value: Any, piece: bytes, start: int) -> Record | Scrap:
        if not isinstance(value, dict):
            return self._scrap(len(piece))
        span = Span(self.offset + start, len(piece), crc32(piece))
        return Record(value, span, self.line)

    def _unglue(self, piece: bytes) -> Iterator[Record | Scrap]:
        """Decode one object after the other; what stands between them is scrap."""
        text = piece.decode("utf-8", _KEEP)
        at = start = 0
        while text[at : at + 1]:
            brace = text.find("{", at)
            value, end = (None, NONE) if brace < 0 else _decode_at(text, brace)
            junk = text[at:] if end == NONE else text[at:brace]
            if junk.strip():
                yield self._scrap(len(junk))
            if end == NONE:
                return
            start += len(junk.encode("utf-8", _KEEP))
            size = len(text[brace:end].encode("utf-8", _KEEP))
            yield self._record(value, piece[start : start + size], start)
            at, start = end, start + size

    def _scrap(self, size: int) -> Scrap:
        detail = f"{size:,} bytes in this line form no record."
        report = Unreadable(detail, remedy="They are skipped; the rest is read.").report(self.line)
        return Scrap(report)


def _decode_at(text: str, at: int) -> tuple[Any, int]:
    """Decode the object that begins at `at`; return it and its end, `NONE` if it is broken."""
    try:
        value, end = _RAW.raw_decode(text, at)
        return _scrub(value), end
    except _BROKEN:
        return None, NONE


def _scrub(value: Any) -> Any:
    """Replace lone surrogates, so that every string that goes on is valid text."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case list():
            return [_scrub(entry) for entry in value]
        case dict():
            return {_scrub(key): _scrub(entry) for key, entry in value.items()}
        case _:
            return value
