"""One transcript file, followed as it grows: bytes → events → snapshot and items.

Not thread-safe by itself: one thread at a time calls `open_end`, `catch_up` or `adopt`. Readers on
other threads take `view`, which is exchanged in one step.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

import msgspec

from .agents.base import Agent, Body, Reader
from .agents.records import Record, Scrap, Splitter, decode
from .chain import Chain
from .checkpoint import Checkpoint
from .events import AnyEvent, ProblemMet, item_of
from .fold import fold
from .inheriting import inherited, left_behind
from .items import ItemLog
from .problems import NotFound, Unreadable
from .snapshot import Snapshot

END = 256 * 1024
"""Bytes read at first of a long transcript: several screens of any real session."""

CHUNK = 1024 * 1024
SEAL = 64
"""Bytes before the offset that are compared before reading on: a rewritten file differs there."""

_GENERATIONS = count(1)


class Identity(msgspec.Struct, frozen=True):
    """Which file it is, whatever its name: device and inode."""

    device: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        """Return the identity in a `stat` answer."""
        return cls(status.st_dev, status.st_ino)


class View(msgspec.Struct, frozen=True):
    """What others may look at: a snapshot and the items it counts.

    `generation` changes when the items were built anew, so that places in them no longer hold.
    """

    snapshot: Snapshot
    items: ItemLog
    generation: int = 0
    gone: bool = False
    """The file is no longer where it was; what was read stays."""
    chain: Chain | None = None
    """Where the bodies of the items lie."""


class Transcript:
    """Follows one file; starts over when it was replaced, truncated or rewritten.

    What earlier files hold of the conversation is read before it, unless it is read `alone`.
    """

    def __init__(self, agent: Agent, path: Path, *, alone: bool = False) -> None:
        self.agent = agent
        self.path = path
        self._alone = alone
        self._identity: Identity | None = None
        self._seal = b""
        self._begin(complete=True)

    def _begin(self, *, complete: bool, offset: int = 0) -> None:
        self._chain = self._found_chain()
        self._reader: Reader = self.agent.reader(self.path, whole=complete)
        self._splitter = Splitter(self._chain.base + offset, 1 if complete else None)
        self._seal = b""
        snapshot = Snapshot(agent=self.agent.name, complete=complete)
        self.view = View(snapshot, ItemLog(), next(_GENERATIONS), chain=self._chain)
        if complete and self._chain.earlier:
            self._read_earlier()

    def _found_chain(self) -> Chain:
        return Chain(self.path, () if self._alone else tuple(self.agent.earlier(self.path)))

    @property
    def snapshot(self) -> Snapshot:
        """The session as it stands after what was read."""
        return self.view.snapshot

    def open_end(self, limit: int = END) -> None:
        """Read only the last `limit` bytes, or the whole file when it is not longer than that."""
        with self._open() as file:
            status = os.fstat(file.fileno())
            start = _line_start(file, status.st_size, limit)
            self._identity = Identity.of(status)
            self._begin(complete=start == 0, offset=start)
            self._read_on(file)

    def catch_up(self) -> bool:
        """Read what was added since the last time; say whether anything changed."""
        try:
            file = self._open()
        except (NotFound, Unreadable):
            return self._vanish()
        with file:
            status = os.fstat(file.fileno())
            if not self._continues(file, status):
                self._restart(status)
            elif status.st_size == self._place:
                return self._appear()
            return self._read_on(file)

    def body(self, index: int) -> Body:
        """Load the whole text of one item; says so when it is no longer on disk."""
        item = self.view.items[index]
        gone = Body(item.kind, missing="no longer on disk")
        try:
            with self._open() as file:
                if Identity.of(os.fstat(file.fileno())) != self._identity:
                    return gone
            piece = self._chain.read(item.span.offset, item.span.length)
        except (NotFound, Unreadable, OSError):
            return gone
        value = decode(piece) if crc32(piece) == item.span.check else None
        if value is None:
            return gone
        return self.agent.body(Record(value, item.span, None), item.span, item.kind)

    def checkpoint(self) -> Checkpoint | None:
        """Return everything needed to go on from here later; `None` before anything was read."""
        if self._identity is None or not self.snapshot.complete:
            return None
        return Checkpoint(
            agent=self.agent.name,
            device=self._identity.device,
            inode=self._identity.inode,
            offset=self._splitter.offset - self._chain.base,
            line=self._splitter.line or 1,
            seal=self._seal,
            memory=self._reader.freeze(),
            snapshot=self.snapshot,
            earlier=self._chain.seal,
            columns=self.view.items.freeze(),
        )

    def adopt(self, checkpoint: Checkpoint) -> bool:
        """Go on from a checkpoint, if the file still is the one it was made from."""
        reader, chain = self.agent.reader(self.path, whole=True), self._found_chain()
        if checkpoint.earlier != chain.seal:
            return False
        try:
            items = ItemLog.thaw(checkpoint.columns)
            reader.thaw(checkpoint.memory)
            with self._open() as file:
                status = os.fstat(file.fileno())
                if not checkpoint.fits(file, status):
                    return False
        except (ValueError, NotFound, Unreadable, msgspec.MsgspecError):
            return False
        self._identity = Identity.of(status)
        self._reader, self._seal = reader, checkpoint.seal
        self._chain = chain
        self._splitter = Splitter(chain.base + checkpoint.offset, checkpoint.line)
        self.view = View(checkpoint.snapshot, items, next(_GENERATIONS), chain=chain)
        return True

    @property
    def _place(self) -> int:
        """Up to which byte of the file everything is read, an unfinished record included."""
        return self._splitter.offset + self._splitter.pending - self._chain.base

    def _open(self) -> BinaryIO:
        try:
            if self.path.is_file():
                return self.path.open("rb")
        except OSError as error:
            raise Unreadable(f"{self.path}: {error.strerror}") from error
        raise NotFound(f"There is no file {self.path}.")

    def _continues(self, file: BinaryIO, status: os.stat_result) -> bool:
        if Identity.of(status) != self._identity or status.st_size < self._place:
            return False
        file.seek(self._splitter.offset - self._chain.base - len(self._seal))
        return file.read(len(self._seal)) == self._seal

    def _restart(self, status: os.stat_result) -> None:
        self._identity = Identity.of(status)
        self._begin(complete=True)

    def _vanish(self) -> bool:
        if self.view.gone:
            return False
        self.view = msgspec.structs.replace(self.view, gone=True)
        return True

    def _appear(self) -> bool:
        if not self.view.gone:
            return False
        self.view = msgspec.structs.replace(self.view, gone=False)
        return True

    def _read_on(self, file: BinaryIO) -> bool:
        before = self.view
        snapshot = before.snapshot
        file.seek(self._place)
        for chunk in iter(lambda: file.read(CHUNK), b""):
            snapshot = fold(snapshot, self._added(chunk, end=False))
        snapshot = fold(snapshot, self._added(b"", end=True))
        self._remember_seal(file)
        self.view = View(snapshot, before.items, before.generation, chain=self._chain)
        return snapshot is not before.snapshot or before.gone

    def _added(self, chunk: bytes, *, end: bool) -> Iterator[AnyEvent]:
        return _logged(_events(self._reader, self._splitter, chunk, end=end), self.view.items)

    def _read_earlier(self) -> None:
        """Read what earlier files hold of the conversation; one that is gone is left out."""
        snapshot, start = self.snapshot, 0
        for stretch in self._chain.earlier:
            with suppress(OSError):
                data = stretch.path.read_bytes()
                found = _events(self._reader, Splitter(start), data[: stretch.length])
                events = inherited(found, own=stretch.own)
                snapshot = fold(snapshot, _logged(events, self.view.items))
                if stretch.own:
                    snapshot = self._paid(snapshot, data[stretch.length :])
            start += stretch.length
        self.view = msgspec.structs.replace(self.view, snapshot=snapshot)

    def _paid(self, snapshot: Snapshot, data: bytes) -> Snapshot:
        """Add what was spent in the part of an earlier file that a person went back from."""
        reader = self.agent.reader(self.path, whole=True)
        reader.thaw(self._reader.freeze())
        spent = fold(snapshot, left_behind(_events(reader, Splitter(), data)))
        return msgspec.structs.replace(spent, turn_spend=snapshot.turn_spend)

    def _remember_seal(self, file: BinaryIO) -> None:
        offset = self._splitter.offset - self._chain.base
        length = min(SEAL, offset)
        file.seek(offset - length)
        self._seal = file.read(length)


def _events(
    reader: Reader, splitter: Splitter, data: bytes, *, end: bool = True
) -> Iterator[AnyEvent]:
    """Yield what more bytes of a transcript tell."""
    for found in splitter.feed(data, end=end):
        if isinstance(found, Scrap):
            yield ProblemMet(report=found.report)
        else:
            yield from reader.read(found)


def _logged(events: Iterable[AnyEvent], items: ItemLog) -> Iterator[AnyEvent]:
    """Give out events when their items are in the log."""
    for event in events:
        item = item_of(event)
        if item is not None:
            items.append(item)
        yield event


def _line_start(file: BinaryIO, size: int, limit: int) -> int:
    """Return the offset of the first whole line in the last `limit` bytes; 0 for the whole file.

    A line longer than `limit` widens the search until a line begins inside it.
    """
    while limit < size:
        file.seek(size - limit)
        newline = file.read(limit).find(b"\n")
        if 0 <= newline < limit - 1:
            return size - limit + newline + 1
        limit *= 4
    return 0
