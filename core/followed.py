"""One session that is followed: its own transcript and those of its sub-agents.

The methods read files and may take long; the supervisor calls them in its thread pool, one at a
time for each session.
"""

from __future__ import annotations

from pathlib import Path

from . import checkpoint
from .agents.base import Agent, Body, Sighting
from .checkpoint import Checkpoint
from .problems import Problem, Report
from .session import with_subagents
from .snapshot import Snapshot
from .transcript import END, Transcript, View

Key = tuple[str, str]
"""Agent name and session id."""

SMALL = 2 * 1024 * 1024
"""Bytes that are read whole at once: faster than starting a worker process."""


class Followed:
    """What was read of one session, and what the registry last said of it.

    `alone` leaves out the earlier files in which its conversation began.
    """

    def __init__(self, agent: Agent, sighting: Sighting, *, alone: bool = False) -> None:
        self.agent = agent
        self.sighting = sighting
        self._alone = alone
        self.report: Report | None = None
        self._transcript: Transcript | None = None
        self._children: dict[Path, Transcript] = {}
        self._parts: tuple[Snapshot, ...] = ()
        self._whole = Snapshot()

    @property
    def opened(self) -> bool:
        """Whether its transcript was read at least in part."""
        return self._transcript is not None

    @property
    def complete(self) -> bool:
        """Whether its transcript was read from the start."""
        return self._transcript is not None and self._transcript.snapshot.complete

    @property
    def view(self) -> View | None:
        """What was read until now, sub-agents not included."""
        return None if self._transcript is None else self._transcript.view

    @property
    def snapshot(self) -> Snapshot:
        """The session with everything its sub-agents spent."""
        if self._transcript is None:
            return Snapshot(agent=self.agent.name, session_id=self.sighting.session_id)
        parts = (self._transcript.snapshot, *(c.snapshot for c in self._children.values()))
        if len(parts) != len(self._parts) or any(
            new is not old for new, old in zip(parts, self._parts, strict=True)
        ):
            names = (path.stem.removeprefix("agent-") for path in self._children)
            own = dict(zip(names, parts[1:], strict=True))
            self._parts, self._whole = parts, with_subagents(parts[0], own)
        return self._whole

    @property
    def small(self) -> bool:
        """Whether reading all of it takes no longer than starting a worker process."""
        try:
            return self.sighting.path is not None and self.sighting.path.stat().st_size <= SMALL
        except OSError:
            return False

    def reads(self, path: Path) -> bool:
        """Say whether a file is this session's, or that of one of its known sub-agents."""
        return path == self.sighting.path or path in self._children

    def subagents(self) -> frozenset[Path]:
        """Return the transcripts of its sub-agents as they lie on the disk now."""
        path = self.sighting.path
        return frozenset(self.agent.subagents(path)) if path and self.complete else frozenset()

    def open(self) -> None:
        """Read the end of the transcript."""
        path = self.sighting.path
        if path is None:
            return
        transcript = Transcript(self.agent, path, alone=self._alone)
        try:
            transcript.open_end(END)
        except Problem as problem:
            self.report = problem.report()
            return
        self.report = None
        self._transcript = transcript

    def read_whole(self) -> None:
        """Read the transcript from its start, and those of its sub-agents.

        Raises:
            Problem: It is gone or cannot be read.
        """
        path = self.sighting.path
        if path is None:
            return
        whole = Transcript(self.agent, path, alone=self._alone)
        whole.open_end(limit=_WHOLE)
        self._transcript = whole
        self._refresh_children()

    def refresh(self) -> bool:
        """Read what was added; say whether anything changed."""
        if self._transcript is None or self._transcript.path != self.sighting.path:
            before = self._transcript, self.report
            self.open()
            return (self._transcript, self.report) != before
        changed = self._transcript.catch_up()
        return self._refresh_children() or changed

    def adopt(self, made: Checkpoint | None) -> bool:
        """Go on from the fold of the whole transcript; say whether it still fits the file."""
        if self._transcript is None:
            return False
        if made is None or not self._transcript.adopt(made):
            return False
        self._transcript.catch_up()
        self._refresh_children()
        return True

    def load(self, cache: Path) -> Checkpoint | None:
        """Return the checkpoint of an earlier run, if there is one."""
        return checkpoint.load(cache, self._transcript.path) if self._transcript else None

    def save(self, cache: Path) -> None:
        """Put the fold aside for the next start."""
        made = self._transcript.checkpoint() if self._transcript else None
        if made is not None and self._transcript is not None and made.offset > SMALL:
            checkpoint.save(cache, self._transcript.path, made)

    def body(self, index: int) -> Body | None:
        """Load the whole text of one item."""
        return self._transcript.body(index) if self._transcript else None

    def _refresh_children(self) -> bool:
        """Follow the sub-agents' files; only once the session itself is read from its start."""
        if not self.complete or self._transcript is None:
            return False
        changed = False
        for path in self.agent.subagents(self._transcript.path):
            new = Transcript(self.agent, path, alone=True)
            child = self._children.setdefault(path, new)
            changed = child.catch_up() or changed
        return changed


_WHOLE = 1 << 62
