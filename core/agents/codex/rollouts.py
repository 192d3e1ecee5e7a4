"""The rollout files of a Codex home: where they lie, what their names and first lines say.

A rollout lies in a folder named by the day its thread began and stays there, however much later
the thread is resumed: only the time of its last change says that it is in use. One thread can
have several files, for going back in it begins a new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from os import DirEntry, scandir
from pathlib import Path

import msgspec

from ...text import one_line
from ..fields import count, mapping, text
from ..records import decode
from .about import is_subagent, parent_of
from .lines import Payload

SESSIONS, ARCHIVED = "sessions", "archived_sessions"
PACKED = ".zst"

FIRST_LINE = 4 * 1024 * 1024
"""Bytes in which the first line must end; it carries the client's own instructions."""

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_NAME = re.compile(rf"rollout-[\dT-]{{19}}-({_UUID})(?:_({_UUID}))?\.jsonl(?:\.zst)?", re.ASCII)
_NUMBER = re.compile(r"\d{2,4}", re.ASCII)
_CHUNK = 64 * 1024


class Rollout(msgspec.Struct, frozen=True):
    """A rollout as the folder lists it; `changed` in epoch seconds."""

    path: Path
    thread: str
    changed: float
    archived: bool = False

    @property
    def packed(self) -> bool:
        """Whether it is compressed, so that only Codex reads it."""
        return self.path.suffix == PACKED


class Base(msgspec.Struct, frozen=True):
    """Where a conversation began: in the first `length` bytes of a rollout, which has this id."""

    rollout: str
    length: int


class Head(msgspec.Struct, frozen=True):
    """What the first line of a rollout says."""

    thread: str | None = None
    cwd: str | None = None
    version: str | None = None
    parent: str | None = None
    subagent: bool = False
    base: Base | None = None


def thread_of(path: Path) -> str | None:
    """Return the id of the thread that a rollout is of by its name."""
    found = _NAME.fullmatch(path.name)
    return found[1].lower() if found else None


def rollout_of(path: Path) -> str | None:
    """Return a rollout's own id by its name: its thread's, but for one that going back began."""
    found = _NAME.fullmatch(path.name)
    return (found[2] or found[1]).lower() if found else None


def rollouts(home: Path) -> Iterator[Rollout]:
    """List every rollout of a home with its last change, newest folders first."""
    for day in days(home / SESSIONS):
        yield from listed(day)
    for found in listed(home / ARCHIVED):
        yield msgspec.structs.replace(found, archived=True)


def days(sessions: Path, since: tuple[str, str, str] = ("", "", "")) -> Iterator[Path]:
    """List the folders of days, newest first, back to the day `since` (year, month, day)."""
    for year in _numbered(sessions, since[0]):
        for month in _numbered(year, since[1] if year.name == since[0] else ""):
            same = (year.name, month.name) == since[:2]
            yield from _numbered(month, since[2] if same else "")


def listed(folder: Path) -> Iterator[Rollout]:
    """List the rollouts in one folder; one that vanishes meanwhile is left out."""
    for entry in _entries(folder):
        thread = thread_of(Path(entry.name))
        if thread is None:
            continue
        try:
            changed = entry.stat().st_mtime
        except OSError:
            continue
        yield Rollout(Path(entry.path), thread, changed)


def read_head(path: Path) -> Head | None:
    """Read the first line of a rollout; looks once more when the file has just moved away.

    `None` when there is no such file, an empty `Head` when its first line is none of Codex's.
    """
    for _ in range(2):
        try:
            return _head(path)
        except FileNotFoundError:
            continue
        except OSError:
            return Head()
    return None


def head_of(header: Payload) -> Head:
    """Return what a header says."""
    return Head(
        thread=_line(header.get("id")),
        cwd=_line(header.get("cwd")),
        version=_line(header.get("cli_version")),
        parent=_line(parent_of(header)),
        subagent=is_subagent(header),
        base=_base(mapping(header.get("history_base"))),
    )


def _base(told: Payload) -> Base | None:
    rollout, length = _line(told.get("thread_id")), count(told.get("end_byte_offset"))
    return Base(rollout.lower(), length) if rollout and length else None


def _head(path: Path) -> Head:
    with path.open("rb") as file:
        piece = bytearray()
        while len(piece) < FIRST_LINE and (chunk := file.read(_CHUNK)):
            start, newline = len(piece), chunk.find(b"\n")
            piece += chunk
            if newline >= 0:
                del piece[start + newline :]
                break
    value = decode(bytes(piece)) or {}
    kind = value.get("type")
    if kind == "session_meta":
        return head_of(mapping(value.get("payload")))
    return Head() if kind is not None else head_of(value)


def _numbered(folder: Path, least: str) -> list[Path]:
    """Return the sub-folders named by a number that is not less than `least`, newest first."""
    found = (Path(e.path) for e in _entries(folder) if _NUMBER.fullmatch(e.name))
    return sorted((p for p in found if p.name >= least), key=attrgetter("name"), reverse=True)


def _entries(folder: Path) -> list[DirEntry[str]]:
    try:
        with scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _line(value: object) -> str | None:
    return one_line(text(value), 4096) or None
