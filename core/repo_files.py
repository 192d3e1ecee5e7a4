"""The files of a folder that a person may name to an agent: what git knows, else what lies there.

Reads names only; contents are never compared, so no program of the repository's runs.
"""

from __future__ import annotations

import os
from pathlib import Path

from .gitrun import run_git
from .problems import Problem

MOST = 20_000
"""Names that are returned at most."""

LOOKS = 100_000
"""Folder entries that are looked at where there is no git, so that a home folder ends some time."""

SKIPPED = frozenset({".git", "node_modules", ".venv", "venv", "__pycache__", ".hg", ".svn"})
"""Folders nobody means where there is no `.gitignore` to say so."""

_LIST = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")


def top_of(folder: Path) -> Path:
    """Return the top folder of the repository around `folder`, else the folder itself."""
    return next((up for up in (folder, *folder.parents) if (up / ".git").exists()), folder)


def files_of(folder: Path) -> tuple[str, ...]:
    """Return the files below `folder` as paths relative to it, sorted; bounded, see `MOST`."""
    try:
        answer = run_git(folder, *_LIST)
    except Problem:
        return _walked(folder)
    if answer.code:
        return _walked(folder)
    whole = os.fsdecode(answer.out).split("\0")[:-1]
    return tuple(sorted(set(whole))[:MOST])


def _walked(folder: Path) -> tuple[str, ...]:
    """Look through the folders themselves, hidden ones and those of installed packages left out."""
    found: list[str] = []
    looked = 0
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in SKIPPED and not f.startswith("."))
        below = os.path.relpath(root, folder)
        found += [name if below == "." else f"{below}/{name}" for name in files]
        looked += len(folders) + len(files)
        if looked > LOOKS or len(found) > MOST:
            break
    return tuple(sorted(found)[:MOST])
