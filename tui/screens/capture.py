"""The sheet on which an entry of the notes is finished: from the transcript into the file."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ...core.capture import Draft, entry_of
from ...core.progress import Topic
from ...core.text import clean
from .. import glyphs
from ..command import Context, Situation
from ..commands import bindings
from ..focus import focus_now
from ..keymap import Keymap
from ..themes import Palette, palette_of
from ..widgets.footer import Footer
from ..widgets.line import margin, spread

LABELS = {
    Topic.FAILED: "tried",
    Topic.COMPLETED: "done",
    Topic.NEXT: "next",
    Topic.DECISIONS: "decided",
}
LABEL = 9
"""Cells of the column of labels."""

SHOWN = 4
"""Drafts that are listed at once."""

READS = 3
"""Rows of the entry as it will read."""

ASK = "why it does not work, so that nobody tries it again"
NO_REASON = "Why does it not work? Enter once more puts it in without a reason."


class Field(Input):
    """One line of an entry that the person edits; the keys of the sheet come before its own."""

    BINDINGS = bindings(Context.CAPTURE)

    DEFAULT_CSS: ClassVar[str] = """
    Field {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $bg; color: $text;
    }
    """


class CaptureScreen(ModalScreen[str]):
    """Offers drafts of one entry about `topic`; dismissed with the entry, or with nothing.

    `place` says in words which file it goes into.
    """

    DEFAULT_CSS: ClassVar[str] = """
    CaptureScreen {
        background: transparent;
        align: left bottom;
        & > #sheet {
            width: 100%; height: auto; background: $raised; padding: 0 0 1 0;
            & > Static { width: 100%; height: auto; }
            & > #title { height: 1; background: $panel; margin: 0 0 1 0; }
            & > Horizontal { height: 1; & > Static { width: auto; height: 1; } }
            & > #drafts, & > #reads { margin: 1 0 0 0; }
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.CAPTURE)]
    contexts = (Context.CAPTURE, Context.EVERYWHERE)

    def __init__(self, topic: Topic, drafts: tuple[Draft, ...], place: str, keymap: Keymap) -> None:
        super().__init__()
        self._topic, self._place, self._keymap = topic, place, keymap
        self._drafts = list(drafts)
        self._at = 0
        self._asked = False

    @property
    def situation(self) -> Situation:
        """Whether there is an entry to put in, and another draft to choose."""
        return Situation(written=bool(self.entry), several=len(self._drafts) > 1)

    @property
    def entry(self) -> str:
        """The entry as it will read; "" when nothing is written."""
        here = self._drafts[self._at]
        return entry_of(self._topic, here.text, here.reason)

    def compose(self) -> ComposeResult:
        """Lay out title, fields, drafts, the entry as it reads, and the footer."""
        draft = self._drafts[0]
        with Vertical(id="sheet"):
            yield Static(id="title", markup=False)
            with Horizontal():
                yield Static(id="label", markup=False)
                yield Field(draft.text, id="text", compact=True, select_on_focus=False)
                yield Static(" " * margin(self.app.size.width))
            if self._topic is Topic.FAILED:
                with Horizontal():
                    yield Static(id="why", markup=False)
                    yield Field(
                        draft.reason,
                        placeholder=ASK,
                        id="reason",
                        compact=True,
                        select_on_focus=False,
                    )
                    yield Static(" " * margin(self.app.size.width))
            yield Static(id="drafts", markup=False)
            yield Static(id="reads", markup=False)
        footer = Footer()
        footer.keymap, footer.contexts = self._keymap, self.contexts
        yield footer

    def on_mount(self) -> None:
        """Let the person type where something is missing."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        fields = list(self.query(Field))
        missing = next((field for field in fields if not field.value), fields[0])
        focus_now(missing)
        self._draw()

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    # Commands

    def action_take_entry(self) -> None:
        """Put the entry in; without a reason ask for it once."""
        self._typed()
        unexplained = self._topic is Topic.FAILED and " — " not in self.entry
        if unexplained and self.entry and not self._asked:
            self._asked = True
            focus_now(self.query_one("#reason", Field))
            self._draw()
            return
        self.dismiss(self.entry or None)

    def action_other_field(self) -> None:
        """Go to the other field, where there are two."""
        self.focus_next(Field)

    def action_choose_draft(self, step: int) -> None:
        """Take another draft into the fields; what was typed stays with the one before."""
        self._at = (self._at + step) % len(self._drafts)
        draft = self._drafts[self._at]
        for field, value in zip(self.query(Field), (draft.text, draft.reason), strict=False):
            with field.prevent(Input.Changed):
                field.value = value
            field.cursor_position = len(value)
        self._draw()

    def action_close(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)

    @on(Input.Changed)
    def _typed(self) -> None:
        """Take up what the fields hold."""
        values = [field.value for field in self.query(Field)]
        here = self._drafts[self._at]
        reason = values[1] if len(values) > 1 else here.reason
        self._drafts[self._at] = Draft(values[0], reason, here.origin, here.remark)
        self._draw()

    # Drawing

    def _draw(self) -> None:
        palette, width = palette_of(self), self.app.size.width
        edge = Content(" " * margin(width))
        room = max(20, width - 2 * margin(width))
        self.query_one("#title", Static).update(edge + self._title(palette, room))
        label = LABELS[self._topic].ljust(LABEL)
        self.query_one("#label", Static).update(
            edge + Content.styled(label, palette.style("muted"))
        )
        for why in self.query("#why").results(Static):
            words = Content.styled("why".ljust(LABEL), palette.style("muted"))
            why.update(edge + words)
        drafts = self.query_one("#drafts", Static)
        drafts.display = len(self._drafts) > 1
        drafts.update(_below(edge, self._listed(palette, room)))
        self.query_one("#reads", Static).update(_below(edge, self._reads(palette, room)))
        self.query_one(Footer).situation = self.situation

    def _title(self, palette: Palette, width: int) -> Content:
        here = self._drafts[self._at]
        left = Content.assemble(
            (self._topic.value, palette.style("strong", bold=True)),
            (f"  {clean(self._place)}", palette.style("muted")),
        )
        origin = Content.styled(clean(here.origin), palette.style("muted"))
        right = origin.truncate(max(0, width - left.cell_length - 2), ellipsis=True)
        return spread(left, right, width)

    def _listed(self, palette: Palette, width: int) -> list[Content]:
        """Return the drafts around the one that is taken, one row each."""
        first = max(0, min(self._at - SHOWN // 2, len(self._drafts) - SHOWN))
        rows = []
        for number, draft in enumerate(self._drafts[first : first + SHOWN], first):
            here = number == self._at
            mark = glyphs.SELECTED if here else " "
            row = Content.assemble(
                (f"{mark} ", palette.style("you", bold=True)),
                (clean(draft.text) or "(empty)", palette.style("text" if here else "muted")),
            )
            origin = Content.styled(f"  {clean(draft.origin)}", palette.style("muted"))
            rows.append(spread(row, origin.truncate(width // 3, ellipsis=True), width))
        return rows

    def _reads(self, palette: Palette, width: int) -> list[Content]:
        """Return the entry as it will stand in the file, and what is to be known of it."""
        remark = NO_REASON if self._asked else self._drafts[self._at].remark
        entry = self.entry
        words = f"- {entry}" if entry else "Nothing is written yet."
        token = "text" if entry else "muted"
        lines = Content.styled(words, palette.style(token)).wrap(width)
        rows = [line.truncate(width, ellipsis=True) for line in lines[:READS]]
        if remark:
            mark = Content.styled(f"{glyphs.WARNING} ", palette.style("dumb", bold=True))
            rows.append(mark + Content.styled(remark, palette.style("text")))
        return rows


def _below(edge: Content, rows: list[Content]) -> Content:
    return Content("\n").join(edge + row for row in rows)
