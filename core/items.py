"""The items of a transcript: what a person reads, line by line.

An item is small: what it is, where its body lies, a short head. A session of 100,000 records
has as many items, so they live in columns (`ItemLog`) and become an `Item` only when asked for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from enum import IntEnum, IntFlag
from itertools import compress
from math import isnan, nan
from sys import intern

import msgspec

NONE = -1
"""Stands for "no item" in the integer columns."""


class Kind(IntEnum):
    """What an item is."""

    PROMPT = 0
    SAID = 1
    THOUGHT = 2
    TOOL_CALL = 3
    TOOL_RESULT = 4
    COMPACTION = 5
    SUMMARY = 6
    ERROR = 7
    INTERRUPT = 8
    NOTE = 9


class Flag(IntFlag):
    """What else is true of an item."""

    FAILED = 1
    """A tool came back with an error, or the model could not be reached."""
    DENIED = 2
    """A person or a rule refused the tool."""
    SIDECHAIN = 4
    """It belongs to a sub-agent whose lines stand in its parent's file."""
    EDIT = 8
    """The tool changes a file."""
    HUMAN = 16
    """A person wrote it; prompts can also come from programs."""


UNMARKED = Flag(0)


class Span(msgspec.Struct, frozen=True):
    """Where the body of an item lies in its file.

    `offset` and `length` (bytes) frame one record, `check` is the CRC-32 of its bytes, `part`
    numbers the block inside the record.
    """

    offset: int
    length: int
    check: int
    part: int = 0


class Item(msgspec.Struct, frozen=True):
    """One item, as a reader found it. `parent` is the index of the tool call it answers."""

    kind: Kind
    span: Span
    head: str = ""
    at: float | None = None
    name: str = ""
    meta: str = ""
    parent: int = NONE
    branch: int = 0
    size: int = 0
    flags: Flag = Flag(0)


class Columns(msgspec.Struct, array_like=True):
    """An `ItemLog` as plain values, for the checkpoint on disk."""

    numbers: dict[str, bytes]
    times: bytes
    heads: list[str]
    names: list[str]
    metas: dict[int, str]


_NUMBERS = {
    "kind": "B",
    "flags": "B",
    "parent": "i",
    "answer": "i",
    "branch": "H",
    "size": "I",
    "offset": "Q",
    "length": "I",
    "check": "I",
    "part": "H",
}


def _column(code: str) -> array[int]:
    return array(code)


def _picking(test: Callable[[int], object]) -> bytes:
    """Return a table for `bytes.translate` that makes 1 of the values that pass, 0 of others."""
    return bytes(bool(test(value)) for value in range(256))


class ItemLog:
    """Append-only columns of items; one thread appends, others read what is published.

    A reader bounds itself by the `items_seen` of the snapshot it draws, so a half-appended row
    is never looked at. Only `answer` (the result of a tool call) is written later, once.
    """

    def __init__(self) -> None:
        self._columns = {name: _column(code) for name, code in _NUMBERS.items()}
        self._at: array[float] = array("d")
        self._heads: list[str] = []
        self._names: list[str] = []
        self._metas: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._names)

    def append(self, item: Item) -> int:
        """Add `item` and return its index."""
        index, column = len(self._names), self._columns
        column["kind"].append(item.kind)
        column["flags"].append(item.flags)
        self._at.append(nan if item.at is None else item.at)
        column["parent"].append(item.parent)
        column["answer"].append(NONE)
        column["branch"].append(item.branch)
        column["size"].append(min(item.size, 0xFFFFFFFF))
        column["offset"].append(item.span.offset)
        column["length"].append(min(item.span.length, 0xFFFFFFFF))
        column["check"].append(item.span.check)
        column["part"].append(min(item.span.part, 0xFFFF))
        self._heads.append(item.head)
        if item.meta:
            self._metas[index] = item.meta
        if item.kind is Kind.TOOL_RESULT and 0 <= item.parent < index:
            column["answer"][item.parent] = index
        self._names.append(intern(item.name))
        return index

    def __getitem__(self, index: int) -> Item:
        """Return the item at `index` (0-based)."""
        column = self._columns
        at = self._at[index]
        return Item(
            kind=Kind(column["kind"][index]),
            span=Span(
                column["offset"][index],
                column["length"][index],
                column["check"][index],
                column["part"][index],
            ),
            head=self._heads[index],
            at=None if isnan(at) else at,
            name=self._names[index],
            meta=self._metas.get(index, ""),
            parent=column["parent"][index],
            branch=column["branch"][index],
            size=column["size"][index],
            flags=Flag(column["flags"][index]),
        )

    def __iter__(self) -> Iterator[Item]:
        return (self[index] for index in range(len(self)))

    def kind(self, index: int) -> Kind:
        """Return the kind of one item, without building the rest of it."""
        return Kind(self._columns["kind"][index])

    def flags(self, index: int) -> Flag:
        """Return the flags of one item, without building the rest of it."""
        return Flag(self._columns["flags"][index])

    def branch(self, index: int) -> int:
        """Return the branch of one item, without building the rest of it."""
        return self._columns["branch"][index]

    def size(self, index: int) -> int:
        """Return the length of one item's text in characters."""
        return self._columns["size"][index]

    def name(self, index: int) -> str:
        """Return the name of one item: that of its tool, or of its kind of note."""
        return self._names[index]

    def head(self, index: int) -> str:
        """Return the short head of one item."""
        return self._heads[index]

    def parent(self, index: int) -> int:
        """Return the index of the tool call that a result answers, else `NONE`."""
        return self._columns["parent"][index]

    def answer(self, index: int) -> int:
        """Return the index of the result of a tool call, else `NONE`."""
        return self._columns["answer"][index]

    def unanswering(self, start: int, stop: int) -> list[int]:
        """Return the indices in `start:stop` of all items but results that hang below a call."""
        parents = self._columns["parent"][start:stop]
        return [index for index, parent in enumerate(parents, start) if parent < 0]

    def branches(self, start: int, stop: int) -> array[int]:
        """Return the branches of the items in `start:stop`."""
        return self._columns["branch"][start:stop]

    def of_kind(
        self, kind: Kind, start: int, stop: int, flags: Flag = UNMARKED, without: Flag = UNMARKED
    ) -> list[int]:
        """Return the indices in `start:stop` of the items of one kind.

        They bear all of `flags` and none of `without`.
        """
        kinds = self._columns["kind"][start:stop].tobytes()
        found = compress(range(start, stop), kinds.translate(_picking(lambda k: k == kind)))
        column, wanted, mask = self._columns["flags"], int(flags), int(flags | without)
        return [index for index in found if column[index] & mask == wanted]

    def flagged(self, flag: Flag, start: int, stop: int) -> list[int]:
        """Return the indices in `start:stop` of the items that bear `flag`."""
        flags = self._columns["flags"][start:stop].tobytes()
        return [*compress(range(start, stop), flags.translate(_picking(lambda f: f & flag)))]

    def record_at(self, place: int) -> tuple[int, int]:
        """Return the items (first, after last) of the record that holds the byte at `place`."""
        offsets = self._columns["offset"]
        end = bisect_right(offsets, place)
        if end == 0 or place >= offsets[end - 1] + self.length(end - 1):
            return 0, 0
        return bisect_left(offsets, offsets[end - 1]), end

    def find(self, offset: int, part: int) -> int:
        """Return the index of the item at a place in the file, else of the next one after it."""
        offsets, parts = self._columns["offset"], self._columns["part"]
        index = bisect_left(offsets, offset)
        while index < len(self) and offsets[index] == offset and parts[index] < part:
            index += 1
        return min(index, max(0, len(self) - 1))

    def length(self, index: int) -> int:
        """Return the length in bytes of an item's record."""
        return self._columns["length"][index]

    def offset(self, index: int) -> int:
        """Return the byte offset of an item's record in its file."""
        return self._columns["offset"][index]

    def part(self, index: int) -> int:
        """Return the number of an item's block inside its record."""
        return self._columns["part"][index]

    def freeze(self) -> Columns:
        """Return everything as plain values."""
        numbers = {name: column.tobytes() for name, column in self._columns.items()}
        return Columns(numbers, self._at.tobytes(), self._heads, self._names, self._metas)

    @classmethod
    def thaw(cls, columns: Columns) -> ItemLog:
        """Return the log made from `columns`; `ValueError` if they do not fit together."""
        log = cls()
        for name, code in _NUMBERS.items():
            log._columns[name] = _column(code)
            log._columns[name].frombytes(columns.numbers[name])
        log._at.frombytes(columns.times)
        log._heads, log._names = columns.heads, [intern(name) for name in columns.names]
        log._metas = columns.metas
        lengths = {len(column) for column in log._columns.values()}
        if lengths | {len(log._at), len(log._heads)} != {len(log)}:
            raise ValueError("the columns differ in length")
        return log
