"""The channel to a session of our own: a client of its driver's socket."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from ..problems import Problem
from .action import Action, Result, refused, unknown
from .channel import Capabilities, Changed
from .live import Live
from .wire import LONGEST, Answer, Grown, Hello, Told, Wish, encode, from_driver, grown

MEETS = 5.0
"""Seconds within which a driver says its first words."""

LEEWAY = 5.0
"""Seconds that an answer may take beyond the action's own limit."""

GONE = "The driver of this session is gone."


class DriverGone(Problem):
    """The process that drives a session of our own cannot be reached."""

    title = "The session cannot be reached"
    remedy = "Start it again with `clearhead run`, which takes its id with `--resume`."


class Driven:
    """A session that a driver process drives; `reach` is always owned."""

    queues = True

    def __init__(
        self, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.name, self.reach = hello.name, hello.reach
        self.agent = hello.agent
        self._capabilities: Capabilities = hello.capabilities
        self._live = hello.live
        self._reader, self._writer = reader, writer
        self._changed: Changed = _nobody
        self._waiting: dict[str, asyncio.Future[Result]] = {}
        self._task = asyncio.create_task(self._read())

    @classmethod
    async def join(cls, socket: Path) -> Driven:
        """Join the driver that listens at `socket`.

        Raises:
            DriverGone: nobody listens there, or it speaks another version.
        """
        try:
            async with asyncio.timeout(MEETS):
                reader, writer = await asyncio.open_unix_connection(socket, limit=LONGEST)
                hello = from_driver(await reader.readline())
        except (OSError, ValueError, TimeoutError) as error:
            raise DriverGone(f"{socket}: {error or 'no answer'}") from error
        if not isinstance(hello, Hello):
            writer.close()
            raise DriverGone(f"{socket} is not a driver of this version.")
        return cls(hello, reader, writer)

    @property
    def live(self) -> Live:
        """What the driver told last."""
        return self._live

    @property
    def capabilities(self) -> Capabilities:
        """What the driver can do."""
        return self._capabilities

    def listen(self, changed: Changed) -> None:
        """Tell `changed` when the driver told something new."""
        self._changed = changed

    async def act(self, wanted: Action) -> Result:
        """Ask the driver; when it goes meanwhile, what came of the action is unknown."""
        if self._task.done():
            return refused(wanted, GONE, remedy=DriverGone.remedy, session_id=self._live.session_id)
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting[wanted.id] = answer
        try:
            self._writer.write(encode(Wish(wanted)) + b"\n")
            await self._writer.drain()
            async with asyncio.timeout(wanted.limit + LEEWAY):
                return await answer
        except (OSError, TimeoutError, DriverGone) as error:
            words = str(error) or "The driver did not answer in time."
            return unknown(wanted, words, session_id=self._live.session_id)
        finally:
            self._waiting.pop(wanted.id, None)

    async def close(self) -> None:
        """Leave the driver; the session goes on."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._writer.close()

    async def _read(self) -> None:
        try:
            while line := await self._reader.readline():
                with suppress(ValueError):
                    self._take(from_driver(line))
        except (OSError, ValueError):
            pass
        finally:
            self._leave()

    def _take(self, told: object) -> None:
        if isinstance(told, Told):
            self._live = told.live
        elif isinstance(told, Grown):
            self._live = grown(self._live, told.text)
        elif isinstance(told, Answer):
            waiting = self._waiting.get(told.result.action.id)
            if waiting is not None and not waiting.done():
                waiting.set_result(told.result)
            return
        self._changed()

    @property
    def _way_on(self) -> str | None:
        """How to take the session up again, where its id is known."""
        session = self._live.session_id
        return f"Go on: clearhead run {self.agent} --resume {session}" if session else None

    def _leave(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(DriverGone(GONE))
        if self._live.problem is None:
            report = DriverGone(GONE, remedy=self._way_on).report()
            self._live = Live(session_id=self._live.session_id, problem=report)
        self._changed()


def _nobody() -> None:
    """Listen to nothing."""
