"""What to open, decided before the screen is there: the first paint shows a session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.acting.records import driven
from ..core.agents.base import Agent, Sighting
from ..core.agents.recognise import first_records
from ..core.config import Settings
from ..core.fold import fold
from ..core.paths import cache_folder, state_folder
from ..core.problems import NotFound, Problem, Report
from ..core.repo_files import top_of
from ..core.snapshot import Snapshot
from ..core.supervisor import Key, Supervisor

if TYPE_CHECKING:
    from ..core.agents.demo.launch import DemoProcess

DEMO_WANTED = 75
"""The code with which the app ends when the demo is chosen; the command line starts it then."""

ASKED = 12
"""How many ended sessions without a known folder are looked into for one, newest first."""


@dataclass
class Start:
    """A supervisor that knows its sessions, and which of them to open first.

    `first` is `None` where no session belongs to `folder`; then the welcome screen opens.
    `welcome` opens it on top of the first session as well. `attach` asks for a channel to the
    first session at once: the person has just started it. So do people who try the demo.
    """

    supervisor: Supervisor
    settings: Settings
    folder: Path
    first: Key | None = None
    demo: DemoProcess | None = None
    banner: str = ""
    welcome: bool = False
    attach: bool = False
    reports: tuple[Report, ...] = ()


def prepare(
    agents: Sequence[Agent], settings: Settings, folder: Path, reports: Sequence[Report] = ()
) -> Start:
    """Look for sessions and read the end of the one that belongs to `folder`.

    Raises:
        NotFound: `folder` is not there.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", remedy="Check the path.")
    supervisor = Supervisor(agents, cache_folder())
    supervisor.discover_now()
    adopt_driven(supervisor)
    first = choose(supervisor, folder.resolve())
    if first is not None:
        supervisor.open_now(first)
    return Start(supervisor, settings, folder.resolve(), first, reports=tuple(reports))


def adopt_driven(supervisor: Supervisor) -> None:
    """Let the supervisor know the sessions of our own that have had no turn yet."""
    for sighting in driven(state_folder()):
        agent = supervisor.agents.get(sighting.agent)
        if agent is not None and supervisor.seen((sighting.agent, sighting.session_id)) is None:
            supervisor.adopt(agent, sighting)


def prepare_file(
    agent: Agent,
    sighting: Sighting,
    agents: Sequence[Agent],
    settings: Settings,
    reports: Sequence[Report] = (),
) -> Start:
    """Read the end of one transcript that the person named."""
    supervisor = Supervisor(agents, cache_folder())
    key = supervisor.adopt(agent, sighting)
    supervisor.open_now(key)
    return Start(supervisor, settings, Path.cwd(), key, reports=tuple(reports))


def prepare_session(
    sighting: Sighting,
    agents: Sequence[Agent],
    settings: Settings,
    folder: Path,
    reports: Sequence[Report] = (),
) -> Start:
    """Open a session that has just begun; its transcript may not be there yet."""
    supervisor = Supervisor(agents, cache_folder())
    supervisor.discover_now()
    key = (sighting.agent, sighting.session_id)
    if supervisor.seen(key) is None:
        supervisor.adopt(supervisor.agents[sighting.agent], sighting)
    if _path_of(supervisor, key):
        supervisor.open_now(key)
    return Start(supervisor, settings, folder, key, attach=True, reports=tuple(reports))


def _path_of(supervisor: Supervisor, key: Key) -> Path | None:
    """Return the transcript of a session; `None` before its first turn."""
    seen = supervisor.seen(key)
    return seen.sighting.path if seen else None


def prepare_demo(
    settings: Settings,
    speed: float,
    banner: str,
    agents: Sequence[Agent] = (),
    reports: Sequence[Report] = (),
) -> Start:
    """Start a demo and open its session; sessions of `agents` are watched beside it.

    Raises:
        Problem: It cannot be started here.
    """
    from ..core.agents.demo.launch import start
    from ..core.agents.demo.sweep import sweep
    from ..core.agents.registry import agent_named

    sweep()
    demo = start(speed=speed)
    watched = [agent for agent in agents if agent.name != "demo"]
    supervisor = Supervisor([*watched, agent_named("demo", (demo.root,))], cache_folder())
    supervisor.discover_now()
    first = next((key for key in supervisor.keys if key[0] == "demo"), None)
    if first is not None:
        supervisor.open_now(first)
    return Start(
        supervisor,
        settings,
        demo.repository,
        first,
        demo,
        banner,
        attach=True,
        reports=tuple(reports),
    )


def choose(supervisor: Supervisor, folder: Path) -> Key | None:
    """Return the session to open for `folder`: a live one first, then the most recent.

    A session belongs to a folder when it works in it, below it, or in the repository around it.
    """
    root = top_of(folder)
    sightings = sorted(_sightings(supervisor), key=_rank)
    named = next((s for s in sightings if s.cwd and _is_in(s.cwd, root)), None)
    if named is not None and named.pid is not None:
        return named.agent, named.session_id
    silent = islice((s for s in sightings if s.cwd is None and s.path is not None), ASKED)
    found = (s for s in silent if (cwd := _folder_of(supervisor, s)) and _is_in(cwd, root))
    best = min(filter(None, (named, next(found, None))), key=_rank, default=None)
    return None if best is None else (best.agent, best.session_id)


def _sightings(supervisor: Supervisor) -> Iterator[Sighting]:
    for key in supervisor.keys:
        seen = supervisor.seen(key)
        if seen is not None:
            yield seen.sighting


def _rank(sighting: Sighting) -> tuple[bool, float]:
    return sighting.pid is None, -(sighting.last_activity or 0.0)


def _is_in(cwd: str, root: Path) -> bool:
    return Path(cwd) == root or root in Path(cwd).parents


def _folder_of(supervisor: Supervisor, sighting: Sighting) -> str | None:
    """Return the folder that the first records of an ended session name."""
    assert sighting.path is not None
    reader = supervisor.agents[sighting.agent].reader(sighting.path)
    try:
        records = first_records(sighting.path)
    except Problem:
        return None
    return fold(Snapshot(), (event for record in records for event in reader.read(record))).cwd
