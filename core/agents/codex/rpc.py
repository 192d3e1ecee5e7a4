"""What is said to Codex's app-server and back: JSON-RPC without the `jsonrpc` member.

Messages come from another program: what is not understood is left out, whatever it is.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from ..fields import mapping, text
from .wires import CodexGone, Wire

NO_SUCH_METHOD = -32601
"""The code of JSON-RPC for a request that this side does not serve."""

PATIENCE = 10.0
"""Seconds within which an app-server answers; it does so before the model is called."""

Payload = dict[str, Any]
RequestId = int | str


class Answer(msgspec.Struct, frozen=True):
    """What the app-server answered: a result, or its words for why not.

    `late` is true when it did not answer in time; then nobody knows whether it obeyed.
    """

    result: Payload = {}
    refusal: str | None = None
    late: bool = False

    @property
    def good(self) -> bool:
        """Whether it did what was asked."""
        return self.refusal is None and not self.late


class Asked(msgspec.Struct, frozen=True):
    """A request of the app-server to us."""

    id: RequestId
    method: str
    params: Payload


class Told(msgspec.Struct, frozen=True):
    """A notification; `at` is epoch seconds, `None` where the message does not say."""

    method: str
    params: Payload
    at: float | None = None


class Replied(msgspec.Struct, frozen=True):
    """The answer to a request of ours."""

    id: int
    answer: Answer


Message = Asked | Told | Replied


def read(line: str | bytes) -> Message | None:
    """Return what a message says; `None` when it is none of the protocol."""
    try:
        value = mapping(msgspec.json.decode(line))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    method, ident = value.get("method"), value.get("id")
    params = mapping(value.get("params"))
    if isinstance(method, str) and method:
        if ident is None:
            return Told(method, params, _seconds(value.get("emittedAtMs")))
        return Asked(ident, method, params) if _is_id(ident) else None
    if type(ident) is not int:
        return None
    if "error" in value:
        words = text(mapping(value["error"]).get("message"))
        return Replied(ident, Answer(refusal=words or "It refused without a word."))
    return Replied(ident, Answer(mapping(value.get("result")))) if "result" in value else None


@dataclass(frozen=True, slots=True)
class _Open:
    """A request that waits for its answer."""

    future: asyncio.Future[Answer]
    then: Callable[[Answer], None] | None


class Rpc:
    """Speaks with one app-server over one wire.

    `told` gets every notification, `asked` every request of the server, `gone` is called once,
    when the wire has ended. All three are called on the loop, in the order of the messages.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        told: Callable[[Told], None],
        asked: Callable[[Asked], None],
        gone: Callable[[], None],
    ) -> None:
        self._wire = wire
        self._told, self._asked, self._gone = told, asked, gone
        self._ids = itertools.count(1)
        self._open: dict[int, _Open] = {}
        self._reader = asyncio.create_task(self._read())

    @property
    def alive(self) -> bool:
        """Whether the other end is still there."""
        return not self._reader.done()

    async def meet(self, version: str) -> Answer:
        """Introduce clearhead; the first thing to be said."""
        who = {"name": "clearhead", "title": "clearhead", "version": version}
        able = {"experimentalApi": True}
        answer = await self.request("initialize", {"clientInfo": who, "capabilities": able})
        if answer.good:
            await self._send({"method": "initialized"})
        return answer

    async def request(
        self,
        method: str,
        params: Payload,
        limit: float = PATIENCE,
        *,
        then: Callable[[Answer], None] | None = None,
    ) -> Answer:
        """Ask for something and wait at most `limit` seconds for the answer.

        `then` gets the answer before any message behind it is read, so that what those tell is
        not lost.

        Raises:
            CodexGone: the other end is gone, before or while it was asked.
        """
        ident = next(self._ids)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if not self.alive:
            raise CodexGone("The app-server has gone.")
        self._open[ident] = _Open(future, then)
        try:
            await self._send({"id": ident, "method": method, "params": params})
            async with asyncio.timeout(limit):
                return await future
        except TimeoutError:
            return Answer(late=True)
        finally:
            self._open.pop(ident, None)

    async def answer(self, ident: RequestId, result: Payload) -> None:
        """Answer a request of the server.

        Raises:
            CodexGone: the other end is gone.
        """
        await self._send({"id": ident, "result": result})

    async def decline(self, asked: Asked) -> None:
        """Tell the server that this side does not serve such requests; nothing is granted by it."""
        error = {"code": NO_SUCH_METHOD, "message": f"clearhead does not serve {asked.method}"}
        with suppress(CodexGone):
            await self._send({"id": asked.id, "error": error})

    async def close(self) -> None:
        """Let go of the other end and stop listening."""
        await self._wire.close()
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader

    async def _send(self, message: Payload) -> None:
        await self._wire.send(msgspec.json.encode(message).decode())

    async def _read(self) -> None:
        try:
            while (line := await self._wire.receive()) is not None:
                self._take(read(line))
        finally:
            self._leave()

    def _take(self, message: Message | None) -> None:
        if isinstance(message, Told):
            self._told(message)
        elif isinstance(message, Asked):
            self._asked(message)
        elif isinstance(message, Replied):
            waiting = self._open.get(message.id)
            if waiting is not None and not waiting.future.done():
                if waiting.then is not None:
                    waiting.then(message.answer)
                waiting.future.set_result(message.answer)

    def _leave(self) -> None:
        for waiting in self._open.values():
            if not waiting.future.done():
                waiting.future.set_exception(CodexGone("The app-server went before it answered."))
        self._gone()


def _is_id(value: Any) -> bool:
    return type(value) is int or isinstance(value, str)


def _seconds(milliseconds: Any) -> float | None:
    return milliseconds / 1000 if type(milliseconds) is int and milliseconds > 0 else None
