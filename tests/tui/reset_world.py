"""A session in a real repository with notes and changes, and a reset's sheet before it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .stage import Stage, said, used

NOTES = """# Progress

## Current status
Half way through the filters.

## Completed
- [x] List query (tests/test_list.py)

## Failed approaches
- URL query params — endless re-render

## Next step
Wire the date range filter in src/filters.py
"""


def git(repo: Path, *words: str) -> str:
    """Run git as a person would."""
    done = subprocess.run(
        ["git", "-C", str(repo), *words], capture_output=True, text=True, check=True
    )
    return done.stdout


def repository(folder: Path) -> Path:
    """Make a repository with a map, notes and one commit; then change the notes and a file."""
    repo = folder / "shop"
    (repo / "src").mkdir(parents=True)
    git(repo, "init", "-q", "-b", "main")
    git(repo, "config", "user.name", "Ada")
    git(repo, "config", "user.email", "ada@example.org")
    (repo / "AGENTS.md").write_text("# Map\nThe filters are in src/filters.py.\n")
    (repo / "claude-progress.md").write_text(NOTES)
    (repo / "src" / "filters.py").write_text("pass\n")
    (repo / "Makefile").write_text("test:\n\ttrue\n")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "Begin")
    (repo / "src" / "filters.py").write_text("filters = []\n")
    (repo / "new.txt").write_text("new\n")
    return repo


def put(stage: Stage, repo: Path, fill: int = 161_000, **sighting: object) -> None:
    """Put up the session `one` that works in `repo`."""
    stage.put("one", said("Hello there."), used(fill), cwd=str(repo), **sighting)
