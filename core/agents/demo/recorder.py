"""Keeps what the world sees of the agent: its transcript and its registry entry."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from ...clock import Clock
from . import registry
from .format import ABOUT, MODEL, WINDOW, AnyEntry, Ended, Session, State, Status, Usage
from .identity import myself
from .news import News
from .places import Places
from .transcript import Transcript
from .workspace import BRANCH

NAME = "demo"
"""How the agent is called in the registry."""

TITLE = "Order dashboard (scripted demo)"

PERMISSION = "permission"


class Recorder:
    """Writes the session as it happens, and stirs the `news`; a new session gets a new transcript.

    `resume` is the session to go on with. `socket` is where the agent listens.
    """

    def __init__(
        self,
        places: Places,
        clock: Clock,
        news: News | None = None,
        *,
        resume: str | None = None,
        socket: Path | None = None,
    ) -> None:
        self._places = places
        self._clock = clock
        self._me = myself()
        self._socket = socket or places.socket
        self.news = news or News()
        self.session_id = ""
        self.status = Status.IDLE
        self.since = clock.now()
        self.usd = 0.0
        """What the session cost since this program wrote it, in dollars."""
        self._transcript = self._take_up(resume) if resume else self._open()

    def now(self) -> float:
        """Return the time in epoch seconds."""
        return self._clock.now()

    def write(self, entry: AnyEntry) -> None:
        """Append one record to the transcript."""
        self._transcript.append(entry)
        if isinstance(entry, Usage):
            self.usd += entry.usd
        self.news.stir()

    def change(self, status: Status, waiting_for: str | None = None) -> None:
        """Say in transcript and registry what the agent does from now on."""
        self.status, self.since = status, self.now()
        self.write(State(at=self.since, status=status, waiting_for=waiting_for))
        self._register(waiting_for)

    def renew(self) -> None:
        """End this session and begin another, in a transcript of its own."""
        self.write(Ended(at=self.now(), reason="reset"))
        self._transcript.close()
        self._transcript = self._open(self.session_id)
        self.news.stir()

    def end(self, reason: str) -> None:
        """Say that the agent program ends; everything stays where it is."""
        self.status = Status.ENDED
        self.write(Ended(at=self.now(), reason=reason))
        self._register(None)
        self._transcript.close()

    def _open(self, previous: str | None = None) -> Transcript:
        self.session_id, self.status = str(uuid4()), Status.IDLE
        self.since, self.usd = self.now(), 0.0
        transcript = Transcript(self._places.transcript(self.session_id))
        opening = Session(
            at=self.now(),
            id=self.session_id,
            cwd=str(self._places.repository),
            branch=BRANCH,
            title=TITLE,
            model=MODEL,
            window=WINDOW,
            about=ABOUT,
            previous=previous,
        )
        transcript.append(opening)
        transcript.append(State(at=self.now(), status=Status.IDLE))
        self._register(None)
        return transcript

    def _take_up(self, session_id: str) -> Transcript:
        """Go on with an earlier session, in its own transcript."""
        self.session_id = session_id
        transcript = Transcript(self._places.transcript(session_id))
        transcript.append(State(at=self.now(), status=Status.IDLE))
        self._register(None)
        return transcript

    def _register(self, waiting_for: str | None) -> None:
        entry = registry.Registered(
            pid=self._me.pid,
            proc_start=self._me.start,
            session_id=self.session_id,
            cwd=str(self._places.repository),
            name=NAME,
            status=self.status,
            waiting_for=waiting_for,
            updated_at=self.now(),
            control_socket=str(self._socket),
        )
        registry.write(self._places.registry(os.getpid()), entry)
