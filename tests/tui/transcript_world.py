"""A transcript on disk, followed by the real reader, on a screen of its own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from clearhead.core.agents.base import Body, Sighting, State
from clearhead.core.agents.claude.agent import ClaudeCode
from clearhead.core.config import default_settings
from clearhead.core.figures import gauge_of
from clearhead.core.session import Standing
from clearhead.core.supervisor import Seen
from clearhead.core.transcript import Transcript
from clearhead.tui import themes
from clearhead.tui.look import Look
from clearhead.tui.widgets.transcript.pane import TranscriptPane

from ..agents.claude_lines import Chat, call, said, thought
from .harness import rows, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.pilot import Pilot

    from clearhead.tui.widgets.transcript.view import TranscriptView


class World:
    """One session: what was said stands in `chat`, `write` puts it on disk and reads it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "s1.jsonl"
        self.chat = Chat()
        self.loads: list[int] = []
        self.state = State.IDLE
        self.written = 0
        self.transcript = Transcript(ClaudeCode((folder,)), self.path)

    def write(self) -> World:
        """Append the lines that are new and read them."""
        fresh = Chat()
        fresh.lines = self.chat.lines[self.written :]
        self.written = len(self.chat.lines)
        with self.path.open("ab") as file:
            file.write(fresh.data)
        self.transcript.catch_up()
        return self

    def open_end(self, limit: int) -> None:
        """Begin again with the end of the file alone."""
        self.transcript = Transcript(ClaudeCode((self.path.parent,)), self.path)
        self.transcript.open_end(limit)

    def open_whole(self) -> None:
        """Begin again with the whole file."""
        self.transcript = Transcript(ClaudeCode((self.path.parent,)), self.path)
        self.transcript.catch_up()

    def load(self, item: int) -> Body:
        """Load a body, and remember that it was asked for."""
        self.loads.append(item)
        return self.transcript.body(item)

    def look(self) -> Look:
        """The session as it stands now."""
        view = self.transcript.view
        sighting = Sighting("claude", "s1", self.path)
        return Look(
            seen=Seen(sighting, view.snapshot, view),
            standing=Standing(self.state),
            gauge=gauge_of(view.snapshot, default_settings(), None),
            title="Claude Code",
        )

    # A conversation in few words

    def ask(self, text: str) -> None:
        """Let the person say something."""
        self.chat.ask(text)

    def say(self, text: str) -> None:
        """Let the agent say something."""
        self.chat.answer(said(text))

    def think(self, text: str) -> None:
        """Let the agent think."""
        self.chat.answer(thought(text))

    def use(self, name: str, ident: str, output: str | None = None, **more: Any) -> None:
        """Let the agent use a tool; without `output` the call stays open."""
        failed, details = more.pop("failed", False), more.pop("details", None)
        self.chat.answer(call(name, ident, **more))
        if output is not None:
            told = {} if details is None else {"toolUseResult": details}
            self.chat.returned(ident, output, is_error=failed, **told)


@asynccontextmanager
async def reading(
    world: World, size: tuple[int, int] = (83, 30), theme: str = themes.DEFAULT
) -> AsyncIterator[tuple[Pilot[None], TranscriptPane]]:
    """Show a world on a screen of that size; gives the pilot and the pane."""
    pane = TranscriptPane(world.load)
    async with shown(pane, *size, theme=theme) as pilot:
        pane.view.focus()
        pane.show(world.look())
        await pilot.pause()
        yield pilot, pane


def lines(view: TranscriptView) -> list[str]:
    """What stands in the view, without the marks of selection and scrollbar."""
    return rows(view)


def styles_of(view: TranscriptView, words: str) -> list[Any]:
    """The styles of the segments of the view that hold these words."""
    drawn = (view.render_line(y) for y in range(view.size.height))
    return [segment.style for strip in drawn for segment in strip if words in segment.text]


def long_talk(world: World, turns: int = 60) -> World:
    """Fill a world with turns of a prompt, an answer and a call each."""
    for turn in range(turns):
        world.ask(f"question {turn}")
        world.say(f"answer {turn}")
        world.use("Bash", f"t{turn}", f"output {turn}", command=f"step {turn}")
    return world.write()
