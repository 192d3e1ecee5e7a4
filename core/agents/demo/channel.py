"""The channel to a running demo: its socket tells and takes, its files prove."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from ...acting.action import Action, Evidence, Result, Verb, confirmed, refused, unknown
from ...acting.channel import Capabilities, Changed, Reach
from ...acting.live import Live, Reply, Request
from ...acting.reading import Reading
from ...items import Kind
from ...text import clean, one_line
from ..base import Sighting, State
from . import registry
from .client import DemoControl, DemoGone, DemoRefused
from .format import MODEL, Status
from .news import Asked, Told
from .places import Places
from .watched import STATES, Demo

LOOK = 0.05
"""Seconds between two looks for evidence."""

MEETS = 5.0
"""Seconds within which a demo says its first words."""

LONGEST = 4 * 1024 * 1024
"""Bytes of a line of news."""

PAUSED = "The demo is paused."
GO_ON = "Let it go on with =, then ask again."
ONE = "The script has but one; there is nothing to choose."
BETWEEN = "The script takes words between its turns only: let them be queued."


class DemoChannel:
    """A demo that clearhead acts on. A script answers, and says so; what it does is real."""

    name = "attached"
    reach = Reach.ATTACHED
    queues = True

    def __init__(
        self, root: Path, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._agent, self._places, self._pid = Demo([root]), Places(root), pid
        entry = registry.read(self._places.registry(pid))
        self._control = DemoControl(Path(entry.control_socket))
        self._reader, self._writer = reader, writer
        self._changed: Changed = _nobody
        self._paused, self._taken = False, 0
        self._live = Live()
        self._verbs: dict[Verb, Callable[[Action], Awaitable[Result]]] = {
            Verb.PROMPT: self._prompt,
            Verb.INTERRUPT: self._interrupt,
            Verb.APPROVE: self._answer,
            Verb.DENY: self._answer,
            Verb.COMPACT: self._compact,
            Verb.CLEAR: self._clear,
            Verb.STOP: self._stop,
        }
        self._following: asyncio.Task[None] | None = None

    @classmethod
    async def join(cls, root: Path, pid: int) -> DemoChannel:
        """Join the demo of process `pid` in `root`.

        Raises:
            DemoGone: it does not answer.
        """
        try:
            socket = registry.read(Places(root).registry(pid)).control_socket
            async with asyncio.timeout(MEETS):
                reader, writer = await asyncio.open_unix_connection(socket, limit=LONGEST)
                writer.write(b'{"do": "follow"}\n')
                channel = cls(root, pid, reader, writer)
                channel._take(await reader.readline())
        except (OSError, ValueError, TimeoutError) as error:
            raise DemoGone(f"{root}: {error or 'no answer'}") from error
        channel._following = asyncio.create_task(channel._follow())
        return channel

    @property
    def live(self) -> Live:
        """What the demo told last."""
        return self._live

    @property
    def capabilities(self) -> Capabilities:
        """Everything that the script has an answer to."""
        able = {verb: None if verb in self._verbs else ONE for verb in Verb}
        return able | {Verb.STEER: BETWEEN}

    def listen(self, changed: Changed) -> None:
        """Tell `changed` when the demo told something new."""
        self._changed = changed

    async def act(self, wanted: Action) -> Result:
        """Ask the demo, and wait for what proves it."""
        if (verb := self._verbs.get(wanted.verb)) is None:
            return self._refuse(wanted, self.capabilities[wanted.verb] or ONE)
        try:
            return await verb(wanted)
        except DemoRefused as problem:
            return self._refuse(wanted, problem.detail)
        except DemoGone as problem:
            return unknown(wanted, problem.detail, session_id=self._live.session_id)

    async def close(self) -> None:
        """Let go of the demo; it plays on."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        self._writer.close()

    # News

    async def _follow(self) -> None:
        with suppress(OSError, ValueError):
            while line := await self._reader.readline():
                self._take(line)
                self._changed()
        problem = DemoGone("Its program has ended.").report()
        gone = Live(session_id=self._live.session_id, state=State.ENDED, problem=problem)
        self._live = gone
        self._changed()

    def _take(self, line: bytes) -> None:
        told = msgspec.json.decode(line, type=Told)
        self._paused, self._taken = told.paused, told.taken
        self._live = _live_of(told, str(self._places.repository))

    # Verbs

    async def _prompt(self, wanted: Action) -> Result:
        if not wanted.queue and (no := self._busy(wanted)) is not None:
            return no
        if self._paused and not wanted.queue:
            return self._refuse(wanted, PAUSED, GO_ON)
        reading, start = await self._read()
        before = self._taken
        await self._ask("prompt", text=wanted.text)

        def taken() -> str | None:
            reading.refresh()
            if self._taken > before and reading.took(wanted.text, start) is not None:
                return "the prompt stands in the transcript"
            waits = wanted.text in self._live.queued and self._live.state is not State.IDLE
            return "it waits in the demo's queue for the end of the turn" if waits else None

        return await self._proved(wanted, taken, "The demo has not taken the prompt up yet.")

    async def _interrupt(self, wanted: Action) -> Result:
        reading, start = await self._read()
        await self._ask("interrupt")

        def stopped() -> str | None:
            reading.refresh()
            found = any(item.kind is Kind.INTERRUPT for _, item in reading.since(start))
            return "the turn was interrupted" if found else None

        return await self._proved(wanted, stopped, "It has not stopped yet.")

    async def _answer(self, wanted: Action) -> Result:
        """Answer the open request; the script's own person may have been first."""
        allow = wanted.verb is Verb.APPROVE
        await self._ask("answer", id=wanted.request or "", allow=allow, text=wanted.text)

        def left() -> str | None:
            is_open = any(request.id == wanted.request for request in self._live.requests)
            return None if is_open else f"the demo took the {'yes' if allow else 'no'}"

        return await self._proved(wanted, left, "It still waits.", "stream")

    async def _compact(self, wanted: Action) -> Result:
        if (no := self._busy(wanted)) is not None:
            return no
        reading, _ = await self._read()
        before = len(reading.snapshot.compactions)
        await self._ask("compact", text=wanted.text)

        def compacted() -> str | None:
            reading.refresh()
            made = reading.snapshot.compactions[before:]
            return f"compacted, {made[0].before} → {made[0].after} tokens" if made else None

        return await self._proved(wanted, compacted, "No record of a compaction came.")

    async def _clear(self, wanted: Action) -> Result:
        if (no := self._busy(wanted)) is not None:
            return no
        old = self._live.session_id
        await self._ask("reset")

        def renewed() -> str | None:
            new = self._live.session_id
            return f"new session id {new}" if new not in (None, old) else None

        result = await self._proved(wanted, renewed, "The session is the old one.", "registry")
        new = self._live.session_id
        return msgspec.structs.replace(
            result, session_id=old, new_session_id=new if new != old else None
        )

    async def _stop(self, wanted: Action) -> Result:
        await self._ask("stop")

        def ended() -> str | None:
            return "its program has ended" if self._live.state is State.ENDED else None

        return await self._proved(wanted, ended, "It is still there.", "registry")

    # What the verbs share

    async def _ask(self, do: str, **fields: object) -> None:
        await asyncio.to_thread(lambda: self._control.ask(do, **fields))

    async def _read(self) -> tuple[Reading, int]:
        """Return the transcript, read up to now, and how many items it has."""
        session = self._live.session_id or ""
        sighting = Sighting("demo", session, self._places.transcript(session))
        reading = Reading(self._agent, sighting)
        await asyncio.to_thread(reading.refresh)
        return reading, reading.count

    async def _proved(
        self, wanted: Action, proof: Callable[[], str | None], late: str, kind: str = "transcript"
    ) -> Result:
        end = time.monotonic() + wanted.limit
        while (words := await asyncio.to_thread(proof)) is None:
            if time.monotonic() > end:
                return unknown(wanted, late, session_id=self._live.session_id)
            await asyncio.sleep(LOOK)
        found = Evidence(kind, words, time.time())
        return confirmed(wanted, found, session_id=self._live.session_id)

    def _busy(self, wanted: Action) -> Result | None:
        if self._live.state is State.IDLE:
            return None
        if self._live.state is State.WAITING:
            return self._refuse(wanted, "It waits for your answer.", "Answer it first.")
        return self._refuse(wanted, "A turn runs.", "Wait, queue, or arm it.")

    def _refuse(self, wanted: Action, why: str, remedy: str = "") -> Result:
        return refused(wanted, why, remedy=remedy, session_id=self._live.session_id)


def _live_of(told: Told, cwd: str) -> Live:
    return Live(
        session_id=told.session_id,
        state=STATES[told.status],
        since=told.since,
        reply=Reply(clean(told.reply), told.reply_id) if told.reply_id else None,
        requests=(_request(told.asked, cwd),)
        if told.asked and told.status is Status.WAITING
        else (),
        queued=tuple(map(clean, told.queued)),
        model=MODEL,
        fill=told.fill,
        window=told.window,
        usd=told.usd,
    )


def _request(asked: Asked, cwd: str) -> Request:
    return Request(
        id=asked.id, tool=one_line(asked.tool), text=clean(asked.text), since=asked.since, cwd=cwd
    )


def _nobody() -> None:
    """Listen to nothing."""
