"""Finding: the row in which one types what to look for, and the search that it starts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from ....core.chain import Chain
from ....core.finding import Progress, find
from ...command import Context
from ...commands import bindings
from ...focus import focus_now
from ...themes import palette_of
from ..line import margin
from .bodies import Load
from .search import Search
from .source import Source

EVERY = 0.05
"""Seconds between two words on how far a search is."""


class FindBar(Input):
    """Where one types what to look for."""

    CONTEXT: ClassVar = Context.FIND
    BINDINGS = bindings(CONTEXT)

    @dataclass
    class Accepted(Message):
        """The person goes to the match and reads on."""

    @dataclass
    class Left(Message):
        """The person ended the search."""

    def action_accept_find(self) -> None:
        """Go to the match and read on."""
        self.post_message(self.Accepted())

    def action_leave_find(self) -> None:
        """End the search."""
        self.post_message(self.Left())


class FindRow(Horizontal):
    """Searches the transcript that it is aimed at, for what is typed in it."""

    DEFAULT_CSS: ClassVar[str] = """
    FindRow {
        height: 1; background: $raised;
        & > Static { width: auto; background: $raised; }
        & > FindBar {
            width: 1fr; height: 1; border: none; padding: 0; background: $raised; color: $text;
        }
    }
    """

    @dataclass
    class Asked(Message):
        """The person looks for something else, for nothing when it is empty."""

        query: str

    @dataclass
    class Found(Message):
        """There is a match to show; `item` is `None` when there is none (yet)."""

        item: int | None

    @dataclass
    class Searched(Message):
        """A search went on; `newer` says that it only looked at lines written since."""

        number: int
        progress: Progress
        newer: bool

    def __init__(self, source: Source, load: Load, chain: Chain | None = None) -> None:
        super().__init__()
        self._source = source
        self._load = load
        self._chain = chain
        self._search = Search()
        self._number = 0
        self._newer = False

    def compose(self) -> ComposeResult:
        """Lay out label, input and words."""
        yield Static(id="label", markup=False)
        yield FindBar(placeholder="find in this transcript", compact=True)
        yield Static(id="found", markup=False)

    @property
    def matches(self) -> bool:
        """Whether there are matches to go through."""
        return bool(self._search.matches)

    @property
    def words(self) -> str:
        """How far the search is, "" when nothing is looked for."""
        return self._search.words() if self._search.query.strip() else ""

    def begin(self, here: int | None) -> None:
        """Let the person type; `here` is the item where one reads."""
        self._search = Search(self._search.query, here)
        bar = self.query_one(FindBar)
        focus_now(bar)
        bar.action_select_all()
        self._start()

    def end(self) -> None:
        """Look for nothing any more."""
        self._search = Search()
        self._number += 1
        self.workers.cancel_group(self, "find")
        bar = self.query_one(FindBar)
        with bar.prevent(Input.Changed):
            bar.value = ""

    def aim(self, chain: Chain | None, here: int | None, *, renumbered: bool, grown: bool) -> None:
        """Search a transcript; begin again when its items were numbered anew."""
        self._chain = chain
        if not self._search.query.strip():
            return
        if renumbered:
            self._search = Search(self._search.query, here)
            self._start()
        elif grown and self._search.done and not self._newer:
            self._run(newer=True)

    def step(self, step: int) -> None:
        """Go to the next or previous match."""
        self.post_message(self.Found(self._search.step(step)))

    def draw(self) -> None:
        """Show how far the search is."""
        palette, edge = palette_of(self), " " * margin(self.app.size.width)
        label = Content.assemble(edge, ("find ", palette.style("you", bold=True)))
        self.query_one("#label", Static).update(label)
        found = Content.styled(f"  {self._search.words()}{edge}", palette.style("muted"))
        self.query_one("#found", Static).update(found)

    @on(Input.Changed)
    def _look_for(self, event: Input.Changed) -> None:
        event.stop()
        self._search = self._search.changed(event.value)
        self._start()

    def _start(self) -> None:
        """Search from the start, whatever was found before."""
        self._number += 1
        self._newer = False
        self.workers.cancel_group(self, "find")
        self.post_message(self.Asked(self._search.query))
        if self._search.query.strip():
            self._run(newer=False)
        self.draw()

    def _run(self, *, newer: bool) -> None:
        if self._chain is None:
            return
        self._newer = newer
        start = self._search.end if newer else 0
        work = partial(
            self._go_through, self._chain, self._search.query, start, self._number, newer
        )
        self.run_worker(work, group="find", thread=True, exit_on_error=False)

    def _go_through(self, chain: Chain, query: str, start: int, number: int, newer: bool) -> None:
        """Search in a thread; every step may be the last."""
        worker, told = get_current_worker(), 0.0
        for progress in find(chain, self._source.items, query, self._load, start):
            if worker.is_cancelled:
                return
            if progress.done or time.monotonic() - told >= EVERY:
                told = time.monotonic()
                self.post_message(self.Searched(number, self._seen(progress), newer))

    def _seen(self, progress: Progress) -> Progress:
        """Leave out what cannot be shown: a person went back before it."""
        shown = filter(self._source.shows, progress.matches)
        return replace(progress, matches=tuple(shown))

    @on(Searched)
    def _take(self, message: Searched) -> None:
        message.stop()
        if message.number != self._number:
            return
        if message.newer:
            if message.progress.done:
                self._newer = False
                self._search.add(message.progress)
        else:
            shown = self._search.take(message.progress)
            if shown is not None or (message.progress.done and not self.matches):
                self.post_message(self.Found(shown))
        self.draw()
