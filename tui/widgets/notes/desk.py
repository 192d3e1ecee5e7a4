"""All the disk work of the notes pane: one step at a time, in a thread, never on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from ....core.config import Settings
from ....core.kept import Draft, Kept
from ....core.lineends import encode
from ....core.notefile import Changed, Loaded, Saved
from ....core.notes import Notes, template
from ....core.problems import NotFound, Problem, Report, Unreadable
from ....core.progress import render
from ....core.watching import changes
from .saving import Theirs
from .veil import has_stand_ins

Result = TypeVar("Result")

PRIVATE = "it uses characters of Unicode's last private plane, which this editor needs itself"


class Opened(msgspec.Struct, frozen=True):
    """What was found in a folder: a file with the draft left for it, a problem, or nothing."""

    loaded: Loaded | None = None
    draft: Draft | None = None
    report: Report | None = None


class Desk:
    """The progress file of one folder on disk."""

    def __init__(self, root: Path, settings: Settings, state: Path) -> None:
        self.root = root
        self._settings = settings
        self._state = state
        self._made: Notes | None = None
        self._lock = asyncio.Lock()

    @property
    def new_name(self) -> str:
        """The name that a new progress file gets."""
        return self._settings.progress_files[0]

    async def open(self, *, confirmed: bool = False) -> Opened:
        """Find the progress file and read it; `Opened()` when there is none yet."""
        return await self._alone(lambda: self._open(confirmed=confirmed))

    async def create(self) -> Opened:
        """Write a new progress file from the template and open it.

        Raises:
            Problem: it could not be written, or the template not be read.
        """
        return await self._alone(self._create)

    async def restore(self, loaded: Loaded, text: str) -> Opened:
        """Write a file that was deleted once more, with `text`.

        Raises:
            NotSaved: its place is taken, or cannot be written.
        """

        def write() -> Opened:
            self._notes.create(str(loaded.path.relative_to(self._notes.root)), text)
            self._notes.kept.drop_draft(loaded.target, of=text)
            return self._open()

        return await self._alone(write)

    async def save(self, loaded: Loaded, text: str) -> Saved | Changed:
        """Write `text` if the file still holds what was loaded.

        Raises:
            NotSaved: it could not be written; the text is kept.
        """
        return await self._alone(lambda: self._notes.save(loaded, text))

    async def keep_draft(self, loaded: Loaded, text: str) -> None:
        """Keep unsaved text.

        Raises:
            NotSaved: the state folder cannot be written.
        """
        await self._alone(lambda: self._notes.keep_draft(loaded, text))

    def keep_draft_now(self, loaded: Loaded, text: str) -> None:
        """Keep unsaved text at the very end, when nothing can be awaited any more."""
        with suppress(Problem):
            self._notes.keep_draft(loaded, text)

    @property
    def kept(self) -> Kept:
        """The store of versions and drafts."""
        return self._notes.kept

    async def drop_draft(self, loaded: Loaded) -> None:
        """Forget the draft: nothing is unsaved any more."""
        await self._alone(lambda: self._notes.kept.drop_draft(loaded.target))

    async def put_in_history(self, loaded: Loaded, text: str) -> None:
        """Keep text that gives way to the other side's, and forget the draft of it.

        Raises:
            NotSaved: the state folder cannot be written; the draft stays.
        """

        def put() -> None:
            content = encode(text, loaded.form, loaded.text)
            self._notes.kept.keep_version(loaded.target, content, yours=True)
            self._notes.kept.drop_draft(loaded.target)

        await self._alone(put)

    async def put_aside(self, loaded: Loaded, name: str, text: str) -> None:
        """Append text to a side file beside the progress file.

        Raises:
            Problem: It could not be written.
        """
        await self._alone(lambda: self._notes.append_aside(loaded.path, name, text))

    async def read_again(self, loaded: Loaded) -> Theirs:
        """Read what the file holds now."""
        return await self._alone(lambda: self._read_again(loaded))

    async def stirs(self, loaded: Loaded | None, stop: asyncio.Event) -> AsyncIterator[None]:
        """Yield whenever the file changed, or, where there is none, whenever one may have come."""
        if loaded is not None:
            seen = loaded.stamp.sha256
            async for _ in self._notes.watch(loaded.path, stop, seen=seen):
                yield
            return
        places = {self.root / name for name in self._settings.progress_files}
        names = {place.name for place in places}
        async for files in changes((), {place.parent for place in places}, stop):
            if any(file.name in names for file in files):
                yield

    @property
    def _notes(self) -> Notes:
        if self._made is None:
            self._made = Notes(self.root, Kept(self._state))
        return self._made

    async def _alone(self, work: Callable[[], Result]) -> Result:
        async with self._lock:
            return await asyncio.to_thread(work)

    def _open(self, *, confirmed: bool = False) -> Opened:
        path = self._notes.find(self._settings.progress_files)
        if path is None:
            return Opened()
        try:
            loaded = self._load(path, confirmed=confirmed)
        except NotFound:
            return Opened()
        except Problem as problem:
            return Opened(report=problem.report())
        try:
            return Opened(loaded, self._notes.draft_of(loaded))
        except Problem as problem:
            return Opened(loaded, report=problem.report())

    def _load(self, path: Path, *, confirmed: bool) -> Loaded:
        loaded = self._notes.load(path, confirmed=confirmed)
        if has_stand_ins(loaded.text):
            return msgspec.structs.replace(loaded, read_only=PRIVATE, confirmable=False)
        return loaded

    def _read_again(self, loaded: Loaded) -> Theirs:
        name = loaded.path.name
        try:
            disk = self._load(loaded.path, confirmed=loaded.confirmed)
        except NotFound:
            return Theirs(None, f"{name} was deleted.")
        except Problem as problem:
            return Theirs(None, problem.detail)
        return Theirs(disk, f"{name} was changed by someone else.")

    def _create(self) -> Opened:
        today = datetime.now().astimezone().date().isoformat()
        text = render(self._template(), project=self.root.name, date=today)
        self._notes.create(self.new_name, text)
        return self._open()

    def _template(self) -> str:
        place = self._settings.progress_template
        if place is None:
            return template()
        try:
            return place.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unreadable(
                f"The template {place} cannot be read: {error}.",
                remedy="Correct progress_template in the settings.",
            ) from error
