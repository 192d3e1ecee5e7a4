"""A session on the stage with a way in: what is asked of it is written down and played."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from clearhead.core.acting.action import (
    RESET_INSTEAD,
    Action,
    Evidence,
    Outcome,
    Result,
    Verb,
    confirmed,
    refused,
    unknown,
)
from clearhead.core.acting.channel import Reach
from clearhead.core.acting.live import Live
from clearhead.core.agents.base import State

from ..helpers import until_async
from .stage import Stage, key, line, said, screen_text, used

if TYPE_CHECKING:
    from pathlib import Path

NOTES = """# Dashboard

## Goal
Dashboard for customers, with the filters in the URL

## Current status
Half way.

## Failed approaches
- URL params + useEffect — writes what it reads
- debounce the setter — it hides the loop and the test still sees it
- client-side sort — breaks paging

## Decisions
- the URL is the only source of truth
- no new dependencies for date maths

## Next step
- [ ] Parse the date range in list.loader.ts
"""

SUMMARY = """The person wants a customer dashboard whose filters live in the URL.
Syncing URL params with useEffect loops: it writes what it reads.
Sorting on the client side breaks paging. The URL is the only source of truth.
Next: parse the date range in list.loader.ts.
"""


class World:
    """The app with one session and a way into it."""

    def __init__(self, pilot: Any, way: Way) -> None:
        self.pilot, self.app, self.way = pilot, pilot.app, way

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def verbs(self) -> list[Verb]:
        return [asked.verb for asked in self.way.asked]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, *words: str) -> None:
        await until_async(
            lambda: all(word in self.text for word in words),
            within=15,
            what=f"{words} in\n{self.text}",
        )


class Way:
    """A channel to one session of the stage; `outcome` says how a compaction ends."""

    name = "attached %3"
    reach = Reach.ATTACHED
    queues = False

    def __init__(self, path: Path, session: str) -> None:
        self.path = path
        self.asked: list[Action] = []
        self.outcome = Outcome.CONFIRMED
        self.draft = ""
        self.lost = False
        self.can: dict[Verb, str | None] = dict.fromkeys(Verb)
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.live = Live(session_id=session, state=State.IDLE)
        self._changed: Any = lambda: None

    @property
    def capabilities(self) -> dict[Verb, str | None]:
        return self.can

    def listen(self, changed: Any) -> None:
        self._changed = changed

    def becomes(self, state: State) -> None:
        self.live = Live(session_id=self.live.session_id, state=state)
        self._changed()

    async def act(self, wanted: Action) -> Result:
        self.asked.append(wanted)
        await self.go_on.wait()
        name = self.live.session_id
        if self.draft:
            return refused(wanted, self.draft, session_id=name)
        if self.lost:
            return unknown(wanted, "It does not stand there.", session_id=name)
        if wanted.verb is not Verb.COMPACT:
            return confirmed(
                wanted, Evidence("transcript", "it stands there", time.time()), session_id=name
            )
        if self.outcome is Outcome.REFUSED:
            return refused(wanted, "Conversation too long.", remedy=RESET_INSTEAD, session_id=name)
        if self.outcome is Outcome.UNKNOWN:
            return unknown(wanted, "Nothing tells of a compaction.", session_id=name)
        self.write(line("compacted", message=SUMMARY))
        return confirmed(
            wanted, Evidence("transcript", "compact_boundary", time.time()), session_id=name
        )

    def write(self, *records: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(b"".join(records))

    async def close(self) -> None:
        """Let go."""


def put_up(folder: Path, fill: int = 118_200, **sighting: Any) -> tuple[Stage, Path]:
    """A stage with one filled session in a repository with notes."""
    root = folder / "dashboard"
    root.mkdir()
    (root / "claude-progress.md").write_text(NOTES)
    stage = Stage(folder / "codex")
    path = stage.put(
        "s1",
        line("event_msg", type="user_message", message="Build the dashboard."),
        said("I begin."),
        used(14_000),
        line("event_msg", type="user_message", message="Go on."),
        said("Half of it works."),
        used(fill),
        cwd=str(root),
        **sighting,
    )
    return stage, path


def way_into(app: Any, path: Path) -> Way:
    """Give the app a way into the session."""
    way = Way(path, "s1")
    app.bridge.acting._keep(key("s1"), way)
    return way
