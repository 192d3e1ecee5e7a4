"""What the reader of a rollout remembers from line to line."""

from __future__ import annotations

import msgspec

from ...events import AnyEvent
from ...items import NONE, Flag, Item, Kind
from ...text import one_line
from .lines import Line

FORMAT = 1
"""Counts up when a memory of an earlier version can no longer be taken up."""

NO_FLAG = Flag(0)

OPEN = 256
"""How many unanswered calls are remembered; a turn has a few."""

Role = str
Mark = int


class Held(msgspec.Struct):
    """A prompt that may yet be told again by an event, or turn out to be no person's words."""

    item: Item
    mark: Mark


class Voices(msgspec.Struct):
    """Which copies of a message count: every message stands in a rollout twice.

    `known` are the roles whose messages events have told, `single` the messages of this turn
    that were met once, as role, source and mark.
    """

    known: set[Role] = set()
    single: list[tuple[Role, str, Mark]] = []
    held: list[Held] = []


class Totals(msgspec.Struct):
    """How far the running totals have been counted: input, cache read, cache write, output.

    `counted` is `None` while the first total still has to be met; `announced` are calls that were
    told one by one since.
    """

    counted: tuple[int, int, int, int] | None = (0, 0, 0, 0)
    announced: tuple[int, int, int, int] = (0, 0, 0, 0)
    announced_at: float | None = None
    fill: int | None = None
    fill_before: int | None = None
    response: str = ""
    window: int | None = None
    limits: dict[str, tuple[float | None, float | None]] = {}


class Start(msgspec.Struct, array_like=True):
    """Where a turn begins: its first item, and the fill of the context before it."""

    turn: str
    item: int
    fill: int | None
    branch: int


class Turns(msgspec.Struct):
    """Which turn runs, and where each began.

    `fill` is what the context held when it began, `worked` whether anything happened in it since.
    `superseded` are turns that another one replaced before their end was told.
    """

    current: str | None = None
    fill: int | None = None
    worked: bool = False
    superseded: list[str] = []
    starts: list[Start] = []
    branch: int = 0
    branches: int = 1
    compaction: Item | None = None
    before: int | None = None
    told: str = ""


class Outcome(msgspec.Struct):
    """What an event said of a call before the call's own answer came."""

    exit_code: int | None = None
    failed: bool = False
    denied: bool = False


class OpenCall(msgspec.Struct):
    """A call without an answer: the index of its item, its name, what is known of its end."""

    item: int
    name: str
    edit: bool = False
    outcome: Outcome | None = None


class Memory(msgspec.Struct):
    """Everything a reader knows; `items` counts what it has given out."""

    format: int = FORMAT
    items: int = 0
    session_id: str | None = None
    introduced: bool = False
    subagent: bool = False
    inherited: bool = False
    model: str = ""
    about: dict[str, str] = {}
    goal: str = ""
    voices: Voices = msgspec.field(default_factory=Voices)
    totals: Totals = msgspec.field(default_factory=Totals)
    turns: Turns = msgspec.field(default_factory=Turns)
    calls: dict[str, OpenCall] = {}

    def item(
        self,
        line: Line,
        kind: Kind,
        said: str,
        *,
        part: int = 0,
        name: str = "",
        meta: str = "",
        parent: int = NONE,
        size: int | None = None,
        flags: Flag = NO_FLAG,
    ) -> Item:
        """Make the item of a line: `said` gives the head, and the size unless that is given."""
        span = msgspec.structs.replace(line.span, part=part) if part else line.span
        return Item(
            kind=kind,
            span=span,
            head=one_line(said),
            at=line.at,
            name=one_line(name, 60),
            meta=one_line(meta, 60),
            parent=parent,
            branch=self.turns.branch,
            size=len(said) if size is None else size,
            flags=flags,
        )


Events = list[AnyEvent]
"""What one line tells, in order."""
