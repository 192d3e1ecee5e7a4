"""Writes a transcript: one record a line, on disk before anything else happens."""

from __future__ import annotations

from io import FileIO
from pathlib import Path

from .context import estimate
from .format import AnyEntry, Compacted, Prompt, ToolResult, Usage, decode, encode


def fill_of(path: Path) -> int | None:
    """Return how full the context of a session was in the end; `None` before its first call."""
    fill: int | None = None
    for line in path.read_bytes().splitlines():
        match decode(line):
            case Usage(subagent="") as usage:
                fill = usage.tokens.prompt + usage.tokens.output
            case Compacted() as compacted:
                fill = compacted.after
            case Prompt(text=text) | ToolResult(output=text, subagent=""):
                fill = None if fill is None else fill + estimate(text)
            case _:
                continue
    return fill


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
