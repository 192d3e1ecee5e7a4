"""What a person or another machine is given: the whole text, to read, copy and write to a file."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ...core import gitrepo
from ...core.gauge import Zone
from ...core.problems import Problem, Report
from ...core.reset.bundle import NAME
from ...core.reset.delivering import SHIFT_NAME, bundle_text, shift_report, write_new
from ...core.reset.preparing import prepare
from ...core.reset.transaction import Purpose
from ...core.secrets import MASKED, find_secrets
from .. import glyphs, numbers
from ..command import Context, Situation
from ..commands import bindings
from ..focus import focus_now
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


class DeliveryScreen(Sheet):
    """Shows a shift report or a bundle before it goes anywhere."""

    DEFAULT_CSS: ClassVar[str] = """
    DeliveryScreen {
        & > VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
        &.-air > VerticalScroll { padding: 1 0 0 0; }
        & #text { width: 100%; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.DELIVERY)]
    contexts = (Context.DELIVERY, Context.EVERYWHERE)

    def __init__(
        self, bridge: Bridge, look: Look, folder: Path, keymap: Keymap, *, for_person: bool
    ) -> None:
        super().__init__(bridge, look, keymap)
        self._folder = folder
        self._person = for_person
        self._text: str | None = None
        self._problem: Report | None = None
        self._written = ""

    def on_mount(self) -> None:
        """Have the text made; the arrow keys scroll."""
        super().on_mount()
        focus_now(self.query_one(VerticalScroll))
        self.run_worker(self._make(), exit_on_error=False)

    async def _make(self) -> None:
        try:
            self._text = await self._bridge.supervisor.in_pool(self._made)
        except Problem as problem:
            self._problem = problem.report()
        self.draw_all()

    def _made(self) -> str:
        """Make the text; reads the transcript, the notes and git."""
        bridge, seen = self._bridge, self._look.seen
        agent, settings, state = (
            bridge.supervisor.agents[seen.key[0]],
            bridge.settings,
            bridge.state,
        )
        prepared = prepare(
            seen.sighting,
            seen.snapshot,
            state,
            self._look.gauge.edges.edge(Zone.DUMB).at,
            today=datetime.now().astimezone().date(),
            names=settings.progress_files,
            purpose=Purpose.HAND_OFF,
        )
        repo = gitrepo.read_repo(self._folder, state)
        self._folder = repo.root if repo and not repo.bare else self._folder
        if not self._person:
            agents = bridge.supervisor.agents
            return bundle_text(prepared, agent, seen.sighting, settings, state=state, agents=agents)
        return shift_report(
            prepared, agent, seen.sighting, settings, state=state, dollars=numbers.dollars
        )

    @property
    def situation(self) -> Situation:
        """Why nothing can be written or copied yet."""
        if self._text is not None:
            return Situation()
        why = "The text is not there yet."
        return Situation(shut={"delivery.write": why, "delivery.copy": why})

    @property
    def path(self) -> Path:
        """Where the text is written to."""
        return self._folder / (SHIFT_NAME if self._person else NAME)

    def title_words(self) -> SheetTitle:
        """Return what it is and for whom."""
        if self._person:
            return SheetTitle("Shift report", "for the person who takes over")
        return SheetTitle("Hand-off file", "for `clearhead pickup` on another machine")

    def compose_body(self) -> ComposeResult:
        """Lay out the text."""
        with VerticalScroll():
            yield Static(id="text", markup=False)

    def draw(self) -> None:
        """Draw the text for the present width."""
        edge, palette = Content(" " * margin(self.size.width)), palette_of(self)
        lines = self._words(max(20, self.room - 1), palette).split("\n", allow_blank=True)
        self.query_one("#text", Static).update(Content("\n").join(edge + line for line in lines))

    def _words(self, width: int, palette: Palette) -> Content:
        """Return where it goes, what was masked, and the text itself."""
        if self._problem is not None:
            report = self._problem
            words = " ".join(filter(None, (report.title + ".", report.detail, report.remedy)))
            return Content("\n").join(
                wrapped(f"{glyphs.FAILED} {words}", width, palette, "reset", 0)
            )
        if self._text is None:
            return Content.styled("The text is being made …", palette.style("muted"))
        head = self._written or f"{self._keymap['delivery.write'].key} writes it to {self.path}"
        ink = "ok" if self._written else "muted"
        lines = wrapped(head, width, palette, ink, 0)
        masked = (row for row in self._text.splitlines() if row.startswith(MASKED))
        lines += [row for words in masked for row in wrapped(words, width, palette, "muted", 0)]
        left = {secret.kind for secret in find_secrets(self._text)}
        if left:
            words = f"{glyphs.WARNING} It still holds what looks like: {', '.join(sorted(left))}."
            lines += wrapped(words, width, palette, "dumb", 0)
        return Content("\n").join(
            [*lines, Content(), *wrapped(self._text, width, palette, "text", 0)]
        )

    # Commands

    def action_close(self) -> None:
        """Leave it; what was written stays."""
        self.dismiss()

    def action_write_delivery(self) -> None:
        """Write the text to its file; nothing is overwritten."""
        if self._text is not None:
            self.run_worker(self._write(self._text), exit_on_error=False)

    async def _write(self, text: str) -> None:
        try:
            await self._bridge.supervisor.in_pool(partial(write_new, self.path, text))
        except Problem as problem:
            self.query_one(Footer).say(f"{problem.detail} {problem.remedy}", warning=True)
            return
        self._written = f"{glyphs.PROVED} Written: {self.path}"
        self.draw_all()

    def action_copy_delivery(self) -> None:
        """Copy the text to the clipboard of the terminal."""
        if self._text is not None:
            self.app.copy_to_clipboard(self._text)
            self.query_one(Footer).say("Copied, if your terminal allows it.")
