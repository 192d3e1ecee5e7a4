"""A session of the stage that asks for something, through a channel that writes down answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from clearhead.core.acting.action import Action, Evidence, Result, Verb, confirmed
from clearhead.core.acting.channel import Reach
from clearhead.core.acting.live import Live, Request, Source
from clearhead.core.agents.base import State
from clearhead.tui.widgets.request_card.card import RequestCard

from .stage import Stage, key, opened, said, screen_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

__all__ = ["Asking", "asking", "card_of", "request", "screen_text"]

COMMAND = "rm -rf node_modules/.cache &&\nnpx prisma migrate reset --force --skip-seed &&\nnpm run seed:demo"


def request(name: str = "1", text: str = COMMAND, **more: Any) -> Request:
    """A request to run a command, asked 41 seconds ago."""
    given = {"tool": "Bash", "since": time.time() - 41, "source": Source.STREAM, "cwd": "/w/app"}
    return Request(id=name, text=text, **(given | more))


class Asking:
    """A channel whose session asks; what it is told is kept in `told`, and closes the request."""

    name, reach, queues = "owned", Reach.OWNED, False

    def __init__(self, *requests: Request) -> None:
        self.told: list[Action] = []
        self.outcome: Callable[[Action], Result] | None = None
        self.live = Live()
        self.changed = lambda: None
        self.ask(*requests)

    @property
    def capabilities(self) -> dict[Verb, None]:
        return dict.fromkeys(Verb)

    def ask(self, *requests: Request) -> None:
        """Ask for these from now on."""
        state = State.WAITING if requests else State.BUSY
        since = min((one.since for one in requests), default=time.time())
        self.live = Live(
            session_id="one", state=state, since=since, requests=requests, mode="default"
        )
        self.changed()

    def listen(self, changed: Callable[[], None]) -> None:
        self.changed = changed

    async def act(self, wanted: Action) -> Result:
        self.told.append(wanted)
        if self.outcome is not None:
            return self.outcome(wanted)
        self.ask(*(one for one in self.live.requests if one.id != wanted.request))
        proof = Evidence("stream", "the client read the answer", time.time())
        return confirmed(wanted, proof, session_id="one")

    async def close(self) -> None:
        pass


@asynccontextmanager
async def asking(
    folder: Path, *requests: Request, size: tuple[int, int] = (140, 40)
) -> AsyncIterator[tuple[Any, Asking]]:
    """Open the app on a session that asks for these; gives the pilot and the channel."""
    stage = Stage(folder / "sessions")
    repo = folder / "app"
    repo.mkdir(exist_ok=True)
    stage.put("one", said("I reset the database and seed again."), cwd=str(repo))
    channel = Asking()
    async with opened(stage, repo, size) as pilot:
        pilot.app.bridge.forbidden = None
        pilot.app.bridge.acting._keep(key("one"), channel)
        await pilot.pause()
        channel.ask(*requests)
        await pilot.pause(0.2)
        yield pilot, channel


def card_of(pilot: Any) -> RequestCard:
    """The card on the screen."""
    return pilot.app.screen.query_one(RequestCard)
