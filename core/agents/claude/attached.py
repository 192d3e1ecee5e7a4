"""A Claude Code session in a person's tmux pane: their terminal, our keys, the client's own word.

State and evidence come from the client's files, never from the screen.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from ...acting.action import (
    RESET_INSTEAD,
    Action,
    Evidence,
    Outcome,
    Result,
    Verb,
    confirmed,
    refused,
    unknown,
)
from ...acting.channel import Capabilities, Changed, Reach
from ...acting.keyboard import Keyboard, Unsure, press_once
from ...acting.live import Live, Request, Source
from ...acting.lock import SessionTaken
from ...acting.looking import LOOK, until
from ...acting.typed import fitting, room_for_line, untypable
from ...problems import NotSaved
from ...text import clean
from ...tmux import Pane, TmuxGone
from ...watching import changes
from ..base import State, Waiting
from ..fields import count, mapping
from . import registry, typing_in
from .box import box_of, shows, shows_dialog
from .mailbox import Mailbox
from .requests import request_of
from .tail import Tail
from .typing_in import Vetoed

SAFETY = 2.0
"""Seconds between two looks at the client's entry that the watcher may have missed."""

WRITTEN = 3.0
"""Seconds until what the client did must stand in its transcript."""

DEAF = 0.4
"""Seconds after its opening in which a dialog may ignore keys."""

Deed = Callable[[Action, Pane, Keyboard], Awaitable[Result]]

UNHOOKED = (
    "Without clearhead's hooks a dialog can open between the last look and Enter. clearhead sends "
    "at once or not at all; `clearhead hooks install` closes the gap."
)
NO_PANE = "It runs in no tmux pane that can be found."
BY_HAND = "Do it in its own terminal."
NOTHING_RUNS = "It does nothing that could be interrupted."
STARTED_WITH = "It keeps what it was started with; change it there."


class ClaudeAttached:
    """A session that a person started; `pane` is `None` where only its hooks lead into it."""

    reach = Reach.ATTACHED
    queues = False

    def __init__(self, pid: int, folder: Path, pane: Pane | None, mailbox: Mailbox | None) -> None:
        self.name = f"attached {pane.id}" if pane else "attached hooks"
        self._pid, self._folder = pid, folder
        self._pane, self._mailbox = pane, mailbox
        self._changed: Changed = _nobody
        entry = self._entry()
        self._live = Live(session_id=entry.session_id if entry else None)
        self._verbs: dict[Verb, Deed] = {
            Verb.PROMPT: self._prompt,
            Verb.INTERRUPT: self._interrupt,
            Verb.COMPACT: self._compact,
            Verb.CLEAR: self._clear,
            Verb.STOP: self._stop,
        }
        self._refresh()
        self._tasks = [asyncio.create_task(self._follow())]
        if mailbox is not None:
            self._tasks.append(asyncio.create_task(mailbox.watch(self._refresh)))

    @property
    def live(self) -> Live:
        """What the client's files told last."""
        return self._live

    @property
    def caution(self) -> str | None:
        """What a person should know before something is typed here; `None` for nothing."""
        return None if self._mailbox or not self._pane else UNHOOKED

    @property
    def capabilities(self) -> Capabilities:
        """What keys can do, and where there is no pane, what hooks can."""
        keys = None if self._pane else NO_PANE
        answers = None if self._pane or self._mailbox else NO_PANE
        return {
            **dict.fromkeys(self._verbs, keys),
            Verb.APPROVE: answers,
            Verb.DENY: answers,
            Verb.MODE: STARTED_WITH,
            Verb.MODEL: STARTED_WITH,
        }

    def listen(self, changed: Changed) -> None:
        """Tell `changed` when the client's files told something new."""
        self._changed = changed

    async def act(self, wanted: Action) -> Result:
        """Carry out one action, with the pane locked, and wait for what proves it."""
        try:
            if wanted.verb in (Verb.APPROVE, Verb.DENY):
                return await self._answer(wanted)
            verb, pane = self._verbs.get(wanted.verb), self._pane
            if verb is None or pane is None:
                why = self.capabilities.get(wanted.verb) or NO_PANE
                return self._refuse(wanted, why, BY_HAND)
            return await self._locked(wanted, verb, pane)
        except Vetoed as veto:
            return self._refuse(wanted, str(veto), BY_HAND)
        except Unsure as error:
            return self._unknown(wanted, str(error))
        except TmuxGone as problem:
            return self._refuse(wanted, problem.detail, problem.remedy)

    async def room(self) -> int:
        """Return how many characters a command's text may have, so that its box shows all of it."""
        if self._pane is None:
            return 0
        facts = await self._pane.facts()
        return room_for_line(facts.width, facts.height) - len("/compact ")

    async def close(self) -> None:
        """Let go of the session."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._mailbox is not None:
            self._mailbox.close()

    # What the files tell

    def _entry(self) -> registry.Live | None:
        found = registry.read_registry(self._folder).live
        return next((entry for entry in found if entry.pid == self._pid), None)

    def _refresh(self) -> None:
        entry = self._entry()
        if entry is None:
            live = replace(self._live, state=State.ENDED, requests=())
        else:
            live = Live(
                session_id=entry.session_id,
                state=entry.state,
                since=entry.since,
                requests=self._requests(entry),
            )
        if live != self._live:
            self._live = live
            self._changed()

    def _requests(self, entry: registry.Live) -> tuple[Request, ...]:
        """Return what the hook told, else what the registry and the transcript suggest."""
        if self._mailbox is not None:
            self._mailbox.listen(entry.session_id)
            if told := self._mailbox.requests(entry.session_id):
                return told
        if entry.state is not State.WAITING:
            return ()
        call = Tail(self._folder, entry.session_id).open_call()
        if call is None:
            return ()
        name, tool, given = call
        permission = entry.waiting_for is Waiting.PERMISSION
        return (
            request_of(
                name,
                tool,
                given,
                entry.since or time.time(),
                Source.TERMINAL,
                cwd=entry.cwd,
                kind=entry.waiting_for or Waiting.DIALOG,
                answerable=permission and self._pane is not None,
            ),
        )

    async def _follow(self) -> None:
        async def tick() -> None:
            while True:
                await asyncio.sleep(SAFETY)
                self._refresh()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(tick())
            async for _ in changes((), (self._folder / "sessions",), asyncio.Event()):
                self._refresh()

    # Keys

    async def _locked(self, wanted: Action, deed: Deed, pane: Pane) -> Result:
        try:
            with Keyboard(self._pid) as keyboard:
                return await deed(wanted, pane, keyboard)
        except (SessionTaken, NotSaved) as problem:
            return self._refuse(wanted, problem.detail, problem.remedy)
        finally:
            self._refresh()

    async def _prompt(self, wanted: Action, pane: Pane, _: Keyboard) -> Result:
        words = wanted.text.strip("\n")
        if wrong := untypable(words):
            return self._refuse(wanted, wrong)
        facts = await pane.facts()
        words = fitting(words, wanted.id, facts.width, facts.height)
        tail = await self._send(pane, words)
        if await until(lambda: tail.took(words), wanted.limit):
            return self._done(wanted, "transcript", "the prompt stands in the transcript")
        if (no := await self._not_taken(wanted, pane, words)) is not None:
            return no
        return self._unknown(wanted, "The prompt does not stand in the transcript yet.")

    async def _not_taken(self, wanted: Action, pane: Pane, words: str) -> Result | None:
        """Take back what still stands in the box long after Enter: the terminal did not hear it."""
        box, entry = box_of(await pane.screen()), self._entry()
        idle = entry is not None and entry.state is State.IDLE
        if not idle or box is None or not box.holds(words):
            return None
        if not await typing_in.take_back(pane, words, stood=True):
            return None
        return self._refuse(
            wanted, "Enter was not taken there; the text was removed.", "Try again."
        )

    async def _send(self, pane: Pane, words: str) -> Tail:
        """Type and enter `words`; return the transcript from just before.

        Raises:
            Vetoed: nothing was sent.
        """
        session_id = typing_in.idle(self._entry).session_id
        if other := registry.rival(self._folder, session_id, self._pid):
            raise Vetoed(registry.named(other))
        if Tail(self._folder, session_id).queued():
            raise Vetoed("Input is queued there; it goes first.")
        await typing_in.look(pane, self._entry)
        stood = False
        try:
            typed = await typing_in.type_text(pane, words)
            stood = True
            tail = Tail(self._folder, typing_in.idle(self._entry).session_id)
            await typing_in.enter(pane, self._entry, words, None if self._mailbox else typed)
        except Vetoed as veto:
            back = await typing_in.take_back(pane, words, stood=stood)
            left = "" if back else " The text may still come to stand in its box."
            raise Vetoed(f"{veto}{left}") from None
        except asyncio.CancelledError:
            with suppress(TmuxGone):
                await asyncio.shield(typing_in.take_back(pane, words, stood=stood))
            raise
        return tail

    async def _interrupt(self, wanted: Action, pane: Pane, keyboard: Keyboard) -> Result:
        if not self._is_busy():
            return self._refuse(wanted, NOTHING_RUNS)
        await self._ready_for_keys(pane, keyboard)
        entry = self._entry()
        if entry is None or not self._is_busy():
            return self._refuse(wanted, "It came to rest by itself.")
        tail = Tail(self._folder, entry.session_id)
        await keyboard.escape(pane)

        def told() -> bool:
            return tail.has("interruptedMessageId") is not None

        if await until(told, wanted.limit, self._rests()) or told():
            await until(lambda: not self._is_busy(), WRITTEN)
            return self._done(wanted, "transcript", "the turn was interrupted")
        if self._is_busy():
            why = "It has not stopped yet. One Escape was sent, no second one."
            return self._unknown(wanted, why)
        return await self._quiet_without_a_word(wanted, pane)

    async def _quiet_without_a_word(self, wanted: Action, pane: Pane) -> Result:
        """Tell what an Escape did that left no record: before the first word it takes all back."""
        box = box_of(await pane.screen())
        if box is not None and box.text:
            words = "it is idle; its prompt stands in the input box again, unsent"
            return self._done(wanted, "registry", words)
        return self._unknown(wanted, "It is idle, and nothing says that it was interrupted.")

    def _is_idle(self) -> bool:
        entry = self._entry()
        return entry is not None and entry.state is State.IDLE

    def _is_busy(self) -> bool:
        entry = self._entry()
        return entry is not None and entry.state is State.BUSY

    async def _ready_for_keys(self, pane: Pane, keyboard: Keyboard) -> None:
        """Wait until an Escape may be pressed, and leave copy mode, which would swallow it.

        Raises:
            Vetoed: the client is stopped: it would take the key at some later time.
        """
        await keyboard.rest()
        typing_in.awake(self._pid)
        if (await pane.facts()).in_mode:
            await pane.leave_mode()

    async def _compact(self, wanted: Action, pane: Pane, _: Keyboard) -> Result:
        words = f"/compact {' '.join(clean(wanted.text).split())}".strip()
        tail = await self._send(pane, words)
        rests = self._rests()
        if not await until(lambda: tail.boundary() is not None, wanted.limit, rests):
            if not rests():
                return self._unknown(wanted, "Nothing tells of a compaction yet; it may go on.")
            if (no := await self._not_taken(wanted, pane, words)) is not None:
                return no
            return self._refuse(wanted, "It came to rest without a compaction.", RESET_INSTEAD)
        figures = mapping((tail.boundary() or {}).get("compactMetadata"))
        before, after = count(figures.get("preTokens")), count(figures.get("postTokens"))
        told = f", {before} → {after} tokens of messages" if before and after is not None else ""
        return self._done(wanted, "transcript", f"compact_boundary{told}")

    def _rests(self) -> Callable[[], bool]:
        """Return a look that is true when the client has not been busy for a while from now on."""
        busy_at = time.monotonic()

        def rests() -> bool:
            nonlocal busy_at
            if self._is_busy():
                busy_at = time.monotonic()
            return time.monotonic() - busy_at > WRITTEN

        return rests

    async def _clear(self, wanted: Action, pane: Pane, _: Keyboard) -> Result:
        old = typing_in.idle(self._entry).session_id
        await self._send(pane, "/clear")

        def other() -> str | None:
            entry = self._entry()
            return entry.session_id if entry and entry.session_id != old else None

        if await until(lambda: other() is not None, wanted.limit):
            new = other()
            proof = Evidence("registry", f"new session id {new}", time.time())
            return confirmed(wanted, proof, session_id=old, new=new)
        if (no := await self._not_taken(wanted, pane, "/clear")) is not None:
            return no
        return self._unknown(wanted, "The session id is still the old one.")

    async def _stop(self, wanted: Action, pane: Pane, _: Keyboard) -> Result:
        await self._send(pane, "/exit")
        if await until(lambda: self._entry() is None, wanted.limit):
            return self._done(wanted, "registry", "the client has left")
        if (no := await self._not_taken(wanted, pane, "/exit")) is not None:
            return no
        return self._unknown(wanted, "It is still there.")

    # Answers

    async def _answer(self, wanted: Action) -> Result:
        entry = self._entry()
        known = next((r for r in self._live.requests if r.id == wanted.request), None)
        if entry is None or known is None or not known.answerable:
            return self._refuse(wanted, "This request is not open any more.", BY_HAND)
        allow = wanted.verb is Verb.APPROVE
        if self._mailbox is not None:
            try:
                if self._mailbox.answer(known.id, allow, wanted.text):
                    return await self._left_waiting(wanted, entry, "the hook took the answer")
            except NotSaved as problem:
                return self._refuse(wanted, problem.detail, problem.remedy)
        if self._pane is None:
            return self._refuse(wanted, "This request is not open any more.", BY_HAND)

        async def press(wanted: Action, pane: Pane, keyboard: Keyboard) -> Result:
            return await self._press(wanted, pane, keyboard, known)

        return await self._locked(wanted, press, self._pane)

    async def _press(
        self, wanted: Action, pane: Pane, keyboard: Keyboard, request: Request
    ) -> Result:
        """Answer by a key, when the dialog on the screen is the one that was asked about."""
        await self._ready_for_keys(pane, keyboard)
        entry = self._entry()
        if entry is None or entry.waiting_for is not Waiting.PERMISSION:
            return self._refuse(wanted, "It does not wait for a permission any more.")
        if not await self._dialog_of(request, pane):
            why = "The dialog on its screen does not show this request whole."
            return self._refuse(wanted, why, BY_HAND)
        if wanted.verb is Verb.APPROVE:
            await press_once(pane, "1")
            return await self._left_waiting(wanted, entry, "the dialog was answered with yes")
        await keyboard.escape(pane)
        done = await self._left_waiting(wanted, entry, "the dialog was answered with no")
        if done.outcome is Outcome.CONFIRMED and wanted.text:
            return await self._say_why(done, pane, keyboard)
        return done

    async def _say_why(self, done: Result, pane: Pane, keyboard: Keyboard) -> Result:
        """Tell the reason of a refusal as a prompt: the dialog takes none with its key."""
        await until(self._is_idle, WRITTEN)
        try:
            said = await self._prompt(done.action, pane, keyboard)
        except (Vetoed, Unsure, TmuxGone) as why:
            words = f"the reason was not sent for sure: {why}"
        else:
            sent = said.outcome is Outcome.CONFIRMED
            words = "the reason was sent as a prompt" if sent else f"the reason: {said.reason}"
        proof = Evidence("transcript", words, time.time())
        return replace(done, evidence=(*done.evidence, proof))

    async def _dialog_of(self, request: Request, pane: Pane) -> bool:
        """Say whether the screen shows the dialog of a request, for long enough to take a key."""
        telling = request.text or "\n".join(line.text for line in request.diff[:1])
        seen = 0
        for _ in range(int(typing_in.SETTLES / LOOK)):
            screen = await pane.screen()
            seen = seen + 1 if shows_dialog(screen) and shows(screen, telling) else 0
            if seen * LOOK > DEAF:
                entry = self._entry()
                return entry is not None and entry.waiting_for is Waiting.PERMISSION
            await asyncio.sleep(LOOK)
        return False

    async def _left_waiting(
        self, wanted: Action, before: registry.Live | None, words: str
    ) -> Result:
        """Wait until it waits no more, or for something that it began to wait for later."""

        def left() -> bool:
            entry = self._entry()
            if entry is None:
                return False
            other = before is not None and entry.since != before.since
            return entry.state is not State.WAITING or other

        if await until(left, wanted.limit):
            self._refresh()
            return self._done(wanted, "registry", words)
        return self._unknown(wanted, "It still waits.")

    # Results

    def _done(self, wanted: Action, kind: str, words: str) -> Result:
        proof = Evidence(kind, words, time.time())
        return confirmed(wanted, proof, session_id=self._live.session_id)

    def _refuse(self, wanted: Action, why: str, remedy: str = "") -> Result:
        return refused(wanted, why, remedy=remedy, session_id=self._live.session_id)

    def _unknown(self, wanted: Action, why: str) -> Result:
        return unknown(wanted, why, session_id=self._live.session_id)


def _nobody() -> None:
    """Listen to nothing."""
