"""What is done in the pane of a Claude Code by keys: each deed looks, types, and waits for proof.

It is told by the client's files: the registry of running clients and the transcript.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ...acting.action import RESET_INSTEAD, Action, Evidence, Result, confirmed, refused, unknown
from ...acting.keyboard import Keyboard
from ...acting.looking import until
from ...acting.typed import file_of, fitting, let_go, untypable
from ...text import clean
from ...tmux import Pane, TmuxGone
from ..base import State
from ..fields import count, mapping
from . import registry, typing_in
from .box import Box, box_of
from .tail import Tail
from .typing_in import TooLate, Vetoed

WRITTEN = 3.0
"""Seconds until what the client did must stand in its transcript."""

TRIES = 3
"""How often a text is typed at most, as long as Enter would have come too late for it."""

FOLLOWS = 1.0
"""Seconds within which the registry follows the transcript."""

_PLAIN = re.compile(r"[\w./-]+")
"""A path that needs no quotes behind an `@`."""

NOTHING_RUNS = "It does nothing that could be interrupted."


def _ours(interruption: Action, box: Box) -> str | None:
    """Return the prompt of ours that an interruption has put back into the box, as it was typed."""
    text, name = interruption.text.strip("\n"), interruption.request
    if not text or not name:
        return None
    return next((words for words in (text, mention(file_of(name))) if box.holds(words)), None)


def mention(path: Path) -> str:
    """Return the prompt that has the client itself put a file's text before it.

    An `@` reads the file at once, wherever it is: the agent calls no tool, nobody is asked.
    """
    named = str(path) if _PLAIN.fullmatch(str(path)) else f'"{path}"'
    return f"@{named} Do what this file says."


class Deeds:
    """The deeds of one client. `hooked` says whether hooks hold its tools back meanwhile.

    `at` tells the session that its outcomes name.
    """

    def __init__(
        self, pid: int, folder: Path, at: Callable[[], str | None], *, hooked: bool
    ) -> None:
        self._pid, self._folder, self._at, self._hooked = pid, folder, at, hooked

    def entry(self) -> registry.Live | None:
        """Return what the client says of itself, read anew; `None` when it is gone."""
        found = registry.read_registry(self._folder).live
        return next((entry for entry in found if entry.pid == self._pid), None)

    async def prompt(self, wanted: Action, pane: Pane, _: Keyboard) -> Result:
        """Type a prompt and enter it; it is proved by the transcript."""
        words = wanted.text.strip("\n")
        if wrong := untypable(words):
            return self.refuse(wanted, wrong)
        facts = await pane.facts()
        words = fitting(words, wanted.id, facts.width, facts.height, mention)
        before = self.entry()
        tail = await self._send(pane, words)
        if await until(lambda: tail.took(words), wanted.limit):
            await until(lambda: self._stirred(before), FOLLOWS)
            if tail.attached(file_of(wanted.id)):
                let_go(wanted.id)
            return self.done(wanted, "transcript", "the prompt stands in the transcript")
        if (no := await self._not_taken(wanted, pane, words)) is not None:
            return no
        return self.unknown(wanted, "The prompt does not stand in the transcript yet.")

    def _stirred(self, before: registry.Live | None) -> bool:
        """Say whether the client's own word is of after the prompt: the transcript can be first."""
        now = self.entry()
        return now is None or before is None or now.since != before.since

    async def _not_taken(self, wanted: Action, pane: Pane, words: str) -> Result | None:
        """Take back what still stands in the box long after Enter: the terminal did not hear it."""
        box, entry = box_of(await pane.screen()), self.entry()
        idle = entry is not None and entry.state is State.IDLE
        if not idle or box is None or not box.holds(words):
            return None
        if not await typing_in.take_back(pane, words, stood=True):
            return None
        return self.refuse(wanted, "Enter was not taken there; the text was removed.", "Try again.")

    async def _send(self, pane: Pane, words: str) -> Tail:
        """Type and enter `words`; return the transcript from just before.

        On a busy machine looking can take too long: the text is taken back and typed again.

        Raises:
            Vetoed: nothing was sent.
        """
        for _ in range(TRIES - 1):
            with suppress(TooLate):
                return await self._type_and_enter(pane, words)
        return await self._type_and_enter(pane, words)

    async def _type_and_enter(self, pane: Pane, words: str) -> Tail:
        session_id = typing_in.idle(self.entry).session_id
        if other := registry.rival(self._folder, session_id, self._pid):
            raise Vetoed(registry.named(other))
        if Tail(self._folder, session_id).queued():
            raise Vetoed("Input is queued there; it goes first.")
        await typing_in.look(pane, self.entry)
        stood = False
        try:
            typed = await typing_in.type_text(pane, words)
            stood = True
            tail = Tail(self._folder, typing_in.idle(self.entry).session_id)
            await typing_in.enter(pane, self.entry, words, None if self._hooked else typed)
        except Vetoed as veto:
            back = await typing_in.take_back(pane, words, stood=stood)
            if back and isinstance(veto, TooLate):
                raise
            left = "" if back else " The text may still come to stand in its box."
            raise Vetoed(f"{veto}{left}") from None
        except asyncio.CancelledError:
            with suppress(TmuxGone):
                await asyncio.shield(typing_in.take_back(pane, words, stood=stood))
            raise
        return tail

    async def interrupt(self, wanted: Action, pane: Pane, keyboard: Keyboard) -> Result:
        """Press Escape once in a running turn; it is proved by the transcript."""
        if not self._is_busy():
            return self.refuse(wanted, NOTHING_RUNS)
        await self.ready(pane, keyboard)
        entry = self.entry()
        if entry is None or not self._is_busy():
            return self.refuse(wanted, "It came to rest by itself.")
        tail = Tail(self._folder, entry.session_id)
        await keyboard.escape(pane)

        def told() -> bool:
            return tail.has("interruptedMessageId") is not None

        if await until(told, wanted.limit, self._rests()) or told():
            await until(lambda: not self._is_busy(), WRITTEN)
            return self.done(wanted, "transcript", "the turn was interrupted")
        if self._is_busy():
            why = "It has not stopped yet. One Escape was sent, no second one."
            return self.unknown(wanted, why)
        return await self._quiet_without_a_word(wanted, pane)

    async def _quiet_without_a_word(self, wanted: Action, pane: Pane) -> Result:
        """Tell what an Escape did that left no record: before the first word it takes all back."""
        box = box_of(await pane.screen())
        ours = _ours(wanted, box) if box is not None else None
        if ours and await typing_in.take_back(pane, ours, stood=True):
            return self.done(wanted, "registry", "it is idle; its prompt was taken back")
        if box is not None and box.text:
            words = "it is idle; its prompt stands in the input box again, unsent"
            return self.done(wanted, "registry", words)
        return self.unknown(wanted, "It is idle, and nothing says that it was interrupted.")

    def is_idle(self) -> bool:
        """Say whether the client is idle."""
        entry = self.entry()
        return entry is not None and entry.state is State.IDLE

    def _is_busy(self) -> bool:
        entry = self.entry()
        return entry is not None and entry.state is State.BUSY

    async def ready(self, pane: Pane, keyboard: Keyboard) -> None:
        """Wait until an Escape may be pressed, and leave copy mode, which would swallow it.

        Raises:
            Vetoed: the client is stopped: it would take the key at some later time.
        """
        await keyboard.rest()
        typing_in.awake(self._pid)
        if (await pane.facts()).in_mode:
            await pane.leave_mode()

    async def compact(self, wanted: Action, pane: Pane, _: Keyboard) -> Result:
        """Enter `/compact`; it is proved by the boundary in the transcript."""
        words = f"/compact {' '.join(clean(wanted.text).split())}".strip()
        tail = await self._send(pane, words)
        rests = self._rests()
        if not await until(lambda: tail.boundary() is not None, wanted.limit, rests):
            if not rests():
                return self.unknown(wanted, "Nothing tells of a compaction yet; it may go on.")
            if (no := await self._not_taken(wanted, pane, words)) is not None:
                return no
            return self.refuse(wanted, "It came to rest without a compaction.", RESET_INSTEAD)
        figures = mapping((tail.boundary() or {}).get("compactMetadata"))
        before, after = count(figures.get("preTokens")), count(figures.get("postTokens"))
        told = f", {before} → {after} tokens of messages" if before and after is not None else ""
        return self.done(wanted, "transcript", f"compact_boundary{told}")

    def _rests(self) -> Callable[[], bool]:
        """Return a look that is true when the client has not been busy for a while from now on."""
        busy_at = time.monotonic()

        def rests() -> bool:
            nonlocal busy_at
            if self._is_busy():
                busy_at = time.monotonic()
            return time.monotonic() - busy_at > WRITTEN

        return rests

    async def clear(self, wanted: Action, pane: Pane, _: Keyboard) -> Result:
        """Enter `/clear`; it is proved by the new session id in the registry."""
        old = typing_in.idle(self.entry).session_id
        await self._send(pane, "/clear")

        def other() -> str | None:
            entry = self.entry()
            return entry.session_id if entry and entry.session_id != old else None

        if await until(lambda: other() is not None, wanted.limit):
            new = other()
            proof = Evidence("registry", f"new session id {new}", time.time())
            return confirmed(wanted, proof, session_id=old, new=new)
        if (no := await self._not_taken(wanted, pane, "/clear")) is not None:
            return no
        return self.unknown(wanted, "The session id is still the old one.")

    async def stop(self, wanted: Action, pane: Pane, _: Keyboard) -> Result:
        """Enter `/exit`; it is proved by the client's leaving the registry."""
        await self._send(pane, "/exit")
        if await until(lambda: self.entry() is None, wanted.limit):
            return self.done(wanted, "registry", "the client has left")
        if (no := await self._not_taken(wanted, pane, "/exit")) is not None:
            return no
        return self.unknown(wanted, "It is still there.")

    # Results

    def done(self, wanted: Action, kind: str, words: str) -> Result:
        """Return that it happened, as one fact proves."""
        proof = Evidence(kind, words, time.time())
        return confirmed(wanted, proof, session_id=self._at())

    def refuse(self, wanted: Action, why: str, remedy: str = "") -> Result:
        """Return that nothing was done."""
        return refused(wanted, why, remedy=remedy, session_id=self._at())

    def unknown(self, wanted: Action, why: str) -> Result:
        """Return that nothing tells what came of it."""
        return unknown(wanted, why, session_id=self._at())
