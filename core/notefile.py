"""A progress file as it was read: its text, which content that is, and what keeps it from use."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from .lineends import Form, decode
from .problems import Report, Unreadable
from .replacing import digest

LARGEST = 8 * 1024 * 1024
"""Bytes; a progress file beyond it is a log, and no editor of ours opens it."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Stamp(msgspec.Struct, frozen=True):
    """Which file and content was seen; equal `sha256` means equal content."""

    device: int
    inode: int
    mtime_ns: int
    size: int
    sha256: str


class Loaded(msgspec.Struct, frozen=True):
    """A progress file as it was read. `text` has plain newlines only, for an editor."""

    path: Path
    target: Path
    """Where `path` leads once links are followed."""
    text: str
    form: Form
    stamp: Stamp
    read_only: str | None = None
    """Why it may not be edited, in words."""
    confirmable: bool = False
    """Whether loading it as `confirmed` lifts `read_only`."""
    confirmed: bool = False
    unkept: Report | None = None
    """Why this version could not be kept in the history."""


class Saved(msgspec.Struct, frozen=True):
    """The text is on disk; `loaded` is the file as it is now."""

    loaded: Loaded


class Changed(msgspec.Struct, frozen=True):
    """The file is not what was loaded any more; nothing was written to it.

    `disk` is what it holds now, `None` when it was deleted or cannot be read (`detail` says
    which). The person's text is kept as a draft, unless `unkept` says why it could not be.
    """

    disk: Loaded | None
    detail: str
    unkept: Report | None = None


def resolved(path: Path) -> Path:
    """Return where a path leads; unlike `Path.resolve` this survives links that go in circles."""
    return Path(os.path.realpath(path))


def text_of(path: Path, content: bytes) -> tuple[str, Form]:
    """Return text and form, or raise what keeps the file from being edited as text."""
    if len(content) > LARGEST:
        raise unreadable(path, "is larger than 8 MB", "Move old sessions into another file.")
    if content.startswith(_UTF16):
        raise unreadable(path, "is UTF-16", f"iconv -f UTF-16 -t UTF-8 {path.name}")
    if b"\0" in content:
        raise unreadable(path, "is not a text file", "Name another file in the settings.")
    try:
        return decode(content)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        remedy = f"Convert it: iconv -f ISO-8859-1 -t UTF-8 {path.name}"
        raise unreadable(path, f"is not UTF-8 (line {line})", remedy) from None


def unreadable(path: Path, why: str, remedy: str = "Look at what is there.") -> Unreadable:
    """Return the problem that a progress file cannot be shown; it is left as it is."""
    return Unreadable(f"{path.name} {why}.", remedy=remedy)


def stamp_of(content: bytes, status: os.stat_result) -> Stamp:
    """Return the stamp of a content and the status of the file it was read from."""
    return Stamp(
        device=status.st_dev,
        inode=status.st_ino,
        mtime_ns=status.st_mtime_ns,
        size=status.st_size,
        sha256=digest(content),
    )
