"""clearhead's own record of what was asked of sessions and what came of it.

One line is written before an action and one after it, each on the disk before anything else
happens. So an action whose second line is missing was under way when clearhead ended: it is told
as unknown, and never sent again. The journal holds figures and actions, no one's text.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import msgspec

from ..agents.processes import process, same
from ..storage import append_line
from ..text import clean
from .action import Action, Evidence, Outcome, Result, Verb

NAME = "journal.jsonl"

LIMIT = 4 * 1024 * 1024
"""Bytes after which the journal is put aside as `journal.1.jsonl` and a new one begun."""

LONGEST = 200
"""Characters of an evidence or a reason that are kept."""

ENDED = "clearhead ended while this was under way; it is not sent again"


class Stage(StrEnum):
    """How far an action is: asked, or what came of it."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. `at` is epoch seconds, `size` counts the characters of the text that was meant.

    `pid` and `start` name the process that acted, `start` as the system counts it.
    """

    at: float
    id: str
    verb: Verb
    stage: Stage
    agent: str
    session_id: str
    channel: str = ""
    size: int = 0
    pid: int = 0
    start: str | None = None
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    new_session_id: str | None = None


class Journal:
    """The journal in the state folder `state`; several processes may write to it at once."""

    def __init__(self, state: Path) -> None:
        self.path = state / NAME
        own = process(os.getpid())
        self._start = own.start if own else None

    def asked(self, agent: str, session_id: str, channel: str, asked: Action) -> None:
        """Write that an action is about to be carried out.

        Raises:
            NotSaved: it could not be written; then nothing may be sent.
        """
        self._write(
            Entry(
                at=time.time(),
                id=asked.id,
                verb=asked.verb,
                stage=Stage.ASKED,
                agent=agent,
                session_id=session_id,
                channel=channel,
                size=len(asked.text),
                pid=os.getpid(),
                start=self._start,
            )
        )

    def ended(self, agent: str, session_id: str, channel: str, result: Result) -> None:
        """Write what came of an action.

        Raises:
            NotSaved: it could not be written; after a restart the action is told as unknown.
        """
        self._write(
            Entry(
                at=time.time(),
                id=result.action.id,
                verb=result.action.verb,
                stage=Stage(result.outcome.value),
                agent=agent,
                session_id=result.session_id or session_id,
                channel=channel,
                evidence=tuple(map(_bounded, result.evidence)),
                reason=_short(result.reason),
                new_session_id=result.new_session_id,
            )
        )

    def note(self, line: msgspec.Struct) -> None:
        """Write a line that tells of no single action, such as the result of a reset.

        Raises:
            NotSaved: it could not be written.
        """
        append_line(self.path, msgspec.json.encode(line), lasting=True)

    def entries(self) -> Iterator[Entry]:
        """Yield what the journal holds, oldest first; lines that are none are passed over."""
        for path in (self._aside, self.path):
            yield from _read(path)

    def settle(self) -> tuple[Entry, ...]:
        """Write an end for every action whose process is gone; return these ends."""
        lost = tuple(_lost(entry) for entry in left_open(self.entries()) if not _runs(entry))
        for entry in lost:
            self._write(entry)
        return lost

    @property
    def _aside(self) -> Path:
        return self.path.with_name("journal.1.jsonl")

    def _write(self, entry: Entry) -> None:
        with suppress(OSError):
            if self.path.stat().st_size > LIMIT:
                self.path.replace(self._aside)
        append_line(self.path, msgspec.json.encode(entry), lasting=True)


def left_open(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the actions that were asked and have no end, oldest first."""
    waiting: dict[str, Entry] = {}
    for entry in entries:
        if entry.stage is Stage.ASKED:
            waiting[entry.id] = entry
        else:
            waiting.pop(entry.id, None)
    return tuple(waiting.values())


def _read(path: Path) -> Iterator[Entry]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(msgspec.MsgspecError):
            yield msgspec.json.decode(line, type=Entry)


def _runs(entry: Entry) -> bool:
    return same(entry.pid, start=entry.start, seen_at=entry.at)


def _lost(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, at=time.time(), stage=Stage.UNKNOWN, reason=ENDED)


def _bounded(evidence: Evidence) -> Evidence:
    return msgspec.structs.replace(evidence, detail=_short(evidence.detail))


def _short(text: str) -> str:
    return clean(text)[:LONGEST]


def outcome_of(stage: Stage) -> Outcome | None:
    """Return the outcome that a stage means; `None` while the action is under way."""
    return None if stage is Stage.ASKED else Outcome(stage.value)
