"""Finds the channel to a session: our own driver, else what its agent offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from ..agents.base import Sighting
from ..problems import Problem
from .channel import Channel
from .records import driver_of

_JOINERS = {
    "claude": "..agents.claude.joining",
    "codex": "..agents.codex.joining",
    "demo": "..agents.demo.joining",
}


_HEARERS = {"claude": "..agents.claude.hearing"}
"""Agents whose sessions can tell what they ask for without being joined."""


class NoChannel(Problem):
    """Nothing leads into the session: it can be watched, and everything can be done by hand."""

    title = "clearhead cannot act on this session"
    remedy = (
        "Three ways: by hand (clearhead gives the text and looks for it), take over (leave the "
        "agent there, then `clearhead run AGENT --resume ID`), or start in tmux (`tmux new "
        "'clearhead run AGENT'`)."
    )


Told = Callable[[str, str, Channel | None], None]


class _Joiner(Protocol):
    async def join(
        self, sighting: Sighting, folders: Sequence[Path], tmux_socket: str | None
    ) -> Channel:
        """Return a channel to the session that a person started."""


async def join(
    sighting: Sighting,
    state: Path,
    folders: Sequence[Path] = (),
    *,
    tmux_socket: str | None = None,
) -> Channel:
    """Return the best channel to a session; `folders` are where its agent keeps its files.

    Raises:
        NoChannel: there is none; the remedy says what can be done.
        Problem: there is one, and it cannot be used now.
    """
    driver = driver_of(state, sighting.agent, sighting.session_id)
    if driver is not None:
        from .client import Driven

        return await Driven.join(Path(driver.socket))
    if sighting.agent not in _JOINERS:
        raise NoChannel(f"clearhead cannot act on sessions of {sighting.agent}.")
    joiner = cast("_Joiner", import_module(_JOINERS[sighting.agent], __package__))
    return await joiner.join(sighting, folders, tmux_socket)


class Hearer(Protocol):
    """Hears what the sessions of one agent ask for that are only watched."""

    async def hear(self, sightings: Iterable[Sighting]) -> None:
        """Hear these live sessions from now on, and no others."""

    def close(self) -> None:
        """Hear nothing any more."""


def hearers(folders: Mapping[str, Sequence[Path]], told: Told) -> dict[str, Hearer]:
    """Return for each agent that has some what hears its sessions.

    `told` gets agent, session id and the channel by which a session asks, `None` when it asks no
    more.
    """
    made: dict[str, Hearer] = {}
    for agent, module in _HEARERS.items():
        if folders.get(agent):
            hearing = import_module(module, __package__).Hearing
            made[agent] = cast("Hearer", hearing(folders[agent], partial(told, agent)))
    return made


def nobody_runs(sighting: Sighting) -> NoChannel:
    """Return the problem that a session has no program, and how to go on with it."""
    return NoChannel(
        "No program runs this session.",
        remedy=f"Go on with it: clearhead run {sighting.agent} --resume {sighting.session_id}",
    )
