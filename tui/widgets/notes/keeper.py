"""Brings editor, open file and disk together: opening, saving, drafts, and the other side's edits.

Every method that asks the disk looks at the editor again afterwards, because the person types on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from ....core.authorship import Author, Authorship
from ....core.health.finding import Finding
from ....core.kept import Draft
from ....core.merge import Lines, Merged, edits, merge
from ....core.notefile import Changed, Loaded, Saved
from ....core.problems import NotSaved, Report
from ....core.progress import Summary, summary
from ... import numbers
from .desk import Desk, Opened
from .health import Health
from .saving import OpenFile, Theirs


class Surface(Protocol):
    """What the keeper needs of an editor."""

    read_only: bool

    @property
    def plain(self) -> str:
        """The text as it will stand on disk."""

    def open(self, text: str) -> None:
        """Show another file."""

    def become(self, text: str, *, outside: bool = False) -> None:
        """Change into `text` by edits that are undone as one; `outside` when others made them."""

    def mark(self, whose: Authorship) -> None:
        """Show whose the lines are."""


class Keeper:
    """The progress file of one folder, from finding it to the last draft of it.

    `make_editor` is called when there is a file to show; `changed` after every change of state.
    """

    def __init__(self, desk: Desk, changed: Callable[[], None]) -> None:
        self.desk = desk
        self.file: OpenFile | None = None
        self.problem: Report | None = None
        self.boxes = Summary(0, 0)
        self.note = ""
        self.looked = False
        self.health = Health()
        self._whose = Authorship.of("")
        self._editor: Surface | None = None
        self._changed = changed
        self._drafted = ""

    @property
    def draft_due(self) -> bool:
        """Whether something was typed that the draft does not hold."""
        return (
            self.file is not None
            and not self.file.loaded.read_only
            and self.file.text != self._drafted
        )

    async def find(self) -> Opened:
        """Look for a progress file; `show` shows it."""
        return await self.desk.open()

    async def show(self, opened: Opened, editor: Surface | None) -> None:
        """Show what was found; text that was left unsaved comes back as an edit."""
        self.looked, self.problem, self.note = True, opened.report, ""
        self.file, self._editor = None, None
        if opened.loaded is not None and editor is not None:
            self._editor = editor
            self._put(opened.loaded, opened.draft, editor)
            await self.measure()
        self._changed()

    def _put(self, loaded: Loaded, draft: Draft | None, editor: Surface) -> None:
        self.file = OpenFile(loaded, loaded.text, warning=self.problem or loaded.unkept)
        editor.read_only = loaded.read_only is not None
        editor.open(loaded.text)
        self._mark(Authorship.of(loaded.text))
        self._drafted = loaded.text
        if draft is None or loaded.read_only:
            return
        editor.become(draft.text)
        self.sync()
        self._drafted = draft.text
        self.note = f"your unsaved text from {numbers.clock(draft.at)} is back"
        if draft.base != loaded.stamp.sha256:
            self.file.theirs = Theirs(loaded, "it is not what your unsaved text was written on")

    def sync(self) -> None:
        """Take over what was typed."""
        file, editor = self.file, self._editor
        if file and editor and not file.loaded.read_only and (text := editor.plain) != file.text:
            self._mark(self._whose.looked().followed(file.text, text, Author.YOURS))
            file.type(text, time.monotonic())

    def look(self) -> None:
        """Take note that the person looks at the text: nothing in it is new any more."""
        self._mark(self._whose.looked())

    def _mark(self, whose: Authorship) -> None:
        if whose != self._whose and self._editor is not None:
            self._whose = whose
            self._editor.mark(whose)

    async def look_again(self, who: str) -> None:
        """Read the file after it changed on disk; `who` did it, in words."""
        file = self.file
        if file is None:
            return
        theirs = await self.desk.read_again(file.loaded)
        self.sync()
        if await self._reconcile(file, theirs):
            self.note = f"{who} changed it at {numbers.clock(time.time())}"
            await self.measure()
        self._changed()

    async def _reconcile(self, file: OpenFile, theirs: Theirs) -> bool:
        """Take up what the disk holds; say whether the editor shows something else now."""
        merged = await self._merged(file, theirs)
        before = file.text
        if file is not self.file or not file.find(theirs, merged):
            return False
        self._take(file, before)
        return True

    async def _merged(self, file: OpenFile, theirs: Theirs) -> Merged | None:
        """Merge both sides' changes off the event loop, and again if the person typed on."""
        disk = theirs.disk
        if disk is None or not file.unsaved or disk.stamp.sha256 == file.loaded.stamp.sha256:
            return None
        while True:
            base, mine = file.loaded.text, file.text
            merged = await asyncio.to_thread(merge, base, mine, disk.text)
            self.sync()
            if (file.loaded.text, file.text) == (base, mine):
                return merged

    async def differences(self) -> Merged | None:
        """Return where both sides contradict each other, `None` when there is nothing to decide."""
        self.sync()
        file = self.file
        return await self._merged(file, file.theirs) if file and file.theirs else None

    async def resolve(self, merged: Merged, choices: Sequence[Lines]) -> bool:
        """Go on with what was chosen block by block; false when the texts are others by now."""
        file = self.file
        if file is None or file.theirs is None or await self.differences() != merged:
            return False
        disk, before = file.theirs.disk, file.text
        if disk is None:
            return False
        try:
            await self.desk.put_in_history(file.loaded, before)
        except NotSaved as problem:
            file.report = problem.report()
            self._changed()
            return True
        file.settle(merged.text(choices), disk)
        file.type(file.text, time.monotonic())
        file.edited_at = file.typed_at = time.monotonic()
        self._drafted = ""
        self._take(file, before)
        self.note = "both texts are in the history"
        await self.measure()
        self._changed()
        return True

    def hold(self) -> None:
        """Save nothing by itself until the person saves, or let the save come again."""
        if self.file is not None and self.file.unsaved:
            self.file.held = not self.file.held
            self._changed()

    async def save(self) -> None:
        """Save what is unsaved onto the version that it was written on."""
        self.sync()
        if self.file is not None and self.file.unsaved:
            await self._save_onto(self.file, self.file.loaded)

    async def keep_mine(self) -> None:
        """Save the person's text over what the other side wrote, which is in the history."""
        self.sync()
        file = self.file
        if file is None or file.theirs is None:
            return
        if file.theirs.disk is not None:
            await self._save_onto(file, file.theirs.disk)
            return
        try:
            opened = await self.desk.restore(file.loaded, file.text)
        except NotSaved as problem:
            file.report = problem.report()
        else:
            if opened.loaded is not None:
                self._saved(file, opened.loaded)
        self._changed()

    async def _save_onto(self, file: OpenFile, loaded: Loaded) -> None:
        try:
            answer: Saved | Changed | NotSaved = await self.desk.save(loaded, file.text)
        except NotSaved as problem:
            answer = problem
        self.sync()
        match answer:
            case Saved():
                self._saved(file, answer.loaded)
            case Changed():
                await self._reconcile(file, Theirs(answer.disk, answer.detail))
            case NotSaved():
                file.report = answer.report()
        await self.measure()
        self._changed()

    def _saved(self, file: OpenFile, loaded: Loaded) -> None:
        file.save(loaded)
        file.warning, self.note = loaded.unkept, ""

    async def take_theirs(self) -> None:
        """Show what the other side wrote; the person's text goes into the history and into undo."""
        self.sync()
        file = self.file
        if file is None or file.theirs is None:
            return
        disk, mine = file.theirs.disk, file.text
        if file.unsaved:
            try:
                await self.desk.put_in_history(file.loaded, mine)
            except NotSaved as problem:
                file.report = problem.report()
                self._changed()
                return
        if disk is None:
            await self.show(await self.desk.open(), self._editor)
            return
        file.settle(disk.text, disk)
        self._take(file, mine)
        self.note = "your text is in the history; undo brings it back"
        await self.measure()
        self._changed()

    async def confirm(self) -> None:
        """Open a file for editing that lies outside the repository or belongs to someone else."""
        if self.file is not None and self.file.loaded.confirmable:
            await self.show(await self.desk.open(confirmed=True), self._editor)

    async def keep_draft(self) -> None:
        """Keep what is unsaved in the state folder; forget the draft when nothing is."""
        self.sync()
        file = self.file
        if file is None or file.loaded.read_only:
            return
        self._drafted = file.text
        try:
            if file.unsaved:
                await self.desk.keep_draft(file.loaded, file.text)
            else:
                await self.desk.drop_draft(file.loaded)
        except NotSaved as problem:
            file.warning = problem.report()
        else:
            file.warning = None
        await self.measure()
        self._changed()

    def close(self) -> None:
        """Keep what is unsaved, now."""
        self.sync()
        if self.file and self.file.unsaved and not self.file.loaded.read_only:
            self.desk.keep_draft_now(self.file.loaded, self.file.text)

    @property
    def check_due(self) -> bool:
        """Whether the health of the text is not known."""
        file = self.file
        return file is not None and not self.health.is_of(file.loaded.target, file.text)

    async def check(self) -> tuple[Finding, ...]:
        """Look at the health of the text as it is now."""
        self.sync()
        if self.file is not None:
            await self.health.look(self.file.loaded.target, self.file.text)
            self._changed()
        return self.health.findings

    async def measure(self) -> None:
        """Count edits and boxes, off the event loop."""
        file = self.file
        if file is None:
            return
        base, text = file.loaded.text, file.text
        counted = await asyncio.to_thread(lambda: (len(edits(base, text)), summary(text)))
        if file.loaded.text == base:
            file.edits = max(counted[0], 1) if file.unsaved else 0
            self.boxes = counted[1]

    def _take(self, file: OpenFile, before: str) -> None:
        """Put what the file holds now into the editor, in place of what was there `before`."""
        if self._editor is not None:
            self._editor.become(file.text, outside=True)
            self._editor.read_only = file.loaded.read_only is not None
            self._mark(self._whose.followed(before, file.text, Author.AGENT))
