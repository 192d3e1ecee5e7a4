"""What live sessions ask for that clearhead only watches: their permission hook tells it.

A person who has installed the hook wants to hear from every session, so nobody has to attach to
one first. Here one mailbox listens for all of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec.structs import replace

from ...acting.action import Action, Evidence, Result, Verb, confirmed, refused, unknown
from ...acting.channel import Capabilities, Changed, Channel, Reach
from ...acting.live import Live, Request
from ...acting.looking import until
from ...problems import Problem
from ..base import Sighting, State
from . import registry
from .hooks import status
from .mailbox import Mailbox

AGAIN = 1.0
"""Seconds between two looks while something waits: the client tells late who was first."""

WATCHED = "clearhead only watches this session; its hook takes answers and nothing else."
OVER = "This request is not open any more."

Told = Callable[[str, Channel | None], None]
"""Told the id of a session and the channel by which it asks, `None` when it asks no more."""


class Heard:
    """A watched session that asks: answers go to its hook, everything else needs another way."""

    name, reach, queues = Reach.WATCHED.value, Reach.WATCHED, False

    def __init__(self, session_id: str, pid: int, hearing: Hearing) -> None:
        self.live = Live(session_id=session_id)
        self._pid, self._hearing = pid, hearing
        self._changed: Changed = lambda: None

    @property
    def capabilities(self) -> Capabilities:
        """Answers only."""
        return dict.fromkeys(Verb, WATCHED) | {Verb.APPROVE: None, Verb.DENY: None}

    def listen(self, changed: Changed) -> None:
        """Tell `changed` when something else is asked."""
        self._changed = changed

    def asks(self, requests: tuple[Request, ...]) -> None:
        """Take up what is asked now."""
        if requests != self.live.requests:
            self.live = replace(self.live, requests=requests)
            self._changed()

    async def act(self, wanted: Action) -> Result:
        """Give the answer to the hook; the client's registry proves that it was heard."""
        session = self.live.session_id
        if wanted.verb not in (Verb.APPROVE, Verb.DENY):
            return refused(wanted, WATCHED, session_id=session)
        before, allow = self._entry(), wanted.verb is Verb.APPROVE
        if not self._hearing.mailbox.answer(wanted.request or "", allow, wanted.text):
            return refused(wanted, OVER, session_id=session)
        self._hearing.look()
        said = ("answered" if wanted.text else "approved") if allow else "refused"
        if await self._moved_on(before, wanted.limit):
            proof = Evidence("registry", f"its hook took the answer: {said}", time.time())
            return confirmed(wanted, proof, session_id=session)
        return unknown(wanted, "Its hook was told, and it still waits.", session_id=session)

    async def close(self) -> None:
        """Nothing is held."""

    def _entry(self) -> registry.Live | None:
        found = (
            one for folder in self._hearing.folders for one in registry.read_registry(folder).live
        )
        return next((one for one in found if one.pid == self._pid), None)

    async def _moved_on(self, before: registry.Live | None, seconds: float) -> bool:
        """Wait until the client waits no more, or for something that it began to wait for later."""

        def moved() -> bool:
            entry = self._entry()
            if entry is None or entry.state is not State.WAITING:
                return True
            return before is not None and entry.since != before.since

        return await until(moved, seconds)


class Hearing:
    """Listens for all sessions it is told of; `folders` are the clients' configuration folders."""

    def __init__(self, folders: Sequence[Path], told: Told, mailbox: Mailbox | None = None) -> None:
        self.folders = tuple(folders)
        self._told, self._mailbox = told, mailbox
        self._heard: dict[str, Heard] = {}
        self._pids: dict[str, int] = {}
        self._watch: asyncio.Task[None] | None = None
        self._again: asyncio.TimerHandle | None = None
        self._installed: tuple[object, bool] = (None, False)

    @property
    def mailbox(self) -> Mailbox:
        """Where requests lie."""
        if self._mailbox is None:
            self._mailbox = Mailbox(self.folders)
        return self._mailbox

    async def hear(self, sightings: Iterable[Sighting]) -> None:
        """Listen to these live sessions from now on, and to no others.

        Raises:
            Problem: the mailbox cannot be used.
        """
        wanted = {one.session_id: one.pid for one in sightings if one.pid is not None}
        if not await asyncio.to_thread(self._has_hook):
            wanted = {}
        if not wanted and self._mailbox is None:
            return
        for gone in self._pids.keys() - wanted.keys():
            self.mailbox.stop(gone)
        for session in wanted.keys() - self._pids.keys():
            self.mailbox.listen(session)
        self._pids = wanted
        if self._watch is None and wanted:
            self._watch = asyncio.create_task(self.mailbox.watch(self.look))
        self.look()

    def look(self) -> None:
        """Look at what is asked now, and tell what changed."""
        if self._again is not None:
            self._again.cancel()
            self._again = None
        asked = self.mailbox.by_session()
        for session in self._heard.keys() - asked.keys():
            self._heard.pop(session).asks(())
            self._told(session, None)
        for session, requests in asked.items():
            if session not in self._heard and session in self._pids:
                self._heard[session] = Heard(session, self._pids[session], self)
                self._told(session, self._heard[session])
            if session in self._heard:
                self._heard[session].asks(requests)
        if asked:
            self._again = asyncio.get_running_loop().call_later(AGAIN, self.look)

    def close(self) -> None:
        """Hear nothing any more."""
        if self._again is not None:
            self._again.cancel()
        if self._watch is not None:
            self._watch.cancel()
        if self._mailbox is not None:
            self._mailbox.close()
        self._watch, self._pids = None, {}

    def _has_hook(self) -> bool:
        """Say whether any client has our permission hook; looked at again when settings change."""
        mark = tuple(_mark(folder) for folder in self.folders)
        if self._installed[0] != mark:
            self._installed = (mark, any(map(_permits, self.folders)))
        return self._installed[1]


def _mark(folder: Path) -> tuple[int, int] | None:
    try:
        found = (folder / "settings.json").stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _permits(folder: Path) -> bool:
    try:
        return status(folder / "settings.json").permission.installed
    except Problem:
        return False
