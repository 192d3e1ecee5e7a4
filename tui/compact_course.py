"""One compaction from its text to its proof; it goes on while its sheet is closed."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import msgspec

from ..core.acting.action import RESET_INSTEAD, Outcome, Result, Verb
from ..core.acting.channel import Channel
from ..core.compacting.carrying import (
    Compacted,
    TooLong,
    fitted,
    outcome,
    seen_in_transcript,
    send,
    settled,
)
from ..core.compacting.preparing import Prepared, prepare
from ..core.next_turn import next_usd
from ..core.problems import Problem, Report
from ..core.snapshot import Snapshot
from ..core.thread import Thread
from .staged_course import Stage, StagedCourse

if TYPE_CHECKING:
    from .bridge import Bridge
    from .look import Look


class Prices(msgspec.Struct, frozen=True):
    """What the next turn costs at the least, in US dollars; `None` is unknown."""

    before: float | None = None
    after: float | None = None


class CompactCourse(StagedCourse):
    """Prepares, sends and looks for one session.

    `sent` is the text as it went out, `note` what was changed about it, `spent` what the client
    says that the compaction cost.
    """

    name: ClassVar[str] = "Compact"
    under_way: ClassVar[frozenset[Stage]] = frozenset({Stage.ASKED})

    def __init__(self, bridge: Bridge, look: Look, say: Callable[[str], None], key: str) -> None:
        super().__init__(bridge, look, say, key)
        self._look = look
        self.prepared: Prepared | None = None
        self.prices = Prices()
        self.unknown = False
        self.done: Compacted | None = None
        self.sent, self.note = "", ""
        self.spent: float | None = None

    async def prepare(self) -> None:
        """Make the text and the estimate; nothing is sent by it."""
        try:
            make = partial(prepared_for, self._bridge, self._look)
            self.prepared = await self._in_pool(make)
        except Problem as problem:
            self._fail(problem.report())
            return
        before, after = self.prepared.before, self.prepared.estimate
        ask = partial(prices, self._bridge, self._look, before, after)
        self.prices = await self._in_pool(ask)
        self._go(Stage.READY)

    async def send(self, look: Look, text: str) -> None:
        """Compact, and look at what came of it."""
        assert self.prepared is not None
        self._look = look
        self._go(Stage.ASKED, "finding a way in")
        acting, key = self._bridge.acting, look.key
        try:
            channel = await acting.way_into(look.seen.sighting)
            if (why := channel.capabilities.get(Verb.COMPACT, "It cannot.")) is not None:
                self._fail(Report("it cannot be compacted", why, RESET_INSTEAD))
                return
            self.sent = await fitted(acting, key, self.prepared, text)
            self.note = "edited by you" if text != self.prepared.text else ""
            self.note = self.note if self.sent == text else "made shorter for its input box"
        except TooLong as problem:
            self._again(f"{problem.detail} {problem.remedy}")
        except Problem as problem:
            self._fail(problem.report())
        else:
            await self._carry_out(channel)

    async def _carry_out(self, channel: Channel) -> None:
        assert self.prepared is not None
        key, begun, usd = self._look.key, time.time(), channel.live.usd
        known = len(self._look.seen.snapshot.compactions)
        went_on = partial(self._go, Stage.ASKED)
        result = await send(self._bridge.acting, key, self.prepared, self.sent, went_on)
        if result.outcome is not Outcome.CONFIRMED:
            self._take_no(result)
            return
        found = await seen_in_transcript(self._read, known)
        make = partial(outcome, result, found, self.prepared, seconds=time.time() - begun)
        done = await self._in_pool(make)
        self.spent = difference(usd, channel.live.usd)
        self.done = settled(done, (await self._read())[0])
        self._say_unseen(f"Compacted. {self._shown_key} shows what the summary left out.")
        self._go(Stage.DONE)

    async def _read(self) -> tuple[Snapshot, Thread | None]:
        key, bridge = self._look.key, self._bridge
        seen = bridge.supervisor.seen(key)
        if seen is None:
            return Snapshot(), None
        return seen.snapshot, Thread(seen.view, partial(bridge.load, key)) if seen.view else None

    def _take_no(self, result: Result) -> None:
        """Take up that nothing was compacted: what was not sent can be sent, else a reset helps."""
        unknown = result.outcome is Outcome.UNKNOWN
        if not unknown and result.remedy != RESET_INSTEAD:
            self._again(f"{result.reason} {result.remedy}")
            return
        title = "it was sent, and nothing tells what came of it" if unknown else "it was tried"
        reason = result.reason or "Nothing was compacted."
        self.unknown = unknown
        self._fail(Report(title, reason, result.remedy or RESET_INSTEAD))

    def _again(self, words: str) -> None:
        """Let the person mend what is in the way: nothing was sent."""
        self._say(f"Nothing was sent. {words}".strip())
        self._go(Stage.READY)


def prepared_for(bridge: Bridge, look: Look, stop: int | None = None) -> Prepared:
    """Make text and estimate for a session; `stop` is the item of a compaction that happened.

    Reads files, so it runs in the thread pool.

    Raises:
        Problem: git or the notes cannot be read.
    """
    seen = look.seen
    return prepare(
        seen.sighting,
        seen.snapshot,
        seen.view,
        partial(bridge.load, look.key),
        bridge.state,
        agent=bridge.supervisor.agents[look.key[0]],
        names=bridge.settings.progress_files,
        stop=stop,
    )


def prices(bridge: Bridge, look: Look, before: int | None, after: int | None) -> Prices:
    """Return what a turn costs at two fills, in tokens; loads the price list."""
    snapshot, settings = look.seen.snapshot, bridge.settings
    if before is None or after is None:
        return Prices()
    return Prices(next_usd(snapshot, settings, before), next_usd(snapshot, settings, after))


def difference(before: float | None, after: float | None) -> float | None:
    """Return what was spent between two figures of the client; they may begin again at 0."""
    if before is None or after is None or after <= before:
        return None
    return after - before
