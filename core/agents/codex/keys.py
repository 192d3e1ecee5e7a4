"""Typing into a window of Codex in tmux.

Whether the session is idle is told by whoever calls; what the window shows may only forbid a key.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import suppress

from ...acting.keyboard import Keyboard, press_once
from ...acting.typed import same_text, squeezed
from ...problems import Problem
from ...text import clean
from ...tmux import Pane, TmuxGone, in_foreground, pane_of
from ..processes import stopped

EMPTY = "Ask Codex to do anything"
"""What stands in the empty input box of Codex 0.169, dimmed."""

PROMPT = "›"
ASKS = "Action Required"
"""Part of the window's title while a dialog is open."""

YES = "1. Yes"
"""The first answer of an approval dialog."""

APPEARS = 4.0
"""Seconds within which typed text must stand in the box."""

SETTLES = 3.0
"""Seconds that the title may lag behind what the thread does; at its start Codex spins, too."""

LOOKS = 0.05
"""Seconds between two looks."""

PASTING = 0.4
"""Seconds after typed text in which Codex may take Enter for a part of a paste (0.3 sufficed)."""

_SPINS = re.compile(r"[\u2800-\u28ff]")
"""A title that begins with one of the signs of which the spinner is made."""

_DIM = re.compile(r"\x1b\[(?:\d+;)*2(?:;\d+)*m")


class NotTyped(Problem):
    """Nothing was sent to a window: it was not as it has to be."""

    title = "Nothing was sent to the window"
    remedy = "Do it in Codex's own window."


class CodexPane:
    """The tmux pane that shows a Codex whose process is `pid`."""

    def __init__(self, pane: Pane, pid: int) -> None:
        self.pane, self.pid = pane, pid

    @classmethod
    async def of(cls, pid: int, *, socket: str | None = None) -> CodexPane | None:
        """Return the pane of a process; `None` when it is in none."""
        pane = await pane_of(pid, socket=socket)
        return None if pane is None else cls(pane, pid)

    async def type_line(self, text: str) -> None:
        """Take the keyboard and `send` one line.

        Raises:
            SessionTaken: another clearhead types there.
            NotTyped, TmuxGone, Unsure: as `send` does.
        """
        with Keyboard(self.pid):
            await self.send(text)

    async def send(self, words: str, idle: Callable[[], bool] | None = None) -> None:
        """Type words into the empty input box, look whether they stand there, press Enter.

        `idle` tells right before Enter whether it still is.

        Raises:
            NotTyped: a dialog is open, a draft stands in the box, or something else came between.
            TmuxGone: the pane is no more.
            Unsure: tmux went while Enter was pressed.
        """
        await self.check()
        if not is_empty(await self.pane.screen()):
            raise NotTyped("Something stands in the input box already.")
        try:
            await self._type(words)
            await asyncio.sleep(PASTING)
            await self._look_again(words, idle)
        except (NotTyped, asyncio.CancelledError):
            with suppress(TmuxGone):
                await asyncio.shield(self._take_back(words))
            raise
        await press_once(self.pane, "Enter")

    async def _look_again(self, words: str, idle: Callable[[], bool] | None) -> None:
        await self.check()
        if not same_text(box(await self.pane.screen()) or "", words):
            raise NotTyped("What was typed was not sent: the box changed meanwhile.")
        if idle is not None and not idle():
            raise NotTyped("It began to work while the text was typed. Nothing was sent.")

    async def check(self) -> None:
        """Leave copy mode, and look whether keys would go to the input box of Codex.

        Raises:
            NotTyped: another program has its terminal, or a dialog is open.
            TmuxGone: the pane is no more.
        """
        if (await self.pane.facts()).in_mode:
            await self.pane.leave_mode()
        if stopped(self.pid):
            raise NotTyped(f"Its process is stopped; `kill -CONT {self.pid}` wakes it.")
        if not await asyncio.to_thread(in_foreground, self.pid):
            raise NotTyped("Codex is not in the foreground of its window.")
        end = time.monotonic() + SETTLES
        while _SPINS.match(title := await self._title()):
            if time.monotonic() > end:
                raise NotTyped("Codex works, by the title of its window.")
            await asyncio.sleep(LOOKS)
        if ASKS in title:
            raise NotTyped("Codex waits for an answer in its window.")

    async def asks(self) -> bool:
        """Say whether the window's title tells of an open dialog.

        Raises:
            TmuxGone: the pane is no more.
        """
        return ASKS in await self._title()

    async def _title(self) -> str:
        shown = ["display-message", "-p", "-t", self.pane.id, "#{pane_title}"]
        return await self.pane.server.run(*shown)

    async def shows_dialog_of(self, command: str) -> bool:
        """Say whether the window shows an approval dialog with this whole command.

        Raises:
            TmuxGone: the pane is no more.
        """
        screen = clean(await self.pane.screen())
        return YES in screen and squeezed(command) in squeezed(screen) and await self.asks()

    async def _type(self, words: str) -> None:
        for number, line in enumerate(words.split("\n")):
            if number:
                await self.pane.press("C-j")
            if line:
                await self.pane.type(line)
        end = time.monotonic() + APPEARS
        while time.monotonic() < end:
            if same_text(box(await self.pane.screen()) or "", words):
                return
            await asyncio.sleep(LOOKS)
        raise NotTyped("The text was typed, but did not come to stand alone in the box.")

    async def _take_back(self, words: str) -> None:
        """Remove what stands in the box if it is the beginning of our words, and nothing else."""
        for _ in range(2 * len(words.split("\n"))):
            screen = await self.pane.screen()
            standing = squeezed(box(screen) or "")
            ours = standing and squeezed(words).startswith(standing)
            if is_empty(screen) or not ours or await self.asks():
                return
            await self.pane.press("C-u")
            await asyncio.sleep(LOOKS)


def box(screen: str) -> str | None:
    """Return what stands in the input box of a styled screen; `None` when there is none.

    It reaches from the last mark down to the blank line above the footer.
    """
    rows = _box_rows(screen)
    if not rows:
        return None
    lines = (clean(row).strip() for row in rows)
    return "\n".join(lines).removeprefix(PROMPT).strip()


def is_empty(screen: str) -> bool:
    """Say whether the box holds but its dimmed words, which a person could also have typed."""
    rows = _box_rows(screen)
    if len(rows) != 1 or box(screen) != EMPTY:
        return False
    return _DIM.search(rows[0].partition(EMPTY)[0]) is not None


def _box_rows(screen: str) -> list[str]:
    rows = screen.rstrip().splitlines()
    marked = [at for at, row in enumerate(rows) if clean(row).startswith(PROMPT)]
    if not marked:
        return []
    below = rows[marked[-1] :]
    blank = [at for at, row in enumerate(below) if not clean(row).strip()]
    return below[: blank[-1]] if blank else below
