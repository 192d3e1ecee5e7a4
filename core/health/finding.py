"""What a check finds, and the facts about the repository that checks ask for."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ..features import Features


class Severity(StrEnum):
    """How much a finding matters: an error keeps a fresh session from starting well."""

    ERROR = "error"
    WARNING = "warning"


class Fix(StrEnum):
    """What can be mended without asking what the person means."""

    INSERT = "insert"
    STAMP = "stamp"
    ARCHIVE = "archive"
    SPLIT = "split"


class Finding(msgspec.Struct, frozen=True):
    """One thing that is not well; `line` counts from 0, `None` is the file as a whole."""

    code: str
    severity: Severity
    line: int | None
    message: str
    remedy: str
    fix: Fix | None = None


class Ancestry(StrEnum):
    """Where a commit stands to the current one."""

    BEHIND = "behind"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


class Facts(msgspec.Struct, frozen=True):
    """What the repository says; `None` and empty is what is not known.

    `behind` are the subjects of the commits made since the file was changed, newest first;
    `missing` the paths it names that are not there; `tests` the last result of the tests;
    `tokens` how many the text had when they were counted last.
    """

    date: str
    branch: str | None = None
    commit: str | None = None
    behind: tuple[str, ...] = ()
    ancestry: dict[str, Ancestry] = {}
    missing: frozenset[str] = frozenset()
    features: Features | None = None
    tests: str | None = None
    tokens: int | None = None
    unknown: str = ""
    """Why the repository could not be asked, in words."""
