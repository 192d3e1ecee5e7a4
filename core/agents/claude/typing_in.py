"""Type a line into a person's Claude Code, safely: look, type, look again, then Enter.

The contract, each line of it met as a danger in a run: nothing is typed unless the client says
that it is idle; never into a dialog, where Enter approves a tool; never over a person's draft;
Enter only when the box holds exactly our text and the client still is idle, with its tools held
back meanwhile; what did not go is taken back, but only if it is all ours.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from ...acting.keyboard import press_once
from ...acting.typed import same_text
from ...tmux import Facts, Pane, in_foreground
from ..base import State
from ..processes import stopped
from .box import Box, box_of, shows_dialog
from .hold import Hold
from .registry import Live

APPEARS = 4.0
"""Seconds within which typed text must stand in the box."""

SETTLES = 1.5
"""Seconds that a screen may lag behind what the client says of itself."""

TAKES_BACK = 0.4
"""Seconds within which a screen shows what a key removed."""

LOOK = 0.05
"""Seconds between two looks at the screen."""

QUIET = 1.2
"""Seconds after the last key in which the client opens no dialog by itself; both tested versions
wait 1.5 s. Where no hook holds its tools back, Enter must come within this time."""

Entry = Callable[[], Live | None]
"""Reads the client's own entry anew."""


class Vetoed(Exception):
    """Nothing was sent; the words say why, and what stands in the box when it is our text."""


class TooLate(Vetoed):
    """Enter would not have come in time; the text stands there as it was typed."""


async def look(pane: Pane, entry: Entry) -> None:
    """Look for the empty input box of an idle client; the screen may lag behind the client.

    Raises:
        Vetoed: it is not idle, a dialog is open, a draft stands there, or nothing can be seen.
        TmuxGone: the pane is no more.
    """
    idle(entry)
    facts = await pane.facts()
    if facts.in_mode:
        await pane.leave_mode()
    why: str | None = ""
    for _ in range(int(SETTLES / LOOK)):
        if (why := _not_free(await pane.screen(), facts)) is None:
            return
        await asyncio.sleep(LOOK)
    raise Vetoed(why or "Nothing can be seen.")


def _not_free(screen: str, facts: Facts) -> str | None:
    """Say why nothing can be typed into what a screen shows."""
    if shows_dialog(screen):
        return "A dialog is open in its terminal."
    box = box_of(screen)
    if box is None:
        return f"Its input box is not to be seen ({facts.width} × {facts.height})."
    return "A draft stands in its input box; it is left alone." if box.text else None


def idle(entry: Entry) -> Live:
    """Return the client's entry when it is idle and listens to its terminal.

    Raises:
        Vetoed: it does not.
    """
    now = entry()
    if now is None:
        raise Vetoed("The client is gone, or on another session.")
    if now.state is not State.IDLE:
        raise Vetoed(f"It is {now.state or 'of unknown state'}, not idle.")
    awake(now.pid)
    if not in_foreground(now.pid):
        raise Vetoed("Another program has its terminal.")
    return now


def awake(pid: int) -> None:
    """Look whether a client would hear a key now.

    Raises:
        Vetoed: it is stopped.
    """
    if stopped(pid):
        raise Vetoed(f"Its process {pid} is stopped; `kill -CONT {pid}` wakes it.")


async def type_text(pane: Pane, words: str) -> float:
    """Put `words` into the box that `look` found empty, see them; return the last key's time.

    Raises:
        Vetoed: they do not stand there as they were typed; `take_back` removes what does.
        TmuxGone: the pane is no more.
    """
    for number, line in enumerate(words.split("\n")):
        if number:
            await pane.press("C-j")
        if line:
            await pane.type(line)
    typed = time.monotonic()
    if not await _stands(pane, words):
        raise Vetoed("The text did not come to stand in the input box as it was typed.")
    return typed


async def enter(pane: Pane, entry: Entry, words: str, typed: float | None) -> None:
    """Press Enter on `words`, if they stand in the box alone and the client still is idle.

    `typed` is when the last key was pressed, `None` where the hooks hold tools back.

    Raises:
        Vetoed: they do not, or it is not; nothing was sent.
        TmuxGone: the pane is no more; nothing was sent.
        Unsure: tmux went while Enter was pressed.
    """
    session_id = idle(entry).session_id
    with Hold(session_id) as hold:
        if typed is None:
            await asyncio.sleep(hold.settled_in())
        screen = await pane.screen()
        box = box_of(screen)
        if shows_dialog(screen) or box is None:
            raise Vetoed("A dialog opened while the text was typed. Nothing was sent.")
        if not _is_ours(box, words):
            raise Vetoed("Someone else typed there. Nothing was sent.")
        if (await pane.facts()).in_mode:
            raise Vetoed("Someone scrolls there. Nothing was sent.")
        idle(entry)
        in_time = hold.good if typed is None else time.monotonic() - typed < QUIET
        if not in_time:
            raise TooLate("It took too long to look. Nothing was sent.")
        await press_once(pane, "Enter")


async def take_back(pane: Pane, words: str, *, stood: bool) -> bool:
    """Remove our text from the box, if nothing else stands there; say whether it is gone.

    A client that hangs takes keys late: what never `stood` there may still come.
    """
    screen = await pane.screen()
    box = box_of(screen)
    if shows_dialog(screen) or box is None:
        return False
    if not box.text:
        return stood
    if not box.holds(words) and not _begins(words, box):
        return False
    for _ in range(2 * len(words.split("\n")) + len(box.lines)):
        await pane.press("C-u")
        box = await _changed(pane, box)
        if box is None or not box.text:
            break
    return box is not None and not box.text


async def _changed(pane: Pane, before: Box) -> Box | None:
    """Return the box once it is another one, or after a while; `None` where there is none."""
    end = time.monotonic() + TAKES_BACK
    while True:
        box = box_of(await pane.screen())
        if box != before or time.monotonic() > end:
            return box
        await asyncio.sleep(LOOK)


async def _stands(pane: Pane, words: str) -> bool:
    end = time.monotonic() + APPEARS
    while time.monotonic() < end:
        box = box_of(await pane.screen())
        if box is not None and _is_ours(box, words):
            return True
        await asyncio.sleep(LOOK)
    return False


def _is_ours(box: Box, words: str) -> bool:
    """Say whether the box holds exactly `words`; it was empty before they were typed."""
    return box.holds(words)


def _begins(words: str, box: Box) -> bool:
    """Say whether the box holds the first part of `words`, the rest still on its way."""
    return any(same_text(words[:at], box.text) for at in range(1, len(words) + 1))
