"""A reset begins from whatever state the repository is in, and takes nothing from anybody."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from clearhead.core import committing
from clearhead.core.agents.base import Sighting
from clearhead.core.problems import NotSaved
from clearhead.core.reset import commit_step
from clearhead.core.reset.carrying import brief_now
from clearhead.core.reset.preparing import Prepared, prepare, review
from clearhead.core.reset.runner import NeedsPerson
from clearhead.core.reset.transaction import Status, Step, Transaction
from clearhead.core.snapshot import Snapshot
from tests.core.reset.world import NOTES, World, git, make_repo

TODAY = date(2026, 11, 28)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    make_repo(world.root)
    return world


def look(world: World, cwd: Path | None = None) -> Prepared:
    where = str(cwd or world.root)
    sighting = Sighting("claude", "old", cwd=where)
    snapshot = Snapshot(cwd=where, started_at=time.time() - 60)
    return prepare(sighting, snapshot, world.state, 75_000, today=TODAY)


async def reset(world: World, cwd: Path | None = None) -> Transaction:
    """Carry a reset out with what is ticked by itself, as the command line does."""
    begun = look(world, cwd).begun
    names = ("cwd", "root", "notes", "session_began")
    own = World(world.folder, **{name: getattr(begun, name) for name in names})
    runner = own.begin()
    while True:
        try:
            return await runner.go()
        except NeedsPerson as needs:
            if needs.step is Step.OPEN:
                runner.choose(Step.OPEN, brief="You continue a task in project.\n")
                continue
            seen = review(own.begun, own.state, TODAY)
            why = seen.committable.why_not
            runner.choose(Step.COMMIT, paths=list(seen.ticked), message=seen.message, why=why)


def of_commit(found: Transaction) -> tuple[Status, str]:
    step = found.step(Step.COMMIT)
    return step.status, step.words


def committed(root: Path) -> list[str]:
    return git(root, "show", "--name-only", "--format=", "HEAD").split()


def fails(root: Path, *words: str) -> bool:
    """Run a program; say whether it failed."""
    return bool(subprocess.run(words, cwd=root, capture_output=True, check=False).returncode)


def hook(root: Path, script: str, name: str = "pre-commit") -> Path:
    path = root / ".git/hooks" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


async def test_what_is_tracked_and_the_notes_go_in(world: World) -> None:
    found = await reset(world)
    assert of_commit(found)[0] is Status.DONE
    assert committed(world.root) == ["claude-progress.md", "work.py"]
    assert git(world.root, "status", "--porcelain") == "?? stray.txt\n"


async def test_no_repository(world: World) -> None:
    shutil.rmtree(world.root / ".git")
    found = await reset(world)
    assert of_commit(found) == (Status.SKIPPED, "there is no repository")
    assert found.step(Step.CHECK).status is Status.DONE
    assert "git log" not in look(world).brief_text


async def test_a_clean_repository(world: World) -> None:
    git(world.root, "checkout", "-q", "work.py")
    assert look(world).ticked == ()


async def test_a_merge_that_is_under_way(world: World) -> None:
    git(world.root, "commit", "-qam", "Mine")
    git(world.root, "checkout", "-qb", "other", "HEAD~1")
    (world.root / "work.py").write_text("theirs\n")
    git(world.root, "commit", "-qam", "Theirs")
    assert fails(world.root, "git", "merge", "-q", "main")
    before = git(world.root, "status", "--porcelain"), (world.root / "work.py").read_bytes()
    found = await reset(world)
    assert of_commit(found) == (Status.SKIPPED, "a merge is under way; finish it first")
    after = git(world.root, "status", "--porcelain").replace(" M claude-progress.md\n", "")
    assert (after, (world.root / "work.py").read_bytes()) == before


async def test_a_rebase_that_is_under_way(world: World) -> None:
    git(world.root, "commit", "-qam", "Mine")
    git(world.root, "checkout", "-qb", "other", "HEAD~1")
    (world.root / "work.py").write_text("theirs\n")
    git(world.root, "commit", "-qam", "Theirs")
    assert fails(world.root, "git", "rebase", "-q", "main")
    head = git(world.root, "rev-parse", "HEAD")
    found = await reset(world)
    assert of_commit(found) == (Status.SKIPPED, "a rebase is under way; finish it first")
    assert git(world.root, "rev-parse", "HEAD") == head


async def test_conflicts_that_no_merge_is_under_way_for(world: World) -> None:
    git(world.root, "stash", "-q")
    (world.root / "work.py").write_text("other\n")
    git(world.root, "commit", "-qam", "Other")
    assert fails(world.root, "git", "stash", "pop")
    found = await reset(world)
    assert of_commit(found) == (Status.SKIPPED, "there are conflicts in 1 of its paths")
    assert git(world.root, "stash", "list"), "nothing of the person's is dropped"


async def test_a_part_staged_file_keeps_both_its_parts(world: World) -> None:
    git(world.root, "add", "work.py")
    (world.root / "work.py").write_text("new\nand more\n")
    staged = git(world.root, "diff", "--cached", "work.py")
    found = await reset(world)
    assert of_commit(found)[0] is Status.DONE
    assert committed(world.root) == ["claude-progress.md"]
    assert git(world.root, "diff", "--cached", "work.py") == staged
    assert (world.root / "work.py").read_text() == "new\nand more\n"


async def test_a_filter_of_the_persons_own_runs_as_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with Git LFS: the filter stands in the person's settings, its use in the repository."""
    settings = world.folder / "gitconfig"
    settings.write_text('[filter "lfs"]\n\tclean = "sed s/^/pointer:/"\n\tsmudge = cat\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    (world.root / ".gitattributes").write_text("*.bin filter=lfs\n*.txt text eol=crlf\n")
    (world.root / "big.bin").write_text("small\n")
    (world.root / "note.txt").write_bytes(b"one\r\n")
    git(world.root, "add", ".gitattributes", "big.bin", "note.txt")
    git(world.root, "commit", "-qm", "With filters")
    (world.root / "big.bin").write_text("larger\n")
    (world.root / "note.txt").write_bytes(b"one\r\ntwo\r\n")
    found = await reset(world)
    assert of_commit(found)[0] is Status.DONE
    assert git(world.root, "show", "HEAD:big.bin") == "pointer:larger\n"
    assert git(world.root, "cat-file", "blob", "HEAD:note.txt") == "one\ntwo\n"
    assert (world.root / "note.txt").read_bytes() == b"one\r\ntwo\r\n"
    assert git(world.root, "status", "--porcelain") == "?? stray.txt\n"


async def test_a_filter_of_the_repositorys_own_waits_for_trust(world: World) -> None:
    git(world.root, "config", "filter.x.clean", f"touch {world.folder}/ran; cat")
    (world.root / ".gitattributes").write_text("*.py filter=x\n")
    found = await reset(world)
    assert of_commit(found)[0] is Status.SKIPPED
    assert "trust" in of_commit(found)[1]
    assert not (world.folder / "ran").exists()


async def test_a_detached_head(world: World) -> None:
    git(world.root, "checkout", "-q", "--detach")
    assert look(world).committable.detached
    found = await reset(world)
    assert of_commit(found)[0] is Status.DONE
    assert git(world.root, "rev-parse", "main") != git(world.root, "rev-parse", "HEAD")


async def test_a_worktree(world: World) -> None:
    tree = world.folder / "tree"
    git(world.root, "worktree", "add", "-q", "-b", "side", str(tree))
    (tree / "work.py").write_text("in the tree\n")
    found = look(world, tree)
    assert (found.begun.root, found.ticked) == (str(tree), ("work.py",))
    assert found.committable.branch == "side"
    main = git(world.root, "status", "--porcelain")
    done = committing.commit(tree, found.ticked, found.message)
    assert done.commit == git(tree, "rev-parse", "HEAD").strip()
    assert git(world.root, "status", "--porcelain") == main


async def test_a_folder_below_the_top(world: World) -> None:
    below = world.root / "src"
    below.mkdir()
    found = look(world, below)
    assert found.begun.notes == str(world.root / "claude-progress.md")
    assert f"Read {world.root}/claude-progress.md" in found.brief_text
    assert f"Read {world.root}/AGENTS.md" in found.brief_text


async def test_a_submodule_is_left_to_the_person(world: World) -> None:
    inner = make_repo(world.folder / "inner")
    words = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "sub")
    git(world.root, *words)
    git(world.root, "commit", "-qm", "With a submodule")
    sub = world.root / "sub"
    git(sub, "-c", "user.email=a@b.c", "-c", "user.name=A", "commit", "-qm", "x", "--allow-empty")
    assert "sub" in {change.path for change in look(world).committable.changes if change.submodule}
    found = await reset(world)
    assert of_commit(found)[0] is Status.DONE
    assert "sub" not in committed(world.root)


async def test_a_hook_that_fails_can_be_mended_and_gone_on_from(world: World) -> None:
    path = hook(world.root, "echo the tests are red; exit 1")
    found = await reset(world)
    assert of_commit(found) == (Status.FAILED, "the tests are red")
    assert world.agent.prompts("You continue") == []
    path.write_text("#!/bin/sh\nexit 0\n")
    runner = world.runner()
    runner.again(Step.COMMIT)
    found = await world.to_the_end(runner)
    assert of_commit(found)[0] is Status.DONE
    assert len(world.agent.prompts("Bring")) == 1


async def test_a_hook_that_hangs_is_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    short = functools.partial(committing.commit, limit=0.5)
    monkeypatch.setattr(commit_step, "commit", short)
    hook(world.root, "sleep 60")
    began = time.monotonic()
    found = await reset(world)
    assert time.monotonic() - began < 15
    assert of_commit(found)[0] is Status.FAILED
    assert "longer than 0.5 s" in of_commit(found)[1]
    assert not (world.root / ".git/index.lock").exists()


def test_what_a_hook_leaves_running_holds_nobody_up(world: World) -> None:
    hook(world.root, "sleep 20 &\necho started")
    began = time.monotonic()
    done = committing.commit(world.root, ["work.py"], "x")
    assert time.monotonic() - began < 10
    assert done.commit is not None
    assert "started" in done.words


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")
async def test_a_commit_is_signed_where_the_person_signs(world: World) -> None:
    key = world.folder / "key"
    assert not fails(world.root, "ssh-keygen", "-qt", "ed25519", "-N", "", "-f", str(key))
    for name, value in (
        ("commit.gpgSign", "true"),
        ("gpg.format", "ssh"),
        ("user.signingKey", f"{key}.pub"),
    ):
        git(world.root, "config", name, value)
    assert look(world).committable.signs
    found = await reset(world)
    assert of_commit(found)[0] is Status.DONE
    assert "BEGIN SSH SIGNATURE" in git(world.root, "cat-file", "commit", "HEAD")


async def test_a_key_that_is_missing_stops_before_the_session_ends(world: World) -> None:
    git(world.root, "config", "commit.gpgSign", "true")
    git(world.root, "config", "gpg.format", "ssh")
    git(world.root, "config", "user.signingKey", "/not/there.pub")
    found = await reset(world)
    assert of_commit(found)[0] is Status.FAILED
    assert world.agent.session_id == "old"


async def test_a_missing_progress_file_is_made_from_its_template(tmp_path: Path) -> None:
    world = World(tmp_path)
    make_repo(world.root, notes=None)
    assert look(world).notes_path is None
    assert "Read claude-progress.md" in look(world).brief_text
    found = await reset(world)
    assert "## Next step" in (world.root / "claude-progress.md").read_text()
    assert committed(world.root) == ["claude-progress.md", "work.py"]
    assert found.step(Step.COMMIT).status is Status.DONE


async def test_a_progress_file_that_git_ignores_stays_on_the_disk(world: World) -> None:
    git(world.root, "rm", "-q", "--cached", "claude-progress.md")
    (world.root / ".gitignore").write_text("claude-progress.md\n")
    git(world.root, "add", ".gitignore")
    git(world.root, "commit", "-qm", "Ignore the notes")
    assert look(world).notes_ignored
    found = await reset(world)
    assert of_commit(found)[0] is Status.DONE
    assert committed(world.root) == ["work.py"]
    assert (world.root / "claude-progress.md").read_text() != NOTES


def test_a_state_folder_that_cannot_be_written_stops_before_anything_happens(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    make_repo(world.root)
    world.state.write_text("a file, no folder")
    with pytest.raises(NotSaved):
        world.begin()
    assert world.agent.lines == []


READ_ONLY = """
import asyncio, sys
from pathlib import Path
from clearhead.core.items import Kind
from clearhead.core.reset.transaction import Step
from tests.core.reset.world import World
world = World(Path(sys.argv[1]))
world.agent.answers = lambda _: [(Kind.SAID, "I cannot write.")]
found = asyncio.run(world.to_the_end(world.begin()))
for step in Step:
    print(step, found.step(step).status, "|", found.step(step).words)
"""


@pytest.mark.skipif(
    not shutil.which("unshare") or os.system("unshare -rm true 2>/dev/null"),
    reason="needs a mount namespace of its own",
)
def test_a_read_only_file_system(world: World) -> None:
    mounts = f"mount --bind {world.root} {world.root} && mount -o remount,ro,bind {world.root}"
    script = f'{mounts} && exec "$0" -c "$1" "$2"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, sys.executable, READ_ONLY, str(world.folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "commit failed" in done.stdout
    assert "ead-only file system" in done.stdout
    assert world.agent.session_id == "old", "the session is not ended"


def test_the_brief_is_made_anew_after_the_notes(world: World) -> None:
    begun = look(world).begun
    path = world.root / "claude-progress.md"
    path.write_text(NOTES.replace("Wire the date range filter", "Measure the list query"))
    assert brief_now(begun).next_step == "Measure the list query"
