"""What is added to a transcript from a moment on: the proof that a key did what it should."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...acting.typed import same_text
from ..fields import mapping, sequence, text
from .waiting import Queue

RECENT = 1024 * 1024
"""Bytes from the end in which an open call and queued prompts are looked for."""

Record = dict[str, Any]


class Tail:
    """A transcript from its present end on; a file that is not there yet has no records."""

    def __init__(self, folder: Path, session_id: str) -> None:
        self._folder, self.session_id = folder, session_id
        self._start = self._size()

    @property
    def path(self) -> Path | None:
        """The transcript, once it is there."""
        name = f"{self.session_id}.jsonl"
        return next(iter(self._folder.glob(f"projects/*/{name}")), None)

    def added(self) -> Iterator[Record]:
        """Yield the whole records that were added since this was made."""
        yield from _records(self.path, self._start)

    def took(self, prompt: str) -> bool:
        """Say whether a prompt with these words was added."""
        return any(
            record.get("type") == "user" and same_text(words_of(record), prompt)
            for record in self.added()
        )

    def has(self, field: str) -> Record | None:
        """Return the first added record that has `field` with a value."""
        return next((record for record in self.added() if record.get(field)), None)

    def attached(self, path: Path) -> bool:
        """Say whether the text of a file was put before a prompt that was added."""
        found = (mapping(record.get("attachment")) for record in self.added())
        return any(text(one.get("filename")) == str(path) for one in found)

    def boundary(self) -> Record | None:
        """Return the record of a compaction that was added."""
        kinds = (r for r in self.added() if r.get("subtype") == "compact_boundary")
        return next(kinds, None)

    def open_call(self) -> tuple[str, str, dict[str, Any]] | None:
        """Return id, tool and input of the newest call without a result."""
        calls: dict[str, tuple[str, str, dict[str, Any]]] = {}
        for record in _records(self.path, max(0, self._size() - RECENT), torn=True):
            for block in map(mapping, sequence(mapping(record.get("message")).get("content"))):
                name = text(block.get("id"))
                if block.get("type") == "tool_use":
                    calls[name] = (name, text(block.get("name")), mapping(block.get("input")))
                elif block.get("type") == "tool_result":
                    calls.pop(text(block.get("tool_use_id")), None)
        return next(reversed(calls.values()), None)

    def queued(self) -> bool:
        """Say whether prompts wait there that the person typed while the client worked."""
        queue = Queue()
        for record in _records(self.path, max(0, self._size() - RECENT), torn=True):
            if record.get("type") == "queue-operation":
                queue.change(record)
        return bool(queue.shown)

    def _size(self) -> int:
        path = self.path
        try:
            return path.stat().st_size if path else 0
        except OSError:
            return 0


def words_of(record: Record) -> str:
    """Return what a `user` record says, its blocks joined."""
    content = mapping(record.get("message")).get("content")
    if isinstance(content, str):
        return content
    blocks = (mapping(block) for block in sequence(content))
    return "\n".join(text(block.get("text")) for block in blocks if block.get("type") == "text")


def _records(path: Path | None, start: int, *, torn: bool = False) -> Iterator[Record]:
    """Yield the records from `start` on; the first line is half a one when `torn`."""
    if path is None:
        return
    try:
        with path.open("rb") as file:
            file.seek(start)
            lines = file.read().split(b"\n")
    except OSError:
        return
    for line in lines[1 if torn and start else 0 :]:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record
