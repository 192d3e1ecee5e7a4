"""A channel whose answers the test decides, and a screen that is joined to it."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from clearhead.core.acting.action import Action, Evidence, Outcome, Result, Verb
from clearhead.core.acting.channel import Changed, Reach
from clearhead.core.acting.live import Live
from clearhead.core.agents.base import State

from ..helpers import until_async
from .stage import Stage, key, opened, said, used

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ONE = key("one")


class TestChannel:
    """Keeps what it is asked for; `answer` decides what comes of it."""

    __test__ = False

    def __init__(self, *, queues: bool = False, reach: Reach = Reach.ATTACHED) -> None:
        self.name, self.reach, self.queues = "attached %3", reach, queues
        self.live = Live(session_id="one", state=State.IDLE)
        self.capabilities: dict[Verb, str | None] = dict.fromkeys(Verb)
        self.asked: list[Action] = []
        self.outcome = Outcome.CONFIRMED
        self.hold: asyncio.Event | None = None
        self._changed: Changed = lambda: None

    def listen(self, changed: Changed) -> None:
        self._changed = changed

    def tell(self, **live: Any) -> None:
        """Say that the session is otherwise now."""
        self.live = replace(self.live, **live)
        self._changed()

    async def act(self, wanted: Action) -> Result:
        self.asked.append(wanted)
        if self.hold is not None:
            await self.hold.wait()
        proof = (Evidence("stream", "a turn began", time.time()),)
        good = self.outcome is Outcome.CONFIRMED
        return Result(
            action=wanted,
            outcome=self.outcome,
            evidence=proof if good else (),
            reason="" if good else "A draft stands in its box.",
            session_id="one",
        )

    async def close(self) -> None:
        pass


@asynccontextmanager
async def joined(
    folder: Path, channel: TestChannel, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[Any]:
    """Open the app on one session that is joined by `channel`; gives the pilot."""
    stage = Stage(folder / "codex")
    stage.put("one", used(9_000), said("Ready."), cwd=str(folder))
    async with opened(stage, folder, size) as pilot:
        pilot.app.bridge.acting._keep(ONE, channel)
        channel._changed()
        await until_async(lambda: pilot.app.screen.look.reach is channel.reach)
        yield pilot
