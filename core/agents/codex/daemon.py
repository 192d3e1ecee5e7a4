"""A Codex session in someone's own window, joined through the server that its window talks to.

The server is never started, stopped or told another policy, and a thread is joined only while it
is open there: the person's window stays in charge, this is one more client of its thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, Self

from msgspec.structs import replace

from ... import __version__
from ...acting.action import Action, Result, Verb
from ...acting.channel import Reach
from ...acting.live import Live
from ...problems import Problem
from ..fields import mapping, sequence, text, text_or_none
from .conversation import Conversation
from .holders import clients
from .rpc import Asked, Payload, Rpc, Told
from .threads import Thread, opened
from .wires import NO_SERVER, CodexGone, Socket

SOCKET = Path("app-server-control", "app-server-control.sock")
"""Where in its home Codex's background server listens."""

NOT_YET = ("no rollout found", "is empty")
"""Parts of the refusals to join a thread whose first prompt has not come, or has just come."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between attempts to come back to a server that has gone; each pause is twice the last."""

ATTEMPTS, PAUSE = 20, 0.1
"""How often, and after how many seconds, a thread that just got its first prompt is joined."""

PAGES = 20
"""Pages of loaded threads that are looked through."""

IN_WINDOW = "Do it in Codex's own window."


class Types(Protocol):
    """Types into the window of the session; it looks before, and refuses by a `Problem`."""

    async def type_line(self, text: str) -> None:
        """Type `text` into the empty input box and press Enter."""
        ...


class CodexAttached(Conversation):
    """A session of someone's own window, followed and acted on through its server."""

    name = "attached daemon"
    reach = Reach.ATTACHED
    _cannot = MappingProxyType(
        {
            Verb.CLEAR: (
                "Codex's server cannot clear a session that a window shows.",
                "Type /clear there; clearhead follows.",
            ),
            Verb.MODE: ("A policy set from here would stick to the person's session.", IN_WINDOW),
            Verb.MODEL: ("A model set from here would stick to the person's session.", IN_WINDOW),
            Verb.STOP: ("The session is not clearhead's to end.", "Type /quit there."),
        }
    )

    def __init__(self, home: Path, session_id: str, pane: Types | None = None) -> None:
        super().__init__()
        self._home = home.resolve()
        self._pane = pane
        self._joined = self._subscribed = self._typed = self._closing = False
        self._joining = asyncio.Lock()
        self._thread = Thread(live=Live(session_id=session_id))
        if pane is not None:
            self._verbs[Verb.CLEAR] = self._clear

    @classmethod
    async def join(cls, home: Path, session_id: str, *, pane: Types | None = None) -> Self:
        """Join the thread `session_id`, open in the server of the Codex home `home`.

        `pane` types into the window that shows the thread; without one it cannot be cleared.

        Raises:
            CodexGone: no server of the user's own runs, or the thread is not open there.
        """
        channel = cls(home, session_id, pane)
        await channel._connect()
        return channel

    async def close(self) -> None:
        """Leave; the thread, its window and its server go on."""
        self._closing = True
        for task in tuple(self._tasks):
            task.cancel()
        if self._rpc is not None:
            await self._rpc.close()

    # Joining

    async def _connect(self) -> None:
        wire = await Socket.join(self._home / SOCKET)
        self._rpc = Rpc(wire, told=self._told, asked=self._asked, gone=self._gone)
        try:
            await self._rpc.meet(__version__)
            await self._check_loaded(self._rpc)
            await self._subscribe()
        except BaseException:
            await self._rpc.close()
            raise
        self._joined = True

    async def _check_loaded(self, rpc: Rpc) -> None:
        """Look whether the thread is open: joining one that is not would make the server open it.

        Raises:
            CodexGone: it is not.
        """
        params: Payload = {}
        for _ in range(PAGES):
            answer = await rpc.request("thread/loaded/list", params)
            if self.live.session_id in sequence(answer.result.get("data")):
                return
            params = {"cursor": answer.result.get("nextCursor")}
            if not params["cursor"]:
                break
        raise CodexGone("The session is not open in Codex's background server.", remedy=NO_SERVER)

    async def _subscribe(self) -> None:
        """Hear of everything in the thread from now on.

        Raises:
            CodexGone: the server refuses.
        """
        page = {"limit": 1, "sortDirection": "desc", "itemsView": "full"}
        params = {"excludeTurns": True, "initialTurnsPage": page}
        answer = await self._request("thread/resume", params, self._opened)
        self._subscribed = answer.good
        if answer.good:
            await self._look_at_queue()
        elif any(words in (answer.refusal or "") for words in NOT_YET):
            await self._look_at_fresh()
        else:
            raise CodexGone(f"Codex refused: {answer.refusal or 'no answer'}.", remedy=NO_SERVER)

    async def _look_at_fresh(self) -> None:
        """Learn of a thread without a prompt what can be learned."""
        if self._thread.status is None:
            await self._request("thread/read", {"includeTurns": False}, self._opened)

    async def _begun(self) -> None:
        """Join a thread for good that has its first prompt now."""
        async with self._joining:
            for _ in range(ATTEMPTS):
                if self._subscribed:
                    return
                await self._subscribe()
                if not self._subscribed:
                    await asyncio.sleep(PAUSE)

    # Losing the server, and coming back to it

    def _gone(self) -> None:
        if self._joined and not self._closing:
            self._joined = self._subscribed = False
            self._lost(CodexGone("Codex's background server has gone.", remedy=NO_SERVER))
            self._go(self._come_back())

    async def _come_back(self) -> None:
        for pause in pauses():
            await asyncio.sleep(pause)
            with suppress(CodexGone):
                await self._connect()
                return

    # What is heard beside the thread

    def _told(self, notification: Told) -> None:
        if notification.method == "thread/started":
            self._consider(mapping(notification.params.get("thread")))
        waits = self._thread.idle and not self._subscribed
        super()._told(notification)
        if waits and not self._thread.idle and self._joined:
            self._go(self._begun())

    def _asked(self, question: Asked) -> None:
        """Take in what is asked in this thread; the rest is for the windows of other threads."""
        if question.params.get("threadId") == self.live.session_id:
            super()._asked(question)

    def _consider(self, found: Payload) -> None:
        """Follow the person to the thread that `/clear` begins in the same window."""
        strange = found.get("ephemeral") or found.get("parentThreadId") or found.get("forkedFromId")
        by_person = found.get("threadSource") in {None, "user"}
        same = text(found.get("cwd")) == self._thread.cwd and self._thread.idle
        if same and by_person and not strange and text_or_none(found.get("id")):
            self._go(self._follow(self.live.session_id, found))

    async def _follow(self, old: str | None, found: Payload) -> None:
        """Go over to a thread, unless another window may have begun it."""
        if not self._typed:
            windows = await asyncio.to_thread(windows_in, self._thread.cwd)
            if windows != 1:
                return
        if self.live.session_id != old:
            return
        thread = opened({"thread": found, "approvalPolicy": self.live.mode}, found_at(found))
        self._subscribed = False
        self._asks.clear()
        self._set(replace(thread, live=replace(thread.live, window=self.live.window)))
        if self._rpc is not None:
            await self._rpc.request("thread/unsubscribe", {"threadId": old})
        await self._subscribe()

    # Verbs

    async def _compact(self, wanted: Action) -> Result:
        if not self._subscribed and self._thread.idle:
            return self._refused(wanted, "Nothing has been said in this session yet.")
        return await super()._compact(wanted)

    async def _clear(self, wanted: Action) -> Result:
        if not self._thread.idle or self._pane is None:
            return self._busy(wanted)
        old, self._typed = self.live.session_id, True
        try:
            try:
                await self._pane.type_line("/clear")
            except Problem as problem:
                return self._refused(wanted, problem.detail, problem.remedy)
            if not await self._until(lambda now: now.live.session_id != old, wanted.limit):
                return self._unknown(wanted, "/clear was typed and no new session came.")
        finally:
            self._typed = False
        new = self.live.session_id
        done = self._confirmed(wanted, f"new session id {new}", new=new)
        return replace(done, session_id=old)


def windows_in(cwd: str | None) -> int | None:
    """Count the windows in the folder `cwd` that hold no thread themselves.

    Whose server they talk to is not asked: a window that has just started holds no file of its
    home yet. `None` when this system does not tell.
    """
    found = clients((Path("/"),))
    if found is None or cwd is None:
        return None
    return sum(not c.server and not c.threads and c.cwd == cwd for c in found)


def found_at(found: Payload) -> float:
    """Return when a thread was begun, in epoch seconds."""
    created = found.get("createdAt")
    return float(created) if isinstance(created, int | float) else 0.0


def pauses() -> Iterator[float]:
    """Yield the seconds between attempts, without an end."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)
