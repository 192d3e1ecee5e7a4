"""Files that are read as one: the earlier ones in which a conversation began, then its own.

A client may begin a new file when a person goes back or forks, and write into it only where the
conversation before stands. Places count from the first byte of the first stretch.
"""

from __future__ import annotations

from pathlib import Path

import msgspec


class Stretch(msgspec.Struct, frozen=True):
    """The first `length` bytes of an earlier file belong to the conversation.

    `own` says that the same session wrote that file, so that all it spent is the session's.
    """

    path: Path
    length: int
    own: bool = False


class Chain(msgspec.Struct, frozen=True):
    """The stretches before a file, the oldest first, and the file itself."""

    path: Path
    earlier: tuple[Stretch, ...] = ()

    @property
    def base(self) -> int:
        """The place at which the file itself begins."""
        return sum(stretch.length for stretch in self.earlier)

    @property
    def seal(self) -> str:
        """Words that differ when anything stands before the file that did not before."""
        return "\n".join(f"{stretch.length} {stretch.path}" for stretch in self.earlier)

    def end(self) -> int:
        """Return the place after the last byte; `OSError` when the file is gone."""
        return self.base + self.path.stat().st_size

    def read(self, place: int, size: int) -> bytes:
        """Return up to `size` bytes from a place on; `OSError` when a file cannot be read."""
        pieces, start = list[bytes](), 0
        for stretch in self.earlier:
            inside = place - start
            start += stretch.length
            if size > 0 and inside < stretch.length:
                piece = _read(stretch.path, inside, min(size, stretch.length - inside))
                pieces.append(piece)
                place, size = place + len(piece), size - len(piece)
        return b"".join((*pieces, _read(self.path, place - start, size) if size > 0 else b""))


def _read(path: Path, offset: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(size)
