"""Typing a line into a window of Codex in tmux, for what its server cannot be asked.

Whether the session is idle is told by whoever calls; what the window shows may only forbid a key.
"""

from __future__ import annotations

import asyncio
import re
import time

from ...problems import Problem
from ...text import clean
from ...tmux import Pane, in_foreground, pane_of

EMPTY = "Ask Codex to do anything"
"""What stands in the empty input box of Codex 0.169, dimmed."""

PROMPT = "›"
ASKS = "Action Required"
"""Part of the window's title while a dialog is open."""

APPEARS = 2.0
"""Seconds within which typed text must stand in the box."""

LOOKS = 0.05
"""Seconds between two looks."""

PASTING = 0.4
"""Seconds after typed text in which Codex may take Enter for a part of a paste (0.3 sufficed)."""

_DIM = re.compile(r"\x1b\[(?:\d+;)*2(?:;\d+)*m")


class NotTyped(Problem):
    """Nothing was sent to a window: it was not as it has to be."""

    title = "Nothing was sent to the window"
    remedy = "Do it in Codex's own window."


class CodexPane:
    """The tmux pane that shows a Codex whose process is `pid`."""

    def __init__(self, pane: Pane, pid: int) -> None:
        self._pane, self._pid = pane, pid
        self._one = asyncio.Lock()

    @classmethod
    async def of(cls, pid: int, *, socket: str | None = None) -> CodexPane | None:
        """Return the pane of a process; `None` when it is in none."""
        pane = await pane_of(pid, socket=socket)
        return None if pane is None else cls(pane, pid)

    async def type_line(self, text: str) -> None:
        """Type one line into the empty input box, look whether it stands there, press Enter.

        Raises:
            NotTyped: a dialog is open, a draft stands in the box, or something else came between.
            TmuxGone: the pane is no more.
        """
        async with self._one:
            await self._check()
            if not is_empty(await self._pane.screen()):
                raise NotTyped("Something stands in the input box already.")
            await self._pane.type(text)
            if not await self._stands(text):
                raise NotTyped(f'"{text}" was typed, but did not come to stand alone in the box.')
            await asyncio.sleep(PASTING)
            await self._check()
            if box(await self._pane.screen()) != text:
                raise NotTyped(f'"{text}" was typed and not sent: the box changed meanwhile.')
            await self._pane.press("Enter")

    async def _check(self) -> None:
        facts = await self._pane.facts()
        if facts.in_mode:
            await self._pane.leave_mode()
        if not await asyncio.to_thread(in_foreground, self._pid):
            raise NotTyped("Codex is not in the foreground of its window.")
        shown = ["display-message", "-p", "-t", self._pane.id, "#{pane_title}"]
        if ASKS in await self._pane.server.run(*shown):
            raise NotTyped("Codex waits for an answer in its window.")

    async def _stands(self, text: str) -> bool:
        end = time.monotonic() + APPEARS
        while time.monotonic() < end:
            if box(await self._pane.screen()) == text:
                return True
            await asyncio.sleep(LOOKS)
        return False


def box(screen: str) -> str | None:
    """Return what stands in the input box of a styled screen; `None` when there is none."""
    line = _box_line(screen)
    return None if line is None else clean(line).strip().removeprefix(PROMPT).strip()


def is_empty(screen: str) -> bool:
    """Say whether the box holds but its dimmed words, which a person could also have typed."""
    line = _box_line(screen)
    if line is None or box(screen) != EMPTY:
        return False
    return _DIM.search(line.partition(EMPTY)[0]) is not None


def _box_line(screen: str) -> str | None:
    lines = (line for line in screen.splitlines() if clean(line).startswith(PROMPT))
    return next(reversed(list(lines)), None)
