"""Which threads are open, and in which window: told by the files that Codex processes hold.

Codex keeps the lock file and the rollout of every thread it has loaded open. A window holds its
own threads, or it is a client of a server in the background that holds the threads of all
windows; then a window and a thread belong together when their folders are the same. Only Linux
tells which process holds which file; nothing is asked of Codex itself.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from ..processes import PROC, process
from .rollouts import thread_of

LOCKS = "thread-writer-locks"
NAME = "codex"
SERVER = "app-server"


class Client(msgspec.Struct, frozen=True):
    """A Codex process: what it holds of the homes that are watched; `begun` orders by age."""

    pid: int
    begun: int
    server: bool
    cwd: str | None
    homes: frozenset[Path]
    threads: frozenset[str]
    rollouts: frozenset[Path]


class Open(msgspec.Struct, frozen=True):
    """A thread that some process has loaded; `touched` is its last sign of life."""

    thread: str
    cwd: str | None
    touched: float


class Window(msgspec.Struct, frozen=True):
    """The process that shows a thread; `inferred` when only their folders say so."""

    pid: int
    inferred: bool = False


def clients(homes: Iterable[Path]) -> list[Client] | None:
    """List the user's Codex processes that use one of `homes` (resolved), newest first.

    `None` when this system does not tell.
    """
    places = tuple(homes)
    try:
        pids = [entry for entry in os.scandir(PROC) if entry.name.isdigit()]
    except OSError:
        return None
    found = (_client(Path(entry.path), places) for entry in pids if _is_codex(Path(entry.path)))
    return sorted(filter(None, found), key=lambda client: client.begun, reverse=True)


def client_of(pid: int, homes: Iterable[Path]) -> Client | None:
    """Return what one Codex process holds of `homes` (resolved); `None` when it is none."""
    place = PROC / str(pid)
    return _client(place, tuple(homes)) if _is_codex(place) else None


def windows(found: Iterable[Client], loaded: dict[str, Open]) -> dict[str, Window]:
    """Say in which window each thread is shown; a thread that is left out is in the background.

    A window that holds threads itself shows the one that stirred last. So does one that is a
    client of the server, among the threads of its folder, as long as it is the only such window
    there: of several nobody can say which shows which. A thread without a rollout has no folder
    yet and goes to a window that has no other, or that is the only one.
    """
    shown: dict[str, Window] = {}
    served: set[str] = set()
    remote: list[Client] = []
    for client in found:
        own = [loaded[thread] for thread in client.threads if thread in loaded]
        if client.server:
            served.update(thread.thread for thread in own)
        elif own:
            shown[_newest(own).thread] = Window(client.pid)
        else:
            remote.append(client)
    places = Counter(client.cwd for client in remote)
    for client in remote:
        free = [loaded[thread] for thread in served - shown.keys()]
        same = [thread for thread in free if thread.cwd == client.cwd]
        fresh = [thread for thread in free if thread.cwd is None]
        candidates = same + fresh if len(remote) == 1 else same or fresh
        if candidates and places[client.cwd] == 1:
            shown[_newest(candidates).thread] = Window(client.pid, inferred=True)
    return shown


def _newest(threads: list[Open]) -> Open:
    return max(threads, key=lambda thread: thread.touched)


def _is_codex(place: Path) -> bool:
    """Say whether a process is a Codex of this user."""
    try:
        mine = place.stat().st_uid == os.getuid()
        return mine and (place / "comm").read_text("utf-8", "replace").startswith(NAME)
    except OSError:
        return False


def _client(place: Path, homes: tuple[Path, ...]) -> Client | None:
    running = process(int(place.name))
    try:
        words = (place / "cmdline").read_bytes().split(b"\0")
        held = list(_held(place))
    except OSError:
        return None
    used = frozenset(home for home in homes if any(home in path.parents for path in held))
    if running is None or not used:
        return None
    rollouts = frozenset(path for path in held if thread_of(path) is not None)
    locks = {path.stem for path in held if path.parent.name == LOCKS and path.suffix == ".lock"}
    return Client(
        pid=running.pid,
        begun=int(running.start or 0),
        server=SERVER.encode() in words,
        cwd=_link(place / "cwd"),
        homes=used,
        threads=frozenset(locks | {thread_of(path) or "" for path in rollouts}),
        rollouts=rollouts,
    )


def _held(place: Path) -> Iterator[Path]:
    """Yield the files that a process holds open."""
    for entry in os.scandir(place / "fd"):
        target = _link(Path(entry.path))
        if target and target.startswith("/"):
            yield Path(target)


def _link(place: Path) -> str | None:
    try:
        return str(place.readlink())
    except OSError:
        return None
