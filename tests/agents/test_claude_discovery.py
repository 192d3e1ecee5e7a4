"""Finding Claude Code's sessions: the live registry, recent transcripts, sub-agents' files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.agents import processes
from clearhead.core.agents.base import Sighting, State, Waiting
from clearhead.core.agents.claude import registry
from clearhead.core.agents.claude.agent import ClaudeCode
from clearhead.core.agents.claude.discovery import MOST, RECENT
from clearhead.core.agents.records import Record, Splitter
from clearhead.core.clock import ManualClock

from ..helpers import until
from .claude_lines import CAPTURES, DATA

NOW = 1_800_000_000.0
ME = os.getpid()


class World:
    """A configuration folder as the client would have left it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sessions = folder / "sessions"
        self.project = folder / "projects" / "-w-app"

    def live(self, pid: int = ME, **entry: Any) -> Path:
        self.sessions.mkdir(parents=True, exist_ok=True)
        started = processes.process(pid)
        whole = {
            "pid": pid,
            "sessionId": "s1",
            "cwd": "/w/app",
            "startedAt": NOW * 1000,
            "procStart": started.start if started else "1",
            "version": "2.1.330",
            "kind": "interactive",
            "entrypoint": "cli",
            **entry,
        }
        path = self.sessions / f"{pid}.json"
        path.write_text(json.dumps({k: v for k, v in whole.items() if v is not None}))
        return path

    def transcript(self, name: str, *, age: float = 0.0, text: str = "", under: str = "") -> Path:
        path = self.project / under / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (NOW - age, NOW - age))
        return path

    def agent(self) -> ClaudeCode:
        return ClaudeCode([self.folder], clock=ManualClock(NOW))

    def found(self) -> dict[str, Sighting]:
        return {sighting.session_id: sighting for sighting in self.agent().discover().sightings}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "config")


@pytest.fixture
def gone() -> int:
    """Return the number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def other() -> Any:
    """Return the number of another process that runs."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.communicate()


# The live registry


@pytest.mark.parametrize(
    ("entry", "state", "waiting", "asserted"),
    [
        ({"status": "idle"}, State.IDLE, None, True),
        ({"status": "busy"}, State.BUSY, None, True),
        ({"status": "shell"}, State.IDLE, None, True),
        ({"status": "waiting", "waitingFor": "permission prompt"}, State.WAITING, Waiting.PERMISSION, True),
        ({"status": "waiting", "waitingFor": "worker request"}, State.WAITING, Waiting.PERMISSION, True),
        ({"status": "waiting", "waitingFor": "sandbox request"}, State.WAITING, Waiting.PERMISSION, True),
        ({"status": "waiting", "waitingFor": "input needed"}, State.WAITING, Waiting.INPUT, True),
        ({"status": "waiting", "waitingFor": "dialog open"}, State.WAITING, Waiting.DIALOG, True),
        ({"status": "waiting", "waitingFor": "the moon"}, State.WAITING, None, True),
        ({"status": "idle", "waitingFor": "dialog open"}, State.IDLE, None, True),
        ({"status": "dancing"}, State.UNKNOWN, None, True),
        ({}, None, None, False),
    ],
)  # fmt: skip
def test_the_registry_says_what_a_session_does(
    world: World, entry: dict, state: State | None, waiting: Waiting | None, asserted: bool
) -> None:
    world.live(**entry)
    seen = world.found()["s1"]
    assert (seen.state, seen.waiting_for, seen.asserted) == (state, waiting, asserted)
    assert (seen.pid, seen.cwd, seen.path) == (ME, "/w/app", None)


@pytest.mark.parametrize(
    ("name", "state", "waiting"),
    [
        ("v330-idle", State.IDLE, None),
        ("v330-waiting-permission", State.WAITING, Waiting.PERMISSION),
        ("v330-waiting-input-needed", State.WAITING, Waiting.INPUT),
        ("v330-course-busy", State.BUSY, None),
        ("v197-course-waiting", State.WAITING, Waiting.PERMISSION),
    ],
)
def test_files_of_real_clients_are_read(
    world: World, name: str, state: State, waiting: Waiting | None
) -> None:
    entry = json.loads((DATA / "sessions" / f"{name}.json").read_text())
    mine = processes.process(ME)
    assert mine is not None
    world.live(**{**entry, "pid": ME, "procStart": mine.start})
    seen = world.found()[entry["sessionId"]]
    assert (seen.state, seen.waiting_for) == (state, waiting)
    assert seen.place == (f"tmux {entry['tmux']}" if "tmux" in entry else None)
    assert seen.name is None


def test_times_places_and_names_are_taken_over(world: World) -> None:
    world.live(status="busy", statusUpdatedAt=1e12, kind="bg", name="night job", nameSource="user")
    seen = world.found()["s1"]
    assert (seen.since, seen.place, seen.name) == (1e9, "background", "night job")


def test_a_process_that_has_ended_leaves_no_live_session(world: World, gone: int) -> None:
    world.live(gone, status="busy")
    world.transcript("s1", age=60)
    seen = world.found()["s1"]
    assert (seen.state, seen.pid, seen.asserted) == (State.ENDED, None, False)


def test_a_number_given_to_another_process_is_not_taken_for_the_client(world: World) -> None:
    world.live(status="idle", procStart="1")
    assert world.found() == {}


@pytest.mark.parametrize(("after", "alive"), [(60.0, True), (-3600.0, False)])
def test_without_a_start_the_birth_of_the_process_decides(
    world: World, after: float, alive: bool
) -> None:
    born = processes.born_at(ME)
    assert born is not None
    world.live(status="idle", procStart=None, startedAt=(born + after) * 1000)
    assert ("s1" in world.found()) is alive


def test_a_file_half_written_is_read_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    path = world.live(status="idle")
    whole = path.read_text()
    path.write_text(whole[:40])
    monkeypatch.setattr(registry.time, "sleep", lambda _: path.write_text(whole))
    assert world.found()["s1"].state is State.IDLE


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "[" * 10_000])
def test_a_file_that_stays_broken_is_reported_and_the_others_are_read(
    world: World, other: int, text: str
) -> None:
    world.live(status="idle")
    world.live(other, sessionId="s2", status="busy")
    (world.sessions / f"{ME}.json").write_text(text)
    found = world.agent().discover()
    assert [seen.session_id for seen in found.sightings] == ["s2"]
    assert f"{ME}.json" in found.reports[0].detail


def test_what_is_no_session_is_left_out(world: World, other: int) -> None:
    world.live(kind="daemon")
    world.live(other, sessionId="")
    (world.sessions / "notes.json").write_text("{}")
    assert world.found() == {}


def test_a_session_in_two_terminals_is_one_that_shows_the_greater_need(
    world: World, other: int
) -> None:
    world.live(status="idle", tmux="main:@0.%0")
    world.live(other, status="waiting", waitingFor="input needed", tmux="main:@1.%1")
    (seen,) = world.found().values()
    assert (seen.pid, seen.waiting_for) == (other, Waiting.INPUT)
    assert seen.place == "tmux main:@0.%0 and tmux main:@1.%1"


def test_clear_gives_the_same_process_another_session(world: World) -> None:
    world.transcript("s1")
    world.live(status="idle")
    world.live(status="idle", sessionId="s2")
    seen = world.found()
    assert (seen["s2"].pid, seen["s2"].path) == (ME, None)
    assert (seen["s1"].pid, seen["s1"].state) == (None, State.ENDED)


CLEARED = '{"type":"user","message":{"content":"<command-name>/clear</command-name>"}}\n'


@pytest.mark.parametrize(
    ("version", "text", "session"),
    [
        pytest.param("2.1.50", CLEARED, "s2", id="old-id-kept-at-clear"),
        pytest.param("2.1.50", "{}\n", "s1", id="another-session-in-the-folder"),
        pytest.param("2.1.330", CLEARED, "s1", id="a-client-whose-registry-is-right"),
    ],
)
def test_an_old_client_is_followed_over_clear(
    world: World, version: str, text: str, session: str
) -> None:
    world.transcript("s1", age=100)
    world.transcript("s2", text=text)
    world.live(version=version, status="idle")
    assert world.found()[session].pid == ME


def test_a_transcript_that_another_process_claims_is_not_taken(world: World, other: int) -> None:
    world.transcript("s1", age=100)
    world.transcript("s2", text=CLEARED)
    world.live(version="2.1.50")
    world.live(other, sessionId="s2")
    assert {s.session_id: s.pid for s in world.found().values()} == {"s1": ME, "s2": other}


# Transcripts


def test_a_live_session_gets_its_transcript_and_its_last_activity(world: World) -> None:
    path = world.transcript("s1", age=10)
    world.live(status="idle", startedAt=(NOW - 500) * 1000)
    seen = world.found()["s1"]
    assert (seen.path, seen.last_activity) == (path, NOW - 10)


def test_without_any_registry_only_the_transcript_can_tell(world: World) -> None:
    world.transcript("s1")
    assert world.found()["s1"].state is None


def test_a_process_in_a_container_cannot_be_called_ended(world: World, gone: int) -> None:
    world.live(gone, status="busy", pidDomain="linux:0:pid:[42]")
    world.transcript("s1")
    world.transcript("s2")
    seen = world.found()
    assert (seen["s1"].state, seen["s2"].state) == (None, State.ENDED)


def test_old_transcripts_and_sub_agents_are_no_sessions(world: World) -> None:
    world.transcript("s1", age=RECENT - 60)
    world.transcript("s2", age=RECENT + 60)
    world.transcript("agent-x")
    world.transcript("s1/subagents/agent-y")
    world.transcript("notes").rename(world.project / "notes.txt")
    assert list(world.found()) == ["s1"]


def test_only_the_newest_ended_sessions_are_listed(world: World) -> None:
    for number in range(MOST + 3):
        world.transcript(f"s{number}", age=number)
    found = world.agent().discover().sightings
    assert len(found) == MOST
    assert (found[0].session_id, found[-1].session_id) == ("s0", f"s{MOST - 1}")


def test_several_folders_are_looked_into_and_a_live_session_wins(tmp_path: Path) -> None:
    one, two = World(tmp_path / "one"), World(tmp_path / "two")
    one.sessions.mkdir(parents=True)
    one.transcript("s1")
    two.live(status="idle")
    found = ClaudeCode([one.folder, two.folder], clock=ManualClock(NOW)).discover()
    assert [(s.session_id, s.pid) for s in found.sightings] == [("s1", ME)]
    assert found.looked_in == (one.folder, two.folder)


def test_a_folder_that_cannot_be_read_is_reported_and_the_others_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = World(tmp_path / "one"), World(tmp_path / "two")
    one.transcript("s1")
    two.transcript("s2")
    scan = os.scandir

    def refuse(folder: Any) -> Any:
        if Path(folder) == one.project:
            raise PermissionError(13, "Permission denied")
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    found = ClaudeCode([one.folder, two.folder], clock=ManualClock(NOW)).discover()
    assert [seen.session_id for seen in found.sightings] == ["s2"]
    assert found.reports[0].detail == f"{one.project}: Permission denied."


def test_nothing_installed_is_nothing_found(world: World) -> None:
    found = world.agent().discover()
    assert (found.sightings, found.reports) == ((), ())


def test_links_out_of_the_folder_are_not_followed(world: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jsonl"
    secret.write_text("{}")
    session = world.transcript("s1")
    link = world.project / "s2.jsonl"
    link.symlink_to(secret)
    os.utime(link, (NOW, NOW), follow_symlinks=False)
    below = world.project / "s1" / "subagents"
    below.mkdir(parents=True)
    (below / "agent-x.jsonl").symlink_to(secret)
    (below / "deep").symlink_to(tmp_path)
    assert list(world.found()) == ["s1"]
    assert world.agent().subagents(session) == ()


# Sub-agents


def test_sub_agents_are_found_in_every_place_they_ever_had(world: World) -> None:
    session = world.transcript("s1")
    mine, foreign = '{"sessionId":"s1"}\n', '{"sessionId":"s9"}\n'
    expected = [
        world.transcript("agent-a", text=mine),
        world.transcript("agent-b", under="s1/subagents"),
        world.transcript("agent-c", under="s1/subagents/workflows/w1"),
        world.transcript("agent-d", under="s1.subagents"),
    ]
    world.transcript("agent-e", text=foreign)
    world.transcript("journal", under="s1/subagents/workflows/w1")
    assert set(world.agent().subagents(session)) == set(expected)


def test_a_flat_file_counts_as_soon_as_its_first_line_is_written(world: World) -> None:
    session, agent = world.transcript("s1"), world.agent()
    path = world.transcript("agent-a")
    assert agent.subagents(session) == ()
    path.write_text('{"sessionId":"s1"}\n')
    assert agent.subagents(session) == (path,)


def test_a_sub_agents_file_has_none_of_its_own(world: World) -> None:
    world.transcript("agent-b", under="agent-a/subagents")
    assert world.agent().subagents(world.project / "agent-a.jsonl") == ()


# Recognising


def first_records(data: bytes) -> list[Record]:
    return [found for found in Splitter().feed(data) if isinstance(found, Record)][:50]


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_transcripts_of_the_client_are_recognised(path: Path) -> None:
    assert ClaudeCode([path]).recognises(path, first_records(path.read_bytes()))


@pytest.mark.parametrize(
    "line",
    [
        {"timestamp": "…", "type": "session_meta", "payload": {"id": "x"}},
        {"type": "session", "version": 3, "id": "x", "cwd": "/w"},
        {"type": "message", "id": "1", "message": {"role": "user", "content": "hi"}},
        {"type": "user.message", "data": {}, "id": "1", "parentId": None},
        {"role": "user", "message": {"content": []}},
        {"sessionId": "x", "projectHash": "y", "kind": "main"},
        {"id": "1", "type": "user", "content": "hi"},
    ],
)
def test_transcripts_of_other_agents_are_not(line: dict) -> None:
    data = json.dumps(line).encode() + b"\n"
    assert not ClaudeCode([Path()]).recognises(Path("x.jsonl"), first_records(data))


# Processes


def test_a_process_has_its_parents() -> None:
    assert next(processes.ancestors(ME)) == os.getppid()


@pytest.mark.parametrize("pid", [0, -1, 2**30])
def test_no_process_is_no_process(pid: int) -> None:
    assert processes.process(pid) is None
    assert not processes.same(pid, start=None, seen_at=None)


def test_a_process_that_only_waits_to_be_reaped_has_ended() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    until(lambda: processes.process(child.pid) is None, what="the end of the process")
    assert Path(f"/proc/{child.pid}").exists() or sys.platform != "linux"
    child.wait()


def test_where_there_is_no_proc_folder_psutil_tells_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, gone: int
) -> None:
    monkeypatch.setattr(processes, "PROC", tmp_path)
    mine = processes.process(ME)
    assert mine is not None
    assert (mine.parent, mine.start) == (os.getppid(), None)
    assert processes.process(gone) is None
    assert processes.same(ME, start="Mon Nov 2", seen_at=mine.born)
    assert not processes.same(ME, start=None, seen_at=(mine.born or 0) - 3600)
