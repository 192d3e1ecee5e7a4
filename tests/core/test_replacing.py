"""A file is replaced only if it still holds what was seen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clearhead.core import atomic, replacing
from clearhead.core.problems import NotSaved
from clearhead.core.replacing import digest, replace_if_same

NAME = "notes.md"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / NAME
    path.write_bytes(b"old")
    return path


@pytest.fixture
def kept():
    return []


def replace(file, content=b"new", *, expected=b"old", keep):
    with atomic.open_folder(file.parent, inside=file.parent) as folder:
        return replace_if_same(
            folder, file.name, content, expected=digest(expected), limit=1000, keep=keep
        )


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=[True, False], ids=["swap", "no-swap"])
def system(request, monkeypatch):
    """Whether the system can swap two files."""
    if not request.param:
        monkeypatch.setattr(replacing, "swap", lambda *_: False)
    return request.param


def test_the_new_content_takes_the_place(file, kept, system):
    status = replace(file, keep=kept.append)
    assert file.read_bytes() == b"new"
    assert status.st_ino == file.stat().st_ino
    assert names(file.parent) == [NAME]
    assert kept == []


def test_another_content_is_left_alone(file, kept, system):
    before = file.stat()
    assert replace(file, expected=b"older", keep=kept.append) is None
    assert file.read_bytes() == b"old"
    assert file.stat().st_ctime_ns == before.st_ctime_ns, "not even for a moment"
    assert names(file.parent) == [NAME]


def test_a_file_that_was_only_touched_is_still_the_same(file, kept, system):
    os.utime(file, ns=(1, 1))
    assert replace(file, keep=kept.append) is not None


def test_the_same_content_is_not_written_again(file, kept):
    before = file.stat()
    replace(file, b"old", keep=kept.append)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_the_mode_is_kept(file, kept, system, mode):
    file.chmod(mode)
    replace(file, keep=kept.append)
    assert file.stat().st_mode & 0o7777 == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a file away")
def test_the_owner_is_kept(file, kept):
    os.chown(file, 12345, 54321)
    file.chmod(0o640)
    replace(file, keep=kept.append)
    status = file.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (12345, 54321, 0o640)


def at_the_last_moment(monkeypatch, action):
    """Let another program act right before the new file takes the place."""
    real, acted = replacing.swap, []

    def late(folder, one, other):
        if not acted:
            acted.append(True)
            action()
        return real(folder, one, other)

    monkeypatch.setattr(replacing, "swap", late)


def by_rename(file):
    (file.parent / "agents").write_bytes(b"agent's")
    (file.parent / "agents").replace(file)


def in_place(file):
    file.write_bytes(b"agent's")


@pytest.mark.parametrize("write", [by_rename, in_place])
def test_what_is_written_at_the_last_moment_is_put_back(file, kept, system, monkeypatch, write):
    at_the_last_moment(monkeypatch, lambda: write(file))
    assert replace(file, keep=kept.append) is None
    assert file.read_bytes() == b"agent's"
    assert names(file.parent) == [NAME]


@pytest.mark.parametrize("put", ["folder", "link", "pipe"])
def test_whatever_is_put_there_at_the_last_moment_stays(file, kept, monkeypatch, put):
    make = {
        "folder": file.mkdir,
        "link": lambda: file.symlink_to("/etc/passwd"),
        "pipe": lambda: os.mkfifo(file),
    }[put]
    at_the_last_moment(monkeypatch, lambda: (file.unlink(), make()))
    assert replace(file, keep=kept.append) is None
    assert file.is_dir() or file.is_symlink() or file.is_fifo()
    assert names(file.parent) == [NAME]


def test_a_file_deleted_at_the_last_moment_is_not_made_again(file, kept, monkeypatch):
    at_the_last_moment(monkeypatch, file.unlink)
    with pytest.raises(FileNotFoundError):
        replace(file, keep=kept.append)
    assert names(file.parent) == []


def test_two_writes_around_ours_are_both_there(file, kept, monkeypatch):
    """One comes between look and swap, one between swap and putting back."""
    real, turns = replacing.swap, []

    def late(folder, one, other):
        turns.append(True)
        (file.parent / "agents").write_bytes(b"agent %d" % len(turns))
        (file.parent / "agents").replace(file)
        return real(folder, one, other)

    monkeypatch.setattr(replacing, "swap", late)
    assert replace(file, keep=kept.append) is None
    assert {file.read_bytes(), *kept} == {b"agent 1", b"agent 2"}


def test_what_cannot_be_kept_is_not_removed(file, monkeypatch):
    (file.parent / f".{NAME}.999999999.clearhead").write_bytes(b"unknown")

    def full(_):
        raise NotSaved("disk full")

    assert replace(file, keep=full) is not None
    assert (file.parent / f".{NAME}.999999999.clearhead").read_bytes() == b"unknown"


def test_spare_files_of_an_ended_process_are_kept_and_removed(file, kept):
    (file.parent / f".{NAME}.999999999.clearhead").write_bytes(b"theirs")
    (file.parent / f".{NAME}.{os.getpid()}.clearhead").write_bytes(b"a predecessor's")
    (file.parent / f".{NAME}.1.clearhead").write_bytes(b"of a live process")
    (file.parent / f".{NAME}.x.clearhead").write_bytes(b"not ours")
    replace(file, keep=kept.append)
    assert sorted(kept) == [b"a predecessor's", b"theirs"]
    assert names(file.parent) == [f".{NAME}.1.clearhead", f".{NAME}.x.clearhead", NAME]


def test_a_link_in_the_place_of_the_file_is_not_followed(tmp_path, kept):
    (tmp_path / "secret").write_bytes(b"old")
    (tmp_path / NAME).symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic"):
        replace(tmp_path / NAME, keep=kept.append)
    assert (tmp_path / "secret").read_bytes() == b"old"


def test_a_new_file_takes_no_name_that_is_taken(file):
    (file.parent / "link").symlink_to("nowhere")
    with atomic.open_folder(file.parent, inside=file.parent) as folder:
        for taken in (NAME, "link"):
            with pytest.raises(FileExistsError):
                atomic.write_at(folder, taken, b"new")
    assert file.read_bytes() == b"old"
    assert not (file.parent / "nowhere").exists()


def test_a_folder_exchanged_for_a_link_is_not_entered(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "docs").symlink_to(tmp_path / "real")
    with (
        pytest.raises(OSError),
        atomic.open_folder(tmp_path / "docs", inside=tmp_path),
    ):
        pass


def test_a_failed_write_leaves_the_old_content_and_no_spare_file(file):
    """The system refuses a file this large, as a full disk would."""
    script = (
        "import resource, sys; from clearhead.core import atomic, replacing;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "folder = atomic.os.open(sys.argv[1], atomic.os.O_DIRECTORY);"
        "replacing.replace_if_same(folder, 'notes.md', b'x' * 5000, "
        "expected=replacing.digest(b'old'), limit=9999, keep=print)"
    )
    command = [sys.executable, "-c", script, str(file.parent)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert "File too large" in done.stderr
    assert file.read_bytes() == b"old"
    assert names(file.parent) == [NAME]


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_only_regular_files_are_read_and_no_handle_is_left_open(tmp_path, kind):
    (tmp_path / NAME).mkdir() if kind == "folder" else os.mkfifo(tmp_path / NAME)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with atomic.open_folder(tmp_path, inside=tmp_path) as folder, pytest.raises(OSError):
        atomic.read_at(folder, NAME, limit=10)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
