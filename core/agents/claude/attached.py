"""A Claude Code session in a person's tmux pane: their terminal, our keys, the client's own word.

State and evidence come from the client's files, never from the screen. Only that its calls of the
model fail and are tried again stands nowhere else; that is shown, and permits nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from ...acting.action import Action, Evidence, Outcome, Result, Verb
from ...acting.channel import Capabilities, Changed, Reach
from ...acting.keyboard import Keyboard, Unsure, press_once
from ...acting.live import Live, Request, Source
from ...acting.lock import SessionTaken
from ...acting.looking import LOOK, until
from ...acting.typed import room_for_line
from ...problems import NotSaved
from ...text import one_line
from ...tmux import Pane, TmuxGone
from ...watching import changes
from ..base import State, Waiting
from . import registry, typing_in
from .box import retry_of, rows_of, shows, shows_dialog
from .deeds import WRITTEN, Deeds
from .edit_dialog import shows_edit
from .mailbox import Mailbox
from .requests import QUESTION, request_of
from .tail import Tail
from .typing_in import Vetoed

SAFETY = 2.0
"""Seconds between two looks at the client's entry that the watcher may have missed."""

DEAF = 0.4
"""Seconds after its opening in which a dialog may ignore keys."""

Deed = Callable[[Action, Pane, Keyboard], Awaitable[Result]]

UNHOOKED = (
    "Without clearhead's hooks a dialog can open between the last look and Enter. clearhead sends "
    "at once or not at all; `clearhead hooks install` closes the gap."
)
NO_PANE = "It runs in no tmux pane that can be found."
BY_HAND = "Do it in its own terminal."
NO_STEER = "Claude Code takes no words into a running turn: arm them, or interrupt it."
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
        self._retry: str | None = None
        hooked = mailbox is not None
        self._deeds = Deeds(pid, folder, lambda: self._live.session_id, hooked=hooked)
        entry = self._deeds.entry()
        self._live = Live(session_id=entry.session_id if entry else None)
        self._verbs: dict[Verb, Deed] = {
            Verb.PROMPT: self._deeds.prompt,
            Verb.INTERRUPT: self._deeds.interrupt,
            Verb.COMPACT: self._deeds.compact,
            Verb.CLEAR: self._deeds.clear,
            Verb.STOP: self._deeds.stop,
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
            Verb.STEER: NO_STEER,
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
                return self._deeds.refuse(wanted, why, BY_HAND)
            return await self._locked(wanted, verb, pane)
        except Vetoed as veto:
            return self._deeds.refuse(wanted, str(veto), BY_HAND)
        except Unsure as error:
            return self._deeds.unknown(wanted, str(error))
        except TmuxGone as problem:
            return self._deeds.refuse(wanted, problem.detail, problem.remedy)

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

    def _refresh(self) -> None:
        entry = self._deeds.entry()
        if entry is None:
            live = replace(self._live, state=State.ENDED, requests=())
        else:
            live = Live(
                session_id=entry.session_id,
                state=entry.state,
                since=entry.since,
                requests=self._requests(entry),
                retry=self._retry if entry.state is State.BUSY else None,
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
        if tool == QUESTION:
            since, seen = entry.since or time.time(), Source.TRANSCRIPT
            return (request_of(name, tool, given, since, seen, cwd=entry.cwd, answerable=False),)
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
                self._retry = await self._retry_now()
                self._refresh()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(tick())
            async for _ in changes((), (self._folder / "sessions",), asyncio.Event()):
                self._refresh()

    async def _retry_now(self) -> str | None:
        """Return what the screen of a busy client says of failing calls."""
        if self._pane is None or self._live.state is not State.BUSY:
            return None
        with suppress(TmuxGone):
            found = retry_of(await self._pane.screen())
            return one_line(found, 200) if found else None
        return None

    # Keys

    async def _locked(self, wanted: Action, deed: Deed, pane: Pane) -> Result:
        try:
            with Keyboard(self._pid) as keyboard:
                return await deed(wanted, pane, keyboard)
        except (SessionTaken, NotSaved) as problem:
            return self._deeds.refuse(wanted, problem.detail, problem.remedy)
        finally:
            self._refresh()

    # Answers

    async def _answer(self, wanted: Action) -> Result:
        entry = self._deeds.entry()
        known = next((r for r in self._live.requests if r.id == wanted.request), None)
        if entry is None or known is None or not known.answerable:
            return self._deeds.refuse(wanted, "This request is not open any more.", BY_HAND)
        allow = wanted.verb is Verb.APPROVE
        if allow and known.questions and not wanted.text.strip():
            return self._deeds.refuse(wanted, "There is no answer to the question.")
        if self._mailbox is not None:
            try:
                if self._mailbox.answer(known.id, allow, wanted.text):
                    return await self._left_waiting(wanted, entry, "the hook took the answer")
            except NotSaved as problem:
                return self._deeds.refuse(wanted, problem.detail, problem.remedy)
        if self._pane is None or known.kind is not Waiting.PERMISSION:
            return self._deeds.refuse(wanted, "This request is not open any more.", BY_HAND)

        async def press(wanted: Action, pane: Pane, keyboard: Keyboard) -> Result:
            return await self._press(wanted, pane, keyboard, known)

        return await self._locked(wanted, press, self._pane)

    async def _press(
        self, wanted: Action, pane: Pane, keyboard: Keyboard, request: Request
    ) -> Result:
        """Answer by a key, when the dialog on the screen is the one that was asked about."""
        await self._deeds.ready(pane, keyboard)
        entry = self._deeds.entry()
        if entry is None or entry.waiting_for is not Waiting.PERMISSION:
            return self._deeds.refuse(wanted, "It does not wait for a permission any more.")
        allow, told = wanted.verb is Verb.APPROVE, request.source is not Source.TERMINAL
        if not await self._dialog_of(request, pane, whole=allow or told):
            why = "The dialog on its screen does not show this request whole."
            return self._deeds.refuse(wanted, why, BY_HAND)
        if allow:
            await press_once(pane, "1")
            return await self._left_waiting(wanted, entry, "the dialog was answered with yes")
        await keyboard.escape(pane)
        done = await self._left_waiting(wanted, entry, "the dialog was answered with no")
        if done.outcome is Outcome.CONFIRMED and wanted.text:
            return await self._say_why(done, pane, keyboard)
        return done

    async def _say_why(self, done: Result, pane: Pane, keyboard: Keyboard) -> Result:
        """Tell the reason of a refusal as a prompt: the dialog takes none with its key."""
        await until(self._deeds.is_idle, WRITTEN)
        try:
            said = await self._deeds.prompt(done.action, pane, keyboard)
        except (Vetoed, Unsure, TmuxGone) as why:
            words = f"the reason was not sent for sure: {why}"
        else:
            sent = said.outcome is Outcome.CONFIRMED
            words = "the reason was sent as a prompt" if sent else f"the reason: {said.reason}"
        proof = Evidence("transcript", words, time.time())
        return replace(done, evidence=(*done.evidence, proof))

    async def _dialog_of(self, request: Request, pane: Pane, *, whole: bool) -> bool:
        """Say whether the screen shows the dialog of a request, for long enough to take a key.

        To allow it, the dialog must show all of it; to refuse it, that it is still the same wait
        is enough: what is taller than the window can be refused too.
        """
        seen = 0
        for _ in range(int(typing_in.SETTLES / LOOK)):
            screen = await pane.screen()
            fits = shows_dialog(screen) and (not whole or _shows_all(screen, request))
            seen = seen + 1 if fits else 0
            if seen * LOOK > DEAF:
                return self._still_asks(request)
            await asyncio.sleep(LOOK)
        return False

    def _still_asks(self, request: Request) -> bool:
        """Say whether it waits for the permission that was shown, and no later one."""
        entry = self._deeds.entry()
        if entry is None or entry.waiting_for is not Waiting.PERMISSION:
            return False
        return (
            entry.since is None
            or request.source is not Source.TERMINAL
            or (entry.since == request.since)
        )

    async def _left_waiting(
        self, wanted: Action, before: registry.Live | None, words: str
    ) -> Result:
        """Wait until it waits no more, or for something that it began to wait for later."""

        def left() -> bool:
            entry = self._deeds.entry()
            if entry is None:
                return False
            other = before is not None and entry.since != before.since
            return entry.state is not State.WAITING or other

        if await until(left, wanted.limit):
            self._refresh()
            return self._deeds.done(wanted, "registry", words)
        return self._deeds.unknown(wanted, "It still waits.")


def _shows_all(screen: str, request: Request) -> bool:
    """Say whether a screen shows all that a request would run or change."""
    if request.diff:
        return shows_edit(rows_of(screen), request)
    return shows(screen, request.text)


def _nobody() -> None:
    """Listen to nothing."""
