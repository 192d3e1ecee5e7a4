"""The progress file is found, created, read and written, and no side's text is ever lost."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from clearhead.core.kept import Kept
from clearhead.core.notefile import LARGEST
from clearhead.core.notes import Changed, Notes, Saved, template
from clearhead.core.problems import NotFound, NotSaved, Unreadable
from clearhead.core.progress import render

ROOT = os.geteuid() == 0


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    return folder


@pytest.fixture
def notes(root, tmp_path):
    return Notes(root, Kept(tmp_path / "state"))


@pytest.fixture
def file(root):
    path = root / "claude-progress.md"
    path.write_text("# Notes\n\none\n")
    return path


def held(notes, path):
    """The contents in the history of a path, the latest last."""
    return [notes.kept.content(path, version.sha256) for version in notes.kept.versions(path)]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def stranger():
    """Act as a user who owns nothing here, where we may be anyone."""
    if not ROOT:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_root():
    """A repository folder that other users can enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


# Find and create


def test_the_first_name_that_is_a_file_is_found(notes, root):
    assert notes.find() is None
    for name in ("HANDOFF.md", "progress.md", "claude-progress.txt"):
        (root / name).touch()
        assert notes.find() == root / name


def test_configured_names_may_lie_in_folders(notes, root):
    (root / "memory").mkdir()
    (root / "memory" / "progress.md").touch()
    assert notes.find(["nowhere/a.md", "memory/progress.md"]) == root / "memory" / "progress.md"


def test_what_stands_in_the_place_of_the_file_is_found_only_when_there_is_no_file(notes, root):
    (root / "claude-progress.md").mkdir()
    assert notes.find() == root / "claude-progress.md"
    (root / "HANDOFF.md").touch()
    assert notes.find() == root / "HANDOFF.md"


def test_a_new_file_is_made_from_the_template(notes, root):
    text = render(template(), project="shop", date="2026-03-01")
    path = notes.create("claude-progress.md", text)
    assert notes.find() == path
    assert notes.load(path).text == text
    assert "# shop" in text


def test_a_new_file_has_the_mode_that_others_have_here(notes, root):
    (root / "ordinary").touch()
    path = notes.create("progress.md", "text")
    assert path.stat().st_mode == (root / "ordinary").stat().st_mode


@pytest.mark.parametrize("put", ["file", "folder", "dangling link"])
def test_nothing_is_overwritten_by_a_new_file(notes, root, tmp_path, put):
    place = root / "progress.md"
    if put == "file":
        place.write_text("precious")
    elif put == "folder":
        place.mkdir()
    else:
        place.symlink_to(root / "elsewhere")
    with pytest.raises(NotSaved, match="not created"):
        notes.create("progress.md", "text")
    assert put != "file" or place.read_text() == "precious"
    assert not (root / "elsewhere").exists()


@pytest.mark.parametrize(
    "name", ["../outside.md", "link/outside.md", ".git/hooks/notes", "no/a.md"]
)
def test_a_new_file_is_made_only_inside_the_repository(notes, root, tmp_path, name):
    (tmp_path / "elsewhere").mkdir()
    (root / "link").symlink_to(tmp_path / "elsewhere")
    (root / ".git" / "hooks").mkdir(parents=True)
    with pytest.raises(NotSaved):
        notes.create(name, "text")
    assert names(tmp_path / "elsewhere") == []
    assert names(root / ".git" / "hooks") == []


# Load


def test_a_missing_file_is_not_found(notes, root):
    with pytest.raises(NotFound, match=r"progress\.md is not there"):
        notes.load(root / "progress.md")


def test_a_missing_folder_is_not_found(notes, root):
    with pytest.raises(NotFound):
        notes.load(root / "nowhere" / "progress.md")


@pytest.mark.parametrize(
    ("content", "why", "remedy"),
    [
        pytest.param("a\ncafé".encode("latin-1"), "not UTF-8 .line 2", "iconv", id="latin-1"),
        pytest.param("text".encode("utf-16"), "is UTF-16", "UTF-16", id="utf-16"),
        pytest.param(b"\x7fELF\0\0", "not a text file", "", id="binary"),
        pytest.param(b"\xff\xfe\xff", "is UTF-16", "", id="looks-like-utf-16"),
        pytest.param(b"x" * (LARGEST + 1), "larger than 8 MB", "another file", id="too-large"),
    ],
)
def test_what_is_not_utf8_text_is_said_and_left_alone(notes, file, content, why, remedy):
    file.write_bytes(content)
    with pytest.raises(Unreadable, match=why) as caught:
        notes.load(file)
    assert remedy in caught.value.remedy
    assert file.read_bytes() == content


@pytest.mark.parametrize("kind", ["folder", "pipe", "circle"])
def test_what_is_no_file_is_said_at_once(notes, root, kind):
    place = root / "progress.md"
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(place)
    with pytest.raises(Unreadable, match="cannot be opened"):
        notes.load(place)


def test_a_file_that_may_not_be_read_is_said(open_root, tmp_path):
    file = open_root / "progress.md"
    file.write_text("text")
    file.chmod(0)
    with stranger(), pytest.raises(Unreadable, match="Permission denied"):
        Notes(open_root, Kept(tmp_path)).load(file)


def test_a_file_of_a_megabyte_is_read_and_saved(notes, file):
    file.write_text("- one line of an ordinary kind\n" * 35_000)
    loaded = notes.load(file)
    assert isinstance(notes.save(loaded, loaded.text + "end\n"), Saved)
    assert file.read_text().endswith("kind\nend\n")


def test_a_file_without_a_write_bit_is_read_only(notes, file):
    file.chmod(0o444)
    loaded = notes.load(file)
    assert loaded.read_only == "it may not be written (mode 0444)"
    assert not loaded.confirmable
    assert notes.load(file, confirmed=True).read_only == loaded.read_only


def link_outside(root, tmp_path):
    (tmp_path / "secret").write_text("outside\n")
    return root / "progress.md", tmp_path / "secret"


def link_through_a_folder(root, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "progress.md").write_text("outside\n")
    (root / "docs").symlink_to(tmp_path / "elsewhere")
    return root / "docs" / "progress.md", None


def link_into_git(root, tmp_path):
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("outside\n")
    return root / "progress.md", root / ".git" / "config"


@pytest.mark.parametrize("make", [link_outside, link_through_a_folder, link_into_git])
def test_a_path_that_leads_outside_is_read_only_until_confirmed(notes, root, tmp_path, make):
    path, target = make(root, tmp_path)
    if target is not None:
        path.symlink_to(target)
    loaded = notes.load(path)
    assert "outside the repository" in loaded.read_only
    assert loaded.confirmable
    assert held(notes, loaded.target) == [], "what is not ours to edit is not copied either"
    with pytest.raises(NotSaved, match="outside the repository"):
        notes.save(loaded, "text")
    assert path.read_text() == "outside\n"

    confirmed = notes.load(path, confirmed=True)
    assert confirmed.read_only is None
    assert isinstance(notes.save(confirmed, "text\n"), Saved)
    assert path.read_text() == "text\n"


def test_a_link_inside_the_repository_stays_a_link(notes, root):
    (root / "docs").mkdir()
    (root / "docs" / "notes.md").write_text("text\n")
    path = root / "progress.md"
    path.symlink_to("docs/notes.md")
    loaded = notes.load(path)
    assert loaded.read_only is None
    assert isinstance(notes.save(loaded, "new\n"), Saved)
    assert path.is_symlink()
    assert (root / "docs" / "notes.md").read_text() == "new\n"
    assert names(root / "docs") == ["notes.md"]


@pytest.mark.skipif(not ROOT, reason="needs root to give a file away")
def test_a_file_of_another_user_is_read_only_until_confirmed(notes, file):
    os.chown(file, 12345, 12345)
    loaded = notes.load(file)
    assert "another user (number 12345)" in loaded.read_only
    saved = notes.save(notes.load(file, confirmed=True), "text\n")
    assert isinstance(saved, Saved)
    assert file.stat().st_uid == 12345


# Save


def test_a_save_writes_the_text_and_goes_on_from_it(notes, file):
    first = notes.save(notes.load(file), "# Notes\n\ntwo\n")
    assert file.read_text() == "# Notes\n\ntwo\n"
    second = notes.save(first.loaded, "# Notes\n\nthree\n")
    assert file.read_text() == "# Notes\n\nthree\n"
    assert second.loaded.stamp == notes.stamp(file)
    assert second.loaded == notes.load(file)


@pytest.mark.parametrize(
    "content",
    [b"", b"a\r\nb\nc\r", b"\xef\xbb\xbfa\r\n", b"a  \n\x0c\xe2\x80\xa8b", b"no end"],
)
def test_saving_unedited_text_leaves_the_file_untouched(notes, file, content):
    file.write_bytes(content)
    loaded = notes.load(file)
    before = file.stat()
    saved = notes.save(loaded, loaded.text)
    assert file.read_bytes() == content
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert saved.loaded == loaded


def test_a_save_keeps_mark_and_line_ends_and_later_saves_do_too(notes, file):
    file.write_bytes(b"\xef\xbb\xbfa\r\nb\r\nc\nd\ne\n")
    first = notes.save(notes.load(file), "b\nc\nd\ne\n")
    notes.save(first.loaded, "b\nc\nd\ne\nf\n")
    assert file.read_bytes() == b"\xef\xbb\xbfb\r\nc\nd\ne\nf\n"


def change(file):
    file.write_text("the agent's\n")


def change_by_rename(file):
    (file.parent / "x").write_text("the agent's\n")
    (file.parent / "x").replace(file)


def change_keeping_time_and_size(file):
    before = file.stat()
    file.write_text("# Notes\n\nTWO\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("act", [change, change_by_rename, change_keeping_time_and_size])
def test_a_file_changed_meanwhile_is_not_overwritten_and_both_texts_are_kept(notes, file, act):
    loaded = notes.load(file)
    act(file)
    theirs = file.read_text()
    outcome = notes.save(loaded, "mine\n")
    assert isinstance(outcome, Changed)
    assert file.read_text() == theirs
    assert outcome.disk.text == theirs
    assert (outcome.detail, outcome.unkept) == (
        "claude-progress.md was changed by someone else.",
        None,
    )
    draft = notes.draft_of(outcome.disk)
    assert (draft.text, draft.base) == ("mine\n", loaded.stamp.sha256)
    assert held(notes, file) == [loaded.text.encode(), b"mine\n", theirs.encode()]
    assert isinstance(notes.save(outcome.disk, "both\n"), Saved), "the way on is open"


def test_what_was_confirmed_stays_confirmed_when_the_file_changes(notes, root, tmp_path):
    path, target = link_outside(root, tmp_path)
    path.symlink_to(target)
    loaded = notes.load(path, confirmed=True)
    target.write_text("theirs\n")
    assert notes.save(loaded, "mine\n").disk.read_only is None


def test_a_file_touched_meanwhile_is_still_the_same(notes, file):
    loaded = notes.load(file)
    os.utime(file, ns=(1, 1))
    assert isinstance(notes.save(loaded, "mine\n"), Saved)


def test_a_file_deleted_meanwhile_is_not_made_again(notes, file):
    loaded = notes.load(file)
    file.unlink()
    outcome = notes.save(loaded, "mine\n")
    assert outcome == Changed(None, "claude-progress.md is not there.")
    assert not file.exists()
    assert notes.draft_of(loaded).text == "mine\n"


def test_a_file_that_became_unreadable_meanwhile_is_left_alone(notes, file):
    loaded = notes.load(file)
    file.write_bytes(b"\0")
    outcome = notes.save(loaded, "mine\n")
    assert outcome == Changed(None, "claude-progress.md is not a text file.")
    assert file.read_bytes() == b"\0"


def test_a_link_turned_elsewhere_meanwhile_is_noticed(notes, root):
    for name in ("a.md", "b.md"):
        (root / name).write_text("same\n")
    path = root / "progress.md"
    path.symlink_to("a.md")
    loaded = notes.load(path)
    path.unlink()
    path.symlink_to("b.md")
    assert isinstance(notes.save(loaded, "mine\n"), Changed)
    assert {(root / name).read_text() for name in ("a.md", "b.md")} == {"same\n"}


def test_without_a_state_folder_notes_are_still_shown_and_saved_and_it_is_said(
    root, file, tmp_path
):
    (tmp_path / "state").write_text("a file")
    notes = Notes(root, Kept(tmp_path / "state"))
    loaded = notes.load(file)
    assert "could not be written" in loaded.unkept.detail
    saved = notes.save(loaded, "mine\n")
    assert file.read_text() == "mine\n"
    file.write_text("theirs\n")
    assert "could not be written" in notes.save(saved.loaded, "more\n").unkept.detail
    file.chmod(0o444)
    with pytest.raises(NotSaved, match="No draft was kept either") as caught:
        notes.save(notes.load(file), "more\n")
    assert "copy your text" in caught.value.remedy


def test_half_a_character_is_a_problem_that_names_its_line(notes, file):
    with pytest.raises(NotSaved, match="line 2 holds half a character"):
        notes.save(notes.load(file), "a\nb \ud83d\n")
    assert file.read_text() == "# Notes\n\none\n"


def test_a_folder_that_may_not_be_written_is_read_only(open_root, tmp_path):
    (open_root / "progress.md").write_text("text")
    (open_root / "progress.md").chmod(0o666)
    open_root.chmod(0o555)
    script = (
        "import os, sys; from pathlib import Path; from clearhead.core.kept import Kept;"
        "from clearhead.core.notes import Notes;"
        "os.getuid() or os.setuid(65534);"
        "root = Path(sys.argv[1]);"
        "print(Notes(root, Kept(root / 'state')).load(root / 'progress.md').read_only)"
    )
    command = [sys.executable, "-c", script, str(open_root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    open_root.chmod(0o755)
    assert done.stdout == "its folder may not be written\n"


LIMITED = """
import resource, sys
from pathlib import Path
from clearhead.core.kept import Kept
from clearhead.core.notes import Notes
from clearhead.core.problems import NotSaved

root = Path(sys.argv[1])
notes = Notes(root, Kept(root / "state"))
loaded = notes.load(root / "progress.md")
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    notes.save(loaded, "x\\n" * 2000)
except NotSaved as problem:
    print(problem.detail)
print(len(notes.draft_of(loaded).text))
"""


def test_a_full_disk_keeps_the_file_and_the_text(root):
    """Every line end takes two bytes in the file and one in the draft, so only the draft fits."""
    (root / "progress.md").write_bytes(b"old\r\n")
    command = [sys.executable, "-c", LIMITED, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    detail, length = done.stdout.splitlines()
    assert detail.startswith("progress.md was not saved: File too large. Your text is kept in ")
    assert length == "4000"
    assert (root / "progress.md").read_bytes() == b"old\r\n"
    assert names(root) == ["progress.md", "state"]


# History and drafts


def test_every_version_seen_or_written_is_kept(notes, file):
    saved = notes.save(notes.load(file), "two\n")
    file.write_text("three\n")
    notes.load(file)
    assert held(notes, file) == [b"# Notes\n\none\n", b"two\n", b"three\n"]
    assert saved.loaded.unkept is None


def test_a_draft_is_dropped_by_the_save_of_its_text(notes, file):
    loaded = notes.load(file)
    notes.keep_draft(loaded, "typed\n")
    saved = notes.save(loaded, "typed\n")
    assert notes.kept.draft_of(file) is None
    notes.keep_draft(saved.loaded, "typed on\n")
    notes.save(saved.loaded, "typed\n")
    assert notes.draft_of(saved.loaded).text == "typed on\n"


def test_a_draft_that_holds_nothing_new_is_none(notes, file):
    loaded = notes.load(file)
    notes.keep_draft(loaded, loaded.text)
    assert notes.draft_of(loaded) is None


# Being ended in the middle

SAVER = """
import sys
from pathlib import Path
from clearhead.core.kept import Kept
from clearhead.core.notes import Notes

root = Path(sys.argv[1])
notes = Notes(root, Kept(root.parent / "state"))
loaded = notes.load(root / "progress.md")
print("begun", flush=True)
while True:
    for letter in "ab":
        loaded = notes.save(loaded, (letter * 99 + "\\n") * 3000).loaded
"""


def whole(content):
    return content in {(letter * 99 + "\n").encode() * 3000 for letter in "ab"}


def test_whoever_reads_while_we_are_killed_sees_a_whole_text(notes, root):
    """Killed at any moment of a save, the file holds the old text or the new."""
    path = root / "progress.md"
    path.write_text(("a" * 99 + "\n") * 3000)
    for delay in (0.001, 0.003, 0.007, 0.013, 0.021, 0.034, 0.05, 0.08):
        command = [sys.executable, "-c", SAVER, str(root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as saver:
            assert saver.stdout.readline() == b"begun\n"
            end = time.monotonic() + delay
            while time.monotonic() < end:
                assert whole(path.read_bytes())
            saver.send_signal(signal.SIGKILL)
        assert whole(path.read_bytes())
    loaded = notes.load(path)
    assert isinstance(notes.save(loaded, "end\n"), Saved)
    assert names(root) == ["progress.md"], "what a killed save left behind is cleared away"


TYPIST = """
import sys, time
from pathlib import Path
from clearhead.core.kept import Kept
from clearhead.core.notes import Notes

root = Path(sys.argv[1])
notes = Notes(root, Kept(root.parent / "state"))
loaded = notes.load(root / "claude-progress.md")
notes.keep_draft(loaded, loaded.text + "typed")
print("kept", flush=True)
time.sleep(60)
"""


def test_unsaved_text_survives_a_kill(notes, root, file):
    with subprocess.Popen([sys.executable, "-c", TYPIST, str(root)], stdout=-1) as typist:
        assert typist.stdout.readline() == b"kept\n"
        typist.kill()
    loaded = notes.load(file)
    assert notes.draft_of(loaded).text == loaded.text + "typed"
    assert notes.draft_of(loaded).base == loaded.stamp.sha256


# Watch


class Watching:
    """Gathers what a watch reports while the test goes on."""

    def __init__(self, notes, path, seen=None):
        self.found = asyncio.Queue()
        self.stop = asyncio.Event()
        self.task = asyncio.create_task(self.gather(notes, path, seen))

    async def gather(self, notes, path, seen):
        async for stamp in notes.watch(path, self.stop, seen=seen):
            await self.found.put(stamp)

    async def next(self):
        return await asyncio.wait_for(self.found.get(), 5)

    async def end(self):
        self.stop.set()
        await asyncio.wait_for(self.task, 5)


async def written_until_seen(watching, path, text):
    """Write until the watch, which takes a moment to begin, has seen it."""
    for attempt in range(100):
        path.write_text(f"{text} {attempt}\n")
        try:
            return await asyncio.wait_for(watching.found.get(), 0.1)
        except TimeoutError:
            continue
    raise AssertionError("the watch saw nothing")


async def test_each_new_content_is_reported_and_nothing_else(notes, file, root):
    watching = Watching(notes, file, notes.stamp(file).sha256)
    await written_until_seen(watching, file, "begun")
    (root / "other.md").write_text("not ours")
    os.utime(file)
    change_by_rename(file)
    assert (await watching.next()).sha256 == notes.stamp(file).sha256
    file.unlink()
    assert await watching.next() is None
    file.write_text("back\n")
    stamps = [await watching.next()]
    while stamps[-1].sha256 != notes.stamp(file).sha256:
        stamps.append(await watching.next())
    await watching.end()
    assert watching.found.empty()


async def test_what_only_touches_the_file_or_another_is_not_reported(notes, file, monkeypatch):
    """The system's reports are scripted, so that each is known to have been looked at."""

    async def reports(trees, folders, stop):
        os.utime(file)
        yield {file}
        change(file)
        yield {file.parent / "other.md"}
        assert watching.found.empty()
        yield {file}
        yield {file}

    monkeypatch.setattr("clearhead.core.notes.changes", reports)
    watching = Watching(notes, file, notes.stamp(file).sha256)
    await watching.task
    assert watching.found.get_nowait() == notes.stamp(file)
    assert watching.found.empty()


async def test_a_change_before_the_watch_is_reported_at_once(notes, file):
    seen = notes.load(file).stamp.sha256
    file.write_text("theirs\n")
    watching = Watching(notes, file, seen)
    assert (await watching.next()).sha256 == notes.stamp(file).sha256
    await watching.end()


async def test_a_change_behind_a_link_is_reported(notes, root):
    (root / "docs").mkdir()
    target = root / "docs" / "notes.md"
    target.write_text("one\n")
    path = root / "progress.md"
    path.symlink_to("docs/notes.md")
    watching = Watching(notes, path, notes.stamp(path).sha256)
    for text in ("two", "three"):
        assert (await written_until_seen(watching, target, text)).sha256
    await watching.end()
