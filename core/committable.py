"""What could be committed in a repository now, and what stands in the way. Looks only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec

from .gitrepo import Repo
from .gitrun import run_git
from .problems import Unreadable
from .text import one_line

HOOKS = (
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-index-change",
    "reference-transaction",
)
"""Hooks that `git commit` runs, in its order."""

_OURS = "command"
"""The scope of what `gitrun` sets for its own call."""

USUAL_DEFAULTS = ("main", "master", "trunk", "develop")
"""Names of a default branch where the repository names none."""


class Change(msgspec.Struct, frozen=True):
    """One changed path below the repository's top.

    `partly` is true where some of its changes are staged and others are not: who did that had a
    reason, so it is not ticked by itself. `conflicted` cannot be committed at all.
    """

    path: str
    tracked: bool
    deleted: bool = False
    partly: bool = False
    conflicted: bool = False
    submodule: bool = False


class Committable(msgspec.Struct, frozen=True):
    """What could be committed. `why_not` says in words why nothing can be.

    `hooks` are the programs that git will run, `hooks_path` the setting that leads to them when
    it is not the usual folder; `signs` is whether git signs commits here.
    """

    changes: tuple[Change, ...] = ()
    branch: str | None = None
    detached: bool = False
    default_branch: bool = False
    hooks: tuple[str, ...] = ()
    hooks_path: str | None = None
    hooks_changed_at: float | None = None
    signs: bool = False
    why_not: str = ""

    def ticked(self, notes: str | None = None) -> tuple[str, ...]:
        """Return the paths that are ticked at first: tracked changes, and the progress file."""
        if self.why_not:
            return ()
        return tuple(
            change.path
            for change in self.changes
            if not (change.partly or change.conflicted or change.submodule)
            and (change.tracked or change.path == notes)
        )


def look(repo: Repo, *, timeout: float = 20.0) -> Committable:
    """Return what could be committed in `repo`.

    Raises:
        NotFound: git is not installed.
        Unreadable: git cannot say.
    """
    if repo.bare:
        return Committable(why_not="there is no working copy here")
    if repo.in_progress:
        return Committable(why_not=f"a {repo.in_progress} is under way; finish it first")
    if repo.needs_trust:
        return Committable(why_not="the repository's own settings name programs; trust it once")
    hooks, hooks_path, changed = _hooks(repo)
    changes = _changes(repo.root, timeout)
    conflicts = sum(change.conflicted for change in changes)
    return Committable(
        changes=changes,
        branch=repo.branch,
        detached=repo.detached,
        default_branch=not repo.detached and repo.branch == _default(repo),
        hooks=hooks,
        hooks_path=hooks_path,
        hooks_changed_at=changed,
        signs=_setting(repo.root, "bool", "commit.gpgSign") == "true",
        why_not=f"there are conflicts in {conflicts} of its paths" if conflicts else "",
    )


def _changes(root: Path, timeout: float) -> tuple[Change, ...]:
    answer = run_git(
        root,
        "status",
        "--porcelain=v2",
        "-z",
        "--untracked-files=all",
        "--no-renames",
        timeout=timeout,
    )
    if answer.code or answer.cut:
        reason = one_line(answer.reason) or "there are too many changes to list"
        raise Unreadable(f"git status: {reason}.", remedy="Commit by hand.")
    entries = answer.text.rstrip("\0").split("\0") if answer.out else []
    return tuple(filter(None, map(_change, entries)))


def _change(entry: str) -> Change | None:
    """Read one entry of `git status --porcelain=v2 -z`; headers are none."""
    kind, _, rest = entry.partition(" ")
    if kind == "?":
        return Change(rest, tracked=False)
    if kind == "u":
        return Change(rest.split(" ", 9)[9], tracked=True, conflicted=True)
    if kind != "1":
        return None
    states, sub, *_, path = rest.split(" ", 7)
    staged, unstaged = states[:1], states[1:]
    return Change(
        path,
        tracked=True,
        deleted="D" in states,
        partly=staged != "." and unstaged != ".",
        submodule=sub.startswith("S"),
    )


def _setting(root: Path, kind: str, name: str) -> str:
    """Return what the person's or the repository's configuration says, without our own."""
    answer = run_git(root, "config", "--show-scope", "-z", f"--type={kind}", "--get-all", name)
    fields = answer.text.split("\0") if answer.code == 0 else []
    pairs = zip(fields[::2], fields[1::2], strict=False)
    return next((v for scope, v in reversed([*pairs]) if scope != _OURS), "")


def _hooks(repo: Repo) -> tuple[tuple[str, ...], str | None, float | None]:
    """Return the hooks that will run, the setting that names their folder, the newest change."""
    named = _setting(repo.root, "path", "core.hooksPath")
    folder = Path(named) if named else _common(repo) / "hooks"
    folder = folder if folder.is_absolute() else repo.root / folder
    there = [folder / name for name in HOOKS if _runs(folder / name)]
    changed = max((path.stat().st_mtime for path in there), default=None)
    return tuple(path.name for path in there), named or None, changed


def _common(repo: Repo) -> Path:
    """Return the git folder that all worktrees of a repository share."""
    answer = run_git(repo.root, "rev-parse", "--git-common-dir")
    return repo.root / answer.text if answer.code == 0 else repo.git_dir


def _runs(path: Path) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and os.access(path, os.X_OK)


def _default(repo: Repo) -> str | None:
    """Return the default branch: what the remote says, else a usual name that exists."""
    answer = run_git(repo.root, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    if answer.code == 0 and answer.text:
        return answer.text.partition("/")[2]
    return repo.branch if repo.branch in USUAL_DEFAULTS else None
