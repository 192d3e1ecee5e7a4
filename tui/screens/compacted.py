"""The sheet after a compaction: before and after, what the summary kept, and what goes back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ...core.acting.action import Result, Verb, action
from ...core.compacting.carrying import Compacted, rests, settled
from ...core.compacting.comparing import missing
from ...core.compacting.preparing import Prepared
from ...core.problems import Problem
from ...core.text import one_line
from .. import glyphs
from ..command import Context, Situation
from ..commands import bindings
from ..compact_course import Prices, prices
from ..keymap import Keymap
from ..look import Look
from ..numbers import clock, dollars, running, tokens
from ..putting_back import PuttingBack
from ..themes import palette_of
from ..widgets.compact_bars import BarFacts, bars
from ..widgets.compact_table import counts, table
from ..widgets.line import joined, margin, spread
from ..widgets.sheet_title import SheetTitle
from ..widgets.words import Words
from .words_sheet import WordsSheet

if TYPE_CHECKING:
    from ..bridge import Bridge

REST = 30.0
"""Seconds that a session may need to come to rest after its compaction."""

LIMITS = "The comparison is by wording: kept says that it is mentioned, not that it is understood."
SHORT_LIMITS = "Compared by wording: kept means mentioned, not understood."
NO_SUMMARY = "No summary can be read here, so nothing can be compared."
NO_NOTES = "There are no notes to compare the summary with. Begin them with p."


class CompactedScreen(WordsSheet):
    """Shows what a compaction freed and what its summary lost, and sends that back."""

    DEFAULT_CSS: ClassVar[str] = """
    CompactedScreen {
        & > #bars { height: 3; width: 100%; }
        &.-air > #bars { height: 5; padding: 1 0; }
        & > #head { height: 1; width: 100%; background: $panel; }
        & > #rows { width: 100%; height: 1fr; scrollbar-size-vertical: 1; }
        &.-air > #rows { margin: 1 0 0 0; }
        & > #rows > Static { width: 100%; height: auto; text-wrap: nowrap; }
        & > #back { height: 1; width: 100%; background: $panel; }
        & > Words { height: auto; min-height: 1; max-height: 5; margin: 0 1; }
        &.-air > Words { margin: 0 2 1 2; }
        & > #foot { height: auto; max-height: 2; width: 100%; }
        &.-air > #foot { max-height: 4; margin: 0 0 1 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.COMPACTED)]
    context: ClassVar[Context] = Context.COMPACTED

    def __init__(
        self,
        bridge: Bridge,
        look: Look,
        keymap: Keymap,
        done: Compacted,
        prepared: Prepared,
        *,
        sent: str | None = None,
        note: str = "",
        spent: float | None = None,
    ) -> None:
        super().__init__(bridge, look, keymap)
        self._done, self._prepared = done, prepared
        self._sent_text, self._note, self._spent = sent, note, spent
        self._prices = Prices()
        self._back = PuttingBack(done.rows)
        self._at = min(self._back.chosen, default=0)
        self._sending = False

    @property
    def situation(self) -> Situation:
        """What cannot be done on the sheet now, and why."""
        shut: dict[str, str] = {}
        if not self._back.can_choose(self._at):
            shut["compacted.choose"] = "Only a line that is missing can be chosen or left out."
        if self._sending:
            shut["compacted.back"] = "It is being sent."
        elif not self._words_back:
            shut["compacted.back"] = "Nothing that is missing is chosen."
        if not self._back.chosen:
            shut["compacted.edit"] = "There is no text to edit: nothing is missing."
        if self._sent_text is None:
            shut["compacted.instruction"] = "clearhead did not send this compaction."
        if not self._done.summary:
            shut["compacted.summary"] = NO_SUMMARY
        return Situation(shut=shut)

    def compose_body(self) -> ComposeResult:
        """Lay out bars, table, the text that goes back, and what is to be known."""
        yield Static(id="bars", markup=False)
        yield Static(id="head", markup=False)
        with VerticalScroll(id="rows", can_focus=False):
            yield Static(id="table", markup=False)
        yield Static(id="back", markup=False)
        yield Words(name="text")
        yield Static(id="foot", markup=False)

    def on_mount(self) -> None:
        """Draw, and work out the prices."""
        self._write()
        super().on_mount()
        self._price()

    @work(group="compacted", exit_on_error=False)
    async def _price(self) -> None:
        done = self._done
        make = partial(prices, self._bridge, self._look, done.before, done.after)
        self._prices = await self._bridge.supervisor.in_pool(make)
        self.draw_all()

    def changed(self) -> None:
        """Take the true figure, once a response has told it."""
        done = settled(self._done, self._look.seen.snapshot)
        if done is not self._done:
            self._done = done
            self._price()

    # Commands

    def action_compacted_move(self, step: int) -> None:
        """Select another line."""
        self._at = max(0, min(len(self._done.rows) - 1, self._at + step))
        self.draw_all()
        self.query_one("#rows").scroll_to(y=max(0, self._at - 2), animate=False)

    def action_compacted_choose(self) -> None:
        """Choose a missing line, or leave it out."""
        self._back.choose(self._at)
        self._write()
        self.draw_all()

    def action_compacted_edit(self) -> None:
        """Edit the text that goes back."""
        self._back.own = True
        self.edit()

    @work(group="compacted", exit_on_error=False)
    async def action_compacted_back(self) -> None:
        """Send what is chosen as the next prompt."""
        words, chosen = self._words_back, set(self._back.chosen)
        self._sending = True
        self.draw_all()
        try:
            result = await self._send(words)
        except Problem as problem:
            self._back.refused(f"{problem.detail} {problem.remedy}")
        else:
            self._back.take(result, chosen)
        self._sending = False
        self._write()
        self.draw_all()

    async def _send(self, words: str) -> Result:
        acting, key = self._bridge.acting, self._look.key
        await acting.way_into(self._look.seen.sighting)
        await rests(acting, key, REST)
        return await acting.act(key, action(Verb.PROMPT, words))

    def action_compacted_instruction(self) -> None:
        """Read the text that was sent."""
        from .text_page import TextPage

        size = tokens(self._prepared.tokens(self._sent_text or ""))
        about = f"~{size} tokens, made from notes and transcript"
        about += f", {self._note}" if self._note else ""
        words = self._sent_text or "Nothing was said: the compaction was bare."
        self.app.push_screen(TextPage("What was sent", about, words, self._keymap))

    def action_compacted_summary(self) -> None:
        """Read the whole summary."""
        from .text_page import TextPage

        size = tokens(self._prepared.tokens(self._done.summary))
        about = f"~{size} tokens, written by {self._look.title}"
        page = TextPage("Whole summary", about, self._done.summary, self._keymap)
        self.app.push_screen(page)

    def action_compacted_reset(self) -> None:
        """Reset the session instead."""
        self.reset_instead()

    def action_compacted_close(self) -> None:
        """Close the sheet."""
        self.app.pop_screen()

    # The text that goes back

    @property
    def _words_back(self) -> str:
        return self.words.said if self._back.chosen else ""

    def _write(self) -> None:
        """Make the text of what is chosen, unless the person wrote their own."""
        if not self._back.own:
            self.words.become(self._back.text(self._prepared.notes_name))

    # Drawing

    def title_words(self) -> SheetTitle:
        """Return what was proved, when, and what it took."""
        done, result = self._done, self._done.result
        evidence = result.evidence[0] if result and result.evidence else None
        at = done.at or (evidence.at if evidence else None)
        parts = [
            f"evidence: {one_line(evidence.detail)}" if evidence else "seen in the transcript",
            clock(at, seconds=True) if at else "",
            f"trigger {done.trigger}" if done.trigger else "",
        ]
        took = f"took {running(done.seconds)}" if done.seconds else ""
        spent = dollars(self._spent) if self._spent else ""
        right = " · ".join(filter(None, (took, "cost " if spent else "")))
        about = ", ".join(filter(None, parts))
        return SheetTitle("Compacted", about, glyphs.PROVED, "ok", right, spent)

    def draw(self) -> None:
        """Draw everything below the title."""
        palette, room = palette_of(self), self.room
        edge = Content(" " * margin(self.size.width))
        self.put("bars", bars(self._bars, room, palette))
        self.put("head", [self._head(room)])
        self.query_one("#table", Static).update(self._table(edge, room))
        words = self.words
        self.query_one("#back").display = bool(self._back.chosen)
        words.display = bool(self._back.chosen) and (self.airy or words.editing)
        self.put("back", [self._back_head(room)])
        self.put("foot", self._foot(room))

    @property
    def _bars(self) -> BarFacts:
        done, look = self._done, self._look
        return BarFacts(
            look.gauge,
            done.before,
            done.after,
            about=done.settling,
            remark="settling" if done.settling else "",
            next_before=self._prices.before,
            next_after=self._prices.after,
            spent=self._spent,
        )

    def _head(self, room: int) -> Content:
        palette = palette_of(self)
        title = Content.styled(
            "What the summary kept of your notes", palette.style("strong", bold=True)
        )
        found = counts(self._done.rows, self._back.sent, palette) if self._done.rows else Content()
        name = self._prepared.notes_name
        words = f"compared with {name}" if name else ""
        right = Content.styled(words, palette.style("muted"))
        left = joined([title, found], "   ")
        short = left.cell_length + right.cell_length + 2 > room
        return spread(left, Content() if short else right, room)

    def _table(self, edge: Content, room: int) -> Content:
        palette, rows = palette_of(self), self._done.rows
        if not rows:
            words = NO_NOTES if self._done.summary else NO_SUMMARY
            return edge + Content.styled(words, palette.style("text"))
        lines = table(
            rows, room, palette, selected=self._at, chosen=self._back.chosen, sent=self._back.sent
        )
        mark = Content.styled(glyphs.SELECTED, palette.style("you", bold=True))
        here = mark + " " * (edge.cell_length - 1)
        return Content("\n").join(
            (here if number == self._at + 1 else edge) + line for number, line in enumerate(lines)
        )

    def _back_head(self, room: int) -> Content:
        palette = palette_of(self)
        muted, key = palette.style("muted"), palette.style("you", bold=True)
        lines = len(self._back.chosen)
        size = tokens(self._prepared.tokens(self._words_back))
        words = (
            f"{lines} line{'s' if lines != 1 else ''}, ~{size} tokens, sent as your next message"
        )
        left = Content.assemble(
            ("To send back", palette.style("strong", bold=True)), (f"   {words}", muted)
        )
        right = Content.assemble(
            (self._keymap["compacted.back"].key, key),
            (" send  ", muted),
            (self._keymap["compacted.choose"].key, key),
            (" choose  ", muted),
            (self._keymap["compacted.edit"].key, key),
            (" edit", muted),
        )
        return spread(left, right, room) if room >= left.cell_length + 26 else left

    def _foot(self, room: int) -> list[Content]:
        palette = palette_of(self)
        lines: list[Content] = []
        if self._sending:
            lines.append(Content.styled("Sending what is missing…", palette.style("agent")))
        elif self._back.told:
            mark, token = (glyphs.PROVED, "ok") if self._back.well else (glyphs.WARNING, "dumb")
            words = f"{mark} {self._back.told}"
            lines.append(Content.styled(words, palette.style(token, bold=True)))
        if self._done.rows and not missing(self._done.rows):
            words = "Nothing of your notes is missing."
            lines.append(Content.styled(words, palette.style("ok", bold=True)))
        if self.airy or not lines:
            limits = LIMITS if room > len(LIMITS) else SHORT_LIMITS
            lines.append(Content.styled(limits, palette.style("muted")))
        return [part for line in lines for part in line.wrap(room)]
