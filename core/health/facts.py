"""What the repository says about a progress file, read by git alone; its own code never runs."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date
from pathlib import Path

from ..counting import counted
from ..features import NAMES, Features, read_features
from ..gitrun import Output, run_git
from ..problems import Problem
from .finding import Ancestry, Facts
from .words import commit_ids, path_names

COMMITS = 200
"""Commits that are looked at, newest first."""

ASKED = 60
"""Commit ids of the text that are looked up."""

LARGEST_LIST = 4 * 1024 * 1024
"""Bytes of a feature list that is read."""


SURELY_SHORT = 2_000
"""Characters up to which a text is not counted: prose of any script has fewer tokens than that."""


def facts_of(path: Path, text: str, *, today: date, tests: str | None = None) -> Facts:
    """Return the facts about the progress file at `path`, which holds `text` now.

    Runs git a few times, each with a time limit; what it cannot say is left unknown.
    """
    features, tokens = _features(path.parent), _tokens(text)
    root, why = _root(path.parent)
    if root is None:
        return Facts(today.isoformat(), features=features, tests=tests, tokens=tokens, unknown=why)
    return Facts(
        date=today.isoformat(),
        branch=_line(root, "symbolic-ref", "--quiet", "--short", "HEAD"),
        commit=_line(root, "rev-parse", "--short", "HEAD"),
        behind=_behind(root, path),
        ancestry=_ancestry(root, text),
        missing=_missing(root, path.parent, text),
        features=features,
        tests=tests,
        tokens=tokens,
    )


def _tokens(text: str) -> int | None:
    """Count a text that may be long; one that is not needs no exact figure."""
    return counted(text) if len(text) > SURELY_SHORT else None


def _root(folder: Path) -> tuple[Path | None, str]:
    try:
        top = run_git(folder, "rev-parse", "--show-toplevel")
    except Problem as problem:
        return None, problem.detail
    return (None, "it lies in no repository") if top.code else (Path(top.text), "")


def _git(root: Path, *args: str) -> Output | None:
    """Run git; `None` where it fails or takes too long."""
    with suppress(Problem):
        answer = run_git(root, *args)
        return None if answer.code else answer
    return None


def _line(root: Path, *args: str) -> str | None:
    answer = _git(root, *args)
    return (answer.text or None) if answer else None


def _behind(root: Path, path: Path) -> tuple[str, ...]:
    """Return the subjects of commits made after the file was last changed or committed."""
    log = _git(root, "log", f"-{COMMITS}", "--format=%H%x00%ct%x00%s")
    last = _line(root, "log", "-1", "--format=%H", "--", str(path))
    try:
        changed = path.stat().st_mtime
    except OSError:
        return ()
    found: list[str] = []
    for line in log.text.split("\n") if log and log.text else ():
        commit, at, subject = line.split("\0", 2)
        if commit == last:
            break
        if int(at) > changed:
            found.append(subject)
    return tuple(found)


def _ancestry(root: Path, text: str) -> dict[str, Ancestry]:
    ids = dict.fromkeys(commit for commit, _ in commit_ids(text))
    return {commit: _stands(root, commit) for commit in list(ids)[:ASKED]}


def _stands(root: Path, commit: str) -> Ancestry:
    if _git(root, "cat-file", "-e", f"{commit}^{{commit}}") is None:
        return Ancestry.UNKNOWN
    behind = _git(root, "merge-base", "--is-ancestor", commit, "HEAD")
    return Ancestry.ELSEWHERE if behind is None else Ancestry.BEHIND


def _missing(root: Path, folder: Path, text: str) -> frozenset[str]:
    """Return the named paths that exist neither on disk nor, by their end, among git's files."""
    named = {path for path, _ in path_names(text)}
    gone = {p for p in named if not (root / p).exists() and not (folder / p).exists()}
    if not gone:
        return frozenset()
    listed = _git(root, "ls-files", "-z")
    if listed is None or listed.cut:
        return frozenset()
    files = ["/" + os.fsdecode(name) for name in listed.out.split(b"\0")]
    return frozenset(p for p in gone if not any(file.endswith("/" + p) for file in files))


def _features(folder: Path) -> Features | None:
    """Return the feature list beside the file, if there is one that can be read."""
    for name in NAMES:
        with suppress(OSError, ValueError):
            place = folder / name
            if place.stat().st_size <= LARGEST_LIST:
                return read_features(place.read_text(encoding="utf-8"))
    return None
