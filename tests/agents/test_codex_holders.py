"""Which threads are open, and in which window: told by who holds their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearhead.core.agents.base import State
from clearhead.core.agents.codex.discovery import Finder
from clearhead.core.agents.codex.holders import clients

from .codex_homes import DAY, NOW, ONE, THREE, TWO, find, linux, lock, rollout, running, spawned_by

pytestmark = linux


@pytest.fixture
def codex_home(tmp_path: Path) -> Path:
    return tmp_path / "codex-home"


def test_a_thread_that_nobody_holds_has_ended_after_a_while(codex_home: Path) -> None:
    rollout(codex_home, ONE, age=30)
    rollout(codex_home, TWO, age=90)
    found = find(codex_home)
    assert found[ONE].state is None
    assert found[TWO].state is State.ENDED


def test_a_window_that_holds_its_thread_is_its_process(codex_home: Path, tmp_path: Path) -> None:
    old = rollout(codex_home, ONE, age=30 * DAY)
    with running(tmp_path, lock(codex_home, ONE), old) as pid:
        sighting = find(codex_home)[ONE]
        assert (sighting.pid, sighting.state) == (pid, None)
    assert ONE not in find(codex_home)


def test_an_older_build_without_locks_is_known_by_its_rollout(
    codex_home: Path, tmp_path: Path
) -> None:
    with running(tmp_path, rollout(codex_home, ONE, age=DAY)) as pid:
        assert find(codex_home)[ONE].pid == pid


def test_after_clear_the_window_shows_the_new_thread(codex_home: Path, tmp_path: Path) -> None:
    old = rollout(codex_home, ONE, age=200)
    locks = lock(codex_home, ONE, 300), lock(codex_home, TWO, 5)
    with running(tmp_path, *locks, old) as pid:
        found = find(codex_home)
        assert (found[TWO].pid, found[TWO].path, found[TWO].state) == (pid, None, State.IDLE)
        assert found[TWO].cwd == str(tmp_path)
        assert (found[ONE].pid, found[ONE].state) == (None, None)


def test_a_window_does_not_show_its_subagents_thread(codex_home: Path, tmp_path: Path) -> None:
    own = rollout(codex_home, ONE, age=200)
    child = rollout(codex_home, TWO, age=1, **spawned_by(ONE))
    locks = lock(codex_home, ONE, 300), lock(codex_home, TWO, 2)
    with running(tmp_path, *locks, own, child) as pid:
        found = find(codex_home)
        assert list(found) == [ONE]
        assert found[ONE].pid == pid


def test_windows_of_the_server_are_told_apart_by_their_folders(
    codex_home: Path, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    first = rollout(codex_home, ONE, age=300, cwd=str(here))
    second = rollout(codex_home, TWO, age=200, cwd=str(here))
    third = rollout(codex_home, THREE, age=100, cwd=str(there))
    database = codex_home / "state_5.sqlite"
    held = [lock(codex_home, thread, 400) for thread in (ONE, TWO, THREE)]
    with (
        running(tmp_path, *held, first, second, third, database, server=True),
        running(here, database) as one,
        running(there, database) as other,
    ):
        found = find(codex_home)
    assert (found[TWO].pid, found[THREE].pid) == (one, other)
    assert (found[ONE].pid, found[ONE].state) == (None, None)


def test_which_of_two_windows_in_one_folder_shows_a_thread_is_not_guessed(
    codex_home: Path, tmp_path: Path
) -> None:
    paths = [rollout(codex_home, thread, age=300, cwd=str(tmp_path)) for thread in (ONE, TWO)]
    locks = [lock(codex_home, thread, 400) for thread in (ONE, TWO)]
    database = codex_home / "state_5.sqlite"
    with (
        running(tmp_path, *locks, *paths, database, server=True),
        running(tmp_path, database) as one,
    ):
        shown = [sighting for sighting in find(codex_home).values() if sighting.pid]
        assert [(sighting.pid, sighting.inferred) for sighting in shown] == [(one, True)]
        with running(tmp_path, database):
            found = find(codex_home)
    assert {(found[thread].pid, found[thread].state) for thread in (ONE, TWO)} == {(None, None)}


def test_a_thread_that_was_seen_held_has_ended_at_once_when_nobody_holds_it_any_more(
    codex_home: Path, tmp_path: Path
) -> None:
    path = rollout(codex_home, ONE, age=1)
    finder = Finder((codex_home,), lambda: NOW)
    with running(tmp_path, lock(codex_home, ONE), path):
        assert [sighting.state for sighting in finder.discover().sightings] == [None]
    assert [sighting.state for sighting in finder.discover().sightings] == [State.ENDED]


def test_the_only_window_of_the_server_shows_the_thread_that_clear_began(
    codex_home: Path, tmp_path: Path
) -> None:
    old = rollout(codex_home, ONE, age=300, cwd=str(tmp_path))
    locks = lock(codex_home, ONE, 400), lock(codex_home, TWO, 5)
    database = codex_home / "state_5.sqlite"
    with (
        running(tmp_path, *locks, old, database, server=True),
        running(tmp_path, database) as pid,
    ):
        found = find(codex_home)
    assert (found[ONE].pid, found[TWO].pid, found[TWO].path) == (None, pid, None)


def test_a_thread_of_the_server_without_a_window_is_neither_live_nor_ended(
    codex_home: Path, tmp_path: Path
) -> None:
    path = rollout(codex_home, ONE, age=500)
    with running(tmp_path, lock(codex_home, ONE), path, server=True):
        sighting = find(codex_home)[ONE]
    assert (sighting.pid, sighting.state) == (None, None)


def test_processes_of_another_home_are_not_looked_at(codex_home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other-home"
    with running(tmp_path, rollout(other, ONE)):
        assert clients([codex_home]) == []
        assert [client.threads for client in clients([other]) or []] == [{ONE}]
