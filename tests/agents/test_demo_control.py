"""The demo obeys its control socket, refuses in words, and shows in its files what came of it."""

from __future__ import annotations

import json
import shutil
import socket
import time

import pytest

from clearhead.core.agents.demo import registry
from clearhead.core.agents.demo.client import DemoGone, DemoRefused
from clearhead.core.agents.demo.context import START_LOAD
from clearhead.core.agents.demo.control import LONGEST_LINE
from clearhead.core.agents.demo.format import (
    Author,
    Compacted,
    Ended,
    Interrupted,
    Prompt,
    Said,
    Session,
    State,
    Status,
    ToolCall,
    Usage,
)
from clearhead.core.agents.demo.launch import start

from ..helpers import until
from .demo_world import all_of, entries, state, transcript, wait_for

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

STILL = 0.3
"""Seconds in which a running script at this speed would have written several records."""


@pytest.fixture
def demo(tmp_path_factory):
    """A demo that works fast."""
    with start(tmp_path_factory.mktemp("demo"), speed=20) as demo:
        yield demo


@pytest.fixture
def idle(tmp_path_factory):
    """A demo at its slowest, so that it is idle for a while before its first turn."""
    with start(tmp_path_factory.mktemp("demo"), speed=0.1) as demo:
        yield demo


def raw(demo, line: bytes) -> dict:
    """What the socket answers to a line of bytes."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(demo.control.path))
        connection.sendall(line + b"\n")
        return json.loads(connection.makefile("rb").readline())


def person_prompts(path) -> list[Prompt]:
    return [prompt for prompt in all_of(Prompt, path) if prompt.author is Author.PERSON]


def test_a_pause_stops_every_record_and_resume_goes_on(demo):
    wait_for(demo, Status.BUSY)
    demo.control.pause()
    size = transcript(demo).stat().st_size
    time.sleep(STILL)
    assert transcript(demo).stat().st_size == size
    assert demo.control.status()["paused"] is True
    demo.control.resume()
    until(lambda: transcript(demo).stat().st_size > size)
    assert demo.control.status()["paused"] is False


def test_a_new_speed_counts_at_once(idle):
    assert all_of(Prompt, transcript(idle)) == []
    idle.control.speed(100)
    until(lambda: all_of(Prompt, transcript(idle)), within=2, what="the first turn")
    assert idle.control.status()["speed"] == 100


@pytest.mark.parametrize("speed", [0, 0.05, 101, -1, None, "fast"])
def test_a_speed_that_makes_no_sense_is_refused(idle, speed):
    with pytest.raises(DemoRefused):
        idle.control.speed(speed)
    assert idle.control.status()["speed"] == 0.1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"do": "dance"}', "There is no command 'dance'"),
        (b"", "not a command"),
        (b"{", "not a command"),
        (b"[1]", "not a command"),
        (b'{"value": 1}', "not a command"),
        (b"\xff\xfe", "not a command"),
        (b'{"do": "prompt"}', "The prompt is empty"),
        (b'{"do": "interrupt"}', "no turn to interrupt"),
    ],
)
def test_what_it_cannot_do_is_refused_in_words(idle, line, words):
    answer = raw(idle, line)
    assert answer["ok"] is False
    assert words in answer["error"]


def test_a_line_without_end_does_not_harm_it(idle):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(idle.control.path))
        with pytest.raises(ConnectionError):
            connection.sendall(b"x" * 64 * LONGEST_LINE)
    assert idle.control.status()["status"] == "idle"


def test_a_prompt_is_answered_by_saying_that_it_is_a_script(demo):
    demo.control.prompt("Please write a poem")
    path = transcript(demo)
    (prompt,) = until(lambda: person_prompts(path), within=30)
    assert prompt.text == "Please write a poem"
    reply = until(
        lambda: [e for e in all_of(Said, path) if e.at > prompt.at and "scripted demo" in e.text]
    )
    assert "turns left:" in reply[0].text
    assert "**Next step**" in reply[0].text


def test_an_interrupt_stops_the_turn_until_someone_speaks(demo):
    wait_for(demo, Status.BUSY)
    demo.control.ask("interrupt")
    path = transcript(demo)
    until(lambda: all_of(Interrupted, path))
    wait_for(demo, Status.IDLE)
    size = path.stat().st_size
    time.sleep(STILL)
    assert path.stat().st_size == size
    calls = len(all_of(ToolCall, path))
    demo.control.prompt("Go on")
    until(lambda: len(all_of(ToolCall, path)) > calls, what="the turn goes on")


def test_nothing_is_compacted_or_reset_in_the_middle_of_a_turn(demo):
    wait_for(demo, Status.BUSY)
    demo.control.pause()
    for command in ("compact", "reset"):
        with pytest.raises(DemoRefused, match="middle of a turn"):
            demo.control.ask(command)


def test_compacting_says_before_and_after_and_the_next_call_agrees(demo):
    wait_for(demo, Status.BUSY)
    demo.control.ask("interrupt")
    path = transcript(demo)
    until(lambda: all_of(Interrupted, path))
    wish = '- "Keep the chosen filters in a cookie" because\n- "tests/test_dates.py"'
    answer = demo.control.ask("compact", text=wish)
    (compacted,) = all_of(Compacted, path)
    assert (compacted.before, compacted.after) == (answer["before"], answer["after"])
    assert START_LOAD < compacted.after < compacted.before
    assert "## Failed approaches" in compacted.summary
    assert "tests/test_dates.py" in compacted.summary
    assert "filters in a cookie" not in compacted.summary, "a line is lost on purpose"
    calls = len(all_of(Usage, path))
    demo.control.prompt("And now?")
    until(lambda: len(all_of(Usage, path)) > calls)
    fill = all_of(Usage, path)[calls].tokens.prompt
    assert compacted.after < fill < compacted.after + 50


def test_a_reset_begins_a_session_that_reads_the_notes_first(idle):
    old = transcript(idle)
    answer = idle.control.ask("reset")
    assert all_of(Ended, old)[0].reason == "reset"
    new = transcript(idle)
    (session,) = all_of(Session, new)
    assert session.id == answer["session_id"] == registry.read(idle.registry_path).session_id
    assert old.stem == session.previous != session.id
    idle.control.speed(100)
    idle.control.prompt("Take the notes up")
    until(lambda: person_prompts(new), within=10)
    until(lambda: any("scripted demo" in e.text for e in all_of(Said, new)), within=10)
    read = [call.input.get("file_path") or call.input["command"] for call in all_of(ToolCall, new)]
    assert read[:3] == ["AGENTS.md", "claude-progress.md", "git log --oneline -10"]


def test_stopping_is_on_record_and_leaves_everything_in_place(idle):
    path = transcript(idle)
    idle.control.stop()
    wait_for(idle, Status.ENDED)
    assert isinstance(entries(path)[-1], Ended)
    assert entries(path)[-1].reason == "stopped"
    assert (idle.repository / "AGENTS.md").exists()
    until(lambda: not idle.running, what="the process has ended")
    with pytest.raises(DemoGone):
        idle.control.status()


def test_registry_and_transcript_tell_the_same_state(demo):
    wait_for(demo, Status.BUSY)
    demo.control.pause()
    assert all_of(State, transcript(demo))[-1].status is state(demo)
