"""Finding sessions: rollouts by their last change, and the agents that a session started."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from clearhead.core.agents.base import State
from clearhead.core.agents.codex.agent import Codex
from clearhead.core.agents.codex.discovery import MOST, RECENT, Finder
from clearhead.core.agents.recognise import recognise
from clearhead.core.agents.records import Record, Splitter

from .codex_homes import DAY, FOUR, NOW, ONE, THREE, TWO, find, rollout, spawned_by
from .rollouts import DATA


@pytest.fixture
def codex_home(tmp_path: Path) -> Path:
    return tmp_path / "codex-home"


# Rollouts


def test_a_session_is_found_with_what_its_first_line_says(codex_home: Path) -> None:
    path = rollout(codex_home, ONE, age=100)
    sighting = find(codex_home)[ONE]
    assert sighting.path == path
    assert (sighting.cwd, sighting.version) == ("/w/app", "0.169.0")
    assert sighting.last_activity == NOW - 100


def test_a_resumed_thread_is_found_in_the_folder_of_its_first_day(codex_home: Path) -> None:
    rollout(codex_home, ONE, day="2025/01/02", age=10)
    rollout(codex_home, TWO, day="2026/09/20", age=RECENT + DAY)
    assert list(find(codex_home)) == [ONE]


def test_the_most_recent_come_first_and_their_number_is_bounded(codex_home: Path) -> None:
    threads = [f"01a20563-0000-7000-8000-{n:012}" for n in range(MOST + 5)]
    for n, thread in enumerate(threads):
        rollout(codex_home, thread, age=100 + n)
    assert list(find(codex_home)) == threads[:MOST]


def test_archived_sessions_are_found_and_ended(codex_home: Path) -> None:
    rollout(codex_home, ONE, folder="archived_sessions")
    assert find(codex_home)[ONE].state is State.ENDED


def test_subagents_are_no_sessions_of_their_own(codex_home: Path) -> None:
    rollout(codex_home, ONE)
    rollout(codex_home, TWO, **spawned_by(ONE))
    rollout(codex_home, THREE, source={"subagent": "review"}, parent_thread_id=ONE)
    assert list(find(codex_home)) == [ONE]


def test_the_file_that_going_back_began_stands_for_its_thread(codex_home: Path) -> None:
    rollout(codex_home, ONE, age=0)
    newer = rollout(codex_home, ONE, age=50, second=9, then=f"_{TWO}")
    found = find(codex_home)
    assert list(found) == [ONE]
    assert found[ONE].path == newer


def test_the_name_that_a_person_gave_last_counts(codex_home: Path) -> None:
    rollout(codex_home, ONE)
    rows = [{"id": ONE, "thread_name": "old"}, {"id": ONE, "thread_name": "new\x1b[31m"}]
    index = codex_home / "session_index.jsonl"
    index.write_text("broken\n" + "".join(json.dumps(row) + "\n" for row in rows))
    assert find(codex_home)[ONE].name == "new"


def test_compressed_rollouts_are_reported_unless_the_plain_one_is_there(codex_home: Path) -> None:
    rollout(codex_home, ONE)
    rollout(codex_home, ONE, suffix=".jsonl.zst")
    assert Finder((codex_home,), lambda: NOW).discover().reports == ()
    rollout(codex_home, TWO, suffix=".jsonl.zst")
    found = Finder((codex_home,), lambda: NOW).discover()
    assert [sighting.session_id for sighting in found.sightings] == [ONE]
    (report,) = found.reports
    assert "1 recent rollout of Codex ended in .zst" in report.detail


def test_odd_files_and_missing_folders_are_nothing(codex_home: Path) -> None:
    assert find(codex_home) == {}
    day = codex_home / "sessions/2026/09/21"
    day.mkdir(parents=True)
    (day / "notes.txt").write_text("x")
    (day / f"rollout-2026-09-21T10-00-00-{ONE}.jsonl").write_bytes(b"\xff\x00 no json")
    (day / f"rollout-2026-09-21T10-00-00-{TWO}.jsonl").mkdir()
    (codex_home / "sessions/latest").mkdir()
    assert find(codex_home) == {}
    looked = Finder((codex_home,)).discover().looked_in
    assert looked == (codex_home / "sessions", codex_home / "archived_sessions")


def test_a_header_of_an_old_file_is_read(codex_home: Path) -> None:
    path = rollout(codex_home, ONE)
    path.write_text(json.dumps({"id": ONE, "timestamp": "x", "instructions": None}) + "\n")
    os.utime(path, (NOW, NOW))
    assert find(codex_home)[ONE].cwd is None


def test_a_first_line_is_read_once(codex_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = rollout(codex_home, ONE)
    finder = Finder((codex_home,), lambda: NOW)
    finder.discover()
    path.write_text("changed")
    os.utime(path, (NOW, NOW))
    assert finder.discover().sightings[0].cwd == "/w/app"


# Sub-agents


def test_subagents_are_found_in_the_tree_and_so_are_theirs(codex_home: Path) -> None:
    parent = rollout(codex_home, ONE, day="2026/08/31")
    child = rollout(codex_home, TWO, day="2026/08/31", **spawned_by(ONE))
    later = rollout(codex_home, THREE, day="2026/09/02", **spawned_by(TWO))
    rollout(codex_home, FOUR, day="2026/08/30", **spawned_by(ONE))
    rollout(codex_home, FOUR, day="2026/09/03", forked_from_id=ONE)
    assert Codex([codex_home]).subagents(parent) == [child, later]


def test_a_new_subagent_is_seen_without_reading_everything_again(codex_home: Path) -> None:
    parent = rollout(codex_home, ONE)
    codex = Codex([codex_home])
    assert codex.subagents(parent) == []
    child = rollout(codex_home, TWO, **spawned_by(ONE))
    assert codex.subagents(parent) == [child]


def test_a_reviewer_is_a_subagent_and_copied_files_find_theirs(tmp_path: Path) -> None:
    parent = tmp_path / f"rollout-2026-09-21T10-00-00-{ONE}.jsonl"
    child = tmp_path / f"rollout-2026-09-21T10-00-01-{TWO}.jsonl"
    for path, header in (
        (parent, {"id": ONE}),
        (child, {"id": TWO, "parent_thread_id": ONE, "source": {"subagent": "review"}}),
    ):
        path.write_text(json.dumps({"type": "session_meta", "payload": header}) + "\n")
    assert Codex([tmp_path / "home"]).subagents(parent) == [child]


# The agent


def test_the_usual_home_is_the_variables_else_the_persons(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Codex().homes == (home.resolve() / ".codex",)
    monkeypatch.setenv("CODEX_HOME", str(tmp_path))
    assert Codex().homes == (tmp_path.resolve(),)
    assert tmp_path.resolve() / "thread-writer-locks" in Codex().watched()


def test_rollouts_of_every_age_are_recognised_and_others_are_not(tmp_path: Path) -> None:
    codex = Codex([tmp_path])
    for path in DATA.glob("*.jsonl"):
        assert recognise(path, [codex]) is codex
    bare = tmp_path / "bare.jsonl"
    bare.write_text('{"id":"s1","timestamp":"x","instructions":null}\n')
    assert recognise(bare, [codex]) is codex
    for claude in (DATA.parent / "claude" / "transcripts").glob("*.jsonl"):
        found = Splitter().feed(claude.read_bytes()[:65536])
        records = [entry for entry in found if isinstance(entry, Record)]
        assert not codex.recognises(claude, records)
