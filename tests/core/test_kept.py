"""Versions and drafts outlive clearhead, stay private, and are forgotten in time."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from clearhead.core.clock import ManualClock, SystemClock
from clearhead.core.kept import DAYS, Draft, Kept
from clearhead.core.problems import NotSaved

NOTES = Path("/repository/claude-progress.md")
OTHER = Path("/another/claude-progress.md")


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def kept(state):
    return Kept(state)


def digest(content):
    return sha256(content).hexdigest()


def files(state):
    return [path for path in state.rglob("*") if path.is_file()]


def test_versions_come_back_the_latest_last(kept):
    for content in (b"one", b"two", b"three"):
        kept.keep_version(NOTES, content)
    assert [version.sha256 for version in kept.versions(NOTES)] == [
        digest(b"one"),
        digest(b"two"),
        digest(b"three"),
    ]
    assert kept.content(NOTES, digest(b"two")) == b"two"


def test_a_version_that_comes_back_is_stored_once_and_told_again(kept, state):
    for content in (b"one", b"two", b"one", b"three", b"one"):
        kept.keep_version(NOTES, content)
    assert [version.sha256 for version in kept.versions(NOTES)] == [
        digest(content) for content in (b"one", b"two", b"one", b"three", b"one")
    ]
    assert len(list(state.rglob(digest(b"one")))) == 1


def test_each_path_has_its_own_versions(kept):
    kept.keep_version(NOTES, b"one")
    assert kept.versions(OTHER) == ()
    assert kept.content(OTHER, digest(b"one")) is None


def test_what_is_kept_is_for_its_owner_only(kept, state):
    kept.keep_version(NOTES, b"one")
    kept.keep_draft(NOTES, "text")
    for path in state.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)
    assert len(files(state)) == 4


def test_versions_are_forgotten_after_thirty_days(state):
    clock = ManualClock(SystemClock().now())
    kept = Kept(state, clock=clock)
    kept.keep_version(NOTES, b"old")
    clock.advance(hours=DAYS * 24 + 1)
    kept.keep_version(OTHER, b"new")
    assert kept.versions(NOTES) == ()
    assert len(kept.versions(OTHER)) == 1


def test_drafts_are_forgotten_after_thirty_days(state):
    clock = ManualClock(SystemClock().now())
    kept = Kept(state, clock=clock)
    kept.keep_draft(NOTES, "old")
    clock.advance(hours=DAYS * 24 + 1)
    kept.keep_version(NOTES, b"new")
    assert kept.draft_of(NOTES) is None


def test_the_oldest_versions_go_first_when_there_are_too_many(state):
    clock = ManualClock(SystemClock().now())
    kept = Kept(state, clock=clock, limit=250)
    for number in range(5):
        clock.advance(1)
        kept.keep_version((NOTES, OTHER)[number % 2], b"%d" % number * 100)
    assert [version.sha256 for version in kept.versions(NOTES)] == [digest(b"4" * 100)]
    assert [version.sha256 for version in kept.versions(OTHER)] == [digest(b"3" * 100)]


def test_the_version_kept_last_stays_even_when_it_alone_is_too_large(state):
    kept = Kept(state, limit=10)
    kept.keep_version(NOTES, b"small")
    kept.keep_version(NOTES, b"x" * 100)
    assert [version.size for version in kept.versions(NOTES)] == [100]


def test_a_draft_comes_back_with_the_version_it_was_edited_from(kept):
    place = kept.keep_draft(NOTES, "first line\nsecond", base="abc")
    draft = kept.draft_of(NOTES)
    assert draft == Draft("first line\nsecond", "abc", place.stat().st_mtime)


def test_a_later_draft_takes_the_place_of_the_earlier(kept, state):
    kept.keep_draft(NOTES, "one")
    kept.keep_draft(NOTES, "two")
    assert kept.draft_of(NOTES).text == "two"
    assert len(files(state)) == 1


def test_a_draft_can_be_read_with_any_editor(kept):
    """Its file is a line about it and then the text as it is."""
    place = kept.keep_draft(NOTES, 'a "quoted"\nlänger\n')
    assert place.read_text("utf-8").partition("\n")[2] == 'a "quoted"\nlänger\n'


def test_a_draft_with_a_damaged_head_keeps_all_its_text(kept):
    place = kept.keep_draft(NOTES, "text")
    place.write_bytes(b"{damaged\nfirst\nsecond \xff")
    assert kept.draft_of(NOTES) == Draft(
        "{damaged\nfirst\nsecond \ufffd", None, place.stat().st_mtime
    )


def test_half_a_character_does_not_cost_the_draft(kept):
    kept.keep_draft(NOTES, "before \ud83d after")
    assert kept.draft_of(NOTES).text.startswith("before ")
    assert kept.draft_of(NOTES).text.endswith(" after")


def test_a_draft_is_dropped(kept):
    kept.keep_draft(NOTES, "text")
    kept.drop_draft(NOTES)
    kept.drop_draft(NOTES)
    assert kept.draft_of(NOTES) is None


def test_only_the_draft_of_the_saved_text_is_dropped(kept):
    kept.keep_draft(NOTES, "typed on")
    kept.drop_draft(NOTES, of="typed")
    assert kept.draft_of(NOTES) is not None
    kept.drop_draft(NOTES, of="typed on")
    assert kept.draft_of(NOTES) is None


def test_paths_may_hold_any_byte(kept):
    odd = Path(os.fsdecode(b"/caf\xe9/line\nend"))
    kept.keep_draft(odd, "text")
    kept.keep_version(odd, b"text")
    assert kept.draft_of(odd).text == "text"
    assert len(kept.versions(odd)) == 1


def test_a_state_folder_that_cannot_be_written_is_a_problem(tmp_path):
    (tmp_path / "state").write_text("a file")
    with pytest.raises(NotSaved):
        Kept(tmp_path / "state").keep_draft(NOTES, "text")
    with pytest.raises(NotSaved):
        Kept(tmp_path / "state").keep_version(NOTES, b"text")


def test_a_version_says_who_wrote_it(kept):
    kept.keep_version(NOTES, b"theirs")
    kept.keep_version(NOTES, b"mine", yours=True)
    kept.keep_version(NOTES, b"mine")
    assert [version.yours for version in kept.versions(NOTES)] == [False, True]


def test_versions_from_before_there_was_a_log_are_still_listed(kept, state):
    kept.keep_version(NOTES, b"old")
    next(state.rglob("log")).unlink()
    kept.keep_version(NOTES, b"new")
    assert [version.yours for version in kept.versions(NOTES)] == [None, False]


def test_a_torn_log_loses_one_line_only(kept, state):
    kept.keep_version(NOTES, b"one")
    with next(state.rglob("log")).open("ab") as log:
        log.write(b'{"sha256": "ab')
    kept.keep_version(NOTES, b"two")
    assert [kept.content(NOTES, v.sha256) for v in kept.versions(NOTES)] == [b"one", b"two"]


def test_everything_of_one_repository_can_be_forgotten(kept):
    for path in (NOTES, OTHER):
        kept.keep_version(path, b"one")
        kept.keep_draft(path, "draft")
    held = kept.holdings(NOTES.parent)
    assert (held.files, held.versions, held.drafts) == (1, 1, 1)
    kept.forget(NOTES.parent)
    assert kept.holdings(NOTES.parent).files == 0
    assert kept.versions(NOTES) == ()
    assert kept.draft_of(NOTES) is None
    assert kept.holdings().files == 1
    kept.forget()
    assert kept.holdings().size == 0
