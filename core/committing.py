"""Commits exactly what the person ticked, with git itself, and tells truly what came of it.

Nothing is forced, stashed, reset or discarded. What is staged and not ticked stays staged. git
runs as the person would run it, hooks and signing included, but can ask nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import msgspec

from .acting.action import Outcome
from .gitrun import run_git
from .problems import NotFound
from .text import clean

LIMIT = 120.0
"""Seconds that a commit may take, hooks included."""

ENDS = 5.0
"""Seconds that git may take to end when it is told to."""

LONGEST = 4000
"""Characters of what git and the hooks said that are kept, from the end."""

_SETTINGS = {
    "GIT_EDITOR": "true",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_TERMINAL_PROMPT": "0",
}
_ELSEWHERE = {
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_WORK_TREE",
}
"""Variables that would make git work on another repository or index."""


class Committed(msgspec.Struct, frozen=True):
    """What came of a commit; `commit` is its id where there is a new one.

    `words` is what git and the hooks said, the end of it.
    """

    outcome: Outcome
    before: str | None
    commit: str | None = None
    words: str = ""


def commit(root: Path, paths: Sequence[str], message: str, *, limit: float = LIMIT) -> Committed:
    """Commit `paths` (below `root`, as they are on disk) with `message`.

    Raises:
        NotFound: git is not installed.
        ValueError: there is nothing to commit, or no message.
    """
    if not paths or not message.strip():
        raise ValueError("a commit needs paths and a message")
    before = head_of(root)
    fresh = _unknown_to_git(root, paths)
    code, words = (
        _git(root, limit, "", "add", "--intent-to-add", "--", *fresh) if fresh else (0, "")
    )
    if code == 0:
        code, words = _git(root, limit, message, "commit", "--only", "-F", "-", "--", *paths)
    after = head_of(root)
    if after != before:
        return Committed(Outcome.CONFIRMED, before, after, words)
    if fresh:
        _git(root, limit, "", "rm", "--cached", "--quiet", "--ignore-unmatch", "--", *fresh)
    return Committed(Outcome.UNKNOWN if code == 0 else Outcome.REFUSED, before, None, words)


def head_of(root: Path) -> str | None:
    """Return the commit that HEAD is at; `None` before the first."""
    answer = run_git(root, "rev-parse", "--quiet", "--verify", "HEAD")
    return answer.text or None if answer.code == 0 else None


def _unknown_to_git(root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Return those of `paths` that git does not follow yet: only a followed one can be named."""
    answer = run_git(root, "ls-files", "-z", "--cached")
    known = set(answer.text.split("\0"))
    return tuple(path for path in paths if path not in known)


def _git(root: Path, limit: float, text: str, *words: str) -> tuple[int | None, str]:
    """Run git as the person would; return its status (`None` when ended) and its last words.

    What it says goes into a file: a program that a hook leaves behind would keep a pipe open.
    """
    with TemporaryFile() as said, TemporaryFile() as given:
        given.write(text.encode(errors="surrogateescape"))
        given.seek(0)
        try:
            child = subprocess.Popen(
                ["git", "-C", str(root), *words],
                cwd="/",
                env={k: v for k, v in os.environ.items() if k not in _ELSEWHERE} | _SETTINGS,
                stdin=given,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except FileNotFoundError:
            raise NotFound("git is not installed.", remedy="Install git.") from None
        except OSError as error:
            return None, f"git could not be run: {error.strerror}"
        code = _wait(child, limit)
        late = f"\nIt took longer than {limit:g} s and was ended." if code is None else ""
        return code, f"{_last(said)}{late}".strip()


def _wait(child: subprocess.Popen[bytes], limit: float) -> int | None:
    try:
        return child.wait(limit)
    except subprocess.TimeoutExpired:
        _end(child)
        return None


def _end(child: subprocess.Popen[bytes]) -> None:
    """End git and everything it started, first by asking: then it removes its own locks."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            child.wait(ENDS)
            return


def _last(said: IO[bytes]) -> str:
    said.seek(0, os.SEEK_END)
    said.seek(max(0, said.tell() - 4 * LONGEST))
    return clean(said.read().decode(errors="replace").strip())[-LONGEST:]
