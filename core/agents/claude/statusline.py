"""Read what Claude Code told its status line: the only place where it names the window size.

The feed command keeps one JSON file for each session (`feed_command`). The client writes it when
something changes, so a reading has an age. Any field may be missing, null or nonsense.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ...text import one_line
from ..base import Feed
from .feed_command import feeds_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = 86_400.0
KEPT = 30 * DAY
"""Seconds that the last reading of a session is kept."""
LARGEST = 1_000_000
"""Bytes of a file that are read; real ones have about 2,000."""

BEYOND_BELIEF = 1e12
"""No count of tokens or dollars reaches this; such a number is nonsense."""

_SESSION_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_INPUT_SIDE = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


def read_feed(session_id: str | None = None) -> Feed | None:
    """Return the newest reading of a session, or of any session when none is named."""
    if session_id is None:
        return next(iter(list_feeds()), None)
    named = _feed_in(feeds_folder() / f"{session_id}.json")
    if named and named.session_id == session_id:
        return named
    unnamed = (_feed_in(path) for path in feeds_folder().glob("process-*.json"))
    found = [feed for feed in unnamed if feed and feed.session_id == session_id]
    return max(found, key=lambda feed: feed.at, default=None)


def list_feeds() -> list[Feed]:
    """Return the newest reading of every session, the newest first."""
    newest: dict[str, Feed] = {}
    feeds = (feed for path in feeds_folder().glob("[!.]*.json") if (feed := _feed_in(path)))
    for feed in sorted(feeds, key=lambda feed: feed.at):
        newest[feed.session_id] = feed
    return sorted(newest.values(), key=lambda feed: -feed.at)


def last_feed() -> float | None:
    """Return when any session last told something, in epoch seconds; no file is opened."""
    return max((at for _, at in _files()), default=None)


def sweep(now: float, kept: float = KEPT) -> None:
    """Delete readings that nobody asked for in `kept` seconds, and what a killed command left."""
    for path, at in _files():
        if now - at > (DAY if path.name.startswith(".") else kept):
            path.unlink(missing_ok=True)


def _files() -> Iterator[tuple[Path, float]]:
    for path in feeds_folder().glob("*"):
        try:
            yield path, path.stat().st_mtime
        except OSError:
            continue


def _feed_in(path: Path) -> Feed | None:
    try:
        with path.open("rb") as file:
            told = msgspec.json.decode(file.read(LARGEST))
        at = path.stat().st_mtime
    except (OSError, ValueError, RecursionError):
        return None
    session_id = _text(told, "session_id")
    if session_id is None or not _SESSION_ID.fullmatch(session_id):
        return None
    transcript = _text(told, "transcript_path")
    return Feed(
        session_id=session_id,
        at=at,
        transcript=Path(transcript) if transcript else None,
        model=_shown(_text(told, "model", "id")),
        window=_count(told, "context_window", "context_window_size") or None,
        fill=_fill(told),
        usd=_amount(told, "cost", "total_cost_usd"),
        version=_shown(_text(told, "version")),
    )


def _fill(told: Any) -> int | None:
    """Return the input side of the last call; all zeros mean that none was made yet."""
    parts = [_count(told, "context_window", "current_usage", name) for name in _INPUT_SIDE]
    return sum(part or 0 for part in parts) or None


def _at(told: Any, *keys: str) -> Any:
    for key in keys:
        told = told.get(key) if isinstance(told, dict) else None
    return told


def _text(told: Any, *keys: str) -> str | None:
    value = _at(told, *keys)
    return value if isinstance(value, str) and value and "\0" not in value else None


def _shown(text: str | None) -> str | None:
    return one_line(text) or None if text else None


def _amount(told: Any, *keys: str) -> float | None:
    value = _at(told, *keys)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and 0 <= value < BEYOND_BELIEF else None


def _count(told: Any, *keys: str) -> int | None:
    value = _amount(told, *keys)
    return None if value is None else int(value)
