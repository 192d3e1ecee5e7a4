"""The demo as an agent like any other: found by its registry, read from its transcripts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from ...chain import Stretch
from ...items import Kind, Span
from ..base import Body, Discovery, Feed, Sighting, State, Waiting
from ..records import Record
from . import registry
from .bodies import body_of
from .format import SUFFIX, Status
from .identity import Identity, lives
from .places import Places
from .reader import DemoReader

STATES = {
    Status.IDLE: State.IDLE,
    Status.BUSY: State.BUSY,
    Status.WAITING: State.WAITING,
    Status.ENDED: State.ENDED,
}
_WAITS = {waiting.value: waiting for waiting in Waiting}


class Demo:
    """The scripted agent below the given roots; without roots there is none."""

    name = "demo"
    title = "Demo agent"

    def __init__(self, roots: Sequence[Path] = ()) -> None:
        self._places = tuple(Places(root) for root in roots)

    def discover(self) -> Discovery:
        """Find the live session by the registry, and earlier ones by their transcripts."""
        found: dict[str, Sighting] = {}
        for places in self._places:
            for path in sorted(places.transcripts.glob(f"*{SUFFIX}")):
                found[path.stem] = _ended(path)
            for path in places.sessions.glob("*.json"):
                live = _live(path, places)
                if live is not None:
                    found[live.session_id] = live
        return Discovery(tuple(found.values()), tuple(places.root for places in self._places))

    def watched(self) -> tuple[Path, ...]:
        """Return the folders of registry and transcripts."""
        return tuple(f for places in self._places for f in (places.sessions, places.transcripts))

    def recognises(self, path: Path, records: Sequence[Record]) -> bool:
        """Say whether a file begins as the demo's transcripts do."""
        del path
        return bool(records) and records[0].value.get("type") == "session"

    def reader(self, path: Path, *, whole: bool = True) -> DemoReader:
        """Return a new reader; it needs nothing from the start of the file."""
        del path, whole
        return DemoReader()

    def body(self, record: Record, span: Span, kind: Kind) -> Body:
        """Return the whole text of an item."""
        del span
        return body_of(record, kind)

    def feed(self, session_id: str) -> Feed | None:
        """Return nothing: the demo says everything in its transcript."""
        del session_id
        return None

    def earlier(self, path: Path) -> Sequence[Stretch]:  # noqa: ARG002 - the protocol hands it in
        """Return nothing: every file holds the whole of its conversation."""
        return ()

    def subagents(self, path: Path) -> tuple[Path, ...]:
        """Return nothing: its sub-agent writes into the same file."""
        del path
        return ()


def _ended(path: Path) -> Sighting:
    try:
        changed = path.stat().st_mtime
    except OSError:
        changed = None
    return Sighting("demo", path.stem, path, state=State.ENDED, last_activity=changed)


def _live(path: Path, places: Places) -> Sighting | None:
    """Return what a registry entry says, if its process still runs."""
    try:
        entry = registry.read(path)
    except (OSError, msgspec.MsgspecError):
        return None
    if not lives(Identity(entry.pid, entry.proc_start)):
        return None
    transcript = places.transcript(entry.session_id)
    return Sighting(
        "demo",
        entry.session_id,
        transcript if transcript.exists() else None,
        cwd=entry.cwd,
        name=entry.name,
        pid=entry.pid,
        state=STATES[entry.status],
        waiting_for=_WAITS.get(entry.waiting_for or ""),
        asserted=True,
        since=entry.updated_at,
        last_activity=entry.updated_at,
    )
