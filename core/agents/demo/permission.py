"""The permission that a tool call waits for: given by the person in the script, or a real one."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from .format import Author, ToolCall
from .news import Asked
from .pace import Pace

SCRIPT_SECONDS = 8.0
"""How long the person in the script takes to allow a command."""

PERSON_SECONDS = 30.0
"""The same while a real person follows, so that there is time to read and to answer."""


class Verdict(msgspec.Struct, frozen=True):
    """Who answered, and how; `reason` is why it was refused, in the person's words."""

    allowed: bool
    author: Author
    reason: str = ""


class Permission:
    """At most one open request; the first answer counts."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._answer: asyncio.Future[Verdict] | None = None
        self.open: Asked | None = None

    async def ask(self, call: ToolCall, now: float, patience: float) -> Verdict:
        """Wait for an answer; after `patience` seconds of script its person allows the call."""
        self._answer = asyncio.get_running_loop().create_future()
        self.open = Asked(call.id, call.name, str(call.input.get("command", "")), now)
        script = asyncio.create_task(self._pace.wait(patience))
        first: tuple[asyncio.Future[Any], ...] = (self._answer, script)
        try:
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            answered = self._answer.done()
            return (
                self._answer.result() if answered else Verdict(allowed=True, author=Author.SCRIPT)
            )
        finally:
            script.cancel()
            self.open = self._answer = None

    def answer(self, name: str, verdict: Verdict) -> bool:
        """Answer the request `name`; say whether it was still open."""
        mine = self.open is not None and self.open.id == name
        if not mine or self._answer is None or self._answer.done():
            return False
        self._answer.set_result(verdict)
        return True
