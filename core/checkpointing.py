"""A checkpoint: the agent brings its notes up to date, the person looks, a commit, and on it goes.

Not to be taken for `checkpoint`, which keeps a transcript's fold for the next start.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import cast

import msgspec

from . import gitrepo
from .acting.action import Outcome, Result, Verb, action, unknown
from .acting.channel import Key
from .acting.failing import Failing
from .acting.service import Acting
from .agents.base import State
from .asking import notes_request
from .committable import Committable, look
from .compacting.preparing import notes_of, text_in
from .health.facts import facts_of
from .health.finding import Finding, Severity
from .health.linter import check
from .problems import NotFound, Problem

TURN = 15 * 60.0
"""Seconds that the turn in which the notes are brought up to date may take."""

LOOK = 0.2
"""Seconds between two looks at a turn."""

OTHERWISE = "A reset can draft the notes from the transcript, without the agent."

Told = Callable[[str], None]
"""Told in a few words what is waited for."""


class NoNotes(NotFound):
    """There is nothing that an agent could bring up to date."""

    title = "There are no notes"


class Place(msgspec.Struct, frozen=True):
    """Where a checkpoint happens: the folder of the session, its notes and what they say."""

    cwd: Path
    notes: Path
    text: str


class Brought(msgspec.Struct, frozen=True):
    """What came of asking the agent: `before` and `after` are the notes."""

    result: Result
    before: str
    after: str

    @property
    def done(self) -> bool:
        """Whether the agent took the request and came to the end of its turn."""
        return self.result.outcome is Outcome.CONFIRMED

    @property
    def changed(self) -> bool:
        """Whether the notes are others now."""
        return self.before != self.after


class Review(msgspec.Struct, frozen=True):
    """What the person decides about after that: what is committed, and with which words.

    `new_hooks` is true where a hook that git will run is younger than the session.
    """

    root: Path
    committable: Committable
    ticked: tuple[str, ...]
    message: str
    findings: tuple[Finding, ...]
    new_hooks: bool = False

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What is wrong with the notes."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)


def place_of(cwd: Path, state: Path, names: tuple[str, ...]) -> Place:
    """Return the notes of the repository that a session works in.

    Raises:
        NoNotes: there is no progress file.
        Problem: git cannot say, or it cannot be read.
    """
    path, text = notes_of(cwd, state, names)
    if path is None:
        raise NoNotes("No progress file is there.", remedy="Begin one: clearhead init.")
    return Place(cwd, path, text)


async def bring_up_to_date(
    acting: Acting, key: Key, place: Place, told: Told = lambda _: None
) -> Brought:
    """Ask the agent to bring its notes up to date, and wait for the end of its turn."""
    told("asking for the notes")
    request = notes_request(_name(place))
    result = await acting.act(key, action(Verb.PROMPT, request))
    if result.outcome is Outcome.CONFIRMED:
        told("the agent writes its notes")
        if why := await _turn(acting, key, told):
            result = unknown(result.action, why, remedy=OTHERWISE, session_id=key[1])
    return Brought(result, place.text, _now(place))


async def _turn(acting: Acting, key: Key, told: Told) -> str:
    """Wait for the end of a turn; return why it brought nothing, "" where it may have."""
    end, failing, said = time.monotonic() + TURN, Failing(), cast("str | None", None)
    while time.monotonic() < end:
        live = acting.live(key)
        if live is None or live.problem is not None or live.state is State.ENDED:
            return "It was asked, and its session has ended."
        if live.state is State.IDLE:
            return f"It could not answer: {live.failure}" if live.failure else ""
        if live.retry not in (None, said):
            told(f"its calls of the model fail, it tries again: {live.retry}")
        said = live.retry
        if failing.lasts(live.retry):
            return f"It was asked and cannot answer: {live.retry}. It goes on trying."
        await asyncio.sleep(LOOK)
    return "It was asked, and its turn has not ended in a quarter of an hour."


def review(place: Place, state: Path, session: Key, began: float | None, today: date) -> Review:
    """Look at the notes' health and at what could be committed.

    Raises:
        Problem: git cannot say, or the notes cannot be read.
    """
    repo = gitrepo.read_repo(place.cwd, state)
    root = repo.root if repo and not repo.bare else place.cwd
    found = look(repo) if repo else Committable(why_not="there is no repository here")
    text = text_in(place.notes)
    inside = place.notes.is_relative_to(root)
    changed = found.hooks_changed_at
    return Review(
        root=root,
        committable=found,
        ticked=found.ticked(str(place.notes.relative_to(root)) if inside else None),
        message=message_of(root.name, session),
        findings=_health(place.notes, text, today),
        new_hooks=changed is not None and began is not None and changed > began,
    )


def message_of(project: str, session: Key) -> str:
    """Return the message of a checkpoint's commit; it names the session."""
    agent, name = session
    return f"Bring {project} to a checkpoint\n\nA checkpoint of {agent} session {name}.\n"


def _health(path: Path, text: str, today: date) -> tuple[Finding, ...]:
    try:
        return check(text, facts_of(path, text, today=today))
    except Problem:
        return ()


def _name(place: Place) -> str:
    """Return the notes' path as the session can open it."""
    inside = place.notes.is_relative_to(place.cwd)
    return str(place.notes.relative_to(place.cwd)) if inside else str(place.notes)


def _now(place: Place) -> str:
    """Return what the notes say now; what they said before where they cannot be read."""
    try:
        return text_in(place.notes)
    except Problem:
        return place.text
