"""Looking at a repository tells where it stands, and never runs what it names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clearhead.core import gitrun
from clearhead.core.gitrepo import Repo, read_repo, trust
from clearhead.core.gitrun import run_git
from clearhead.core.problems import NotFound, Unreadable

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n name = Ada\n email = ada@example.org\n[init]\n defaultBranch = main\n"
        '[protocol "file"]\n allow = always\n'
    )
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def repo(tmp_path):
    """A repository with one commit."""
    return make_repo(tmp_path / "repo")


def git(cwd: Path, *args: str) -> str:
    """Run git as a person would, with everything the repository asks for."""
    done = subprocess.run(["git", *args], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout


def make_repo(root: Path) -> Path:
    root.mkdir(parents=True)
    git(root, "init", "-q")
    (root / "a.txt").write_text("one\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root


def trap(tmp_path: Path, name: str = "trap") -> tuple[Path, Path]:
    """Return a program that leaves a mark when it is run, and the mark."""
    program, mark = tmp_path / f"{name}.sh", tmp_path / f"{name}.ran"
    program.write_text(f"#!/bin/sh\ntouch {mark}\nexec cat\n")
    program.chmod(0o755)
    return program, mark


def look(cwd: Path, state: Path, **more: float) -> Repo:
    found = read_repo(cwd, state, **more)
    assert found is not None
    return found


def differ(root: Path) -> None:
    """Change a tracked file so that git must compare contents: same size, other time."""
    (root / "a.txt").write_text("two\n")
    os.utime(root / "a.txt", ns=(1, 1))


def test_branch_commit_and_changes_are_read(repo, state):
    (repo / "a.txt").write_text("changed\n")
    (repo / "new file\nwith a line end").touch()
    (repo / "folder").mkdir()
    (repo / "folder" / "one").touch()
    (repo / "folder" / "two").touch()
    found = look(repo / "folder", state)
    assert (found.root, found.branch, found.detached) == (repo, "main", False)
    assert found.head == git(repo, "rev-parse", "HEAD").strip()
    assert found.dirty == 3, "a changed file, an untracked one, an untracked folder"
    assert (found.in_progress, found.programs) == (None, ())


def test_a_rename_is_two_paths_one_gone_and_one_new(repo, state):
    git(repo, "mv", "a.txt", "b.txt")
    assert look(repo, state).dirty == 2


def test_a_clean_repository_has_zero_changes(repo, state):
    assert look(repo, state).dirty == 0


def test_a_detached_head_shows_the_short_commit(repo, state):
    git(repo, "checkout", "-q", "--detach")
    found = look(repo, state)
    assert found.detached
    assert found.head is not None
    assert found.branch == found.head[:7]


def test_before_the_first_commit_there_is_a_branch_and_no_head(tmp_path, state):
    git(tmp_path, "init", "-q", "unborn")
    found = look(tmp_path / "unborn", state)
    assert (found.branch, found.head, found.dirty) == ("main", None, 0)


@pytest.mark.parametrize("command", ["merge", "rebase", "cherry-pick"])
def test_an_unfinished_operation_is_named(repo, state, command):
    git(repo, "checkout", "-q", "-b", "side")
    (repo / "a.txt").write_text("side\n")
    git(repo, "commit", "-q", "-a", "-m", "side")
    git(repo, "checkout", "-q", "main")
    (repo / "a.txt").write_text("main\n")
    git(repo, "commit", "-q", "-a", "-m", "main")
    with pytest.raises(subprocess.CalledProcessError):
        git(repo, command, "side")
    assert look(repo, state).in_progress == command


def test_no_repository_is_none(tmp_path, state):
    assert read_repo(tmp_path, state) is None


def test_a_vanished_folder_is_none(tmp_path, state):
    assert read_repo(tmp_path / "gone\nfor good", state) is None


@pytest.mark.parametrize("name", ["a\0b", "\ud800"], ids=["nul", "lone-surrogate"])
def test_a_name_no_folder_can_have_is_none(tmp_path, state, name):
    assert read_repo(tmp_path / name, state) is None


def test_a_folder_with_a_line_end_in_its_name_is_found(tmp_path, state):
    root = make_repo(tmp_path / "line\nend\n")
    assert look(root, state).root == root


def test_a_folder_that_is_not_utf8_is_found(tmp_path, state):
    root = make_repo(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")))
    assert look(root, state).root == root


def test_a_bare_repository_has_no_changes_to_count(repo, tmp_path, state):
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    found = look(tmp_path / "bare.git", state)
    assert (found.bare, found.branch, found.dirty) == (True, "main", None)
    assert "no working copy" in found.dirty_unknown


def test_a_linked_git_folder_is_followed(repo, tmp_path, state):
    (repo / ".git").rename(tmp_path / "elsewhere")
    (repo / ".git").symlink_to(tmp_path / "elsewhere")
    found = look(repo, state)
    assert (found.root, found.branch, found.dirty) == (repo, "main", 0)


def test_a_worktree_has_its_own_branch_and_its_own_rebase(repo, tmp_path, state):
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    found = look(tmp_path / "side", state)
    assert (found.root, found.branch) == (tmp_path / "side", "side")
    (found.git_dir / "rebase-merge").mkdir()
    assert look(tmp_path / "side", state).in_progress == "rebase"
    assert look(repo, state).in_progress is None


def test_a_submodule_is_a_repository_of_its_own(repo, tmp_path, state):
    inner = make_repo(tmp_path / "inner")
    git(repo, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "sub")
    git(repo, "commit", "-q", "-m", "sub")
    assert look(repo / "sub", state).root == repo / "sub"
    assert look(repo, state).dirty == 0


def test_a_working_copy_named_by_the_settings_is_counted(repo, tmp_path, state):
    git(repo, "config", "core.worktree", str(tmp_path))
    found = look(repo, state)
    assert (found.root, found.branch) == (tmp_path, "main")
    assert found.dirty is not None


def test_the_git_folder_itself_has_no_changes_to_count(repo, state):
    assert look(repo / ".git", state).dirty is None


def test_without_git_the_problem_says_so(repo, state, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotFound, match="not installed"):
        read_repo(repo, state)


def test_broken_settings_are_a_problem_that_names_them(repo, state):
    (repo / ".git" / "config").write_text("[core\n")
    with pytest.raises(Unreadable, match="bad config"):
        read_repo(repo, state)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a folder away")
def test_a_repository_of_someone_else_is_refused_by_git_and_said(repo, state):
    for path in (repo, *repo.rglob("*")):
        os.chown(path, 12345, 12345)
    with pytest.raises(Unreadable, match="dubious ownership"):
        read_repo(repo, state)


def test_ten_thousand_untracked_files_are_counted_in_time(repo, state):
    for number in range(10_000):
        (repo / f"file-{number}").touch()
    begun = time.monotonic()
    assert look(repo, state).dirty == 10_000
    assert time.monotonic() - begun < gitrun.TIMEOUT


def test_counting_that_takes_too_long_leaves_the_count_unknown(repo, tmp_path, state):
    program, _ = trap(tmp_path)
    program.write_text("#!/bin/sh\nsleep 60\n")
    (repo / ".gitattributes").write_text("* filter=slow\n")
    git(repo, "config", "filter.slow.clean", str(program))
    trust(look(repo, state), state)
    differ(repo)
    found = look(repo, state, timeout=0.3)
    assert (found.branch, found.dirty) == ("main", None)
    assert "longer than 0.3 s" in found.dirty_unknown


def test_a_call_that_takes_too_long_ends_with_everything_it_started(repo, tmp_path):
    """The program that git started is ended too, not left behind."""
    pid = tmp_path / "pid"
    git(repo, "config", "alias.hang", f"!echo $$ > {pid}; exec sleep 60")
    with pytest.raises(Unreadable, match="longer than"):
        run_git(repo, "hang", timeout=0.5)
    assert until(lambda: not alive(int(pid.read_text())))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(condition, within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_endless_output_is_cut(repo):
    git(repo, "config", "alias.talk", "!yes")
    answer = run_git(repo, "talk", limit=100_000)
    assert answer.cut
    assert len(answer.out) == 100_000


def test_variables_that_point_git_elsewhere_are_not_passed_on(repo, state, monkeypatch):
    for name, value in {"GIT_DIR": "/nowhere", "GIT_INDEX_FILE": "/x", "LC_ALL": "de_DE"}.items():
        monkeypatch.setenv(name, value)
    assert look(repo, state).dirty == 0
    git_alias = run_git(repo, "-c", "alias.env=!env", "env")
    assert b"LC_ALL=C\n" in git_alias.out
    assert b"GIT_INDEX_FILE" not in git_alias.out


def test_git_does_not_read_what_the_person_types(repo):
    script = (
        "import sys; from pathlib import Path; from clearhead.core.gitrun import run_git;"
        "print(run_git(Path(sys.argv[1]), '-c', 'alias.read=!cat', 'read').out)"
    )
    command = [sys.executable, "-c", script, str(repo)]
    done = subprocess.run(command, input="typed", capture_output=True, text=True, check=True)
    assert done.stdout == "b''\n"


# Hostile repositories


def test_a_file_system_monitor_is_never_run(repo, tmp_path, state):
    program, mark = trap(tmp_path)
    git(repo, "config", "core.fsmonitor", str(program))
    look(repo, state)
    trust(look(repo, state), state)
    assert look(repo, state).dirty == 0
    assert not mark.exists()
    git(repo, "status")
    assert mark.exists(), "the trap must work, or this test proves nothing"


def test_hooks_are_never_run_and_the_index_is_never_written(repo, tmp_path, state):
    program, mark = trap(tmp_path)
    hooks = repo / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "pre-commit", "fsmonitor-watchman", "reference-transaction"):
        shutil.copy(program, hooks / name)
    os.utime(repo / "a.txt", ns=(1, 1))
    index = (repo / ".git" / "index").stat()
    assert look(repo, state).dirty == 0
    assert not mark.exists()
    assert (repo / ".git" / "index").stat().st_mtime_ns == index.st_mtime_ns
    git(repo, "status")
    assert mark.exists(), "the trap must work, or this test proves nothing"


def hostile_local(repo: Path, program: Path) -> None:
    git(repo, "config", "filter.evil.clean", str(program))


def hostile_process(repo: Path, program: Path) -> None:
    git(repo, "config", "filter.evil.process", str(program))


def hostile_include(repo: Path, program: Path) -> None:
    (repo / "settings").write_text(f'[filter "evil"]\n clean = {program}\n')
    git(repo, "config", "include.path", "../settings")


def hostile_worktree(repo: Path, program: Path) -> None:
    git(repo, "config", "extensions.worktreeConfig", "true")
    git(repo, "config", "--worktree", "filter.evil.clean", str(program))


def hostile_overriding(repo: Path, program: Path) -> None:
    git(repo, "config", "--global", "filter.evil.clean", "cat")
    git(repo, "config", "filter.evil.clean", str(program))


@pytest.mark.parametrize(
    "set_up",
    [hostile_local, hostile_process, hostile_include, hostile_worktree, hostile_overriding],
)
def test_a_filter_of_the_repositorys_own_waits_for_trust(repo, tmp_path, state, set_up):
    program, mark = trap(tmp_path)
    (repo / ".gitattributes").write_text("* filter=evil\n")
    set_up(repo, program)
    mark.unlink(missing_ok=True)
    differ(repo)
    found = look(repo, state)
    assert not mark.exists()
    assert (found.branch, found.dirty, found.needs_trust) == ("main", None, True)
    assert "trust" in found.dirty_unknown
    assert any(str(program) in shown for shown in found.programs)

    trust(found, state)
    trusted = look(repo, state)
    assert (trusted.needs_trust, trusted.dirty is not None) == (False, True)
    assert mark.exists(), "once trusted, git works as it always does"


def test_trust_covers_only_the_programs_that_were_seen(repo, tmp_path, state):
    git(repo, "config", "filter.good.clean", "cat")
    trust(look(repo, state), state)
    assert look(repo, state).dirty == 0
    git(repo, "config", "filter.good.clean", "cat -A")
    assert look(repo, state).dirty is None


def test_trust_covers_only_this_repository(repo, tmp_path, state):
    other = make_repo(tmp_path / "other")
    for root in (repo, other):
        git(root, "config", "filter.good.clean", "cat")
    trust(look(repo, state), state)
    assert look(other, state).needs_trust


def test_a_filter_that_the_persons_own_settings_name_needs_no_trust(repo, state):
    for scope in ("--global", "--local"):
        git(repo, "config", scope, "filter.lfs.process", "git-lfs filter-process")
    assert look(repo, state).dirty == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("core.fsmonitor", "true"),
        ("core.hooksPath", ".husky"),
        ("filter.off.clean", ""),
        ("credential.helper", "store"),
    ],
)
def test_settings_that_run_nothing_while_reading_need_no_trust(repo, state, key, value):
    git(repo, "config", key, value)
    assert look(repo, state).dirty == 0


def test_the_filter_of_a_submodule_is_not_run_from_outside(repo, tmp_path, state):
    program, mark = trap(tmp_path)
    inner = make_repo(tmp_path / "inner")
    git(repo, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "sub")
    git(repo, "commit", "-q", "-m", "sub")
    (repo / "sub" / ".gitattributes").write_text("* filter=evil\n")
    git(repo / "sub", "config", "filter.evil.clean", str(program))
    differ(repo / "sub")
    assert look(repo, state).dirty == 0
    assert not mark.exists()
    git(repo, "status")
    assert mark.exists(), "the trap must work, or this test proves nothing"


def test_a_partial_clone_does_not_fetch(repo, tmp_path, state):
    """A missing object makes git ask the remote, which may be any command."""
    program, mark = trap(tmp_path)
    program.write_text(f"#!/bin/sh\ntouch {mark}\nexit 1\n")
    for key, value in {
        "extensions.partialClone": "origin",
        "core.repositoryformatversion": "1",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{program}",
        "protocol.ext.allow": "always",
    }.items():
        git(repo, "config", key, value)
    blob = git(repo, "rev-parse", "HEAD^{tree}").strip()
    (repo / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    look(repo, state)
    assert run_git(repo, "show", "HEAD").code != 0
    assert not mark.exists()
    subprocess.run(["git", "show", "HEAD"], cwd=repo, capture_output=True, check=False)
    assert mark.exists(), "the trap must work, or this test proves nothing"


@pytest.mark.parametrize("key", ["diff.evil.textconv", "diff.external", "diff.evil.command"])
def test_showing_a_difference_runs_no_converter(repo, tmp_path, key):
    program, mark = trap(tmp_path)
    (repo / ".gitattributes").write_text("* diff=evil\n")
    git(repo, "config", key, str(program))
    differ(repo)
    assert b"+two" in run_git(repo, "diff").out
    assert not mark.exists()
    git(repo, "diff")
    assert mark.exists(), "the trap must work, or this test proves nothing"


def test_no_hook_runs_even_where_git_writes(repo, tmp_path):
    program, mark = trap(tmp_path)
    hooks = repo / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    shutil.copy(program, hooks / "reference-transaction")
    assert run_git(repo, "update-ref", "refs/one", "HEAD").code == 0
    assert not mark.exists()
    git(repo, "update-ref", "refs/two", "HEAD")
    assert mark.exists(), "the trap must work, or this test proves nothing"


def test_a_damaged_trust_file_is_set_aside_and_nothing_is_trusted(repo, state):
    git(repo, "config", "filter.good.clean", "cat")
    trust(look(repo, state), state)
    file = state / "trusted-repositories.json"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("{")
    found = look(repo, state)
    assert found.needs_trust
    assert found.problem is not None
    assert "damaged" in found.problem.remedy
    assert [path.read_text() for path in state.glob("*.damaged-*")] == ["{"]


def test_what_a_repository_says_is_cleaned_before_it_is_shown(repo, state):
    git(repo, "config", "filter.x.clean", "cat \x1b]0;owned\x07 \u202e")
    git(repo, "checkout", "-q", "-b", "safe\u202ename")
    found = look(repo, state)
    assert found.branch == "safename"
    assert found.programs == ("filter.x.clean = cat",)


def test_looking_imports_no_gitpython():
    script = "import sys, clearhead.core.gitrepo; print('git' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
