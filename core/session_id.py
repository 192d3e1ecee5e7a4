"""A session's id as people read and write it: a few characters that no other session has. Pure."""

from __future__ import annotations

import re

SHORT = 8
"""Characters of a short id."""

_TIMED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""A UUID of version 7, as Codex gives them: it begins with milliseconds since 1970."""


def short_id(session_id: str) -> str:
    """Return the part of an id by which people tell sessions apart.

    It is the beginning; but sessions that began within 65 seconds of each other share the first
    eight characters of an id that begins with its time, and of such a one it is the end.
    """
    return session_id[-SHORT:] if _TIMED.fullmatch(session_id) else session_id[:SHORT]


def names(words: str, session_id: str) -> bool:
    """Say whether someone's words name a session: the beginning of its id, or its short id."""
    return bool(words) and (session_id.startswith(words) or words == short_id(session_id))
