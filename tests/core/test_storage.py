"""Files of our own are replaced whole or not at all, and never lost."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from clearhead.core import storage
from clearhead.core.clock import ManualClock
from clearhead.core.problems import NotSaved
from clearhead.core.storage import Schema, append_line, read_state, write_private

NOON = 1_700_000_000.0


class Notes(msgspec.Struct, frozen=True):
    text: str
    stars: int = 0


NOTES = Schema(Notes)


def test_what_was_written_is_read_back_and_is_private(tmp_path):
    path = tmp_path / "new" / "notes.json"
    write_private(path, NOTES.encode(Notes("hi", 2)))
    assert read_state(path, NOTES.decode) == (Notes("hi", 2), None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_missing_file_is_no_problem(tmp_path):
    assert read_state(tmp_path / "none", NOTES.decode) == (None, None)


def test_writing_leaves_nothing_but_the_file(tmp_path):
    for text in ("one", "two"):
        write_private(tmp_path / "notes.json", text.encode())
    assert [path.name for path in tmp_path.iterdir()] == ["notes.json"]


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.ENOSPC, "Free some space"), (errno.EROFS, "Make "), (errno.EIO, "Look at ")],
)
def test_a_failed_write_keeps_the_old_file_and_says_what_to_do(
    number, remedy, tmp_path, monkeypatch
):
    path = tmp_path / "notes.json"
    write_private(path, b"old")

    def fail(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(storage.os, "fsync", fail)
    with pytest.raises(NotSaved) as problem:
        write_private(path, b"new")
    assert os.strerror(number) in problem.value.detail
    assert problem.value.remedy.startswith(remedy)
    assert path.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["notes.json"]


def test_a_really_full_disk_is_a_problem(tmp_path):
    """A limit on the size of files stands for the full disk: the kernel refuses to write."""
    script = f"""
import resource
from pathlib import Path
from clearhead.core.problems import NotSaved
from clearhead.core.storage import append_line, write_private
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
path = Path({str(tmp_path)!r}) / "notes"
write_private(path, b"old")
for write in (write_private, append_line):
    try:
        write(path, b"x" * 5000)
    except NotSaved as problem:
        print(path.read_bytes()[:3], problem.detail)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert [line[:6] for line in done.stdout.splitlines()] == ["b'old'", "b'old'"]
    assert done.stdout.count("File too large") == 2


def test_a_folder_that_cannot_be_made_is_a_problem(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSaved):
        write_private(tmp_path / "file" / "notes.json", b"new")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"schema":1,"data":{"text":"h', id="half"),
        pytest.param(b"\x00\xff\xfe", id="no text"),
        pytest.param(b'{"schema":1,"data":{"text":7}}', id="another kind"),
        pytest.param(b'{"schema":9,"data":{"text":"hi"}}', id="from a newer clearhead"),
        pytest.param(b'{"schema":0,"data":{"text":"hi"}}', id="a version that never was"),
        pytest.param(b'{"schema":1,"data":' + b"[" * 100_000, id="very deep"),
    ],
)
def test_a_damaged_file_is_set_aside_with_a_report(content, tmp_path):
    path = tmp_path / "notes.json"
    path.write_bytes(content)
    value, report = read_state(path, NOTES.decode, clock=ManualClock(NOON))
    assert value is None
    aside = tmp_path / "notes.json.damaged-20231114T221320Z"
    assert aside.read_bytes() == content
    assert not path.exists()
    assert report.title == "A state file was set aside"
    assert aside.name in report.remedy


def test_two_damaged_files_of_one_second_are_both_kept(tmp_path):
    path = tmp_path / "notes.json"
    for content in (b"one", b"two", b"three"):
        path.write_bytes(content)
        read_state(path, NOTES.decode, clock=ManualClock(NOON))
    assert sorted(kept.read_bytes() for kept in tmp_path.iterdir()) == [b"one", b"three", b"two"]


def test_a_file_that_cannot_be_opened_stays_where_it_is(tmp_path):
    path = tmp_path / "notes.json"
    path.mkdir()
    value, report = read_state(path, NOTES.decode)
    assert value is None
    assert report.title == "Cannot be read"
    assert path.is_dir()


def test_an_older_schema_is_brought_up_step_by_step():
    newer = Schema(
        Notes,
        version=3,
        migrations={1: lambda old: {"words": old}, 2: lambda old: {"text": old["words"]}},
    )
    assert newer.decode(b'{"schema":1,"data":"hi"}') == Notes("hi")
    assert newer.decode(b'{"schema":2,"data":{"words":"ho"}}') == Notes("ho")
    with pytest.raises(ValueError, match="schema 2"):
        newer.decode(b'{"schema":2,"data":{}}')


def test_lines_are_added_at_the_end(tmp_path):
    path = tmp_path / "journal"
    append_line(path, b"one")
    append_line(path, b"two")
    assert path.read_bytes() == b"one\ntwo\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_torn_line_does_not_swallow_the_next(tmp_path):
    path = Path(tmp_path / "journal")
    path.write_bytes(b"one\ntw")
    append_line(path, b"three")
    assert path.read_bytes() == b"one\ntw\nthree\n"
