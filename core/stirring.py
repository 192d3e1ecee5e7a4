"""Whose file has changed: a session's own transcript, that of its sub-agent, or its feed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from .followed import Followed, Key

TRANSCRIPT = ".jsonl"
"""How a transcript's name ends; another file that begins with a session's id is its feed."""


def told_by(feed: Path, keys: Iterable[Key]) -> list[Key]:
    """Return the sessions that `feed` tells about; none when it is a transcript."""
    named = feed.name.strip(".").partition(".")[0]
    return [] if feed.suffix == TRANSCRIPT else [key for key in keys if key[1] == named]


def owner_of(path: Path, followed: Mapping[Key, Followed]) -> Key | None:
    """Return the session that is known to write `path`, itself or through a sub-agent."""
    folders = {folder.name for folder in path.parents}
    owners = (key for key, session in followed.items() if session.reads(path))
    return next(owners, None) or next((key for key in followed if key[1] in folders), None)


def claimed(paths: Collection[Path], followed: Mapping[Key, Followed]) -> dict[Path, Key]:
    """Return which of new files are those of sub-agents, and whose; looks at the disk."""
    owners: dict[Path, Key] = {}
    for key, session in followed.items():
        for path in session.subagents().intersection(paths):
            owners.setdefault(path, key)
    return owners
