"""Where the transcripts of a session's sub-agents lie; the place changed between versions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..fields import text
from ..records import Record, Splitter

PREFIX = "agent-"
"""How the name of a sub-agent's file begins."""

SIDE = ".subagents"
"""The ending of a folder of sub-agents that was copied out beside its session."""

_HEAD = 64 * 1024
_DEPTH = 4
"""Folders below `subagents` that are looked into: workflows nest two."""


def is_subagent(path: Path) -> bool:
    """Say whether a transcript is, by its name, a sub-agent's own."""
    return path.name.startswith(PREFIX)


class SubAgentFiles:
    """Finds sub-agents' files, and remembers who the flat ones of old versions belong to."""

    def __init__(self) -> None:
        self._flat: dict[Path, tuple[int, tuple[Path, ...]]] = {}
        self._owners: dict[Path, str] = {}

    def of(self, path: Path) -> tuple[Path, ...]:
        """Return the transcripts of the sub-agents that the session in `path` started, sorted."""
        if is_subagent(path):
            return ()
        found = [*_below(path.with_suffix("") / "subagents"), *_below(path.with_suffix(SIDE))]
        return tuple(sorted([*found, *self._beside(path)]))

    def _beside(self, path: Path) -> tuple[Path, ...]:
        """Return the flat files whose lines name the session as their own (up to 2.1)."""
        try:
            files = self._flat_files(path.parent)
        except OSError:
            return ()
        return tuple(file for file in files if self._owner(file) == path.stem)

    def _flat_files(self, folder: Path) -> tuple[Path, ...]:
        """Return the flat files of a folder; looked for again only when the folder has changed."""
        changed = folder.stat().st_mtime_ns
        known = self._flat.get(folder)
        if known is None or known[0] != changed:
            known = self._flat[folder] = (changed, tuple(_files(folder)))
        return known[1]

    def _owner(self, path: Path) -> str:
        """Return whose file it is; one without a first line yet is asked again."""
        owner = self._owners.get(path) or _named_in(path)
        if owner:
            self._owners[path] = owner
        return owner


def _files(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return [Path(entry.path) for entry in entries if _is_file(entry)]


def _is_file(entry: os.DirEntry[str]) -> bool:
    named = entry.name.startswith(PREFIX) and entry.name.endswith(".jsonl")
    return named and entry.is_file(follow_symlinks=False)


def _below(folder: Path, depth: int = _DEPTH) -> Iterator[Path]:
    """Yield the files in a folder and in those below it; symbolic links are not followed."""
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:
        return
    for entry in found:
        if _is_file(entry):
            yield Path(entry.path)
        elif depth and entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path), depth - 1)


def _named_in(path: Path) -> str:
    """Return the session that a sub-agent's first line names, "" if there is none yet."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return ""
    records = (found for found in Splitter().feed(head) if isinstance(found, Record))
    named = (text(record.value.get("sessionId")) for record in records)
    return next(filter(None, named), "")
