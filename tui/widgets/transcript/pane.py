"""The transcript with its title, its search, and the word on what came in below."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ....core.acting.live import Reply
from ....core.agents.base import Body, State
from ....core.items import NONE, ItemLog
from ....core.text import one_line
from ....core.transcript import View
from ... import numbers
from ...command import Context
from ...commands import bindings
from ...focus import focus_now
from ...keymap import Keymap
from ...look import Look
from ...themes import palette_of
from ..line import margin
from .bodies import Load
from .bookmark import Bookmark
from .columns import Columns
from .growing import Arriving, Growing
from .rows import LANDMARKS
from .titles import below_row, queued_rows, title_notes, title_row
from .view import TranscriptView

if TYPE_CHECKING:
    from ..request_card.card import RequestCard
    from .find_bar import FindRow

AIRY = 20
"""Rows from which the word on what came in below has a row of its own, also while it is empty."""

LINES_ABOVE = 4
"""Rows of a tall pane that the card leaves to the transcript and the gap; of others one."""

LEAST_GROWING = 3
"""Rows that a growing reply may take in any pane."""

ABOVE_GROWING = 4
"""Rows of what was said before that a long reply leaves in view."""

AFTERWARDS = 3.0
"""Seconds that a reply which grows no more waits for its row in the transcript."""

COPIED = 1_000_000
"""Characters that are copied at most: terminals drop more without a word."""


class TranscriptPane(Vertical):
    """Shows one session's transcript; give it looks with `show`."""

    BINDINGS = bindings(Context.TRANSCRIPT)

    DEFAULT_CSS: ClassVar[str] = """
    TranscriptPane {
        width: 1fr;
        & > #title { height: 1; background: $panel; }
        & > #queued { height: auto; max-height: 4; display: none; }
        & > FindRow { display: none; }
        & > #below { height: 1; display: none; }
        &.-queued > #queued { display: block; }
        &.-finding > FindRow { display: block; }
        &.-airy > #below, &.-pinned > #below, &.-searching > #below { display: block; }
        &.-finding > #below { display: none; }
        &.-airy > RequestCard { margin: 1 0 0 0; }
    }
    """

    @dataclass
    class Said(Message):
        """There is something to say that no row shows: nothing to jump to, text copied."""

        text: str

    def __init__(self, load: Load, keymap: Keymap | None = None) -> None:
        super().__init__(id="transcript")
        self._load = load
        self._look: Look | None = None
        self._before: Bookmark | None = None
        self._shown: dict[str, Content] = {}
        self.view = TranscriptView(load, id="view")
        self._keymap = keymap or Keymap()
        self._find: FindRow | None = None
        self.card: RequestCard | None = None
        self._arriving = Arriving()
        self._growing = Growing()

    def compose(self) -> ComposeResult:
        """Lay out title, view, words that wait and the row below.

        Search and card are made when they are needed: most sessions begin without them.
        """
        yield Static(id="title", markup=False)
        yield self.view
        yield self._growing
        if self.card is not None:
            yield self.card
        yield Static(id="queued", markup=False)
        yield Static(id="below", markup=False)

    @property
    def searching(self) -> bool:
        """Whether there are matches to go through."""
        return self._find is not None and self._find.matches

    @property
    def the_card(self) -> RequestCard:
        """The card, made when something is asked for the first time."""
        if self.card is None:
            from ..request_card.card import RequestCard

            self.card = RequestCard(self._keymap)
            if self._growing.is_attached:
                self.mount(self.card, after=self._growing)
            self._make_room()
        return self.card

    def show(self, look: Look) -> None:
        """Draw a newer look at the session."""
        self._look = look
        seen, before = look.seen, self.view.source.view
        view = seen.view or View(seen.snapshot, ItemLog())
        self.view.hint = hint_of(look)
        self.view.show(view, waiting=look.standing.state is State.WAITING)
        if self._find is not None:
            self._find.aim(
                view.chain,
                self._here(),
                renumbered=view.generation != before.generation,
                grown=view.snapshot.items_seen > before.snapshot.items_seen,
            )
        self.grow(look.live.reply if look.live else None)
        self._draw()

    def grow(self, reply: Reply | None) -> None:
        """Show the reply as it grows; dropped when the transcript has it."""
        if reply is None and self._arriving.text:
            self.set_timer(AFTERWARDS, self._give_up_growing)
        writes = bool(self._arriving.text)
        self._arriving.take(reply, self.view.source.view)
        if writes == bool(self._arriving.text):
            self._draw_growing()
        else:
            self._draw()

    def _give_up_growing(self) -> None:
        """Stop waiting for the row of a reply that grows no more."""
        reply = self._look.live.reply if self._look and self._look.live else None
        if reply is None:
            self._arriving.drop()
            self._draw()

    def _draw_growing(self) -> None:
        """Draw it where the end is in view; who reads above is not disturbed."""
        room = self.view.size.height + self._growing.size.height
        said = self.view.height_of_all(room)
        asked = self.card is not None and self.card.display
        most = LEAST_GROWING if asked else room - min(said, ABOVE_GROWING)
        rows = max(LEAST_GROWING, most) if self.view.following else 0
        self._growing.show(self._arriving.text, rows)
        short = self._growing.lines > 0 and said + self._growing.lines < room
        self.view.styles.height = said if short else "1fr"
        self._growing.styles.height = "1fr" if short else self._growing.lines

    # The rows around the view

    def on_resize(self) -> None:
        """Draw the rows for the new width."""
        self.set_class(self.size.height >= AIRY, "-airy")
        self._draw()

    @on(TranscriptView.Moved)
    def _draw(self) -> None:
        if self._look is None:
            return
        snapshot, view, palette = self._look.seen.snapshot, self.view, palette_of(self)
        columns = Columns.of(self.size.width, margin(self.app.size.width))
        gone = self._look.seen.view is not None and self._look.seen.view.gone
        notes = title_notes(snapshot, *view.turn, gone=gone)
        self._put("#title", title_row(notes, columns, palette))
        waiting = queued_of(self._look)
        self.set_class(bool(waiting), "-queued")
        self._put("#queued", queued_rows(waiting, columns, palette), layout=True)
        self._draw_below(columns)
        self._draw_growing()
        self._make_room()

    def on_find_row_searched(self) -> None:
        """Say how far a search is."""
        self._draw()

    def repaint(self) -> None:
        """Draw what is drawn once in the colours of another theme."""
        self._growing.redraw()

    def _make_room(self) -> None:
        """Let the card have the rows that the transcript and what stands around it can spare."""
        if self.card is None:
            return
        said = (self.view, self._growing, self.card)
        around = [row for row in self.children if row.display and row not in said]
        lines = LINES_ABOVE if self.size.height >= AIRY else 1
        self.card.fit(self.size.height - sum(row.outer_size.height for row in around) - lines)

    def _draw_below(self, columns: Columns) -> None:
        following, below = self.view.following, self.view.reading.below
        self.set_class(not following, "-pinned")
        words = self._find.words if self._find is not None else ""
        self.set_class(bool(words), "-searching")
        row = below_row(
            words,
            following=following,
            below=below,
            writes=bool(self._arriving.text),
            columns=columns,
            palette=palette_of(self),
        )
        self._put("#below", row)

    def _put(self, name: str, content: Content, *, layout: bool = False) -> None:
        """Update a row if it says something else than before."""
        shown = self._shown.get(name)
        if shown is None or not shown.is_same(content):
            self._shown[name] = content
            self.query_one(name, Static).update(content, layout=layout)

    # Reading

    def action_cursor_down(self) -> None:
        """Select the next row."""
        self.view.select(1)

    def action_cursor_up(self) -> None:
        """Select the row before."""
        self.view.select(-1)

    def action_page_down(self) -> None:
        """Go one screen down."""
        self.view.page(1)

    def action_page_up(self) -> None:
        """Go one screen up."""
        self.view.page(-1)

    def action_toggle_item(self) -> None:
        """Open or fold the selected row."""
        self.view.toggle()

    def action_open_all(self) -> None:
        """Open every tool call."""
        self.view.open_all(opened=True)

    def action_fold_all(self) -> None:
        """Fold every tool call."""
        self.view.open_all(opened=False)

    def action_newest(self) -> None:
        """Go to the newest line and stay there."""
        self.view.to_end()

    def action_oldest(self) -> None:
        """Go to the first line."""
        self.view.to_start()

    def action_jump(self, kind: str, step: int) -> None:
        """Go to the next or previous row of a kind; say so when there is none."""
        if not self.view.jump(kind, step):
            where = "below" if step > 0 else "above"
            self.post_message(self.Said(f"There is no {LANDMARKS[kind][1]} further {where}."))

    @work(group="copy", exclusive=True, exit_on_error=False)
    async def action_copy_item(self) -> None:
        """Copy the whole text of the selected row to the clipboard of the terminal."""
        item = self.view.selected
        body = None if item is None else await self._loaded(item)
        if body is None:
            return
        text = body.text or "\n".join(f"{line.side.value}{line.text}" for line in body.diff)
        self.app.copy_to_clipboard(text[:COPIED])
        first = f" the first {COPIED:,} of" if len(text) > COPIED else ""
        self.post_message(self.Said(f"Copied{first} {numbers.count(len(text), 'character')}."))

    # Bodies that take long

    @on(TranscriptView.Wanted)
    def _load_wanted(self, message: TranscriptView.Wanted) -> None:
        for item in message.items:
            self._load_later(message.generation, item)

    @work(group="bodies", exit_on_error=False)
    async def _load_later(self, generation: int, item: int) -> None:
        self.view.loaded(generation, item, await self._loaded(item))

    async def _loaded(self, item: int) -> Body | None:
        return await asyncio.get_running_loop().run_in_executor(None, self._load, item)

    # Finding

    async def open_find(self) -> None:
        """Let the person type what to look for."""
        self._before = self.view.bookmark()
        self.add_class("-finding")
        if self._find is None:
            from .find_bar import FindRow

            self._find = FindRow(self.view.source, self._load, self.view.source.view.chain)
            await self.mount(self._find, before="#below")
        self._find.begin(self._here())

    def _here(self) -> int | None:
        """Return the last item of the row where the person reads, `None` at the end."""
        if self.view.following:
            return None
        item = self.view.selected
        if item is None:
            item = self.view.source.rows[self.view.lines()[-1].row] if self.view.lines() else NONE
        return max(item, self.view.items.answer(item)) if item != NONE else None

    def on_find_row_asked(self, message: FindRow.Asked) -> None:
        """Mark what is looked for."""
        self.view.look_for(message.query)

    def on_find_row_found(self, message: FindRow.Found) -> None:
        """Show a match; where there is none, the place where the search began."""
        if message.item is not None:
            self.view.go_to(message.item)
        elif self._before is not None:
            self.view.go_back(self._before)

    def action_find_next(self) -> None:
        """Go to the next match."""
        if self._find is not None:
            self._find.step(1)

    def action_find_previous(self) -> None:
        """Go to the match before."""
        if self._find is not None:
            self._find.step(-1)

    def on_find_bar_accepted(self) -> None:
        """Read on at the match; the matches stay marked and can be gone through."""
        self._before = None
        self.remove_class("-finding")
        focus_now(self.view)
        self._draw()

    def on_find_bar_left(self) -> None:
        """Go back to where the search began."""
        if self._find is not None:
            self._find.end()
        self.view.look_for("")
        if self._before is not None:
            self.view.go_back(self._before)
        self._before = None
        self.remove_class("-finding")
        focus_now(self.view)
        self._draw()


def queued_of(look: Look) -> tuple[str, ...]:
    """Return the words that wait for the agent, as transcript and channel tell them, each once."""
    told = look.live.queued if look.live else ()
    return tuple(dict.fromkeys((*look.seen.snapshot.waiting_input, *map(one_line, told))))


def hint_of(look: Look) -> str:
    """Say what to expect where there is nothing to read yet."""
    report = look.seen.report
    if report is not None:
        return " ".join(filter(None, (f"{report.title}.", report.detail, report.remedy or "")))
    if look.seen.view is None:
        return "This session has no transcript yet. It appears here with the first words."
    return "Nothing was said yet. What the agent does appears here."
