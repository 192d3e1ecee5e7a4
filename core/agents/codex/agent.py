"""Codex as an agent: its homes, its rollouts, its bodies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ...chain import Stretch
from ...items import Kind, Span
from ..base import Body, Discovery, Feed
from ..fields import mapping
from ..records import Record
from .bodies import body_of
from .discovery import AGENT, Finder
from .holders import LOCKS
from .reader import RolloutReader
from .rollouts import ARCHIVED, SESSIONS, thread_of

_ENVELOPES = {"event_msg", "response_item", "session_meta", "turn_context"}
_BARE = {"function_call", "local_shell_call", "reasoning"}
"""Types of items that no other agent writes bare; `message` is too common to tell."""


class Codex:
    """Codex of OpenAI. `homes` are its folders, by default `$CODEX_HOME` or `~/.codex`."""

    name = AGENT
    title = "Codex"

    def __init__(self, homes: Sequence[Path] = ()) -> None:
        self.homes = tuple(home.expanduser().resolve() for home in homes or (usual_home(),))
        self._finder = Finder(self.homes)

    def discover(self) -> Discovery:
        """Find open threads and recent rollouts; no request is made to Codex itself."""
        return self._finder.discover()

    def watched(self) -> tuple[Path, ...]:
        """Return the folders in which new threads, locks and lines appear."""
        folders = (SESSIONS, ARCHIVED, LOCKS)
        return tuple(home / folder for home in self.homes for folder in folders)

    def recognises(self, path: Path, records: Sequence[Record]) -> bool:
        """Say whether these are lines of a rollout, in an envelope or from before there was one."""
        if any(_is_enveloped(record) for record in records):
            return True
        return any(_is_bare(record) for record in records) or (
            thread_of(path) is not None and bool(records)
        )

    def reader(self, path: Path, *, whole: bool = True) -> RolloutReader:
        """Return a new reader for a rollout."""
        return RolloutReader(path, whole=whole)

    def body(self, record: Record, span: Span, kind: Kind) -> Body:
        """Return the whole text of the item at `span`."""
        return body_of(record, span, kind)

    def feed(self, session_id: str) -> Feed | None:  # noqa: ARG002 - the protocol hands it in
        """Return nothing: all that Codex tells stands in its rollouts."""
        return None

    def earlier(self, path: Path) -> Sequence[Stretch]:
        """Return the parts of other rollouts in which the conversation in `path` began."""
        return self._finder.earlier(path)

    def subagents(self, path: Path) -> list[Path]:
        """Return the rollouts of the agents that the thread in `path` started."""
        return self._finder.subagents(path)


def usual_home() -> Path:
    """Return the folder that Codex uses here."""
    named = os.environ.get("CODEX_HOME")
    return Path(named) if named else Path.home() / ".codex"


def _is_enveloped(record: Record) -> bool:
    value = record.value
    return value.get("type") in _ENVELOPES and isinstance(value.get("payload"), dict)


def _is_bare(record: Record) -> bool:
    value = record.value
    if value.get("type") in _BARE:
        return not mapping(value.get("message"))
    return "type" not in value and {"id", "timestamp", "instructions"} <= value.keys()
