"""What the transcripts of a reset's sessions prove: a prompt was taken, its turn has ended."""

from __future__ import annotations

import asyncio
import time
from enum import StrEnum
from functools import partial
from typing import Protocol

import msgspec

from ..agents.base import State
from ..items import Kind
from ..snapshot import Activity
from .hands import LOOK, TURN, Channelled, Hands, Transcript, until

WRITTEN = 3.0
"""Seconds until what an agent did must stand in its transcript."""

SILENT = 5.0
"""Seconds that a session is idle, with nothing in its transcript, until no answer is expected."""


class Ending(StrEnum):
    """How a turn ended."""

    WELL = "it has ended"
    ERROR = "the agent could not answer"
    INTERRUPTED = "it was interrupted"
    SILENT = "the agent is idle, and its transcript holds no answer"
    GONE = "the agent's process has gone"
    LATE = "it has not come to an end"
    STUCK = "its calls of the model fail, and it goes on trying"


class Ended(msgspec.Struct, frozen=True):
    """How a turn ended, and what the agent said of it where it failed."""

    how: Ending
    words: str = ""

    def __str__(self) -> str:
        return f"{self.how}: {self.words}" if self.words else str(self.how)


SILENCE = Ended(Ending.SILENT)


class Sent(msgspec.Struct, frozen=True):
    """A prompt on its way: to whom, from which item of the transcript on it is looked for.

    `mark` is the id of its action: a long prompt reaches some terminals as the name of a file.
    """

    agent: str
    session_id: str
    prompt: str
    start: int = 0
    mark: str = ""


class Stuck(Protocol):
    """Hears what an agent says of failing calls, and whether it asks the person something."""

    def __call__(self, retry: str | None, /, *, asks: bool) -> bool:
        """Say whether its turn is to be waited for no longer."""
        ...


def never(_: str | None, /, *, asks: bool) -> bool:  # noqa: ARG001
    """Wait on, whatever holds it up."""
    return False


class Turns:
    """Reads the transcripts of sessions that a reset speaks to."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._known: dict[tuple[str, str], Transcript] = {}

    async def count(self, agent: str, session_id: str) -> int:
        """Return how many items a transcript has now."""
        reading = await asyncio.to_thread(self.read, agent, session_id)
        return reading.count if reading else 0

    async def took(self, sent: Sent, seconds: float = WRITTEN) -> bool:
        """Say whether a transcript holds a prompt; it may take a moment to get there."""

        async def there() -> bool:
            reading = await asyncio.to_thread(self.read, sent.agent, sent.session_id)
            return reading is not None and _item(reading, sent) is not None

        return await until(there, seconds)

    async def end(
        self,
        channel: Channelled,
        sent: Sent,
        seconds: float = TURN,
        stuck: Stuck = never,
    ) -> Ended:
        """Wait for the end of the turn that a prompt began.

        The state alone does not tell: right after a prompt a client may still say that it is idle.
        `stuck` hears what holds it up, and says whether to wait no longer.
        """
        late, quiet = time.monotonic() + seconds, Quiet()
        while True:
            live = channel.live
            if live.problem is not None or live.state is State.ENDED:
                return Ended(Ending.GONE)
            found = await asyncio.to_thread(self.ending, sent)
            rests = live.state is State.IDLE
            if found is not None and rests:
                return found
            if quiet.lasts(rests=rests and not self._works(sent)):
                return Ended(Ending.ERROR, _short(live.failure)) if live.failure else SILENCE
            retry = None if rests else self.retry(channel, sent)
            asks = live.state is State.WAITING
            if await asyncio.to_thread(partial(stuck, retry, asks=asks)):
                return Ended(Ending.STUCK, retry or "")
            if time.monotonic() >= late:
                return Ended(Ending.LATE)
            await asyncio.sleep(LOOK)

    def ending(self, sent: Sent) -> Ended | None:
        """Return how a turn ended, as the transcript tells; `None` while it does not."""
        reading = self.read(sent.agent, sent.session_id)
        item = _item(reading, sent) if reading else None
        if reading is None or item is None or reading.snapshot.activity is not Activity.IDLE:
            return None
        found: Ended | None = None
        for number, told in reading.since(item + 1):
            if told.kind is Kind.SAID:
                found = Ended(Ending.WELL)
            elif told.kind is Kind.ERROR:
                found = Ended(Ending.ERROR, _short(reading.text(number)))
            elif told.kind is Kind.INTERRUPT:
                found = Ended(Ending.INTERRUPTED)
        return found

    def retry(self, channel: Channelled, sent: Sent) -> str | None:
        """Return what the agent says of failing calls of its model; `None` while none fail.

        The channel knows, or the transcript as it was read last; a client may tell neither.
        """
        reading = self._known.get((sent.agent, sent.session_id))
        return channel.live.retry or (reading.snapshot.retry if reading else None)

    def read(self, agent: str, session_id: str) -> Transcript | None:
        """Return a transcript, read to its end; `None` while there is none."""
        key = (agent, session_id)
        reading = self._known.get(key) or self._hands.reading(agent, session_id)
        if reading is not None:
            self._known[key] = reading
            reading.refresh()
        return reading

    def _works(self, sent: Sent) -> bool:
        reading = self._known.get((sent.agent, sent.session_id))
        return reading is not None and reading.snapshot.activity is Activity.WORKING


class Quiet:
    """Notes since when a session rests."""

    def __init__(self) -> None:
        self._since: float | None = None

    def lasts(self, *, rests: bool) -> bool:
        """Say whether it has been resting for `SILENT` seconds."""
        if not rests:
            self._since = None
            return False
        self._since = time.monotonic() if self._since is None else self._since
        return time.monotonic() - self._since >= SILENT


def _item(reading: Transcript, sent: Sent) -> int | None:
    """Return the item in which the agent took a prompt, itself or the name of its file."""
    found = reading.took(sent.prompt, sent.start)
    if found is not None or not sent.mark:
        return found
    prompts = reading.prompts(sent.start)
    return next((item for item, text in prompts if f"/{sent.mark}.md" in text), None)


def _short(text: str) -> str:
    return " ".join(text.split())[:200]
