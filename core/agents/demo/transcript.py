"""Writes a transcript: one record a line, on disk before anything else happens."""

from __future__ import annotations

from io import FileIO
from pathlib import Path

from .format import AnyEntry, encode


class Transcript:
    """An append-only transcript. Each record is one write, so a reader never sees half a line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = FileIO(path, "ab")

    def append(self, entry: AnyEntry) -> None:
        """Write one record."""
        line = encode(entry)
        while line:
            line = line[self._file.write(line) or 0 :]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
