"""What a transcript proves: which prompts a session took, what its agent did since. Looks only."""

from __future__ import annotations

from collections.abc import Iterator

from ..agents.base import Agent, Body, Sighting
from ..followed import Followed
from ..items import Flag, Item, ItemLog, Kind
from ..problems import Problem
from ..snapshot import Snapshot
from ..transcript import View


class Reading:
    """One session's transcript, read whole."""

    def __init__(self, agent: Agent, sighting: Sighting) -> None:
        self._followed = Followed(agent, sighting)

    def refresh(self) -> None:
        """Read what was added; a transcript that is not there yet is empty."""
        path = self._followed.sighting.path
        if path is not None and not self._followed.complete:
            try:
                self._followed.read_whole()
            except Problem:
                return
        self._followed.refresh()

    @property
    def snapshot(self) -> Snapshot:
        """The session as its transcript tells it."""
        return self._followed.snapshot

    @property
    def view(self) -> View | None:
        """What was read until now; `None` before the first look."""
        return self._followed.view

    def body(self, item: int) -> Body | None:
        """Load the whole text of one item."""
        return self._followed.body(item)

    def prompts(self, start: int = 0) -> Iterator[tuple[int, str]]:
        """Yield what people and programs gave the agent from item `start` on, whole."""
        for item in self._items(start):
            if self._log.kind(item) is Kind.PROMPT:
                yield item, self.text(item)

    def took(self, prompt: str, start: int = 0) -> int | None:
        """Return the item in which the agent took a prompt, word for word; else `None`."""
        wanted = _plain(prompt)
        return next((item for item, text in self.prompts(start) if _plain(text) == wanted), None)

    def text(self, item: int) -> str:
        """Return the whole text of one item."""
        body = self._followed.body(item)
        return body.text if body and body.text else self._log.head(item)

    def since(self, start: int) -> Iterator[tuple[int, Item]]:
        """Yield the items from `start` on, those of sub-agents left out."""
        return ((n, self._log[n]) for n in self._items(start) if not self._is_aside(n))

    def _is_aside(self, item: int) -> bool:
        return bool(self._log.flags(item) & Flag.SIDECHAIN)

    def failed(self, call: int) -> bool:
        """Say whether a tool call came back with an error, or was refused."""
        answer = self._log.answer(call)
        return answer >= 0 and bool(self._log.flags(answer) & (Flag.FAILED | Flag.DENIED))

    @property
    def count(self) -> int:
        """How many items there are."""
        return self.snapshot.items_seen

    @property
    def _log(self) -> ItemLog:
        view = self._followed.view
        return view.items if view else ItemLog()

    def _items(self, start: int) -> range:
        return range(start, self.count if self._followed.view else 0)


def _plain(text: str) -> str:
    """Return text as it can be compared: white space is not sure to survive a terminal."""
    return " ".join(text.split())


def sighting_of(agent: Agent, session_id: str) -> Sighting | None:
    """Return where a session is now, if it can be found."""
    found = agent.discover().sightings
    return next((s for s in found if s.session_id == session_id), None)
