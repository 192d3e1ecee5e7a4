"""Finds the sessions of Codex: recent rollouts, and the threads that are open right now."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from ...chain import Stretch
from ...problems import Report
from ...text import one_line
from ..base import Discovery, Sighting, State
from ..fields import text
from ..folders import refusals
from .holders import LOCKS, Client, Open, Window, clients, windows
from .rollouts import (
    ARCHIVED,
    SESSIONS,
    Head,
    Rollout,
    days,
    listed,
    read_head,
    rollout_of,
    rollouts,
    thread_of,
)

RECENT = 14 * 24 * 3600
"""Seconds after its last change in which a rollout is listed."""

MOST = 200
"""How many rollouts are listed beside those that are open."""

GRACE = 60
"""Seconds in which a rollout that nobody was seen to hold is not yet called ended."""

CHILDREN = 2000
"""How many rollouts are looked at for sub-agents of one session, newest days first."""

LINKS = 200
"""How many times a conversation that is shown whole can have been gone back in or forked."""

NAMES = "session_index.jsonl"
_NAMES_END = 1024 * 1024

AGENT = "codex"


class Found(msgspec.Struct, frozen=True):
    """A rollout together with what its first line says."""

    rollout: Rollout
    head: Head


class Running(msgspec.Struct, frozen=True):
    """What runs in a home: threads that are loaded, those that a window shows, and its folders.

    `told` is false when this system does not say who holds a file.
    """

    loaded: dict[str, Open]
    shown: dict[str, Window]
    folders: dict[int, str | None]
    told: bool


class Finder:
    """Looks through Codex homes; first lines never change, so each is read once."""

    def __init__(self, homes: Sequence[Path], clock: Callable[[], float] = time.time) -> None:
        self._homes = tuple(homes)
        self._clock = clock
        self._heads: dict[Path, Head] = {}
        self._days: dict[Path, tuple[int, tuple[Rollout, ...]]] = {}
        self._open: set[str] = set()

    def discover(self) -> Discovery:
        """Return the sessions: open ones first, then the most recently changed."""
        using = clients(self._homes)
        sightings: list[Sighting] = []
        packed = 0
        for home in self._homes:
            found, skipped = self._recent(home, using or [])
            packed += skipped
            running = self._running(home, found, using)
            sightings += self._sightings(home, found, running)
        sightings.sort(key=lambda s: (s.pid is None, -(s.last_activity or 0.0)))
        looked = tuple(home / folder for home in self._homes for folder in (SESSIONS, ARCHIVED))
        return Discovery(tuple(sightings), looked, (*refusals(looked), *_packed_report(packed)))

    def subagents(self, path: Path) -> list[Path]:
        """Return the rollouts of the agents that the thread in `path` started, and of theirs.

        They lie in the same tree, in the folder of the day of their start.
        """
        thread = thread_of(path) or self._head(path).thread
        near = [found for found in self._near(path) if self._head(found.path).subagent]
        family, children = {thread}, []
        for found in sorted(near, key=lambda found: found.path.name):
            if self._head(found.path).parent in family and found.path != path:
                family.add(found.thread)
                children.append(found.path)
        return children

    def earlier(self, path: Path) -> tuple[Stretch, ...]:
        """Return the parts of other rollouts in which the conversation in `path` began.

        Going back and forking begin a file that refers to the one before, so they form a chain;
        it ends where a file is missing.
        """
        thread, found, file = thread_of(path) or self._head(path).thread, list[Stretch](), path
        while (base := self._head(file).base) and len(found) < LINKS:
            before = self._named(path, base.rollout)
            if before is None:
                break
            found.append(Stretch(before, base.length, own=thread_of(before) == thread))
            file = before
        return tuple(reversed(found))

    def _recent(self, home: Path, using: Iterable[Client]) -> tuple[list[Found], int]:
        """Return one rollout a thread, newest change first, and how many cannot be read."""
        held = {path for client in using for path in client.rollouts}
        since = self._clock() - RECENT
        best: dict[str, Rollout] = {}
        packed: dict[str, Rollout] = {}
        for rollout in rollouts(home):
            if rollout.path not in held and rollout.changed < since:
                continue
            kept = packed if rollout.packed else best
            known = kept.get(rollout.thread)
            if known is None or _order(rollout, held) > _order(known, held):
                kept[rollout.thread] = rollout
        newest = sorted(best.values(), key=lambda r: (r.path in held, r.changed), reverse=True)
        heads = (Found(rollout, self._head(rollout.path)) for rollout in newest)
        main = (found for found in heads if found.head.thread and not found.head.subagent)
        return list(islice(main, MOST + len(held))), len(packed.keys() - best.keys())

    def _running(self, home: Path, found: list[Found], using: list[Client] | None) -> Running:
        """Work out who holds what in one home; threads that an agent started are in no window."""
        by_thread = {entry.rollout.thread: entry for entry in found}
        here = [client for client in using or () if home in client.homes]
        held = {thread for client in here for thread in client.threads}
        self._open |= held
        loaded = {thread: _open(home, thread, by_thread.get(thread)) for thread in held}
        helpers = {self._helper(path) for client in here for path in client.rollouts}
        main = {thread: entry for thread, entry in loaded.items() if thread not in helpers}
        folders = {client.pid: client.cwd for client in here}
        return Running(loaded, windows(here, main), folders, using is not None)

    def _sightings(self, home: Path, found: list[Found], running: Running) -> Iterator[Sighting]:
        names = thread_names(home)
        for entry in found:
            yield self._sighting(entry, names.get(entry.rollout.thread), running)
        known = {entry.rollout.thread for entry in found}
        for thread in running.shown.keys() - known:
            yield _unwritten(thread, running)

    def _sighting(self, entry: Found, name: str | None, running: Running) -> Sighting:
        rollout, head = entry.rollout, entry.head
        quiet = self._clock() - rollout.changed > GRACE
        closed = rollout.thread not in running.loaded and (quiet or rollout.thread in self._open)
        window = running.shown.get(rollout.thread)
        return Sighting(
            agent=AGENT,
            session_id=rollout.thread,
            path=rollout.path,
            cwd=head.cwd,
            name=name,
            pid=window.pid if window else None,
            inferred=window is not None and window.inferred,
            state=State.ENDED if rollout.archived or (running.told and closed) else None,
            last_activity=rollout.changed,
            version=head.version,
        )

    def _helper(self, path: Path) -> str | None:
        """Return the thread of a held rollout when an agent started it, not a person."""
        return thread_of(path) if self._head(path).subagent else None

    def _head(self, path: Path) -> Head:
        head = self._heads.get(path)
        if head is None:
            head = read_head(path) or Head()
            if head.thread:
                self._heads[path] = head
        return head

    def _named(self, path: Path, rollout: str) -> Path | None:
        """Find the rollout with this id in the home that holds `path`, near folders first."""
        for folder in (path.parent, *_folders_around(path)):
            for found in self._listed([folder]):
                if rollout_of(found.path) == rollout:
                    return found.path
        return None

    def _near(self, path: Path) -> list[Rollout]:
        """List the rollouts that can be younger than the one in `path`."""
        folders = path.parents
        if len(folders) > 3 and folders[3].name == SESSIONS:
            since = (folders[2].name, folders[1].name, folders[0].name)
            return self._listed(days(folders[3], since))
        tree = days(path.parent.parent / SESSIONS) if path.parent.name == ARCHIVED else iter(())
        return self._listed([path.parent, *tree])

    def _listed(self, folders: Iterable[Path]) -> list[Rollout]:
        """List folders; one whose time has not changed is not looked into again."""
        found: list[Rollout] = []
        for folder in folders:
            if len(found) >= CHILDREN:
                break
            try:
                changed = folder.stat().st_mtime_ns
            except OSError:
                continue
            known = self._days.get(folder)
            if known is None or known[0] != changed:
                entries = tuple(r for r in listed(folder) if not r.packed)
                known = self._days[folder] = (changed, entries)
            found += known[1]
        return found[:CHILDREN]


def _folders_around(path: Path) -> Iterator[Path]:
    """List every folder of rollouts in the home that holds `path`."""
    archived, folders = path.parent.name == ARCHIVED, path.parents
    if archived or (len(folders) > 4 and folders[3].name == SESSIONS):
        home = folders[1] if archived else folders[4]
        yield from days(home / SESSIONS)
        yield home / ARCHIVED


def thread_names(home: Path) -> dict[str, str]:
    """Return the names that people gave their threads; the newest counts."""
    try:
        with (home / NAMES).open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _NAMES_END))
            rows = file.read().splitlines()
    except OSError:
        return {}
    names: dict[str, str] = {}
    for row in rows:
        try:
            entry = msgspec.json.decode(row, type=dict[str, object])
        except (msgspec.MsgspecError, ValueError, RecursionError):
            continue
        name = one_line(text(entry.get("thread_name")))
        if name:
            names[text(entry.get("id"))] = name
    return names


def _unwritten(thread: str, running: Running) -> Sighting:
    """Return a thread that has no rollout yet: nothing was said in it."""
    window = running.shown[thread]
    return Sighting(
        agent=AGENT,
        session_id=thread,
        cwd=running.folders[window.pid],
        pid=window.pid,
        inferred=window.inferred,
        state=State.IDLE,
        last_activity=running.loaded[thread].touched,
    )


def _order(rollout: Rollout, held: set[Path]) -> tuple[bool, str]:
    """Order the files of one thread: the open one counts, else the one that was begun last."""
    return rollout.path in held, rollout.path.name


def _open(home: Path, thread: str, entry: Found | None) -> Open:
    try:
        locked = (home / LOCKS / f"{thread}.lock").stat().st_mtime
    except OSError:
        locked = 0.0
    changed = entry.rollout.changed if entry else 0.0
    return Open(thread, entry.head.cwd if entry else None, max(locked, changed))


def _packed_report(packed: int) -> Iterable[Report]:
    if packed:
        yield Report(
            "Compressed sessions are not listed",
            f"{packed} recent rollout{'s' if packed > 1 else ''} of Codex ended in .zst.",
            "Resume such a session in Codex: it unpacks the file, and it appears here.",
        )
