"""A fold put aside: a long transcript need be read from its start only once.

Checkpoints live in the cache folder; deleting them costs time, nothing else.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import msgspec

from . import __version__
from .items import Columns
from .snapshot import Snapshot

SCHEMA = f"2 of {__version__}"
"""Another version of clearhead may fold differently: its checkpoints are not read."""

LIMIT = 400 * 1024 * 1024
"""Bytes of checkpoints that are kept, newest first."""


class Checkpoint(msgspec.Struct):
    """One transcript's fold and where in the file it stands (`offset`, `line`).

    `seal` holds the bytes before the offset; a file that differs there was rewritten.
    """

    agent: str
    device: int
    inode: int
    offset: int
    line: int
    seal: bytes
    memory: bytes
    snapshot: Snapshot
    columns: Columns
    earlier: str = ""
    """What stands before the file, as `Chain.seal` tells it."""
    schema: str = SCHEMA

    def fits(self, file: BinaryIO, status: os.stat_result) -> bool:
        """Say whether `file` goes on where this checkpoint ends."""
        if self.schema != SCHEMA or (status.st_dev, status.st_ino) != (self.device, self.inode):
            return False
        if status.st_size < self.offset:
            return False
        file.seek(self.offset - len(self.seal))
        return file.read(len(self.seal)) == self.seal


def place_of(cache: Path, transcript: Path) -> Path:
    """Return where the checkpoint of a transcript lies in the cache folder."""
    name = sha256(os.fsencode(transcript.absolute())).hexdigest()[:32]
    return cache / "checkpoints" / f"{name}.msgpack"


def save(cache: Path, transcript: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint, readable by its owner only; a cache that cannot be written is no loss."""
    place = place_of(cache, transcript)
    draft = place.with_suffix(f".{os.getpid()}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.msgpack.encode(checkpoint))
        draft.replace(place)
        _trim(place.parent)
    except OSError:
        draft.unlink(missing_ok=True)


def load(cache: Path, transcript: Path) -> Checkpoint | None:
    """Return the checkpoint of a transcript, `None` when there is none that can be used."""
    try:
        data = place_of(cache, transcript).read_bytes()
        return msgspec.msgpack.decode(data, type=Checkpoint)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None


def _trim(folder: Path) -> None:
    """Delete the oldest checkpoints beyond the limit."""
    places = sorted(folder.iterdir(), key=lambda place: place.stat().st_mtime, reverse=True)
    kept = 0
    for place in places:
        kept += place.stat().st_size
        if kept > LIMIT:
            place.unlink(missing_ok=True)
