"""The wire to a Claude Code of our own: one JSON object a line, both ways, over its pipes.

What comes in is taken as it comes: a line that is no message is counted, a line without end is
bounded, an unknown message is handed on. Control requests are asked by id, each with a time limit.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...problems import NotFound, Problem
from ...text import clean
from ..fields import mapping, text

Message = dict[str, Any]

LARGEST = 64 * 1024 * 1024
"""Bytes of a line that is read; a longer one is passed over and counted."""

CHUNK = 256 * 1024
ERRORS = 20
"""Lines of the client's own complaints that are kept, the newest."""

ANSWERS = 10.0
"""Seconds within which a client answers a control request."""

LEAVES = 5.0
"""Seconds that a client may take to leave, for each way of telling it to."""


class Ended(Problem):
    """The client has gone, so nothing can be asked of it."""

    title = "Claude Code has ended"


class Refused(Exception):
    """The client answered a control request with an error: it does not know it, or cannot."""


class Stream:
    """A running client and its pipes; `told` gets every message, `gone` the end."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        told: Callable[[Message], None],
        gone: Callable[[], None],
    ) -> None:
        self._process, self._told, self._gone = process, told, gone
        self._asked: dict[str, asyncio.Future[Message]] = {}
        self.errors: deque[str] = deque(maxlen=ERRORS)
        self.garbage = 0
        """Lines that were no messages."""
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._complain())]

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        cwd: Path,
        environment: Mapping[str, str],
        *,
        told: Callable[[Message], None],
        gone: Callable[[], None],
    ) -> Stream:
        """Start the client in a process group of its own.

        Raises:
            NotFound: there is no such program, or no such folder.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=cwd,
                env=dict(environment),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise NotFound(
                f"{command[0]} cannot be run in {cwd}: {error.strerror}.",
                remedy="Install Claude Code, and run `claude` once to log in.",
            ) from error
        return cls(process, told, gone)

    @property
    def pid(self) -> int:
        """The client's process."""
        return self._process.pid

    @property
    def ended(self) -> int | None:
        """The client's exit status; `None` while it runs."""
        return self._process.returncode

    async def send(self, message: Message) -> None:
        """Write one message; it is in the client's hands when this returns.

        Raises:
            Ended: the client has gone.
        """
        writer = self._process.stdin
        if writer is None or writer.is_closing() or self.ended is not None:
            raise Ended(self.last_words())
        try:
            writer.write(json.dumps(message).encode() + b"\n")
            await writer.drain()
        except OSError as error:
            raise Ended(self.last_words()) from error

    async def ask(self, subtype: str, **fields: Any) -> Message:
        """Send a control request and return its answer.

        Raises:
            Refused: the client does not know it or cannot do it.
            TimeoutError: it did not answer in time.
            Ended: it has gone.
        """
        name = f"clearhead-{uuid.uuid4().hex[:12]}"
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._asked[name] = answer
        try:
            request = {"subtype": subtype, **fields}
            await self.send({"type": "control_request", "request_id": name, "request": request})
            async with asyncio.timeout(ANSWERS):
                return await answer
        finally:
            self._asked.pop(name, None)

    async def leave(self) -> int | None:
        """End the client: close its input, then ask its group, then force it; say how it ended."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        for sign in (None, signal.SIGTERM, signal.SIGKILL):
            if sign is not None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, sign)
            with suppress(TimeoutError):
                async with asyncio.timeout(LEAVES):
                    await self._process.wait()
                    break
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return self.ended

    def last_words(self) -> str:
        """Return how the client ended and what it complained of last."""
        said = clean(" ".join(self.errors).strip())[-500:]
        how = "" if self.ended is None else f"It ended with status {self.ended}."
        return " ".join(filter(None, (how, said))) or "It does not take anything any more."

    async def _read(self) -> None:
        reader, rest, skipping = self._process.stdout, bytearray(), False
        assert reader is not None
        while chunk := await reader.read(CHUNK):
            first, *more = chunk.split(b"\n")
            rest += b"" if skipping else first
            for line in more:
                self._take(b"" if skipping else bytes(rest))
                rest, skipping = bytearray(line), False
            if len(rest) > LARGEST:
                rest, skipping = bytearray(), True
                self.garbage += 1
        await self._process.wait()
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(Ended(self.last_words()))
        self._gone()

    def _take(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            self.garbage += 1
        elif message.get("type") == "control_response":
            self._answered(mapping(message.get("response")))
        else:
            self._told(message)

    def _answered(self, response: Message) -> None:
        waiting = self._asked.get(text(response.get("request_id")))
        if waiting is None or waiting.done():
            return
        if response.get("subtype") == "error":
            waiting.set_exception(Refused(text(response.get("error")) or "no reason given"))
        else:
            waiting.set_result(mapping(response.get("response")))

    async def _complain(self) -> None:
        reader = self._process.stderr
        assert reader is not None
        with suppress(ValueError):
            while line := await reader.readline():
                self.errors.append(line.decode(errors="replace").strip())
        while await reader.read(CHUNK):
            pass
