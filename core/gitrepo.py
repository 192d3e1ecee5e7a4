"""Where a folder stands in git: branch, changes, and what is under way.

Looking never runs a program the repository names, changes nothing and takes no lock.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec

from . import gittrust
from .gitrun import TIMEOUT, run_git
from .problems import Report, Unreadable
from .text import one_line

_UNDER_WAY = {
    "rebase-merge": "rebase",
    "rebase-apply/applying": "patch series",
    "rebase-apply": "rebase",
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
"""Files in the git folder → what they mean; the first that exists tells."""

_ENTRY = re.compile(rb"[12u?] ")
_NOTHING_THERE = re.compile(
    r"not a git repository \(or any |cannot change to .*: (?:No such file|Not a directory)",
    re.DOTALL,
)


class Repo(msgspec.Struct, frozen=True):
    """One look at a repository; what could not be learnt is `None`."""

    root: Path
    """Top folder of the working copy; of a bare repository, the git folder."""
    git_dir: Path
    branch: str | None
    """Name for showing, or the short commit when `detached`."""
    detached: bool
    head: str | None
    """The commit, `None` before the first one."""
    dirty: int | None = None
    """Changed and untracked paths; an untracked folder counts once."""
    dirty_unknown: str = ""
    """Why `dirty` is `None`, in words."""
    in_progress: str | None = None
    """A merge, rebase, … that waits to be finished."""
    bare: bool = False
    """Whether there is no working copy here: a bare repository, or the git folder itself."""
    programs: tuple[str, ...] = ()
    """Programs that only its own settings name and that wait for trust; for showing."""
    consent: str = ""
    """What `trust` writes down: stands for exactly these programs."""
    problem: Report | None = None
    """What was wrong with the list of trusted repositories."""

    @property
    def needs_trust(self) -> bool:
        """Whether contents are not compared until the person lets `programs` run."""
        return bool(self.programs)


class _Place(msgspec.Struct, frozen=True):
    """What and where a repository is, before anything in it is read."""

    root: Path
    git_dir: Path
    bare: bool


def read_repo(cwd: Path, state: Path, *, timeout: float = TIMEOUT) -> Repo | None:
    """Return the repository that `cwd` lies in, `None` when there is none (or no such folder).

    Args:
        cwd: any folder; it may have vanished.
        state: clearhead's state folder, where trusted repositories are listed.
        timeout: seconds for counting changes; a slower repository has `dirty=None`.

    Raises:
        NotFound: git is not installed.
        Unreadable: git refuses the repository or its configuration is broken.
    """
    place = _locate(cwd)
    if place is None:
        return None
    branch, detached, head = _head(cwd)
    repo = Repo(
        root=place.root,
        git_dir=place.git_dir,
        branch=branch,
        detached=detached,
        head=head,
        in_progress=_under_way(place.git_dir),
        bare=place.bare,
    )
    return _with_changes(repo, cwd, state, timeout)


def trust(repo: Repo, state: Path) -> None:
    """Let the programs that `repo` names, and the person has just seen, run from now on.

    Raises:
        NotSaved: the state folder cannot be written.
    """
    gittrust.trust(state, repo.root, repo.consent)


def _locate(cwd: Path) -> _Place | None:
    """Find the repository around `cwd`; paths may hold any byte, even line ends."""
    asked = ("--is-bare-repository", "--is-inside-work-tree", "--absolute-git-dir")
    try:
        answer = run_git(cwd, "rev-parse", *asked)
    except ValueError:  # a name that no path can have: there is no such folder
        return None
    if answer.code:
        if _NOTHING_THERE.match(answer.reason):
            return None
        raise _refused(answer.reason)
    bare, inside, git_dir = answer.text.split("\n", 2)
    if bare == "true" or inside == "false":
        return _Place(root=Path(git_dir), git_dir=Path(git_dir), bare=True)
    top = run_git(cwd, "rev-parse", "--show-toplevel").text
    return _Place(root=Path(top), git_dir=Path(git_dir), bare=False)


def _refused(reason: str) -> Unreadable:
    """Return the problem that git will not look into a repository."""
    return Unreadable(
        f"git refuses this repository: {one_line(reason) or 'without a reason'}.",
        remedy="Try `git status` there; git says what it needs.",
    )


def _head(cwd: Path) -> tuple[str | None, bool, str | None]:
    """Return branch (or short commit), whether HEAD is detached, and the commit."""
    head = run_git(cwd, "rev-parse", "--quiet", "--verify", "HEAD").text or None
    branch = run_git(cwd, "symbolic-ref", "--quiet", "--short", "HEAD").text
    if branch:
        return one_line(branch), False, head
    return (head[:7] if head else None), True, head


def _under_way(git_dir: Path) -> str | None:
    """Return what was begun in the repository and waits to be finished."""
    there = (what for mark, what in _UNDER_WAY.items() if os.path.lexists(git_dir / mark))
    return next(there, None)


def _with_changes(repo: Repo, cwd: Path, state: Path, timeout: float) -> Repo:
    """Add the count of changes, or why it is not known."""
    if repo.bare:
        return _unknown(repo, "there is no working copy here")
    programs = gittrust.programs_of(cwd)
    if programs:
        repo = _asking(repo, programs, state)
    if repo.needs_trust:
        return repo
    try:
        return _count(repo, cwd, timeout)
    except Unreadable as problem:
        return _unknown(repo, one_line(problem.detail))


def _asking(repo: Repo, programs: tuple[str, ...], state: Path) -> Repo:
    """Add the programs that wait for consent, unless the person has let these very ones pass."""
    trusted, report = gittrust.load(state)
    consent = gittrust.digest(programs)
    if trusted.get(gittrust.name_of(repo.root)) == consent:
        return repo
    return msgspec.structs.replace(
        _unknown(repo, "its own settings name programs; trust it once to count changes"),
        programs=tuple(one_line(program, 400) for program in programs),
        consent=consent,
        problem=report,
    )


def _unknown(repo: Repo, why: str) -> Repo:
    """Return `repo` with the reason why its changes are not counted."""
    return msgspec.structs.replace(repo, dirty=None, dirty_unknown=why)


def _count(repo: Repo, cwd: Path, timeout: float) -> Repo:
    """Count changed and untracked paths; submodules have settings of their own, so not theirs."""
    answer = run_git(
        cwd,
        "status",
        "--porcelain=v2",
        "-z",
        "--untracked-files=normal",
        "--ignore-submodules=dirty",
        "--no-renames",
        timeout=timeout,
    )
    if answer.code or answer.cut:
        return _unknown(repo, one_line(answer.reason) or "there are too many to list")
    entries = answer.out.split(b"\0")
    return msgspec.structs.replace(repo, dirty=sum(1 for entry in entries if _ENTRY.match(entry)))
