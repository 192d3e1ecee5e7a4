"""The progress file beside the transcript: found, shown, edited and saved."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from ....core.agents.base import State
from ....core.config import Settings
from ....core.problems import Problem
from ....core.supervisor import Key
from ...command import Context
from ...commands import bindings
from ...focus import focus_now
from ...keymap import Keymap
from ...look import Look
from ..line import WIDE
from .desk import Desk, Opened
from .due import Due
from .keeper import Keeper
from .rows import Rows
from .saving import OpenFile, Turn

if TYPE_CHECKING:
    from .editor import NotesEditor

SETTLED = 0.5
"""Seconds after which a watch surely runs; what changed while it was set up is looked for then."""

TOOK_BACK = "undo took back what the agent wrote; redo brings it back"

ROOMY = 22
"""Rows of the pane from which the text keeps an empty row to the facts above it."""


class NotesPane(Vertical):
    """Shows the progress file of the session it is given with `show`."""

    BINDINGS = bindings(Context.NOTES)

    DEFAULT_CSS: ClassVar[str] = """
    NotesPane {
        & > #title { height: 1; background: $panel; }
        & > #facts { height: 1; display: none; }
        & > #page { height: 1fr; padding: 1 2 0 2; }
        & > #editor { height: 1fr; padding: 0 1 0 1; display: none; }
        & > #plan { height: auto; min-height: 1; max-height: 8; display: none; }
        & > #plan.-card { background: $raised; }
        &.-open > #facts, &.-open > #editor, &.-open > #plan { display: block; }
        &.-open > #page { display: none; }
        &.-air > #editor { padding: 1 1 0 1; }
        &.-air > #plan.-card { margin: 1 0 0 0; }
        &.-narrow > #page { padding: 0 1 0 1; }
        &.-narrow > #editor { padding: 0 1 0 0; }
    }
    """

    @dataclass
    class Moved(Message):
        """Something that other rows tell as well has changed: edits, what is to be decided."""

        def can_replace(self, message: Message) -> bool:
            """One of these is enough."""
            return isinstance(message, NotesPane.Moved)

    @dataclass
    class Left(Message):
        """The person goes back to the transcript."""

    def __init__(self, settings: Settings, state: Path, keymap: Keymap) -> None:
        super().__init__(id="notes")
        self._settings, self._state = settings, state
        self._rows = Rows(self, keymap)
        self._keeper: Keeper | None = None
        self._model: str | None = None
        self._editor: NotesEditor | None = None
        self._place: tuple[Key, str | None] | None = None
        self._wants_focus = False
        self._stop = asyncio.Event()
        self._due = Due(self, lambda: self._keeper)

    def compose(self) -> ComposeResult:
        """Lay out title, facts and the page; the editor comes when there is a file for it."""
        yield Static(id="title", markup=False)
        yield Static(id="facts", markup=False)
        yield Static(id="page", markup=False)
        yield Static(id="plan", markup=False)

    # What the screen asks

    @property
    def unsaved(self) -> bool:
        """Whether there are edits to save."""
        return self._file is not None and self._file.unsaved

    @property
    def edits(self) -> int:
        """At how many places the text differs from the file."""
        return self._file.edits if self._file and self._file.unsaved else 0

    @property
    def possible(self) -> bool:
        """Whether there is a progress file, or a folder where one could be written."""
        return self._keeper is not None

    @property
    def conflict(self) -> bool:
        """Whether the person has to choose between two texts."""
        return self._file is not None and self._file.theirs is not None

    @property
    def confirmable(self) -> bool:
        """Whether the file is read-only until the person says otherwise."""
        return self._file is not None and self._file.loaded.confirmable

    @property
    def _file(self) -> OpenFile | None:
        return self._keeper.file if self._keeper else None

    # What the screen tells

    def show(self, look: Look) -> None:
        """Follow a session: its folder, and whether a turn runs."""
        self._model = look.seen.snapshot.model
        if look.standing.state is not self._due.turn.state:
            since = look.standing.since
            ago = 0.0 if since is None else max(0.0, time.time() - since)
            self._due.turn_is(Turn(look.standing.state, time.monotonic() - ago))
        if look.repo is not None or self._place != (look.key, look.cwd):
            self._place = look.key, look.cwd
            root = look.repo.root if look.repo else Path(look.cwd) if look.cwd else None
            if root != (self._keeper.desk.root if self._keeper else None):
                self._follow(root)
        self.draw()

    def age(self) -> None:
        """Draw what changes with time alone."""
        if not self.is_attached or not self.children:
            return
        highlighted = self._editor is None or self._editor.highlighted
        self._rows.draw_facts(self._keeper, self._model, highlighted=highlighted)

    def focus_editor(self) -> None:
        """Let the person type, now or when the file that is looked for was found."""
        if self._file is not None and self._editor is not None:
            focus_now(self._editor)
        elif self._keeper is not None:
            self._wants_focus = not self._keeper.looked

    async def begin(self) -> None:
        """Go to the editor; where there is no progress file yet, write one first."""
        await self.make()
        self.focus_editor()

    async def make(self) -> None:
        """Write a progress file, where there is none yet."""
        keeper = self._keeper
        if keeper and keeper.looked and not keeper.file and not keeper.problem:
            try:
                opened = await keeper.desk.create()
            except Problem as problem:
                opened = Opened(report=problem.report())
            await self._show(keeper, opened)
            self._stop.set()

    @property
    def keeper(self) -> Keeper | None:
        """What keeps the open file; `None` where no folder is known."""
        return self._keeper

    @property
    def path(self) -> Path | None:
        """The progress file that is open."""
        return self._file.loaded.path if self._file else None

    @property
    def text(self) -> str | None:
        """The text as the editor holds it; `None` when no file is open."""
        if self._keeper:
            self._keeper.sync()
        return self._file.text if self._file else None

    async def change(self, after: str) -> bool:
        """Change the text into `after`, as the person's own edit; false where none is allowed."""
        keeper = self._keeper
        if keeper is None or self._editor is None or self._file is None:
            return False
        if self._file.loaded.read_only:
            return False
        self._editor.become(after)
        keeper.sync()
        self._changed()
        return True

    async def take_theirs(self) -> None:
        """Decide for what is on disk."""
        if self._keeper:
            await self._keeper.take_theirs()
            self._stop.set()

    async def confirm(self) -> None:
        """Edit a file that lies elsewhere or belongs to someone else."""
        if self._keeper:
            await self._keeper.confirm()
            self.focus_editor()

    # Following a folder

    def _follow(self, root: Path | None) -> None:
        """Leave the progress file of one folder for that of another."""
        self._stop.set()
        if self._keeper is not None:
            self._keeper.close()
        self._keeper = None
        self._wants_focus = False
        if root is None:
            self.workers.cancel_group(self, "notes")
            return
        self._keeper = Keeper(Desk(root, self._settings, self._state), self._changed)
        self.call_after_refresh(self._tend, self._keeper)

    @work(group="notes", exclusive=True, exit_on_error=False)
    async def _tend(self, keeper: Keeper) -> None:
        """Find the file, show it, and take up what happens to it on disk, for good."""
        await self._show(keeper, await keeper.find())
        while keeper is self._keeper:
            self._stop = asyncio.Event()
            loaded = keeper.file.loaded if keeper.file else None
            self.set_timer(SETTLED, partial(self._look_once, keeper))
            async for _ in keeper.desk.stirs(loaded, self._stop):
                await self._look(keeper)

    @work(group="look", exit_on_error=False)
    async def _look_once(self, keeper: Keeper) -> None:
        await self._look(keeper)

    async def _look(self, keeper: Keeper) -> None:
        """Take up what is on disk now."""
        if keeper is not self._keeper:
            return
        if keeper.file is not None:
            await keeper.look_again(self._who())
        elif (opened := await keeper.find()) != Opened(report=keeper.problem):
            await self._show(keeper, opened)
            self._stop.set()

    async def _show(self, keeper: Keeper, opened: Opened) -> None:
        editor = await self._ready_editor() if opened.loaded else None
        if keeper is not self._keeper:
            return
        await keeper.show(opened, editor)
        if self._wants_focus and editor is not None:
            focus_now(editor)
        self._wants_focus = False

    async def _ready_editor(self) -> NotesEditor:
        """Return the editor, made when it is needed for the first time."""
        if self._editor is None:
            from .editor import NotesEditor

            self._editor = NotesEditor()
            await self.mount(self._editor, before="#plan")
        return self._editor

    def _who(self) -> str:
        return "the agent" if self._due.turn.state is State.BUSY else "someone"

    # Typing

    def on_text_area_changed(self) -> None:
        """Take note of typing; the draft and the save come later."""
        keeper = self._keeper
        if keeper is None or keeper.file is None:
            return
        before = keeper.file.text
        keeper.sync()
        if keeper.file.text != before:
            keeper.note = ""
        self._changed()

    def _changed(self) -> None:
        """Draw, and set the clocks that are due."""
        self.draw()
        self._due.arm()
        self.post_message(self.Moved())

    def go_to(self, line: int) -> None:
        """Put the cursor on a line of the text."""
        if self._editor is not None:
            self._editor.move_cursor((line, 0))
            focus_now(self._editor)
            self._editor.scroll_cursor_visible()

    def on_unmount(self) -> None:
        """Keep what is unsaved when the screen goes."""
        if self._keeper is not None:
            self._keeper.close()

    # Keys

    def action_leave_notes(self) -> None:
        """Go back to the transcript."""
        self.post_message(self.Left())

    async def action_leader(self) -> None:
        """Take the next letter as a command."""
        await self.run_action("app.leader")

    # Drawing

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.set_class(self.size.height >= ROOMY, "-air")
        self.set_class(self.app.size.width < WIDE, "-narrow")
        self.draw()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _looked(self) -> None:
        if self._keeper is not None:
            self._keeper.look()

    def on_notes_editor_took_back(self) -> None:
        """Say whose words an undo has just taken out: no one does that unawares."""
        if self._keeper is not None:
            self._keeper.note = TOOK_BACK
            self.draw()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def draw(self) -> None:
        """Draw everything around the text; a save can end when the screen is already gone."""
        if not self.is_attached or not self.children:
            return
        self.set_class(self._file is not None, "-open")
        self._rows.draw(self._keeper, self._due.turn)
        self.age()
