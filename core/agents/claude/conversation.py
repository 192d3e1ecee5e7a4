"""What a Claude Code of our own tells and is told: its session as it stands, what it asks for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ...acting.channel import Changed
from ...acting.live import Live
from ...problems import Problem
from ...text import one_line
from ..base import State
from ..fields import mapping, sequence, text
from .stream import Ended, Message, Refused, Stream
from .stream_messages import answered, told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BEGINS = 60.0
"""Seconds that a client may take until it answers for the first time."""

ASKS = "can_use_tool"
"""The request of the client that a person answers."""

HEARD = "get_binary_version"
"""Asked after a message: its answer, even a refusal, proves that the message was read."""

Test = Callable[[Message], bool]


class NotBegun(Problem):
    """Claude Code does not start, or not in a way that can be spoken to."""

    title = "Claude Code did not start"


class Conversation:
    """Keeps `live` as the client tells it, and the requests that are open; sends what it is told.

    Whoever waits for a proof watches for the message that is one.
    """

    stream: Stream

    def __init__(self, live: Live) -> None:
        self.live = live
        self._changed: Changed = _nobody
        self._open: dict[str, Message] = {}
        self._watching: list[tuple[Test, asyncio.Future[Message]]] = []
        self._leaving = False
        self._tasks: set[asyncio.Task[None]] = set()

    # Beginning and end

    async def begin(
        self, command: Sequence[str], cwd: Path, environment: Mapping[str, str]
    ) -> None:
        """Start the client; return when it answers.

        Raises:
            NotFound: there is no such program.
            NotBegun: it ended or did not answer; its own words are in the detail.
        """
        self.stream = await Stream.start(
            command, cwd, environment, told=self._told, gone=self._gone
        )
        try:
            async with asyncio.timeout(BEGINS):
                about = await self.stream.ask("initialize", hooks=None)
        except (TimeoutError, Refused, Ended) as error:
            await self.leave()
            words = self.stream.last_words() if self.stream.errors else str(error)
            raise NotBegun(
                words or "It did not answer.",
                remedy="Run `claude` yourself once: it may want a login, or an update.",
            ) from error
        models = (text(mapping(model).get("value")) for model in sequence(about.get("models")))
        self.live = replace(self.live, models=tuple(one_line(m) for m in models if m))

    async def leave(self) -> int | None:
        """End the client; return how it ended, `None` when it has not."""
        self._leaving = True
        return await self.stream.leave()

    def _gone(self) -> None:
        if self._leaving:
            self.become(replace(self.live, state=State.ENDED, reply=None, requests=(), queued=()))
            return
        remedy = f"Go on with it: clearhead run claude --resume {self.live.session_id}"
        report = Ended(self.stream.last_words(), remedy=remedy).report()
        for _, waiting in self._watching:
            if not waiting.done():
                waiting.set_exception(Ended(report.detail, remedy=remedy))
        self.become(replace(self.live, state=State.ENDED, reply=None, requests=(), problem=report))

    # What it tells

    def listen(self, changed: Changed) -> None:
        """Tell `changed` when something is new in `live`."""
        self._changed = changed

    def become(self, live: Live) -> None:
        """Take up what is known of the session now."""
        if live != self.live:
            self.live = live
            self._changed()

    @asynccontextmanager
    async def watch(self, test: Test) -> AsyncIterator[asyncio.Future[Message]]:
        """Give a future of the first message that passes `test`, watched from now on."""
        waiting: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        entry = (test, waiting)
        self._watching.append(entry)
        try:
            yield waiting
        finally:
            self._watching.remove(entry)
            waiting.cancel()

    def _told(self, message: Message) -> None:
        if text(message.get("type")) == "control_request":
            self._take_request(text(message.get("request_id")), mapping(message.get("request")))
        for entry in tuple(self._watching):
            test, waiting = entry
            if not waiting.done() and test(message):
                waiting.set_result(message)
        live = told(self.live, message, time.time())
        known = {request.id for request in live.requests}
        self._open = {name: asked for name, asked in self._open.items() if name in known}
        self.become(live)

    # What it is told

    async def say(self, words: str, name: str) -> None:
        """Give it a message of the person's, under an id of ours."""
        message = {"role": "user", "content": words}
        await self.stream.send(
            {
                "type": "user",
                "message": message,
                "parent_tool_use_id": None,
                "session_id": "",
                "uuid": name,
            }
        )

    async def heard(self) -> None:
        """Wait until the client has read everything that was sent."""
        with suppress(Refused):
            await self.stream.ask(HEARD)

    # What it asks for

    def request(self, name: str | None) -> Message | None:
        """Return a request that is open; `None` when it is not any more."""
        return self._open.get(name or "")

    async def answer(self, name: str, response: Message) -> None:
        """Answer a request, once: from here on it is closed, whatever comes of it."""
        del self._open[name]
        body = {"subtype": "success", "request_id": name, "response": response}
        await self.stream.send({"type": "control_response", "response": body})
        self.become(answered(self.live, name, time.time()))
        await self.heard()

    def _take_request(self, name: str, request: Message) -> None:
        """Keep what a person answers; decline the rest, or the client would wait for ever."""
        kind = text(request.get("subtype"))
        if kind == ASKS:
            self._open[name] = request
            return
        said = f"clearhead does not serve {kind}"
        body = {"subtype": "error", "request_id": name, "error": said}
        task = asyncio.create_task(
            self._send_quietly({"type": "control_response", "response": body})
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_quietly(self, message: Message) -> None:
        with suppress(Ended):
            await self.stream.send(message)


def _nobody() -> None:
    """Listen to nothing."""
