"""A Codex without a background server in a person's tmux pane: their window, our keys.

State and evidence come from the files that its process holds: the rollout tells which turn runs,
the lock files tell which thread is shown. The window's title may only forbid a key.
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
from ...acting.looking import until
from ...acting.typed import fitting, same_text, untypable
from ...problems import NotSaved, Problem
from ...text import clean, unseen
from ...tmux import TmuxGone
from ...watching import changes
from ..base import State, Waiting
from ..records import Record, Splitter
from .course import Course, OpenCall, told
from .holders import LOCKS, Client, client_of
from .keys import CodexPane, NotTyped
from .lines import line_of
from .rollouts import SESSIONS, thread_of

RECENT = 32 * 1024 * 1024
"""Bytes from the end that are read of a rollout; a turn that began before shows in the title."""

SAFETY = 1.0
"""Seconds between two looks at what no file tells: an open dialog, the end of the process."""

DEAF = 0.4
"""Seconds after its opening in which a dialog may ignore keys."""

WRITTEN = 3.0
"""Seconds until what Codex did must stand in its rollout."""

TRANSCRIPT = "transcript"
BY_HAND = "Do it in Codex's own window."
BUSY = "A turn runs."
GONE = "This request is not open any more."
NO_STEER = "Only its background server takes words into a running turn: arm them instead."
STARTED_WITH = "It keeps what it was started with; change it there."

Deed = Callable[[Action, Keyboard], Awaitable[Result]]


class Rollout:
    """The rollout of one thread, read on as it grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.course = Course()
        self._offset = max(0, _size(path) - RECENT)
        self._splitter = Splitter(self._offset)

    def read_on(self) -> Course:
        """Take in what was added; a line that is not whole waits for its end."""
        with suppress(OSError), self.path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
            self._offset += len(data)
            for found in self._splitter.feed(data, end=False):
                if isinstance(found, Record):
                    self.course = told(self.course, line_of(found))
        return self.course


class CodexTerminal:
    """A session that a person started with `--no-daemon`; its process holds the thread itself."""

    reach = Reach.ATTACHED
    queues = False

    def __init__(self, home: Path, session_id: str, window: CodexPane) -> None:
        self.name = f"attached {window.pane.id}"
        self._home, self._window = home.resolve(), window
        self._rollout: Rollout | None = None
        self._asking = self._over = False
        self._live = Live(session_id=session_id)
        self._changed: Changed = _nobody
        self._verbs: dict[Verb, Deed] = {
            Verb.PROMPT: self._prompt,
            Verb.INTERRUPT: self._interrupt,
            Verb.APPROVE: self._approve,
            Verb.DENY: self._deny,
            Verb.COMPACT: self._compact,
            Verb.CLEAR: self._clear,
            Verb.STOP: self._stop,
        }
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def join(cls, home: Path, session_id: str, window: CodexPane) -> CodexTerminal:
        """Attach to the thread that the process of `window` holds."""
        channel = cls(home, session_id, window)
        await channel._look()
        channel._tasks = [
            asyncio.create_task(channel._tick()),
            asyncio.create_task(channel._watch()),
        ]
        return channel

    @property
    def live(self) -> Live:
        """What the files told last."""
        return self._live

    @property
    def capabilities(self) -> Capabilities:
        """What keys can do."""
        return {
            **dict.fromkeys(self._verbs),
            Verb.STEER: NO_STEER,
            Verb.MODE: STARTED_WITH,
            Verb.MODEL: STARTED_WITH,
        }

    def listen(self, changed: Changed) -> None:
        """Tell `changed` when the files told something new."""
        self._changed = changed

    async def act(self, wanted: Action) -> Result:
        """Carry out one action with the keyboard taken, and wait for what proves it."""
        deed = self._verbs.get(wanted.verb)
        if deed is None:
            why = self.capabilities.get(wanted.verb) or STARTED_WITH
            return self._refuse(wanted, why, BY_HAND)
        try:
            with Keyboard(self._window.pid) as keyboard:
                await self._look()
                return await deed(wanted, keyboard)
        except Unsure as error:
            return self._unknown(wanted, str(error))
        except (NotTyped, TmuxGone, SessionTaken, NotSaved) as problem:
            return self._refuse(wanted, problem.detail, problem.remedy)
        finally:
            with suppress(Problem):
                await self._look()

    async def close(self) -> None:
        """Let go of the session."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # What the files tell

    async def _look(self) -> None:
        """Look at files and title anew, and tell what has changed."""
        await asyncio.to_thread(self._read)
        course = self._course
        self._asking = False
        if course.turn and course.calls and not self._over:
            with suppress(TmuxGone):
                self._asking = await self._window.asks()
        self._tell(course)

    def _tell(self, course: Course) -> None:
        state = State.BUSY if course.turn else State.IDLE
        requests = (_request(course.calls[-1]),) if self._asking and course.calls else ()
        live = Live(
            session_id=self._live.session_id,
            state=State.ENDED if self._over else State.WAITING if requests else state,
            since=course.since,
            model=course.model,
            requests=requests,
        )
        if live != self._live:
            self._live = live
            self._changed()

    def _read(self) -> None:
        """Follow the process to the thread it shows now, and read that thread on."""
        client = client_of(self._window.pid, (self._home,))
        self._over = client is None
        thread = _shown(client) if client else None
        if thread and thread != self._live.session_id:
            self._live = Live(session_id=thread)
            self._rollout = None
        if self._rollout is None and client:
            self._rollout = _rollout_of(client, self._live.session_id)
        if self._rollout is not None:
            self._rollout.read_on()

    @property
    def _course(self) -> Course:
        return self._rollout.course if self._rollout else Course()

    def _now(self) -> Course:
        """Return the course, read anew; for threads other than the loop's."""
        self._read()
        return self._course

    async def _tick(self) -> None:
        while not self._over:
            await asyncio.sleep(SAFETY)
            await self._look()

    async def _watch(self) -> None:
        folders = (self._home / LOCKS,)
        async for _ in changes((self._home / SESSIONS,), folders, asyncio.Event()):
            await self._look()

    # Verbs

    async def _prompt(self, wanted: Action, _: Keyboard) -> Result:
        words = wanted.text.strip("\n")
        if wrong := untypable(words):
            return self._refuse(wanted, wrong)
        facts = await self._window.pane.facts()
        words = fitting(words, wanted.id, facts.width, facts.height)
        before = self._course
        if (no := await self._send(wanted, words)) is not None:
            return no
        if await until(lambda: self._now().took(words, before, same_text), wanted.limit):
            return self._done(wanted, "the prompt stands in the transcript")
        return self._unknown(wanted, "The prompt does not stand in the transcript yet.")

    async def _send(self, wanted: Action, words: str) -> Result | None:
        """Type and enter words into an idle window; return why not."""
        if self._over:
            return self._refuse(wanted, "The client is gone.")
        if self._course.turn:
            return self._refuse(wanted, BUSY, "Wait until it is idle, or interrupt it.")
        await self._window.send(words, lambda: self._now().turn is None)
        return None

    async def _interrupt(self, wanted: Action, keyboard: Keyboard) -> Result:
        if not self._course.turn:
            return self._refuse(wanted, "No turn runs.")
        return await self._escape(wanted, keyboard, "the turn was interrupted")

    async def _escape(self, wanted: Action, keyboard: Keyboard, words: str) -> Result:
        """Press Escape once in the running turn, and wait for its end."""
        await keyboard.rest()
        facts = await self._window.pane.facts()
        if facts.in_mode:
            await self._window.pane.leave_mode()
        before = await asyncio.to_thread(self._now)
        if not before.turn:
            return self._refuse(wanted, "The turn ended by itself before.")
        await keyboard.escape(self._window.pane)
        if not await until(lambda: self._now().endings > before.endings, wanted.limit):
            return self._unknown(wanted, "The turn has not ended yet. One Escape was sent.")
        if self._course.ended[-1] != "interrupted":
            return self._refuse(wanted, "The turn ended by itself before.")
        return self._done(wanted, words)

    async def _approve(self, wanted: Action, _: Keyboard) -> Result:
        call = await self._open_dialog(wanted)
        if isinstance(call, Result):
            return call
        await press_once(self._window.pane, "y")
        end = time.monotonic() + wanted.limit
        while time.monotonic() < end:
            answered = all(known.id != call.id for known in self._now().calls)
            if answered or not await self._window.asks():
                words = "the command ran" if answered else "the dialog has closed"
                return self._done(wanted, f"{words} after yes")
            await asyncio.sleep(DEAF)
        return self._unknown(wanted, "It still waits.")

    async def _deny(self, wanted: Action, keyboard: Keyboard) -> Result:
        call = await self._open_dialog(wanted)
        if isinstance(call, Result):
            return call
        words = "the command was refused, and the turn ended"
        done = await self._escape(wanted, keyboard, words)
        if done.outcome is Outcome.CONFIRMED and wanted.text.strip():
            return await self._say_why(done, keyboard)
        return done

    async def _say_why(self, done: Result, keyboard: Keyboard) -> Result:
        """Tell the reason of a refusal as a prompt: the dialog takes none with its key."""
        try:
            said = await self._prompt(done.action, keyboard)
        except (NotTyped, TmuxGone, Unsure) as why:
            words = f"the reason was not sent for sure: {why}"
        else:
            sent = said.outcome is Outcome.CONFIRMED
            words = "the reason was sent as a prompt" if sent else f"the reason: {said.reason}"
        return replace(done, evidence=(*done.evidence, Evidence(TRANSCRIPT, words, time.time())))

    async def _open_dialog(self, wanted: Action) -> OpenCall | Result:
        """Return the open call that is answered, if its dialog shows it whole and takes keys."""
        request = next((r for r in self._live.requests if r.id == wanted.request), None)
        if request is None or not request.answerable:
            return self._refuse(wanted, GONE, BY_HAND)
        call = self._course.calls[-1]
        for _ in range(2):
            if not await self._window.shows_dialog_of(clean(call.call.given)):
                why = "The dialog in its window does not show this request whole."
                return self._refuse(wanted, why, BY_HAND)
            await asyncio.sleep(DEAF)
        if (await self._window.pane.facts()).in_mode:
            await self._window.pane.leave_mode()
        if await asyncio.to_thread(lambda: call not in self._now().calls):
            return self._refuse(wanted, GONE, BY_HAND)
        return call

    async def _compact(self, wanted: Action, _: Keyboard) -> Result:
        if not self._course.said:
            return self._refuse(wanted, "Nothing has been said in this session yet.")
        before = self._course
        if (no := await self._send(wanted, "/compact")) is not None:
            return no

        def done() -> bool:
            now = self._now()
            return now.turn is None and now.endings > before.endings

        if not await until(done, wanted.limit):
            return self._unknown(wanted, "Codex has not told of a compaction.")
        if self._course.compactions == before.compactions:
            why = "The turn ended without a compaction."
            return self._refuse(wanted, why, RESET_INSTEAD)
        said = ["compacted record"]
        if wanted.text.strip():
            said.append("Codex takes no instructions for this: they were not passed on")
        return self._done(wanted, *said)

    async def _clear(self, wanted: Action, _: Keyboard) -> Result:
        old = self._live.session_id
        if (no := await self._send(wanted, "/clear")) is not None:
            return no

        def other() -> bool:
            self._read()
            return self._live.session_id != old

        if not await until(other, wanted.limit):
            return self._unknown(wanted, "/clear was typed and no new session came.")
        new = self._live.session_id
        proof = Evidence("lock", f"new session id {new}", time.time())
        return confirmed(wanted, proof, session_id=old, new=new)

    async def _stop(self, wanted: Action, _: Keyboard) -> Result:
        if (no := await self._send(wanted, "/quit")) is not None:
            return no

        def left() -> bool:
            self._read()
            return self._over

        if await until(left, wanted.limit):
            return self._done(wanted, "the client has left")
        return self._unknown(wanted, "It is still there.")

    # Results

    def _done(self, wanted: Action, *said: str) -> Result:
        facts = [Evidence(TRANSCRIPT, words, time.time()) for words in said]
        return confirmed(wanted, *facts, session_id=self._live.session_id)

    def _refuse(self, wanted: Action, why: str, remedy: str = "") -> Result:
        return refused(wanted, why, remedy=remedy, session_id=self._live.session_id)

    def _unknown(self, wanted: Action, why: str) -> Result:
        return unknown(wanted, why, session_id=self._live.session_id)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _shown(client: Client) -> str | None:
    """Return the thread that a process shows: of those it holds, the one begun last.

    Ids are time-ordered; a thread that `/clear` left behind stays loaded.
    """
    return max(client.threads, default=None)


def _rollout_of(client: Client, thread: str | None) -> Rollout | None:
    held = (path for path in client.rollouts if thread_of(path) == thread)
    return next((Rollout(path) for path in held), None)


def _request(call: OpenCall) -> Request:
    """Return what a call asks; only a command is shown whole by its dialog."""
    hidden = unseen(call.call.given)
    return Request(
        id=call.id,
        tool=clean(call.call.name),
        text=clean(call.call.given),
        since=call.at or time.time(),
        cwd=call.cwd,
        kind=Waiting.PERMISSION,
        answerable=call.call.is_command,
        source=Source.TERMINAL,
        remarks=(f"Holds {hidden:,} characters that no terminal shows.",) if hidden else (),
    )


def _nobody() -> None:
    """Listen to nothing."""
