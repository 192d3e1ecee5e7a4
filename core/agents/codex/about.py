"""What a rollout says of itself: whose session it is, where, with which model, from which parent.

A thread that was forked, or that an agent started, can begin with a copy of its parent's lines.
Ids are time-ordered (UUID version 7), so a turn older than its own thread is such a copy. In files
whose ids are not, copies cannot be told apart and count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...events import AnyEvent, Described, Noted
from ...items import Kind
from ...text import one_line
from ..fields import mapping, text, text_or_none
from .lines import Line, Payload
from .memory import Memory

OWN_NAME, GIVEN_NAME = 3, 2
"""Ranks of titles: a person's, and one that the client gave."""

CONTINUED = "The conversation before this point stands in an earlier file that is not here."
FORKED = "The conversation was copied at this point, and goes on here by itself."
WENT_BACK = "You went back to this point; what was said after it is left behind."

_TIME = 13
"""Characters of a UUID that hold its time, to the millisecond."""


def introduced(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read the header; only the first counts, later ones came with a parent's copied lines.

    One that refers to an earlier file comes after what was read of that.
    """
    if memory.introduced and not mapping(line.payload.get("history_base")):
        memory.inherited = memory.inherited or _foreign(memory, line)
        return
    memory.introduced = True
    header = line.payload
    memory.session_id = text_or_none(header.get("id"))
    memory.subagent = is_subagent(header)
    memory.inherited = bool(text(header.get("forked_from_id")))
    yield Described(
        at=line.at,
        session_id=_line(memory.session_id),
        cwd=_line(header.get("cwd")),
        branch=_line(mapping(header.get("git")).get("branch")),
        version=_line(header.get("cli_version")),
        parent_session=_line(parent_of(header)),
        subagent=memory.subagent,
        title=_line(header.get("agent_nickname")),
        title_rank=GIVEN_NAME,
    )
    yield from _continued(memory, line)


def in_context(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a `turn_context`; it is repeated within a turn, so only changes are told."""
    yield from _changed(memory, line, line.payload)


def settings_applied(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read settings that the person changed between turns."""
    yield from _changed(memory, line, mapping(line.payload.get("thread_settings")))


def named(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read the name that a person gave the thread."""
    name = _line(line.payload.get("thread_name"))
    if name and memory.about.get("title") != name:
        memory.about["title"] = name
        yield Described(at=line.at, title=name, title_rank=OWN_NAME)


def is_subagent(header: Payload) -> bool:
    """Say whether a header is that of a thread that an agent started."""
    return header.get("thread_source") == "subagent" or "subagent" in mapping(header.get("source"))


def parent_of(header: Payload) -> str | None:
    """Return the id of the thread that a thread was started by or forked from."""
    spawned = mapping(mapping(mapping(header.get("source")).get("subagent")).get("thread_spawn"))
    told = (header.get("parent_thread_id"), spawned.get("parent_thread_id"))
    return next(filter(None, map(text, told)), text_or_none(header.get("forked_from_id")))


def is_older(turn: str, thread: str) -> bool:
    """Say whether a turn was begun before its thread was made, as far as their ids tell."""
    timed = all(len(name) == 36 and name[14] == "7" for name in (turn, thread))
    return timed and turn[:_TIME].lower() < thread[:_TIME].lower()


def note_origin(memory: Memory, line: Line) -> None:
    """Take note whether what follows is the thread's own or a copy of its parent's."""
    turn = text(line.payload.get("turn_id"))
    if memory.inherited and turn:
        memory.inherited = is_older(turn, memory.session_id or "")


def _foreign(memory: Memory, line: Line) -> bool:
    return text(line.payload.get("id")) not in {"", memory.session_id}


def _continued(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Say that the conversation began in another file, whose totals this one continues."""
    if not mapping(line.payload.get("history_base")):
        return
    memory.inherited, memory.totals.counted = False, None
    forked = bool(text(line.payload.get("forked_from_id")))
    name = "forked" if forked else "went back" if memory.items else "continued"
    said = CONTINUED if not memory.items else FORKED if forked else WENT_BACK
    yield Noted(at=line.at, item=memory.item(line, Kind.NOTE, said, name=name))


def _changed(memory: Memory, line: Line, settings: Payload) -> Iterator[AnyEvent]:
    told = Described(
        at=line.at,
        cwd=_line(settings.get("cwd")),
        model=_line(settings.get("model")),
        mode=_mode(settings) or None,
    )
    named = {"cwd": told.cwd, "model": told.model, "mode": told.mode}
    news = {name: value for name, value in named.items() if value}
    if not news.items() <= memory.about.items():
        memory.about |= news
        memory.model = told.model or memory.model
        yield told


def _mode(settings: Payload) -> str:
    """Say under which rules the agent works: its mode, when it asks, how hard it thinks."""
    collaboration = mapping(settings.get("collaboration_mode"))
    mode, inner = text(collaboration.get("mode")), mapping(collaboration.get("settings"))
    plain, nested = settings.get("reasoning_effort"), inner.get("reasoning_effort")
    effort = next(filter(None, map(text, (settings.get("effort"), plain, nested))), "")
    rules = (
        mode if mode != "default" else "",
        text(settings.get("approval_policy")),
        f"effort {effort}" if effort else "",
    )
    return one_line(", ".join(filter(None, rules)))


def _line(value: Any) -> str | None:
    return one_line(text(value), 4096) or None
