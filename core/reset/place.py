"""What a brief says of a repository, found in its own files. Looks only; runs nothing of it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from ..gitrun import run_git
from ..problems import Problem
from ..progress_entries import is_empty, next_items
from ..text import one_line
from .brief import Brief

MAPS = ("AGENTS.md", "CLAUDE.md", "GEMINI.md")
"""Files that tell an agent its way about a project, by their usual names."""

_OWN_MAPS = {"claude": "CLAUDE.md", "gemini": "GEMINI.md", "codex": "AGENTS.md"}
_JOINTS = re.compile(
    r";\s+|,?\s+(?:and )?then\s+|\.\s+(?:then|after that|afterwards)\s+", re.IGNORECASE
)
_SHORTEST = 8
"""Characters of the shortest part that is taken for a step of its own."""

LARGEST = 256 * 1024
"""Bytes of a file that are looked into for the test command."""

BRANCHES = 40
"""Lines that the folder tree of a brief has at most."""


def brief_of(
    root: Path, cwd: Path, notes: Path | None, notes_text: str | None, *, agent: str = ""
) -> Brief:
    """Return the brief for a fresh session of `agent` that begins in `cwd`, below `root`."""
    steps = open_steps(notes_text or "")
    return Brief(
        project=one_line(root.name),
        maps=tuple(_named(root / name, cwd) for name in maps_of(root, agent)),
        notes=_named(notes, cwd) if notes else None,
        log=_has_commits(root),
        test_command=test_command(root),
        next_step=steps[0] if steps else "",
        tree=tree(root),
    )


def maps_of(root: Path, agent: str = "") -> tuple[str, ...]:
    """Return the map files for an agent: `AGENTS.md`, and the one that is written for it.

    One that is written for another agent counts only where there is no other; a link to a file
    that is named already counts not at all.
    """
    there = [name for name in MAPS if (root / name).is_file()]
    own = [name for name in there if name in ("AGENTS.md", _OWN_MAPS.get(agent, name))]
    found: dict[Path, str] = {}
    for name in own or there[:1]:
        found.setdefault((root / name).resolve(), name)
    return tuple(found.values())


def open_steps(notes_text: str) -> tuple[str, ...]:
    """Return what the notes name as next, one by one: more than one is worth a split."""
    named = (entry.text for entry in next_items(notes_text) if not is_empty(entry.text))
    return tuple(part for text in named for part in _parts(one_line(text)))


def _parts(step: str) -> list[str]:
    """Return the things that one line asks for: several joined by ";" or "and then" are several."""
    parts = [part.strip(" .,;") for part in _JOINTS.split(step)]
    return [part for part in parts if part] if all(len(p) > _SHORTEST for p in parts) else [step]


def tree(root: Path, limit: int = BRANCHES) -> tuple[str, ...]:
    """Return the top of the folder tree, folders with the number of their files."""
    counts: dict[str, int] = {}
    for path in _files(root):
        top, _, below = path.partition("/")
        top = one_line(top)
        counts[top + "/" if below else top] = counts.get(top + "/" if below else top, 0) + 1
    names = sorted(counts, key=lambda name: (not name.endswith("/"), name))
    lines = [f"{n}  ({counts[n]} files)" if n.endswith("/") else n for n in names]
    more = len(lines) - limit
    return (*lines[:limit], f"… {more} more") if more > 0 else tuple(lines)


def test_command(root: Path) -> str | None:
    """Return how the project runs its tests, as its own files say; `None` when none does."""
    for name, read in _SOURCES.items():
        with suppress(OSError, ValueError):
            path = root / name
            small = path.is_file() and path.stat().st_size <= LARGEST
            if small and (found := read(path.read_text(errors="replace"))):
                return found
    return None


def _of_make(text: str) -> str | None:
    target = re.search(r"^(test|check|tests)\s*:(?!=)", text, re.MULTILINE)
    return f"make {target[1]}" if target else None


def _of_npm(text: str) -> str | None:
    scripts = json.loads(text).get("scripts", {})
    script = scripts.get("test") if isinstance(scripts, dict) else None
    return "npm test" if script and "no test specified" not in str(script) else None


def _of_pyproject(text: str) -> str | None:
    return "pytest" if "pytest" in str(tomllib.loads(text)) else None


def _of_just(text: str) -> str | None:
    return "just test" if re.search(r"^test\b.*:", text, re.MULTILINE) else None


_SOURCES: dict[str, Callable[[str], str | None]] = {
    "Makefile": _of_make,
    "justfile": _of_just,
    "package.json": _of_npm,
    "pyproject.toml": _of_pyproject,
    "pytest.ini": lambda _: "pytest",
    "tox.ini": lambda text: "pytest" if "pytest" in text else "tox",
    "Cargo.toml": lambda _: "cargo test",
    "go.mod": lambda _: "go test ./...",
    "mix.exs": lambda _: "mix test",
    "pom.xml": lambda _: "mvn test",
    "build.gradle": lambda _: "gradle test",
    "Gemfile": lambda text: "bundle exec rspec" if "rspec" in text else None,
}
"""Files that tell the test command, the most telling first."""


def _files(root: Path) -> Iterator[str]:
    with suppress(Problem):
        answer = run_git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        if answer.code == 0:
            yield from filter(None, answer.text.split("\0"))
            return
    with suppress(OSError):
        yield from (f"{p.name}/_" if p.is_dir() else p.name for p in root.iterdir())


def _has_commits(root: Path) -> bool:
    with suppress(Problem):
        return run_git(root, "rev-parse", "--quiet", "--verify", "HEAD").code == 0
    return False


def _named(path: Path, cwd: Path) -> str:
    """Return a path as the session can open it: relative where it lies below its folder."""
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)
