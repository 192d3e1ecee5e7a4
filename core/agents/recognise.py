"""Which agent wrote a file: asked of a file that a person names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from ..problems import NotFound, Problem, Unreadable
from .base import Agent
from .records import Record, Splitter

HEAD = 256 * 1024
"""Bytes that are looked at: the first record of every known format fits in them."""

ENOUGH = 50
"""Records that are looked at."""


class NotATranscript(Problem):
    """The file is no transcript of an agent that this version knows."""

    title = "Not a transcript"
    remedy = (
        "Name a .jsonl file that Claude Code or Codex wrote, "
        "or run `clearhead sessions` to see what is there."
    )


def recognise(path: Path, agents: Sequence[Agent]) -> Agent:
    """Return the agent whose transcript `path` is; `NotATranscript` when it is nobody's."""
    records = first_records(path)
    found = next((agent for agent in agents if agent.recognises(path, records)), None)
    if found is None:
        raise NotATranscript(f"{path} holds no record of a known agent.")
    return found


def first_records(path: Path) -> tuple[Record, ...]:
    """Return the first records of a file; clear problems for everything that is no file."""
    if path.is_dir():
        raise NotATranscript(f"{path} is a folder.")
    if not path.exists():
        raise NotFound(f"There is no file {path}.", remedy="Check the path.")
    if not path.is_file():
        raise NotATranscript(f"{path} is no regular file.")
    try:
        with path.open("rb") as file:
            found = Splitter().feed(file.read(HEAD))
            return tuple(islice((r for r in found if isinstance(r, Record)), ENOUGH))
    except OSError as error:
        remedy = "Check who may read it."
        raise Unreadable(f"{path}: {error.strerror}.", remedy=remedy) from error
