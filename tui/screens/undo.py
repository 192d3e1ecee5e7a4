"""The sheet of an undo: what comes back, with which flags, what stays; Enter does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ...core.problems import NotFound, Problem, Report
from ...core.reset.store import Store
from ...core.reset.transaction import Transaction
from ...core.reset.undo import flags_back, newest_for, undo
from ...core.session_id import short_id
from .. import glyphs, numbers
from ..act_reasons import FORBIDDEN
from ..command import Context, Situation
from ..commands import bindings
from ..keymap import Keymap
from ..look import Look
from ..themes import Palette, palette_of
from ..widgets.evidence.lines import wrapped
from ..widgets.footer import Footer
from ..widgets.line import margin
from ..widgets.sheet_title import SheetTitle
from .sheet import Sheet

if TYPE_CHECKING:
    from ..bridge import Bridge

LABEL = 10
"""Cells of the column of labels."""


class UndoScreen(Sheet):
    """Shows the newest reset of a session and brings its old session back."""

    DEFAULT_CSS: ClassVar[str] = """
    UndoScreen {
        & > VerticalScroll { height: 1fr; padding: 1 0; scrollbar-size-vertical: 1; }
        & #undo { width: 100%; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.UNDO, Context.UNDONE)]
    contexts = (Context.UNDO, Context.EVERYWHERE)

    def __init__(self, bridge: Bridge, look: Look, keymap: Keymap) -> None:
        super().__init__(bridge, look, keymap)
        self._found: Transaction | None = None
        self._problem: Report | None = None
        self._working = False
        self._done = ""

    def on_mount(self) -> None:
        """Look for the reset that would be undone."""
        super().on_mount()
        self.run_worker(self._find(), exit_on_error=False)

    async def _find(self) -> None:
        store = Store(self._bridge.state)
        try:
            self._found = await self._bridge.supervisor.in_pool(
                lambda: newest_for(store, self._look.key[1])
            )
        except Problem as problem:
            self._problem = problem.report()
        self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let one key mean what the footer says of it: bring it back, then go there."""
        if action in {"undo_go", "undo_visit"}:
            return bool(self._done) == (action == "undo_visit")
        return super().check_action(action, parameters)

    @property
    def situation(self) -> Situation:
        """Why Enter does nothing now, where it does nothing."""
        if self._working:
            why = "The old session is being brought back."
        elif self._found is None:
            why = "There is nothing to undo."
        else:
            return Situation()
        return Situation(shut={"undo.go": why})

    def title_words(self) -> SheetTitle:
        """Return the name of the sheet and what it does."""
        return SheetTitle("Undo", "the old session comes back beside the fresh one")

    def compose_body(self) -> ComposeResult:
        """Lay out what comes back and what stays."""
        with VerticalScroll(can_focus=False):
            yield Static(id="undo", markup=False)

    def draw(self) -> None:
        """Draw what comes back and what stays."""
        footer = self.query_one(Footer)
        footer.contexts, footer.situation = self.contexts, self.situation
        edge = Content(" " * margin(self.size.width))
        lines = self._lines(self.room, palette_of(self))
        self.query_one("#undo", Static).update(Content("\n").join(edge + line for line in lines))

    def _lines(self, width: int, palette: Palette) -> list[Content]:
        if self._done:
            return self._back(width, palette)
        if self._problem is not None:
            return self._trouble(self._problem, width, palette)
        if self._found is None:
            return [Content.styled("Looking for the reset …", palette.style("muted"))]
        return self._plan(self._found, width, palette)

    def _back(self, width: int, palette: Palette) -> list[Content]:
        """Say where the old session is; it is there whether or not one goes to it."""
        enter, leave = self._keymap["undo.visit"].key, self._keymap["view.close"].key
        goes = f"{enter} goes there, {leave} stays with the fresh session."
        return [
            *self._rows([("back", f"{self._done}.")], width, palette, "ok"),
            Content(),
            Content.styled(goes, palette.style("muted")),
        ]

    def _plan(self, found: Transaction, width: int, palette: Palette) -> list[Content]:
        begun = found.begun
        flags = " ".join(flags_back(begun)) or "none"
        stays = [f"commit {found.commit[:9]}"] if found.commit else []
        new = f"the fresh session {short_id(found.new_session_id)}" if found.new_session_id else ""
        stays = list(filter(None, [*stays, "the notes as they are", new]))
        rows = [
            ("back", f"{begun.agent} {begun.session_id}"),
            ("as it was", f"{_fill(begun.fill)}, ended at {numbers.clock(_ended(found))}"),
            ("flags", f"{flags}; never a wider permission than it had"),
            ("where", "in a pane beside the fresh session, else under clearhead"),
            ("stays", ", ".join(stays)),
        ]
        lines = self._rows(rows, width, palette)
        key = self._keymap["undo.go"].key
        does = "brings it back" if not self._working else "is under way …"
        return [
            *lines,
            Content(),
            Content.assemble((key, palette.style("you", bold=True)), f" {does}"),
        ]

    def _rows(
        self, rows: list[tuple[str, str]], width: int, palette: Palette, ink: str = "text"
    ) -> list[Content]:
        lines = []
        for label, words in rows:
            first, *rest = wrapped(words, max(20, width - LABEL), palette, ink, 0)
            lines.append(Content.styled(label.ljust(LABEL), palette.style("muted")) + first)
            lines += [Content(" " * LABEL) + line for line in rest]
        return lines

    def _trouble(self, report: Report, width: int, palette: Palette) -> list[Content]:
        mark = Content.assemble(
            (f"{glyphs.FAILED} ", palette.style("reset", bold=True)),
            (report.title, palette.style("strong", bold=True)),
        )
        return [
            mark,
            *wrapped(report.detail, width, palette, "text", 2),
            *wrapped(report.remedy, width, palette, "muted", 2),
        ]

    # Commands

    async def action_undo_go(self) -> None:
        """Bring the old session back."""
        if self._bridge.forbidden:
            self.query_one(Footer).say(FORBIDDEN)
        elif self._found is not None and not self._working:
            self._working = True
            self.draw()
            self.run_worker(self._undo(self._found), exit_on_error=False)

    async def _undo(self, found: Transaction) -> None:
        bridge = self._bridge
        try:
            undone = await undo(found, bridge.acting, bridge.supervisor.agents)
        except Problem as problem:
            self._problem = problem.report()
        except OSError as error:
            self._problem = NotFound(str(error)).report()
        else:
            self._done = undone.words
            self.contexts = (Context.UNDONE, Context.EVERYWHERE)
            await bridge.acting.refresh()
        self._working = False
        self.draw()

    def action_close(self) -> None:
        """Leave the sheet; a session that came back stays back, and that is said."""
        if self._done:
            self.app.screen_stack[-2].query_one(Footer).say(f"{self._done}.")
        self.dismiss()

    def action_undo_visit(self) -> None:
        """Go to the old session."""
        assert self._found is not None
        begun = self._found.begun
        self.dismiss()
        self._bridge.resets.open(self.app, (begun.agent, begun.session_id))


def _fill(tokens: int | None) -> str:
    return "fill unknown" if tokens is None else f"{numbers.tokens(tokens)} tokens"


def _ended(found: Transaction) -> float:
    return found.closed.at if found.closed else found.begun.at
