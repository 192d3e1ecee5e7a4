"""A commit holds what was ticked and nothing else, and nothing is lost when it fails."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from clearhead.core.acting.action import Outcome
from clearhead.core.committable import Change, look
from clearhead.core.committing import commit, head_of
from clearhead.core.gitrepo import Repo, read_repo


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "a repository"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.email", "a@b.c")
    git(root, "config", "user.name", "A")
    for name in ("one", "two", "three"):
        (root / name).write_text(f"{name}\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "begin")
    return root


def repo_at(root: Path) -> Repo:
    repo = read_repo(root, root.parent / "state")
    assert repo is not None
    return repo


def files_of(root: Path, commit_id: str = "HEAD") -> list[str]:
    return git(root, "show", "--name-only", "-z", "--format=", commit_id).strip("\0\n").split("\0")


def hook(root: Path, name: str, script: str) -> None:
    path = root / ".git/hooks" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_tracked_changes_and_the_notes_are_ticked_and_nothing_else(root: Path) -> None:
    (root / "one").write_text("changed")
    (root / "notes.md").write_text("new")
    (root / "stray").write_text("new")
    (root / "two").write_text("staged")
    git(root, "add", "two")
    (root / "two").write_text("staged and more")
    (root / "three").unlink()
    found = look(repo_at(root))
    assert set(found.ticked("notes.md")) == {"one", "three", "notes.md"}
    assert Change("two", tracked=True, partly=True) in found.changes
    assert (found.branch, found.default_branch, found.why_not) == ("main", True, "")


def test_the_commit_holds_what_was_ticked_and_what_is_staged_stays(root: Path) -> None:
    (root / "one").write_text("changed")
    (root / "two").write_text("staged")
    git(root, "add", "two")
    (root / "né w.md").write_text("new")
    (root / "[o]ne").write_text("no pattern")
    done = commit(root, ["one", "né w.md"], "Bring it forward\n\nIn the session abc.")
    assert done.outcome is Outcome.CONFIRMED
    assert done.commit == head_of(root)
    assert sorted(files_of(root)) == ["né w.md", "one"]
    assert (
        git(root, "log", "-1", "--format=%B").strip() == "Bring it forward\n\nIn the session abc."
    )
    assert git(root, "status", "--porcelain") == "M  two\n?? [o]ne\n"


def test_a_deleted_file_can_be_committed(root: Path) -> None:
    (root / "three").unlink()
    assert commit(root, ["three"], "x").outcome is Outcome.CONFIRMED
    assert files_of(root) == ["three"]


def test_a_refusing_hook_leaves_everything_as_it_was(root: Path) -> None:
    hook(root, "pre-commit", "echo no way >&2; exit 1")
    (root / "new").write_text("new")
    (root / "one").write_text("changed")
    before = git(root, "status", "--porcelain")
    done = commit(root, ["new", "one"], "x")
    assert (done.outcome, done.commit) == (Outcome.REFUSED, None)
    assert "no way" in done.words
    assert git(root, "status", "--porcelain") == before
    assert look(repo_at(root)).hooks == ("pre-commit",)


def test_a_hanging_hook_is_ended_in_time_and_leaves_no_lock(root: Path) -> None:
    hook(root, "pre-commit", "echo waiting; sleep 60")
    (root / "one").write_text("changed")
    began = time.monotonic()
    done = commit(root, ["one"], "x", limit=1.0)
    assert time.monotonic() - began < 15
    assert done.outcome is Outcome.REFUSED
    assert "longer than 1 s" in done.words
    assert not (root / ".git/index.lock").exists()
    (root / ".git/hooks/pre-commit").unlink()
    assert commit(root, ["one"], "x").outcome is Outcome.CONFIRMED


def test_a_hook_that_hangs_after_the_commit_is_told_as_committed(root: Path) -> None:
    hook(root, "post-commit", "sleep 60")
    (root / "one").write_text("changed")
    done = commit(root, ["one"], "x", limit=1.5)
    assert done.outcome is Outcome.CONFIRMED
    assert done.commit == head_of(root)


def test_the_first_commit_of_a_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "user.email", "a@b.c")
    git(tmp_path, "config", "user.name", "A")
    (tmp_path / "notes.md").write_text("x")
    done = commit(tmp_path, ["notes.md"], "Begin")
    assert (done.outcome, done.before) == (Outcome.CONFIRMED, None)


def test_nobody_to_sign_for_is_told(root: Path) -> None:
    git(root, "config", "commit.gpgSign", "true")
    git(root, "config", "gpg.program", "false")
    (root / "one").write_text("changed")
    done = commit(root, ["one"], "x")
    assert done.outcome is Outcome.REFUSED
    assert "sign" in done.words


@pytest.mark.parametrize("mark", ["MERGE_HEAD", "rebase-merge"])
def test_an_unfinished_merge_or_rebase_is_left_alone(root: Path, mark: str) -> None:
    (root / ".git" / mark).write_text(git(root, "rev-parse", "HEAD"))
    assert "finish it first" in look(repo_at(root)).why_not


def test_a_hooks_folder_elsewhere_is_named(root: Path) -> None:
    (root / "tools").mkdir()
    (root / "tools/pre-commit").write_text("#!/bin/sh\n")
    (root / "tools/pre-commit").chmod(0o755)
    git(root, "config", "core.hooksPath", "tools")
    found = look(repo_at(root))
    assert (found.hooks, found.hooks_path) == (("pre-commit",), "tools")


def test_a_commit_without_paths_or_words_is_none(root: Path) -> None:
    with pytest.raises(ValueError, match="message"):
        commit(root, [], "x")
    with pytest.raises(ValueError, match="message"):
        commit(root, ["one"], "  ")


def test_work_in_a_worktree_and_on_a_detached_head(root: Path) -> None:
    git(root, "worktree", "add", "-q", "--detach", "../tree")
    tree = root.parent / "tree"
    (tree / "one").write_text("changed")
    found = look(repo_at(tree))
    assert found.detached
    assert not found.default_branch
    assert commit(tree, found.ticked(), "x").outcome is Outcome.CONFIRMED
    assert git(root, "status", "--porcelain") == ""
