"""Keeps what people are asked to do by hand in sight, on whatever screen is in front."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from textual.timer import Timer

from ..core.acting.errand import Errand
from ..core.paths import make_runtime_folder
from ..core.session_id import short_id
from ..core.storage import write_private
from . import numbers
from .widgets.errand_panel import ErrandFacts, ErrandPanel
from .widgets.footer import Footer

if TYPE_CHECKING:
    from ..core.supervisor import Key
    from .bridge import Bridge
    from .command_app import CommandApp

COMMAND = "errand.open"
NOTHING = "Nothing is asked of you by hand now."


class AsksByHand(Protocol):
    """The app, as far as those need it who ask something by hand."""

    errands: ErrandDesk


class ErrandDesk:
    """The errands of all sessions, and what has to be done there before one is taken over.

    A new errand's text is copied to the clipboard once. Nothing ticks while there is none.
    """

    def __init__(self, app: CommandApp, bridge: Bridge) -> None:
        self._app, self._bridge = app, bridge
        self._waiting: dict[Key, tuple[Errand, asyncio.Task[None]]] = {}
        self._copied = ""
        self._saved: Path | None = None
        self._ticks: Timer | None = None

    @property
    def open(self) -> tuple[Key, Errand] | None:
        """The newest errand, with the session that it is about."""
        own = [(key, errand) for key, (errand, _) in self._waiting.items()]
        found = (*self._bridge.acting.errands(), *own)
        return max(found, key=lambda entry: entry[1].since, default=None)

    def look(self) -> None:
        """Show the errand on the screen in front, and take it away where it is over."""
        found = self.open
        if found is None:
            self._end()
            return
        if self._copied != found[1].action:
            self._copied = found[1].action
            self.copy()
        if self._ticks is None:
            self._ticks = self._app.set_interval(1.0, self.look)
        panel = self._panel()
        panel.facts = self._facts(*found, brief=getattr(panel.screen, "tells_errand", False))

    def copy(self) -> bool:
        """Copy the text of the errand; say whether there is one."""
        found = self.open
        if found is not None and found[1].text:
            self._app.copy_to_clipboard(found[1].text)
        return found is not None

    def save(self) -> Path | None:
        """Put the text into a file of the person's own; it goes when the errand is over.

        Raises:
            NotSaved: it cannot be written.
        """
        found = self.open
        if found is None:
            return None
        path = make_runtime_folder() / "errands" / f"{found[1].action.split()[-1]}.md"
        write_private(path, found[1].text.encode())
        self._saved = path
        return path

    def give_up(self) -> bool:
        """Take the errand back; say whether there was one."""
        found = self.open
        if found is None:
            return False
        if (own := self._waiting.get(found[0])) is not None:
            own[1].cancel()
        else:
            self._bridge.acting.give_up(found[0])
        return True

    def wait_for(self, key: Key, errand: Errand, work: Coroutine[Any, Any, None]) -> None:
        """Show an errand for as long as `work` waits for it."""
        if (known := self._waiting.pop(key, None)) is not None:
            known[1].cancel()
        task = asyncio.create_task(work)
        self._waiting[key] = (errand, task)
        task.add_done_callback(self._ended(key, task))
        self.look()

    def _ended(self, key: Key, task: asyncio.Task[None]) -> Callable[[object], None]:
        def ended(_: object) -> None:
            if key in self._waiting and self._waiting[key][1] is task:
                del self._waiting[key]
            if not task.cancelled():
                task.exception()
            self.look()

        return ended

    def _facts(self, key: Key, errand: Errand, *, brief: bool) -> ErrandFacts:
        look = self._bridge.look(key)
        return ErrandFacts(
            errand,
            project=look.project if look else short_id(key[1]),
            waited=numbers.running(time.time() - errand.since),
            state=look.standing.state if look else None,
            copied=self._copied == errand.action,
            key=self._app.keymap[COMMAND].key,
            brief=brief,
        )

    def _panel(self) -> ErrandPanel:
        """Return the panel on the screen in front that has a footer, put there where missing."""
        screens = (s for s in reversed(self._app.screen_stack) if s.query(Footer))
        screen = next(s for s in screens if not getattr(s, "shows_errand", False))
        for other in self._app.screen_stack:
            if other is not screen:
                other.query(ErrandPanel).remove()
        for known in screen.query(ErrandPanel):
            return cast("ErrandPanel", known)
        panel = ErrandPanel()
        screen.mount(panel)
        return panel

    def _end(self) -> None:
        if self._ticks is None:
            return
        self._ticks.stop()
        self._ticks = None
        for screen in self._app.screen_stack:
            screen.query(ErrandPanel).remove()
        if self._saved is not None:
            with suppress(OSError):
                self._saved.unlink()
            self._saved = None
