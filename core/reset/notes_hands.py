"""The progress file of a reset on the disk: read, made from its template, drafted into."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from ..acting.reading import Reading
from ..gitrun import run_git
from ..kept import Kept
from ..lineends import decode
from ..notefile import Changed
from ..notes import Notes, template
from ..problems import NotSaved, Problem
from ..progress import render
from ..session_id import short_id
from .draft import Drawn, drafted, drawn
from .transaction import Begun

COMMITS = 10
"""Commits of the session that a draft names."""


class NotesHands:
    """The progress file `begun.notes`, which may be missing still."""

    def __init__(self, begun: Begun, state: Path) -> None:
        self._begun = begun
        self._path = Path(begun.notes) if begun.notes else None
        self._notes = Notes(Path(begun.root or begun.cwd), Kept(state))

    def read(self) -> tuple[Path, str] | None:
        """Return the progress file and its text; `None` when there is none."""
        if self._path is None:
            return None
        try:
            return self._path, decode(self._path.read_bytes())[0]
        except (OSError, UnicodeDecodeError):
            return None

    def make(self) -> None:
        """Create it from its template, where one is wanted and none is there.

        Raises:
            NotSaved: it cannot be written.
        """
        if self._path is None or self._path.exists():
            return
        date = datetime.now().astimezone().date().isoformat()
        text = render(template(), project=self._notes.root.name, date=date)
        self._notes.create(self._path.name, text)

    def draft(self, why: str, reading: Reading | None) -> str:
        """Add what the transcript shows; say in words what was added.

        Raises:
            Problem: it cannot be read or written.
        """
        if self._path is None:
            return "nothing"
        loaded = self._notes.load(self._path)
        found = drawn(reading) if reading else Drawn()
        text, words = drafted(loaded.text, found, self._commits(), self._lead(why))
        if text != loaded.text and isinstance(saved := self._notes.save(loaded, text), Changed):
            raise NotSaved(saved.detail, remedy="Go on with the reset to try again.")
        return words

    def _lead(self, why: str) -> str:
        day = time.strftime("%Y-%m-%d", time.localtime(self._begun.at))
        who = f"{self._begun.agent} session {short_id(self._begun.session_id)}"
        return f"Drafted from the transcript of {who} on {day}: {why}"

    def _commits(self) -> tuple[str, ...]:
        """Return the commits that were made since the session began, oldest first."""
        since = self._begun.session_began
        if self._begun.root is None or since is None:
            return ()
        words = ("log", f"--since=@{int(since)}", f"-{COMMITS}", "--reverse", "--format=%h %s")
        try:
            answer = run_git(Path(self._begun.root), *words)
        except Problem:
            return ()
        return tuple(answer.text.splitlines()) if answer.code == 0 else ()
