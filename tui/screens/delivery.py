"""What a person or another machine is given: the whole text, to read, copy and write to a file."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from ...core import gitrepo
from ...core.gauge import Zone
from ...core.problems import Problem, Report
from ...core.reset.bundle import NAME
from ...core.reset.delivering import SHIFT_NAME, bundle_text, shift_report, write_new
from ...core.reset.preparing import prepare
from ...core.reset.transaction import Purpose
from ...core.secrets import find_secrets
from .. import glyphs, numbers
from ..command import Context, Situation
from ..commands import bindings
from ..keymap import Keymap
from ..look import Look
from ..themes import Palette
from ..widgets.evidence.lines import wrapped
from ..widgets.footer import Footer
from .page import Page

if TYPE_CHECKING:
    from ..bridge import Bridge


class DeliveryScreen(Page):
    """Shows a shift report or a bundle before it goes anywhere."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.DELIVERY)]
    contexts = (Context.DELIVERY, Context.EVERYWHERE)

    def __init__(
        self, bridge: Bridge, look: Look, folder: Path, keymap: Keymap, *, for_person: bool
    ) -> None:
        super().__init__(keymap)
        self._bridge, self._look, self._folder = bridge, look, folder
        self._person = for_person
        self._text: str | None = None
        self._problem: Report | None = None
        self._written = ""

    def on_mount(self) -> None:
        """Have the text made."""
        super().on_mount()
        self.run_worker(self._make(), exit_on_error=False)

    async def _make(self) -> None:
        try:
            self._text = await self._bridge.supervisor.in_pool(self._made)
        except Problem as problem:
            self._problem = problem.report()
        self.draw()

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
            return bundle_text(prepared, agent, seen.sighting, settings, state=state)
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

    def title_words(self) -> tuple[str, str]:
        """Return what it is and for whom."""
        if self._person:
            return "Shift report", "for the person who takes over"
        return "Hand-off file", "for `clearhead pickup` on another machine"

    def text(self, width: int, palette: Palette) -> Content:
        """Return where it goes, what was masked, and the text itself."""
        self.query_one(Footer).situation = self.situation
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
        left = {secret.kind for secret in find_secrets(self._text)}
        if left:
            words = f"{glyphs.WARNING} It still holds what looks like: {', '.join(sorted(left))}."
            lines += wrapped(words, width, palette, "dumb", 0)
        return Content("\n").join(
            [*lines, Content(), *wrapped(self._text, width, palette, "text", 0)]
        )

    # Commands

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
        self.draw()

    def action_copy_delivery(self) -> None:
        """Copy the text to the clipboard of the terminal."""
        if self._text is not None:
            self.app.copy_to_clipboard(self._text)
            self.query_one(Footer).say("Copied, if your terminal allows it.")
