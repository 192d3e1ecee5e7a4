"""What clearhead keeps of progress files: every version seen or written, and unsaved text.

Both stores hold text, so they are open to their owner only and forget by themselves.
"""

from __future__ import annotations

import os
from ast import literal_eval
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from .clock import Clock, SystemClock
from .problems import Unreadable
from .storage import append_line, not_saved, write_private

DAYS = 30
"""Days after which a version or a draft is forgotten."""
BYTES = 50 * 1024 * 1024
"""Bytes of versions that are kept, the newest first."""

_OWNER_FILE = "path"
_LOG_FILE = "log"
_ASIDE = (_OWNER_FILE, _LOG_FILE)

MOST_ENTRIES = 1_000
"""Entries of one file's log from which it is written anew without those that were forgotten."""


class Version(msgspec.Struct, frozen=True):
    """One content that a progress file had; `at` is when it was last seen, in epoch seconds.

    `yours` says whether clearhead wrote it, `None` where that was not noted.
    """

    sha256: str
    size: int
    at: float
    yours: bool | None = None


class _Entry(msgspec.Struct):
    """A line of the log: which content was there when, and who put it there."""

    sha256: str
    at: float
    yours: bool


class Holdings(msgspec.Struct, frozen=True):
    """How much text is kept: of how many files, in versions and drafts, in bytes."""

    files: int
    versions: int
    drafts: int
    size: int


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

    def keep_version(self, path: Path, content: bytes, *, yours: bool = False) -> None:
        """Keep a content that the file at `path` has or is about to get; each is stored once.

        `yours` says that the person wrote it, here.

        Raises:
            NotSaved: the state folder cannot be written.
        """
        place = self._history / _key(path) / sha256(content).hexdigest()
        if place.exists():
            self._mark(place)
            self._note(place, yours=yours)
            return
        if not (owner := place.with_name(_OWNER_FILE)).exists():
            write_private(owner, os.fsencode(path))
        write_private(place, content)
        self._mark(place)
        self._note(place, yours=yours)
        self._forget_old(place)

    def _note(self, place: Path, *, yours: bool) -> None:
        """Log that a content was there now, once for each time it came."""
        log = place.with_name(_LOG_FILE)
        last = next(reversed(_entries(log)), None)
        if last is None or last.sha256 != place.name:
            entry = _Entry(place.name, self._clock.now(), yours)
            append_line(log, msgspec.json.encode(entry))

    def versions(self, path: Path) -> tuple[Version, ...]:
        """Return what the file at `path` has held, the latest last.

        A content that came back stands there again, stored once.
        """
        folder = self._history / _key(path)
        kept = {p.name: status for p, status in _files(folder) if p.name not in _ASIDE}
        logged = [
            Version(entry.sha256, kept[entry.sha256].st_size, entry.at, entry.yours)
            for entry in _entries(folder / _LOG_FILE)
            if entry.sha256 in kept
        ]
        known = {version.sha256 for version in logged}
        before = [
            Version(name, status.st_size, status.st_mtime)
            for name, status in kept.items()
            if name not in known
        ]
        return tuple(sorted([*before, *logged], key=lambda version: version.at))

    def content(self, path: Path, sha256: str) -> bytes | None:
        """Return a version's content, `None` when it is not kept (any more)."""
        try:
            return (self._history / _key(path) / sha256).read_bytes()
        except OSError:
            return None

    def holdings(self, root: Path | None = None) -> Holdings:
        """Return how much is kept of all files, or of those below `root`."""
        history, drafts = self._folders_of(root), self._drafts_of(root)
        versions = [f for place in history for f in _files(place) if f[0].name not in _ASIDE]
        size = sum(status.st_size for _, status in versions)
        size += sum(place.stat().st_size for place in drafts)
        names = {place.name for place in history} | {place.stem for place in drafts}
        return Holdings(len(names), len(versions), len(drafts), size)

    def forget(self, root: Path | None = None) -> None:
        """Erase every version and draft of all files, or of those below `root`.

        Raises:
            NotSaved: Something could not be erased.
        """
        try:
            for folder in self._folders_of(root):
                for place, _ in _files(folder):
                    place.unlink(missing_ok=True)
                folder.rmdir()
            for place in self._drafts_of(root):
                place.unlink(missing_ok=True)
        except OSError as error:
            raise not_saved(Path(error.filename or self._history), error) from error

    def _folders_of(self, root: Path | None) -> list[Path]:
        folders = _folders(self._history) if self._history.is_dir() else []
        return [place for place in folders if root is None or _is_below(_owner(place), root)]

    def _drafts_of(self, root: Path | None) -> list[Path]:
        drafts = [place for place, _ in _files(self._drafts)]
        return [place for place in drafts if root is None or _is_below(_subject(place), root)]

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
            if place.name not in _ASIDE
        ]
        total = 0
        for at, size, place in sorted(versions, reverse=True):
            total += size
            if place != latest and (total > self._limit or at < horizon):
                place.unlink(missing_ok=True)
        _shorten(latest.with_name(_LOG_FILE))


def _key(path: Path) -> str:
    """Return a name for everything kept of one path."""
    return sha256(os.fsencode(path)).hexdigest()[:32]


def _entries(log: Path) -> list[_Entry]:
    """Return the log's entries; a torn line counts for nothing."""
    try:
        lines = log.read_bytes().split(b"\n")
    except OSError:
        return []
    found: list[_Entry] = []
    for line in filter(None, lines):
        with suppress(msgspec.MsgspecError):
            found.append(msgspec.json.decode(line, type=_Entry))
    return found


def _shorten(log: Path) -> None:
    """Write a long log anew, without what was forgotten."""
    entries = _entries(log)
    if len(entries) <= MOST_ENTRIES:
        return
    there = {place.name for place, _ in _files(log.parent)}
    kept = [entry for entry in entries[-MOST_ENTRIES // 2 :] if entry.sha256 in there]
    write_private(log, b"".join(msgspec.json.encode(entry) + b"\n" for entry in kept))


def _owner(folder: Path) -> Path | None:
    """Return the file whose versions a folder holds."""
    with suppress(OSError):
        return Path(os.fsdecode((folder / _OWNER_FILE).read_bytes()))
    return None


def _subject(draft: Path) -> Path | None:
    """Return the file a draft is of."""
    with suppress(OSError, msgspec.MsgspecError, ValueError, SyntaxError):
        head = draft.read_bytes().partition(b"\n")[0]
        return Path(str(literal_eval(msgspec.json.decode(head, type=_Header).path)))
    return None


def _is_below(path: Path | None, root: Path) -> bool:
    return path is not None and path.is_relative_to(root)


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
