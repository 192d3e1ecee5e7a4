"""What a channel tells of a session beside its transcript: state, requests, the growing reply."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ..agents.base import DiffLine, State, Waiting
from ..problems import Report
from .errand import Errand
from .questions import Question


class Source(StrEnum):
    """Who told of a request, and so by which way an answer goes."""

    STREAM = "stream"
    HOOK = "hook"
    SERVER = "background server"
    TERMINAL = "terminal"
    TRANSCRIPT = "transcript"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent asks the person for, whole and cleaned.

    `text` is the whole command, path or question; `diff` what an edit would change. `since` is
    epoch seconds. `answerable` is false where only the agent's own terminal can answer,
    `only_refuse` says why it can only be refused from here, "" where it can be allowed too.
    `whole` is false when something was too long to be carried here, `remarks` are sentences on
    what neither text nor diff shows. `mode` is the permission mode it was asked in.
    """

    id: str
    tool: str
    text: str
    since: float
    cwd: str | None = None
    diff: tuple[DiffLine, ...] = ()
    kind: Waiting = Waiting.PERMISSION
    answerable: bool = True
    only_refuse: str = ""
    source: Source | None = None
    mode: str | None = None
    whole: bool = True
    remarks: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


class Reply(msgspec.Struct, frozen=True):
    """The reply as it grows; gone when the transcript has its record."""

    text: str
    message_id: str | None = None


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """A session as its channel tells it; `None` is untold. Times are epoch seconds.

    `queued` are prompts that the agent took and has not begun, oldest first. `fill` and `window`
    are tokens, `usd` the client's own figure for the session. `errand` is what the person is
    asked to do where nothing leads in. `failure` says in the agent's words why its last turn ended
    in an error, `problem` why the channel does not work any more.
    """

    session_id: str | None = None
    state: State | None = None
    since: float | None = None
    reply: Reply | None = None
    requests: tuple[Request, ...] = ()
    queued: tuple[str, ...] = ()
    mode: str | None = None
    model: str | None = None
    models: tuple[str, ...] = ()
    fill: int | None = None
    window: int | None = None
    usd: float | None = None
    retry: str | None = None
    failure: str | None = None
    errand: Errand | None = None
    problem: Report | None = None
