"""A whole reset of a demo, and its undo: every step is real, and no other agent is needed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

import pytest

from clearhead.core.acting.action import Outcome, Verb, action
from clearhead.core.acting.channel import Channel
from clearhead.core.acting.service import Acting
from clearhead.core.agents.base import Sighting, State
from clearhead.core.agents.demo.format import Said, ToolCall, Usage
from clearhead.core.agents.demo.launch import DemoProcess, start
from clearhead.core.agents.demo.transcript import fill_of
from clearhead.core.agents.demo.watched import Demo
from clearhead.core.followed import Followed
from clearhead.core.reset.carrying import Reset, checks_of
from clearhead.core.reset.preparing import prepare, review
from clearhead.core.reset.transaction import Status, Step
from clearhead.core.reset.undo import undo

from ..helpers import until_async
from .demo_world import all_of, transcript

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

NOTES = "claude-progress.md"
TODAY = date(2026, 7, 1)


@pytest.fixture
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProcess]:
    with start(tmp_path_factory.mktemp("demo"), speed=100) as demo:
        yield demo


@pytest.fixture
async def acting(demo: DemoProcess, tmp_path: Path) -> AsyncIterator[Acting]:
    service = Acting(tmp_path, {"demo": (demo.root,)})
    yield service
    await service.close()


@pytest.fixture
async def channel(demo: DemoProcess, acting: Acting) -> Channel:
    """The channel to a demo that a person has stopped in the middle of its work."""
    found = await acting.attach(alive(demo)[0])
    await until_async(lambda: demo.control.status()["turn"] >= 3, within=30)
    await until_async(lambda: found.live.state is State.BUSY)
    result = await found.act(action(Verb.INTERRUPT))
    assert result.outcome is Outcome.CONFIRMED
    demo.control.speed(8)
    return found


def alive(demo: DemoProcess) -> list[Sighting]:
    return [s for s in Demo([demo.root]).discover().sightings if s.pid]


def newest_commit(repository: Path) -> str:
    command = ["git", "show", "--stat", "--format=%H%n%B"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    return done.stdout


def begun(demo: DemoProcess, acting: Acting) -> Reset:
    agent, sighting = Demo([demo.root]), alive(demo)[0]
    followed = Followed(agent, sighting)
    followed.refresh()
    prepared = prepare(sighting, followed.snapshot, acting.state, 75_000, today=TODAY)
    return Reset.begin(prepared, acting, {"demo": agent})


async def carried_out(reset: Reset, state: Path) -> None:
    """Take a reset to its end as a person would who agrees to everything."""
    assert await reset.go() is Step.COMMIT, reset.transaction
    found = review(reset.transaction.begun, state, TODAY)
    reset.decide_commit(found.ticked, found.message)
    reset.decide_brief(f"You continue a task in {reset.brief.project}. Read AGENTS.md.")
    assert await reset.go() is None, reset.transaction


@pytest.mark.usefixtures("channel")
async def test_a_reset_updates_the_notes_commits_and_begins_afresh(
    demo: DemoProcess, acting: Acting
) -> None:
    old = transcript(demo)
    reset = begun(demo, acting)
    await carried_out(reset, acting.state)
    done = reset.transaction
    assert {step: done.step(step).status for step in Step} == dict.fromkeys(Step, Status.DONE)
    new = transcript(demo)
    assert done.new_session_id == new.stem != old.stem
    assert "At commit `" in (demo.repository / NOTES).read_text()
    log = newest_commit(demo.repository)
    assert (done.commit or "no") in log
    assert old.stem in log
    assert NOTES in log
    assert [(check.point, check.done) for check in checks_of(done)] == [
        ("map read", True),
        ("notes read", True),
        ("log read", True),
        ("next step named", True),
    ]
    assert [call.input.get("command") for call in all_of(ToolCall, new)][-1] == "python -m unittest"
    assert all_of(Usage, new)[-1].tokens.prompt < all_of(Usage, old)[-1].tokens.prompt


@pytest.mark.usefixtures("channel")
async def test_an_undo_brings_the_old_session_back_beside_the_fresh_one(
    demo: DemoProcess, acting: Acting
) -> None:
    old = transcript(demo)
    reset = begun(demo, acting)
    await carried_out(reset, acting.state)
    fill = fill_of(old)
    undone = await undo(reset.transaction, acting, {"demo": Demo([demo.root])})
    assert "back" in undone.words
    back = next(s for s in alive(demo) if s.session_id == old.stem)
    assert len(alive(demo)) == 2
    channel = await acting.attach(back)
    assert (channel.live.session_id, channel.live.fill) == (old.stem, fill)
    said = len(all_of(Said, old))
    assert (await channel.act(action(Verb.PROMPT, "Still here?"))).outcome is Outcome.CONFIRMED
    await until_async(lambda: len(all_of(Said, old)) > said, within=20)
    assert (await channel.act(action(Verb.STOP))).outcome is Outcome.CONFIRMED
    await until_async(lambda: [s.session_id for s in alive(demo)] == [transcript(demo).stem])


@pytest.mark.usefixtures("channel")
async def test_the_script_waits_for_a_person_in_the_middle_of_a_reset(
    demo: DemoProcess, acting: Acting
) -> None:
    reset = begun(demo, acting)
    demo.control.speed(4)
    assert await reset.go() is Step.COMMIT
    turn = demo.control.status()["turn"]
    await until_async(lambda: acting.live(reset_key(reset)).state is State.IDLE)
    assert demo.control.status()["turn"] == turn


def reset_key(reset: Reset) -> tuple[str, str]:
    return "demo", reset.transaction.begun.session_id
