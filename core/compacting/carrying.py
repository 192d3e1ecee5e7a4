"""Carries out a compaction and looks at what came of it, for screens and scripts alike."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from ..acting.action import Outcome, Result, Verb, action, unknown
from ..acting.channel import Key
from ..acting.service import Acting
from ..agents.base import State
from ..problems import Problem
from ..snapshot import Compaction, Snapshot
from ..thread import Thread
from .comparing import Row, compare
from .instruction import instruction, request, sent_line
from .preparing import Prepared
from .reading import Summary, summary_of

LOOK = 0.2
"""Seconds between two looks at what nothing announces."""

TURN = 180.0
"""Seconds that the turn before a compaction may take, in which the agent says one word."""

WRITTEN = 5.0
"""Seconds until a compaction that is proved must stand in the transcript."""


class TooLong(Problem):
    """A text is longer than what it is typed into can show, and nothing is sent unseen."""

    title = "The text is too long"


Told = Callable[[str], None]
"""Told in a few words what is waited for."""


class Compacted(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a compaction. Figures are tokens of the context, `None` where unknown.

    `result` is `None` where clearhead did not ask for it and only found it in the transcript.
    `settling` is true until a response tells the true `after`. `rows` are the notes against the
    summary, none where nothing was compacted or no summary can be read.
    """

    result: Result | None = None
    before: int | None = None
    after: int | None = None
    settling: bool = True
    trigger: str | None = None
    at: float | None = None
    seconds: float = 0.0
    summary: str = ""
    rows: tuple[Row, ...] = ()

    @property
    def done(self) -> bool:
        """Whether it is proved that the context was compacted."""
        return self.result is None or self.result.outcome is Outcome.CONFIRMED


async def fitted(acting: Acting, key: Key, prepared: Prepared, text: str) -> str:
    """Return a text that the channel has room for: a generated one is made shorter.

    Raises:
        TooLong: it is the person's own, or cannot be made so short.
        Problem: the channel is gone.
    """
    room = await acting.room(key) if prepared.takes_text else None
    if room is None or len(sent_line(text)) <= room:
        return text
    shorter = instruction(prepared.keeps, prepared.notes_name, room)
    if text != prepared.text or len(sent_line(shorter)) > room:
        size = len(sent_line(text))
        raise TooLong(
            f"The text has {size} characters, and the input box in its terminal shows {room}.",
            remedy="Make its pane larger, or the text shorter.",
        )
    return shorter


async def send(
    acting: Acting, key: Key, prepared: Prepared, text: str, told: Told = lambda _: None
) -> Result:
    """Send a compaction that keeps what `text` says; return what came of it.

    An agent whose compaction takes no text is told with a prompt before it. Cancelling stops the
    waiting; what was sent stays sent.
    """
    if prepared.takes_text or not text.strip():
        told("compacting")
        return await acting.act(key, action(Verb.COMPACT, text))
    told("saying what to keep")
    said = await acting.act(key, action(Verb.PROMPT, request(text)))
    if said.outcome is not Outcome.CONFIRMED:
        return said
    if not await rests(acting, key, TURN):
        why = "It was told what to keep and has not come to rest; nothing was compacted."
        return unknown(said.action, why, session_id=key[1])
    told("compacting")
    return await acting.act(key, action(Verb.COMPACT))


async def rests(acting: Acting, key: Key, seconds: float) -> bool:
    """Wait until a session is idle; false when it was not within `seconds`, or is gone."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        live = acting.live(key)
        if live is None or live.problem is not None or live.state is State.ENDED:
            return False
        if live.state is State.IDLE:
            return True
        await asyncio.sleep(LOOK)
    return False


Read = Callable[[], Awaitable[tuple[Snapshot, Thread | None]]]
"""Reads on in the transcript and returns it as it is now."""


async def seen_in_transcript(read: Read, known: int, seconds: float = WRITTEN) -> Summary | None:
    """Wait until the transcript tells of more than `known` compactions; return the newest."""
    end = time.monotonic() + seconds
    while True:
        snapshot, thread = await read()
        if thread is not None and len(snapshot.compactions) > known:
            found = summary_of(thread, snapshot.compactions[-1])
            if found.text or time.monotonic() >= end:
                return found
        elif time.monotonic() >= end:
            return None
        await asyncio.sleep(LOOK)


def outcome(
    result: Result | None, found: Summary | None, prepared: Prepared, *, seconds: float = 0.0
) -> Compacted:
    """Return what came of a compaction: figures, and the notes against the summary.

    `result` is `None` for a compaction that somebody else asked for, or the agent itself.
    """
    if found is None:
        return Compacted(result=result, before=prepared.before, seconds=seconds)
    told = found.compaction
    known = prepared.before if result is not None else None
    return Compacted(
        result=result,
        before=told.before if known is None else known,
        after=about_after(found, prepared),
        trigger=told.trigger,
        at=told.at,
        seconds=seconds,
        summary=found.text,
        rows=compare(prepared.keeps, found.text) if found.text else (),
    )


def about_after(found: Summary, prepared: Prepared) -> int | None:
    """Return about what the context holds until a response tells it, in tokens.

    It is what the client brings along, and the messages that are left: as the client counts them,
    else the summary. `None` where neither is known.
    """
    told = found.compaction.after
    left = told if told is not None else prepared.tokens(found.text) if found.text else None
    return left if left is None or prepared.start is None else left + prepared.start


def settled(compacted: Compacted, snapshot: Snapshot) -> Compacted:
    """Return it with the true figure, once a response after the compaction has told one."""
    if snapshot.settling or snapshot.fill is None or not compacted.settling:
        return compacted
    return msgspec.structs.replace(compacted, after=snapshot.fill.tokens, settling=False)


def last_compaction(snapshot: Snapshot) -> Compaction | None:
    """Return the newest compaction that wrote a summary; `None` when there was none."""
    return next((c for c in reversed(snapshot.compactions) if c.whole), None)
