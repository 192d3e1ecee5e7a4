"""Finds Claude Code's sessions: what the registry says of live ones, then recent transcripts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from ...problems import Report
from ..base import Discovery, Sighting, State
from ..folders import refused
from .registry import Live, Registry, read_registry
from .subagents import PREFIX

NAME = "claude"

RECENT = 14 * 86_400.0
"""Seconds after which a transcript that nobody writes is no longer listed."""

MOST = 200
"""Ended sessions that are listed, newest first."""

FAITHFUL = (2, 1, 197)
"""From this version on, `/clear` was seen to put the new session id into the registry at once."""

_CLEARED = b"<command-name>/clear</command-name>"
_HEAD = 16 * 1024

_URGENCY = {State.WAITING: 0, State.BUSY: 1}


class Found(msgspec.Struct, frozen=True):
    """A transcript as a look into its folder shows it; `changed` is epoch seconds."""

    path: Path
    changed: float

    @property
    def session_id(self) -> str:
        """The session that the file is named after."""
        return self.path.stem


def discover(folders: Sequence[Path], now: float) -> Discovery:
    """Return the sessions of all configuration folders; what cannot be read is reported."""
    reports: list[Report] = []
    looks = []
    for folder in folders:
        registry = read_registry(folder)
        reports += registry.reports
        looks.append((registry, list(_transcripts(folder / "projects", reports))))
    live = {s.session_id: s for registry, found in looks for s in _live(registry, found)}
    ended = {s.session_id: s for registry, found in looks for s in _ended(registry, found, now)}
    past = sorted((ended[name] for name in ended.keys() - live.keys()), key=_newest)[:MOST]
    return Discovery((*sorted(live.values(), key=_newest), *past), tuple(folders), tuple(reports))


def _newest(sighting: Sighting) -> float:
    return -(sighting.last_activity or 0.0)


def _transcripts(projects: Path, reports: list[Report]) -> Iterator[Found]:
    """Yield every session's transcript; only names and times are looked at."""
    for project in _entries(projects, reports):
        if project.is_dir(follow_symlinks=False):
            for entry in _entries(Path(project.path), reports):
                named = entry.name.endswith(".jsonl") and not entry.name.startswith(PREFIX)
                if named and entry.is_file(follow_symlinks=False):
                    yield from _found(entry)


def _entries(folder: Path, reports: list[Report]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []
    except OSError as error:
        reports.append(refused(folder, error))
        return []


def _found(entry: os.DirEntry[str]) -> Iterator[Found]:
    try:
        yield Found(Path(entry.path), entry.stat(follow_symlinks=False).st_mtime)
    except OSError:
        return


def _live(registry: Registry, found: Iterable[Found]) -> Iterator[Sighting]:
    """Yield one sighting for each live session, however many processes have it open."""
    newest: dict[str, Found] = {}
    for transcript in sorted(found, key=lambda transcript: transcript.changed):
        newest[transcript.session_id] = transcript
    claimed = {client.session_id for client in registry.live}
    sessions: dict[str, list[Live]] = {}
    for client in registry.live:
        session_id = _followed(client, newest, claimed)
        sessions.setdefault(session_id, []).append(client)
    for session_id, clients in sessions.items():
        yield _sighting(session_id, clients, newest.get(session_id))


def _sighting(session_id: str, clients: list[Live], transcript: Found | None) -> Sighting:
    """Return a live session; of two processes, the one that needs the person most speaks."""
    first = min(clients, key=_need)
    changed = transcript.changed if transcript else None
    return Sighting(
        agent=NAME,
        session_id=session_id,
        path=transcript.path if transcript else None,
        cwd=first.cwd,
        name=first.name,
        pid=first.pid,
        state=first.state,
        waiting_for=first.waiting_for,
        asserted=first.state is not None,
        since=first.since,
        last_activity=max(filter(None, (changed, first.since, first.started_at)), default=None),
        version=first.version,
        place=" and ".join(sorted({client.place for client in clients if client.place})) or None,
    )


def _need(client: Live) -> tuple[int, float]:
    urgency = 2 if client.state is None else _URGENCY.get(client.state, 2)
    return urgency, -(client.since or 0.0)


def _followed(client: Live, newest: dict[str, Found], claimed: set[str]) -> str:
    """Return the session a client is in; early ones keep the old id in the registry at `/clear`.

    Then the new session's transcript is the newest one in the same folder that no other process
    claims, and it begins with that command.
    """
    named = newest.get(client.session_id)
    if named is None or client.numbers >= FAITHFUL:
        return client.session_id
    beside = (
        other
        for other in newest.values()
        if other.path.parent == named.path.parent
        and other.changed > named.changed
        and other.session_id not in claimed
    )
    latest = max(beside, key=lambda other: other.changed, default=None)
    return latest.session_id if latest and _begins_cleared(latest.path) else client.session_id


def _begins_cleared(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _CLEARED in file.read(_HEAD)
    except OSError:
        return False


def _ended(registry: Registry, found: Iterable[Found], now: float) -> Iterator[Sighting]:
    """Yield recent transcripts, as they are if no process has them open.

    Where clients keep a registry, a session that is not in it has ended. Old clients kept none,
    and a process in a container cannot be seen: there only the transcript can tell.
    """
    for transcript in found:
        session_id = transcript.session_id
        if now - transcript.changed > RECENT:
            continue
        over = registry.exists and session_id not in registry.foreign
        yield Sighting(
            agent=NAME,
            session_id=session_id,
            path=transcript.path,
            state=State.ENDED if over else None,
            last_activity=transcript.changed,
        )
