"""What clearhead keeps of progress files: every version seen or written, and unsaved text.

Both stores hold text, so they are open to their owner only and forget by themselves.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from .clock import Clock, SystemClock
from .problems import Unreadable
from .storage import write_private

DAYS = 30
"""Days after which a version or a draft is forgotten."""
BYTES = 50 * 1024 * 1024
"""Bytes of versions that are kept, the newest first."""

_OWNER_FILE = "path"


class Version(msgspec.Struct, frozen=True):
    """One content that a progress file had; `at` is when it was last seen, in epoch seconds."""

    sha256: str
    size: int
    at: float


class Draft(msgspec.Struct, frozen=True):
    """Text that was typed and not saved.

    `base` is the SHA-256 of the version it was edited from, `at` when it was kept.
    """

    text: str
    base: str | None
    at: float


class _Header(msgspec.Struct):
    """The first line of a draft's file; the text follows as it is, so that anyone can read it."""

    path: str
    base: str | None
    schema: int = 1


class Kept:
    """The two stores, in the state folder. Every method reads or writes the disk."""

    def __init__(self, state: Path, *, clock: Clock | None = None, limit: int = BYTES) -> None:
        self._history = state / "notes" / "history"
        self._drafts = state / "notes" / "drafts"
        self._clock = clock or SystemClock()
        self._limit = limit

    def keep_version(self, path: Path, content: bytes) -> None:
        """Keep a content that the file at `path` has or is about to get; each is stored once.

        Raises:
            NotSaved: the state folder cannot be written.
        """
        place = self._history / _key(path) / sha256(content).hexdigest()
        if place.exists():
            self._mark(place)
            return
        if not (owner := place.with_name(_OWNER_FILE)).exists():
            write_private(owner, os.fsencode(path))
        write_private(place, content)
        self._mark(place)
        self._forget_old(place)

    def versions(self, path: Path) -> tuple[Version, ...]:
        """Return what the file at `path` has held, the latest last."""
        found = [
            Version(place.name, status.st_size, status.st_mtime)
            for place, status in _files(self._history / _key(path))
            if place.name != _OWNER_FILE
        ]
        return tuple(sorted(found, key=lambda version: version.at))

    def content(self, path: Path, sha256: str) -> bytes | None:
        """Return a version's content, `None` when it is not kept (any more)."""
        try:
            return (self._history / _key(path) / sha256).read_bytes()
        except OSError:
            return None

    def keep_draft(self, path: Path, text: str, *, base: str | None = None) -> Path:
        """Keep unsaved text for the file at `path`, in place of an earlier draft; say where.

        Raises:
            NotSaved: the state folder cannot be written; the earlier draft is as it was.
        """
        header = _Header(path=ascii(str(path)), base=base)
        place = self._draft_place(path)
        body = text.encode("utf-8", errors="surrogatepass")
        write_private(place, msgspec.json.encode(header) + b"\n" + body)
        return place

    def draft_of(self, path: Path) -> Draft | None:
        """Return the unsaved text for the file at `path`; a damaged head loses none of the text.

        Raises:
            Unreadable: there is a draft that may not be read.
        """
        place = self._draft_place(path)
        try:
            content, at = place.read_bytes(), place.stat().st_mtime
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(
                f"The draft {place} cannot be read: {error.strerror}.",
                remedy="Make it yours to read, then try again.",
            ) from error
        head, _, body = content.partition(b"\n")
        try:
            base = msgspec.json.decode(head, type=_Header).base
        except msgspec.MsgspecError:
            base, body = None, content
        return Draft(body.decode("utf-8", errors="replace"), base, at)

    def drop_draft(self, path: Path, *, of: str | None = None) -> None:
        """Forget the draft for the file at `path`; with `of`, only a draft of that text."""
        with suppress(OSError, Unreadable):
            if of is None or ((draft := self.draft_of(path)) and draft.text == of):
                self._draft_place(path).unlink()

    def _mark(self, place: Path) -> None:
        """Note on a file when it was kept, finer than the file system's own clock ticks."""
        now = self._clock.now()
        with suppress(OSError):
            os.utime(place, (now, now))

    def _draft_place(self, path: Path) -> Path:
        """Return the draft's own file."""
        return self._drafts / f"{_key(path)}.md"

    def _forget_old(self, latest: Path) -> None:
        """Delete what is too old, and the oldest versions beyond the limit, never `latest`."""
        horizon = self._clock.now() - DAYS * 24 * 3600
        for place, status in _files(self._drafts):
            if status.st_mtime < horizon:
                place.unlink(missing_ok=True)
        versions = [
            (status.st_mtime, status.st_size, place)
            for folder in _folders(self._history)
            for place, status in _files(folder)
            if place.name != _OWNER_FILE
        ]
        total = 0
        for at, size, place in sorted(versions, reverse=True):
            total += size
            if place != latest and (total > self._limit or at < horizon):
                place.unlink(missing_ok=True)


def _key(path: Path) -> str:
    """Return a name for everything kept of one path."""
    return sha256(os.fsencode(path)).hexdigest()[:32]


def _folders(folder: Path) -> list[Path]:
    """Return the folders in a folder."""
    return [place for place in folder.iterdir() if place.is_dir()]


def _files(folder: Path) -> list[tuple[Path, os.stat_result]]:
    """Return the files in a folder with their status; none when there is no folder."""
    try:
        with os.scandir(folder) as entries:
            return [(Path(entry.path), entry.stat()) for entry in entries if entry.is_file()]
    except FileNotFoundError:
        return []
