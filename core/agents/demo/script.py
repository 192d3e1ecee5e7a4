"""The shape of the script: turns, what the played model answers in them, the tools it uses.

The script says what is done. What comes of it is real: files are read, changed and committed,
and the tests pass or fail by themselves.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Read(msgspec.Struct, frozen=True):
    """Read a file, or `lines` of it from line `first` (1-based)."""

    path: str
    first: int = 1
    lines: int | None = None


class Grep(msgspec.Struct, frozen=True):
    """Search the project for a pattern."""

    pattern: str


class Edit(msgspec.Struct, frozen=True):
    """Replace a text in a file by another."""

    path: str
    old: str
    new: str


class Write(msgspec.Struct, frozen=True):
    """Write a whole file."""

    path: str
    text: str


class Bash(msgspec.Struct, frozen=True):
    """Run a command.

    The named groups of `keep`, a pattern, take figures out of its output; later texts name them
    as `$group`. With `ask`, the agent waits for permission first.
    """

    command: str
    keep: str = ""
    ask: bool = False


class AddNote(msgspec.Struct, frozen=True):
    """Add an entry to a section of the progress file."""

    section: str
    entry: str


class TickNote(msgspec.Struct, frozen=True):
    """Tick an open entry of the progress file; one that is missing is added, ticked."""

    section: str
    entry: str


class RewriteNote(msgspec.Struct, frozen=True):
    """Replace what a section of the progress file says."""

    section: str
    body: str


class Explore(msgspec.Struct, frozen=True):
    """Let a sub-agent look around; the last thing it says comes back."""

    task: str
    prompt: str
    responses: tuple[Response, ...]


Tool: TypeAlias = Read | Grep | Edit | Write | Bash | AddNote | TickNote | RewriteNote | Explore


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of the played model; `seconds` is how long it takes to come.

    `retries` is how often the played vendor says that it is overloaded before that.
    """

    thought: str = ""
    said: str = ""
    tools: tuple[Tool, ...] = ()
    seconds: float = 1.1
    retries: int = 0


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What the person in the script asks, and all that the agent does until it is idle again."""

    prompt: str
    responses: tuple[Response, ...]
    idle: float = 2.5
    """Seconds that the agent is idle before the prompt comes."""
    learned: tuple[AddNote, ...] = ()
    """What the agent writes down of the turn when a person asks for its notes."""
