"""Which files a shell command takes back with git. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator

EVERYTHING = "."
"""Stands for all files of the repository."""

_PARTS = re.compile(r"&&|\|\||[;|\n]")
_WORTH = re.compile(r"\bgit\b.*\b(?:checkout|restore|stash|reset|commit)\b", re.DOTALL)
_STASH_AWAY = frozenset({"push", "save"})
_WITH_VALUE = frozenset({"-C", "-c", "-m", "-s", "--message", "--source"})


def speaks_of_git(command: str) -> bool:
    """Say whether a command may take something back, or commit."""
    return _WORTH.search(command) is not None


def undone_by(command: str, edited: Collection[str]) -> frozenset[str]:
    """Return which of the `edited` files a command takes back: of a path, or of everything."""
    found: set[str] = set()
    for verb, words in _git_calls(command):
        for path in _paths(verb, words):
            found.update(name for name in edited if path == EVERYTHING or _is_in(name, path))
    return frozenset(found)


def own_part(command: str) -> str:
    """Return the part of a command that takes something back."""
    parts = map(str.strip, _PARTS.split(command))
    return next((part for part in parts if speaks_of_git(part)), command)


def commits(command: str) -> bool:
    """Say whether a command commits: what was edited before is history then."""
    return any(verb == "commit" for verb, _ in _git_calls(command))


def brings_back(command: str) -> bool:
    """Say whether a command brings back what `git stash` put away."""
    return any(v == "stash" and w[:1] in (["pop"], ["apply"]) for v, w in _git_calls(command))


def stashes(command: str) -> bool:
    """Say whether a command puts changes away with `git stash`."""
    return any(verb == "stash" and _paths(verb, words) for verb, words in _git_calls(command))


def _git_calls(command: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the verb and the words after it of every call of git in a command."""
    for part in _PARTS.split(command):
        try:
            words = shlex.split(part)
        except ValueError:
            continue
        if "git" not in words[:3]:
            continue
        words = words[words.index("git") + 1 :]
        while words and words[0].startswith("-"):
            words = words[2:] if words[0] in _WITH_VALUE else words[1:]
        if words:
            yield words[0], words[1:]


def _paths(verb: str, words: list[str]) -> list[str]:
    """Return the paths whose changes are taken back; branches that are named match no file."""
    named = _names(words)
    if verb == "checkout":
        return [] if {"-b", "-B", "--orphan"} & set(words) else named
    if verb == "restore":
        staged_only = {"-S", "--staged"} & set(words) and not {"-W", "--worktree"} & set(words)
        return [] if staged_only else named
    if verb == "stash":
        if named and named[0] not in _STASH_AWAY and "--" not in words:
            return []
        return named[1:] if named[:1] == ["push"] and len(named) > 1 else [EVERYTHING]
    return [EVERYTHING] if verb == "reset" and "--hard" in words else []


def _names(words: list[str]) -> list[str]:
    """Return the words that are neither options nor their values."""
    names: list[str] = []
    for before, word in zip(["", *words], words, strict=False):
        if before in _WITH_VALUE or word.startswith("-"):
            continue
        names.append(word.removeprefix("./").rstrip("/") or EVERYTHING)
    return names


def _is_in(name: str, path: str) -> bool:
    """Say whether a file bears a path's name or lies below it; either may begin higher up."""
    whole = f"/{name}/"
    return f"/{path.lstrip('/')}/" in whole or whole.endswith(f"/{path.lstrip('/')}/")
