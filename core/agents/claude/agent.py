"""Claude Code, as the rest of clearhead sees it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...chain import Stretch
from ...clock import Clock, SystemClock
from ...items import Kind, Span
from ..base import Body, Discovery, Feed
from ..fields import mapping, text
from ..records import Record
from .bodies import body_of
from .content import Block
from .discovery import NAME, discover
from .feed_command import feeds_folder
from .notes import NOTED_PLAIN, QUIET_PLAIN
from .portrait import TITLES
from .reader import ClaudeReader
from .statusline import read_feed
from .subagents import SubAgentFiles, is_subagent

_OWN_TYPES = {
    *NOTED_PLAIN,
    *QUIET_PLAIN,
    *TITLES,
    "attachment",
    "last-prompt",
    "permission-mode",
    "progress",
    "queue-operation",
    "system",
}
"""Types of records that are Claude Code's when they name a session or a record before them."""


class ClaudeCode:
    """Watches the sessions below some configuration folders; by default the person's own."""

    name = NAME
    title = "Claude Code"

    def __init__(self, folders: Sequence[Path] = (), *, clock: Clock | None = None) -> None:
        self.folders = tuple(folders) or _own_folders()
        self._clock = clock or SystemClock()
        self._subagents = SubAgentFiles()

    def discover(self) -> Discovery:
        """Find the sessions: live ones first, then recently changed transcripts."""
        return discover(self.folders, self._clock.now())

    def watched(self) -> Sequence[Path]:
        """Return the folders whose changes can mean a new session, a new state or a new feed."""
        own = (folder / name for folder in self.folders for name in ("projects", "sessions"))
        return [*own, feeds_folder()]

    def recognises(self, path: Path, records: Sequence[Record]) -> bool:
        """Say whether a file with these first records is one of Claude Code's transcripts."""
        return path.suffix == ".jsonl" and any(_is_own(record.value) for record in records)

    def reader(self, path: Path, *, whole: bool = True) -> ClaudeReader:
        """Return a new reader for a transcript.

        The first record shows whether it is a sub-agent's own; without it, its name must do.
        """
        return ClaudeReader(own=None if whole else is_subagent(path))

    def body(self, record: Record, span: Span, kind: Kind) -> Body:
        """Return the whole text of the item at `span` from its decoded record."""
        return body_of(record, span, kind)

    def feed(self, session_id: str) -> Feed | None:
        """Return the last that the client told its status line about a session."""
        return read_feed(session_id)

    def earlier(self, path: Path) -> Sequence[Stretch]:  # noqa: ARG002 - the protocol hands it in
        """Return nothing: every file holds the whole of its conversation."""
        return ()

    def subagents(self, path: Path) -> Sequence[Path]:
        """Return the transcripts of the sub-agents that the session in `path` started."""
        return self._subagents.of(path)


def _own_folders() -> tuple[Path, ...]:
    from ...config import default_settings

    return default_settings().claude_folders


def _is_own(value: Block) -> bool:
    if "payload" in value:
        return False
    kind, message = text(value.get("type")), mapping(value.get("message"))
    if kind in {"user", "assistant"}:
        return "content" in message or "parentUuid" in value
    if kind == "summary":
        return "leafUuid" in value
    chained = "sessionId" in value or "parentUuid" in value
    return chained and (kind in _OWN_TYPES or "usage" in message)
