"""The progress file on disk: find, create, load, save, watch.

Two sides write it, a person and an agent. Whatever the other side wrote meanwhile is never
overwritten: a save happens only onto the very version that was loaded, and otherwise answers
with both texts.
"""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import msgspec

from .atomic import open_folder, read_at, write_at
from .kept import Draft, Kept
from .lineends import decode, encode
from .notefile import (
    LARGEST,
    Changed,
    Loaded,
    Saved,
    Stamp,
    resolved,
    stamp_of,
    text_of,
    unreadable,
)
from .packaged import packaged
from .problems import NotFound, NotSaved, Problem
from .progress import NAMES
from .replacing import replace_if_same
from .watching import changes


class Notes:
    """The progress files of one repository (or plain folder). Every method uses the disk."""

    def __init__(self, root: Path, kept: Kept) -> None:
        self.root = resolved(root)
        self.kept = kept

    def find(self, names: Iterable[str] = NAMES) -> Path | None:
        """Return the first of `names` that is a file, else the first that is there at all."""
        places = [self.root / name for name in names]
        there = [place for place in places if os.path.lexists(place)]
        return next((place for place in there if place.is_file()), next(iter(there), None))

    def create(self, name: str, text: str) -> Path:
        """Write a new progress file and return its path.

        Raises:
            NotSaved: the name is taken (nothing is overwritten), lies outside, or the folder
                cannot be written.
        """
        place = self.root / name
        target = resolved(place)
        try:
            if self._is_outside(target) or os.path.lexists(place):
                raise FileExistsError(errno.EEXIST, "the name is taken, or leads elsewhere")
            with self._folder_of(target) as folder:
                write_at(folder, target.name, text.encode("utf-8"), mode=0o666)
        except OSError as error:
            raise NotSaved(
                f"{name} was not created: {error.strerror}.",
                remedy="Open what is there, or choose another name.",
            ) from error
        return place

    def load(self, path: Path, *, confirmed: bool = False) -> Loaded:
        """Read a progress file, and keep what it holds in the history.

        Args:
            path: where it is; links are followed.
            confirmed: the person agreed to edit a file that lies outside the repository or
                belongs to someone else.

        Raises:
            NotFound: nothing is there.
            Unreadable: it is not UTF-8 text, not a file, too large, or may not be read.
        """
        target = resolved(path)
        try:
            with self._folder_of(target) as folder:
                content, status = read_at(folder, target.name, limit=LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound(f"{path.name} is not there.", remedy="Create it.") from None
        except OSError as error:
            raise unreadable(path, f"cannot be opened: {error.strerror}") from error
        text, form = text_of(path, content)
        read_only, confirmable = self._why_read_only(target, status, confirmed=confirmed)
        loaded = Loaded(
            path=path,
            target=target,
            text=text,
            form=form,
            stamp=stamp_of(content, status),
            read_only=read_only,
            confirmable=confirmable,
            confirmed=confirmed,
        )
        return loaded if confirmable else self._kept(loaded, content)

    def save(self, loaded: Loaded, text: str) -> Saved | Changed:
        """Write `text` in one step, if the file still holds what was loaded.

        A draft of this very text is dropped. `replace_if_same` says what is promised when
        another program writes at the same moment.

        Raises:
            NotSaved: read-only, disk full, …; the detail says where the text is kept.
        """
        if loaded.read_only:
            raise self._not_saved(loaded, text, loaded.read_only)
        try:
            content = encode(text, loaded.form, loaded.text)
            self._kept(loaded, content, yours=True)
            saved = self._write(loaded, content)
        except FileNotFoundError:
            return self._changed(loaded, text)
        except OSError as error:
            raise self._not_saved(loaded, text, error.strerror or str(error)) from error
        except UnicodeEncodeError as error:
            line = text.count("\n", 0, error.start) + 1
            why = f"line {line} holds half a character, which no file can"
            raise self._not_saved(loaded, text, why) from error
        if saved is None:
            return self._changed(loaded, text)
        self.kept.drop_draft(loaded.target, of=saved.loaded.text)
        return saved

    def append_aside(self, path: Path, name: str, text: str) -> None:
        """Append `text` to the file `name` beside `path`, which is made when it is missing.

        Raises:
            NotSaved: It could not be written, or was changed at the same moment.
            Unreadable: What is there is no text.
        """
        place = path.with_name(name)
        try:
            there = self.load(place, confirmed=True)
        except NotFound:
            self.create(str(resolved(place).relative_to(self.root)), f"{text}\n")
            return
        saved = self.save(there, f"{there.text.rstrip()}\n\n{text}\n")
        if isinstance(saved, Changed):
            raise NotSaved(saved.detail, remedy="Try again.")

    def stamp(self, path: Path) -> Stamp | None:
        """Return what is at `path` now, `None` when it is gone or cannot be read."""
        target = resolved(path)
        with suppress(OSError), self._folder_of(target) as folder:
            return stamp_of(*read_at(folder, target.name, limit=LARGEST + 1))
        return None

    def keep_draft(self, loaded: Loaded, text: str) -> Path:
        """Keep text that is being edited, so that it survives clearhead's own end; say where.

        Raises:
            NotSaved: the state folder cannot be written.
        """
        return self.kept.keep_draft(loaded.target, text, base=loaded.stamp.sha256)

    def draft_of(self, loaded: Loaded) -> Draft | None:
        """Return the unsaved text that was kept for a file, `None` when it holds nothing new.

        Raises:
            Unreadable: there is a draft that may not be read.
        """
        draft = self.kept.draft_of(loaded.target)
        return draft if draft and draft.text != loaded.text else None

    async def watch(
        self, path: Path, stop: asyncio.Event, *, seen: str | None = None
    ) -> AsyncIterator[Stamp | None]:
        """Yield what is at `path` whenever its content is another one, until `stop` is set.

        Args:
            path: the progress file; it may be missing for now.
            stop: ends the watch.
            seen: SHA-256 of the content already known, `None` for a missing file.
        """
        places = {path, resolved(path)}
        news: AsyncIterator[set[Path]] = changes((), {place.parent for place in places}, stop)
        names = {place.name for place in places}
        stirred = True
        while True:
            if stirred:
                now = await asyncio.to_thread(self.stamp, path)
                if (found := now.sha256 if now else None) != seen:
                    seen = found
                    yield now
            try:
                files = await anext(news)
                stirred = not files or any(file.name in names for file in files)
            except StopAsyncIteration:
                return

    def _folder_of(self, target: Path) -> AbstractContextManager[int]:
        """Open the folder of a resolved path, following no link below the repository's root."""
        inside = self.root if target.is_relative_to(self.root) else target.parent
        return open_folder(target.parent, inside=inside)

    def _is_outside(self, target: Path) -> bool:
        """Say whether a resolved path leaves the repository, or enters git's own folder."""
        if not target.is_relative_to(self.root):
            return True
        return ".git" in target.relative_to(self.root).parts

    def _why_read_only(
        self, target: Path, status: os.stat_result, *, confirmed: bool
    ) -> tuple[str | None, bool]:
        """Return why a file may not be edited, and whether the person's word would change it."""
        if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
            return f"it may not be written (mode {stat.S_IMODE(status.st_mode):04o})", False
        if not os.access(target.parent, os.W_OK):
            return "its folder may not be written", False
        if confirmed:
            return None, False
        if self._is_outside(target):
            return f"it lies outside the repository, at {target}", True
        if status.st_uid != os.geteuid():
            return f"it belongs to another user (number {status.st_uid})", True
        return None, False

    def _kept(self, loaded: Loaded, content: bytes, *, yours: bool = False) -> Loaded:
        """Keep a content in the history; when that fails, note it and go on."""
        try:
            self.kept.keep_version(loaded.target, content, yours=yours)
        except Problem as problem:
            return msgspec.structs.replace(loaded, unkept=problem.report())
        return loaded

    def _write(self, loaded: Loaded, content: bytes) -> Saved | None:
        """Replace the file; `None` when it is not what was loaded."""
        if resolved(loaded.path) != loaded.target:
            return None
        with self._folder_of(loaded.target) as folder:
            status = replace_if_same(
                folder,
                loaded.target.name,
                content,
                expected=loaded.stamp.sha256,
                limit=LARGEST + 1,
                keep=lambda found: self.kept.keep_version(loaded.target, found),
            )
        if status is None:
            return None
        text, form = decode(content)
        saved = msgspec.structs.replace(
            loaded, text=text, form=form, stamp=stamp_of(content, status), unkept=None
        )
        return Saved(self._kept(saved, content, yours=True))

    def _changed(self, loaded: Loaded, text: str) -> Changed:
        """Return what the file holds now; the person's text goes into a draft."""
        unkept = None
        try:
            self.keep_draft(loaded, text)
        except Problem as problem:
            unkept = problem.report()
        try:
            disk = self.load(loaded.path, confirmed=loaded.confirmed)
        except Problem as problem:
            return Changed(disk=None, detail=problem.detail, unkept=unkept)
        return Changed(disk, f"{loaded.path.name} was changed by someone else.", unkept)

    def _not_saved(self, loaded: Loaded, text: str, why: str) -> NotSaved:
        """Return the problem, once the person's text is kept as a draft where that is possible."""
        name = loaded.path.name
        try:
            place = self.keep_draft(loaded, text)
        except Problem as problem:
            return NotSaved(
                f"{name} was not saved: {why}. No draft was kept either: {problem.detail}",
                remedy="Do not close clearhead: copy your text first.",
            )
        return NotSaved(
            f"{name} was not saved: {why}. Your text is kept in {place}.",
            remedy="Remove the cause and save again.",
        )


def template() -> str:
    """Return the text that new progress files are rendered from."""
    return packaged("progress-template.md").read_text("utf-8")
