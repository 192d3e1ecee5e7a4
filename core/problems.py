"""What went wrong, in words a person can act on.

Problem
├── UsageProblem        the command line was used wrongly (exit 2)
├── NotFound            nothing is there
├── Unreadable          it is there, but cannot be read as what it should be
├── StateDamaged        a file of clearhead's own was damaged and set aside
└── NotSaved            a text could not be written; it is kept elsewhere
"""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Problem(Exception):
    """Something went wrong and the person must know: title, what happened, remedy."""

    title: ClassVar[str] = "Something went wrong"
    remedy: str = ""
    exit_code: ClassVar[int] = 1

    def __init__(self, detail: str, *, remedy: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if remedy is not None:
            self.remedy = remedy

    def report(self, line: int | None = None) -> Report:
        """Return the problem as a value that can be shown, counted and stored."""
        return Report(title=self.title, detail=self.detail, remedy=self.remedy, line=line)


class Report(msgspec.Struct, frozen=True):
    """A problem as a value; `line` is its 1-based line in the file it was met in."""

    title: str
    detail: str
    remedy: str = ""
    line: int | None = None


class UsageProblem(Problem):
    """The command line names something that does not exist or does not fit."""

    title = "Cannot do that"
    exit_code = 2


class NotFound(Problem):
    """Nothing is at the place that was named."""

    title = "Not found"


class Unreadable(Problem):
    """Something is there, but cannot be read as what it should be."""

    title = "Cannot be read"


class StateDamaged(Problem):
    """A file of clearhead's own could not be read and was set aside, never deleted."""

    title = "A state file was set aside"


class NotSaved(Problem):
    """A text could not be written to its place; it is kept, and the detail says where."""

    title = "Not saved"
