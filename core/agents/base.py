"""What an agent is to the rest of clearhead: its sessions, its transcripts, its bodies.

An agent is another program. Whatever its files hold, the methods here answer with values and
reports; they raise nothing but `Problem`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import msgspec

from ..chain import Stretch
from ..events import AnyEvent
from ..items import Kind, Span
from ..problems import Report
from .records import Record


class State(StrEnum):
    """What a session does now."""

    IDLE = "idle"
    BUSY = "busy"
    WAITING = "waiting"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Waiting(StrEnum):
    """What a session waits for when it waits for the person."""

    PERMISSION = "permission"
    INPUT = "input"
    DIALOG = "dialog"


ASKING = frozenset({"AskUserQuestion", "request_user_input"})
"""Tools by which agents ask the person something; one client calls that a permission too."""


class Sighting(msgspec.Struct, frozen=True):
    """One session as discovery found it; times are epoch seconds.

    `state` is `None` when nothing but the transcript can tell; `asserted` is true when the agent
    itself said so. `path` is `None` until the agent has written a transcript.
    """

    agent: str
    session_id: str
    path: Path | None = None
    cwd: str | None = None
    name: str | None = None
    pid: int | None = None
    state: State | None = None
    waiting_for: Waiting | None = None
    asserted: bool = False
    since: float | None = None
    last_activity: float | None = None
    version: str | None = None
    place: str | None = None
    """Where its terminal is, as far as the agent tells: a tmux pane, an editor."""
    inferred: bool = False
    """Whether `pid` is only worked out: no file that the process holds open says so."""


class Discovery(msgspec.Struct, frozen=True):
    """What one agent's folders hold: sessions, where was looked, and what could not be read."""

    sightings: tuple[Sighting, ...] = ()
    looked_in: tuple[Path, ...] = ()
    reports: tuple[Report, ...] = ()


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """The last that an agent told about a session beside its transcript; `None` is untold.

    `at` is when it was told (epoch seconds), `window` and `fill` are tokens. `usd` is the client's
    own list-price estimate. It counts for the process, not the session: it goes on over `/clear`
    and may begin again at 0.
    """

    session_id: str
    at: float
    transcript: Path | None = None
    model: str | None = None
    window: int | None = None
    fill: int | None = None
    usd: float | None = None
    version: str | None = None


class Side(StrEnum):
    """Which side of a change a line of a diff is on."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"


class DiffLine(msgspec.Struct, frozen=True):
    """One line of a diff; `number` is its line in the file where known (old for removed)."""

    side: Side
    text: str
    number: int | None = None


class Body(msgspec.Struct, frozen=True):
    """The whole text of one item, cleaned, as it is shown when unfolded.

    `language` names a syntax for highlighting ("markdown", "json", "bash"), `diff` is what an edit
    changed, `missing` says in words why there is no text.
    """

    kind: Kind
    text: str = ""
    language: str | None = None
    diff: tuple[DiffLine, ...] = ()
    missing: str | None = None


class Reader(Protocol):
    """Turns the records of one transcript into events; remembers what it needs to.

    A reader never raises on any record. `freeze` and `thaw` carry its memory over a restart.
    """

    def read(self, record: Record) -> Iterable[AnyEvent]:
        """Return the events of one record, in order."""
        ...

    def freeze(self) -> bytes:
        """Return the reader's memory."""
        ...

    def thaw(self, memory: bytes) -> None:
        """Take up a memory that `freeze` gave out; `ValueError` if it is none."""
        ...


class Agent(Protocol):
    """The edge between clearhead and one kind of coding agent."""

    name: str
    """The short name in figures and files: "claude", "codex", "demo"."""

    title: str
    """The name people know: "Claude Code"."""

    def discover(self) -> Discovery:
        """Find the agent's sessions: live ones first, then recently changed transcripts."""
        ...

    def watched(self) -> Sequence[Path]:
        """Return the folders whose changes can mean a new session or a new state."""
        ...

    def recognises(self, path: Path, records: Sequence[Record]) -> bool:
        """Say whether a file with these first records is one of this agent's transcripts."""
        ...

    def reader(self, path: Path, *, whole: bool = True) -> Reader:
        """Return a new reader for a transcript; `whole` is false when its start is not read."""
        ...

    def body(self, record: Record, span: Span, kind: Kind) -> Body:
        """Return the whole text of the item at `span` from its decoded record."""
        ...

    def feed(self, session_id: str) -> Feed | None:
        """Return the last that the agent told about a session beside its transcript."""
        ...

    def earlier(self, path: Path) -> Sequence[Stretch]:
        """Return the parts of other files in which the conversation in `path` began."""
        ...

    def subagents(self, path: Path) -> Sequence[Path]:
        """Return the transcripts of the sub-agents that the session in `path` started."""
        ...
