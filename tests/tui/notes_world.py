"""A screen with the notes pane beside something else, over real files in a folder of the test."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget

from clearhead.core.agents.base import Sighting, State
from clearhead.core.config import default_settings
from clearhead.core.figures import gauge_of
from clearhead.core.kept import Kept
from clearhead.core.notes import Notes
from clearhead.core.session import Standing
from clearhead.core.snapshot import Snapshot
from clearhead.core.supervisor import Seen
from clearhead.tui import themes
from clearhead.tui.command import Context, Situation
from clearhead.tui.command_app import CommandApp
from clearhead.tui.commands import bindings
from clearhead.tui.keymap import Keymap
from clearhead.tui.look import Look
from clearhead.tui.screens.notes_commands import NotesCommands
from clearhead.tui.widgets.footer import Footer
from clearhead.tui.widgets.notes.pane import NotesPane

from ..helpers import until_async

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from clearhead.core.config import Settings
    from clearhead.tui.widgets.notes.editor import NotesEditor

NAME = "claude-progress.md"


def put(place: Path, content: str | bytes) -> None:
    """Write a file, as another program would."""
    place.write_bytes(content.encode() if isinstance(content, str) else content)


def held(place: Path) -> str:
    """What a file holds."""
    return place.read_bytes().decode()


def look_at(
    cwd: Path | None, state: State = State.IDLE, *, since: float | None = None, session: str = "one"
) -> Look:
    """A session in the folder `cwd`, as the screen gets it."""
    where = str(cwd) if cwd else None
    snapshot = Snapshot(cwd=where, model="claude-opus-4-5")
    return Look(
        seen=Seen(Sighting("claude", session, cwd=where), snapshot),
        standing=Standing(state, since=since, asserted=True),
        gauge=gauge_of(snapshot, default_settings()),
        title="Claude Code",
    )


class Other(Widget, can_focus=True):
    """What stands beside the notes."""

    def render(self) -> str:
        return "transcript"


class Desk(NotesCommands, Screen[None]):
    """Does with the pane what the supervise screen does."""

    BINDINGS = bindings(Context.SUPERVISE)
    CSS = "Other { width: 1fr; } NotesPane { width: 2fr; } #panes { height: 1fr; }"

    def __init__(self, pane: NotesPane) -> None:
        super().__init__()
        self.pane = self._notes = pane
        self._keymap = Keymap()

    def compose(self) -> ComposeResult:
        with Horizontal(id="panes"):
            yield Other()
            yield self.pane
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(Other).focus()

    @property
    def contexts(self) -> tuple[Context, ...]:
        here = Context.NOTES if self.pane.has_focus_within else Context.TRANSCRIPT
        return (here, Context.SUPERVISE, Context.EVERYWHERE)

    @property
    def situation(self) -> Situation:
        pane = self.pane
        return Situation(
            notes=pane.possible,
            opened=pane.path is not None,
            unsaved=pane.unsaved,
            conflict=pane.conflict,
            confirmable=pane.confirmable,
        )

    def _show_pane(self, *, notes: bool) -> None:
        """Both panes are shown."""

    def on_notes_pane_left(self) -> None:
        self.query_one(Other).focus()

    async def action_focus_notes(self) -> None:
        await self.pane.begin()


class Desktop(CommandApp):
    def __init__(self, pane: NotesPane, theme: str) -> None:
        super().__init__()
        themes.install(self, theme)
        themes.offer(self)
        self.pane = pane

    def on_mount(self) -> None:
        self.push_screen(Desk(self.pane))


class World:
    """The pane, its files, and what stands on its rows."""

    def __init__(self, root: Path, state: Path, pane: NotesPane, pilot: Any) -> None:
        self.root, self.state, self.pane, self.pilot = root, state, pane, pilot

    @property
    def file(self) -> Path:
        return self.root / NAME

    @property
    def kept(self) -> Kept:
        return Kept(self.state)

    @property
    def notes(self) -> Notes:
        return Notes(self.root, self.kept)

    @property
    def editor(self) -> NotesEditor:
        from clearhead.tui.widgets.notes.editor import NotesEditor

        return self.pane.query_one(NotesEditor)

    def rows(self) -> list[str]:
        """The rows of the pane as they are on the screen."""
        region = self.pane.region
        strips = self.pane.screen._compositor.render_strips()
        return [
            strips[y].crop(region.x, region.right).text.rstrip()
            for y in range(region.y, region.bottom)
        ]

    @property
    def screen(self) -> str:
        return "\n".join(self.rows())

    async def reads(self, *words: str, within: float = 5.0) -> None:
        """Wait until all `words` stand on the pane."""
        try:
            await until_async(lambda: all(word in self.screen for word in words), within=within)
        except AssertionError:
            raise AssertionError(f"{words} not in\n{self.screen}") from None

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Go to the editor and type at the cursor."""
        self.pane.focus_editor()
        await self.press(*("space" if char == " " else char for char in text))

    def agent_is(self, state: State, since: float | None = None) -> None:
        self.pane.show(look_at(self.root, state, since=since or time.time()))


async def saved(world: World, text: str) -> None:
    await until_async(lambda: held(world.file) == text and not world.pane.unsaved)


def history(world: World) -> set[str]:
    kept = world.kept
    contents = (kept.content(world.file, v.sha256) for v in kept.versions(world.file))
    return {content.decode() for content in contents if content is not None}


@asynccontextmanager
async def notes_of(
    root: Path,
    *,
    state: Path | None = None,
    agent: State = State.IDLE,
    settings: Settings | None = None,
    size: tuple[int, int] = (120, 36),
    theme: str = themes.DEFAULT,
) -> AsyncIterator[World]:
    """Show the notes of a session in `root` until the block ends."""
    kept = state or root.parent / "state"
    pane = NotesPane(settings or default_settings(), kept, Keymap())
    app = Desktop(pane, theme)
    async with app.run_test(size=size) as pilot:
        await until_async(lambda: pane.is_mounted)
        pane.show(look_at(root, agent))
        yield World(root, kept, pane, pilot)
