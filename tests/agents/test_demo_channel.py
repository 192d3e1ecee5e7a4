"""The demo is acted on like any other agent: it tells, takes, and its files prove."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from clearhead.core.acting.action import Outcome, Result, Verb, action
from clearhead.core.acting.channel import Channel, Reach
from clearhead.core.acting.service import Acting
from clearhead.core.agents.base import Sighting, State
from clearhead.core.agents.demo.format import (
    Allowed,
    Author,
    Compacted,
    Interrupted,
    Prompt,
    Refused,
    Said,
    ToolResult,
    Usage,
)
from clearhead.core.agents.demo.launch import DemoProcess, start
from clearhead.core.agents.demo.story_ending import MORE_DATA
from clearhead.core.agents.demo.watched import Demo
from clearhead.core.asking import notes_request

from ..helpers import until_async
from .demo_world import all_of, transcript

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

NOTES = "claude-progress.md"


def sighting(demo: DemoProcess) -> Sighting:
    return next(s for s in Demo([demo.root]).discover().sightings if s.pid)


class World:
    """A demo and the channel to it."""

    def __init__(self, demo: DemoProcess, acting: Acting, channel: Channel) -> None:
        self.demo, self.acting, self.channel = demo, acting, channel

    @property
    def path(self) -> Path:
        return transcript(self.demo)

    async def do(self, verb: Verb, text: str = "", **how: object) -> Result:
        return await self.channel.act(action(verb, text, **how))

    async def well(self, verb: Verb, text: str = "", **how: object) -> Result:
        result = await self.do(verb, text, **how)
        assert result.outcome is Outcome.CONFIRMED, (result.outcome, result.reason)
        return result

    async def idle(self) -> None:
        await until_async(lambda: self.channel.live.state is State.IDLE, within=30)

    async def busy(self) -> None:
        await until_async(lambda: self.channel.live.state is State.BUSY, within=30)


async def attached(demo: DemoProcess, state: Path) -> World:
    acting = Acting(state, {"demo": (demo.root,)})
    return World(demo, acting, await acting.attach(sighting(demo)))


@pytest.fixture
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProcess]:
    """A demo that is idle for a while before its first turn."""
    with start(tmp_path_factory.mktemp("demo"), speed=0.1) as demo:
        yield demo


@pytest.fixture
async def idle(slow: DemoProcess, tmp_path: Path) -> AsyncIterator[World]:
    """A demo whose script waits, and which answers fast."""
    world = await attached(slow, tmp_path)
    yield world
    await world.acting.close()


@pytest.fixture
async def working(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> AsyncIterator[World]:
    """A demo at work on its script."""
    with start(tmp_path_factory.mktemp("demo"), speed=10) as demo:
        world = await attached(demo, tmp_path)
        await world.busy()
        yield world
        await world.acting.close()


async def answered(world: World, text: str) -> list[Said]:
    """Give it words at full speed, before its script begins; return what it said."""
    world.demo.control.speed(100)
    await world.well(Verb.PROMPT, text)
    await world.idle()
    (prompt,) = [p for p in all_of(Prompt, world.path) if p.text == text]
    return [said for said in all_of(Said, world.path) if said.at >= prompt.at]


async def test_it_is_attached_and_tells_how_it_is(idle: World) -> None:
    live = idle.channel.live
    assert (idle.channel.reach, idle.channel.name) == (Reach.ATTACHED, "attached")
    assert (live.session_id, live.state) == (idle.path.stem, State.IDLE)
    assert (live.window, live.usd, live.requests) == (200_000, 0.0, ())
    assert idle.channel.capabilities[Verb.PROMPT] is None
    assert idle.channel.capabilities[Verb.MODEL]


async def test_a_prompt_is_taken_word_for_word_and_answered_at_once(idle: World) -> None:
    said = await answered(idle, "Please write a poem\n\nabout midnight")
    assert "scripted demo" in said[0].text
    assert idle.channel.live.usd == pytest.approx(sum(u.usd for u in all_of(Usage, idle.path)))


async def test_the_reply_grows_before_it_stands_in_the_transcript(idle: World) -> None:
    heard: list[str] = []
    idle.channel.listen(lambda: heard.append(getattr(idle.channel.live.reply, "text", "")))
    idle.demo.control.speed(20)
    await idle.well(Verb.PROMPT, "Hello")
    await idle.idle()
    grown = [text for text in heard if text]
    assert len(grown) > 5
    assert all(later.startswith(earlier) for earlier, later in pairwise(grown))
    assert all_of(Said, idle.path)[0].text.startswith(grown[-1])
    assert idle.channel.live.reply is None


async def test_a_prompt_while_it_works_is_refused_or_queued(working: World) -> None:
    refused = await working.do(Verb.PROMPT, "Early")
    assert (refused.outcome, refused.reason) == (Outcome.REFUSED, "A turn runs.")
    queued = await working.well(Verb.PROMPT, "Later", queue=True)
    assert "queue" in queued.evidence[0].detail
    assert working.channel.live.queued == ("Later",)
    working.demo.control.speed(100)
    await until_async(lambda: not working.channel.live.queued, within=30)
    assert [p.text for p in all_of(Prompt, working.path) if p.author is Author.PERSON] == ["Later"]


async def test_an_interrupt_comes_soon_even_where_the_script_is_slow(working: World) -> None:
    working.demo.control.speed(0.25)
    await working.well(Verb.INTERRUPT)
    assert len(all_of(Interrupted, working.path)) == 1
    assert (await working.do(Verb.INTERRUPT)).outcome is Outcome.REFUSED


async def test_a_compaction_is_proved_by_its_record(working: World) -> None:
    assert (await working.do(Verb.COMPACT)).outcome is Outcome.REFUSED
    await working.well(Verb.INTERRUPT)
    await working.idle()
    result = await working.well(Verb.COMPACT, "keep the goal")
    (record,) = all_of(Compacted, working.path)
    assert f"{record.before} → {record.after}" in result.evidence[0].detail
    await until_async(lambda: working.channel.live.fill == record.after)


async def test_a_clear_is_followed_and_the_interrupted_turn_stays_behind(working: World) -> None:
    await working.well(Verb.INTERRUPT)
    await working.idle()
    old = working.path
    result = await working.well(Verb.CLEAR)
    assert result.session_id == old.stem
    assert result.new_session_id == working.path.stem == working.channel.live.session_id
    key = ("demo", working.path.stem)
    assert working.acting.live(key) is working.channel.live
    said = await answered(working, "You continue a task. Read the notes.")
    assert any("next step" in words.text for words in said)
    assert not [p for p in all_of(Prompt, working.path) if p.author is Author.SCRIPT]


async def test_the_notes_are_really_brought_up_to_date(idle: World) -> None:
    await answered(idle, notes_request(NOTES))
    text = (idle.demo.repository / NOTES).read_text()
    assert "At commit `" in text
    assert "tests, OK." in text
    assert "$" not in text
    await answered(idle, notes_request(NOTES) + "\n")
    assert (idle.demo.repository / NOTES).read_text().count("At commit") == 1


async def wants_permission(demo: DemoProcess, world: World) -> str:
    demo.control.speed(100)
    await until_async(lambda: world.channel.live.requests, within=60)
    demo.control.speed(1)
    return world.channel.live.requests[0].id


@pytest.fixture
async def asking(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> AsyncIterator[tuple[World, str]]:
    """A demo that waits for permission, and the request."""
    with start(tmp_path_factory.mktemp("demo"), speed=100) as demo:
        world = await attached(demo, tmp_path)
        yield world, await wants_permission(demo, world)
        await world.acting.close()


async def test_a_request_is_allowed_by_the_person(asking: tuple[World, str]) -> None:
    world, request = asking
    (shown,) = world.channel.live.requests
    assert (shown.tool, shown.cwd) == ("Bash", str(world.demo.repository))
    assert shown.text == MORE_DATA.responses[1].tools[0].command
    assert world.channel.live.state is State.WAITING
    await world.well(Verb.APPROVE, request=request)
    assert [(a.id, a.author) for a in all_of(Allowed, world.path)] == [(request, Author.PERSON)]
    again = await world.do(Verb.APPROVE, request=request)
    assert (again.outcome, "first" in again.reason) == (Outcome.REFUSED, True)


async def test_a_refused_request_is_not_carried_out_and_ends_the_turn(
    asking: tuple[World, str],
) -> None:
    world, request = asking
    data = world.demo.repository / "data" / "orders.csv"
    before = data.read_bytes()
    await world.well(Verb.DENY, "Not the data file", request=request)
    await world.idle()
    (refused,) = all_of(Refused, world.path)
    assert (refused.author, refused.reason) == (Author.PERSON, "Not the data file")
    result = next(r for r in all_of(ToolResult, world.path) if r.id == request)
    assert (result.denied, "Not the data file" in result.output) == (True, True)
    assert data.read_bytes() == before
    assert "You refused it" in all_of(Said, world.path)[-1].text


async def test_its_end_is_told_and_what_is_asked_then_is_unknown_or_refused(idle: World) -> None:
    await idle.well(Verb.STOP)
    assert idle.channel.live.state is State.ENDED
    await until_async(lambda: idle.channel.live.problem)
    late = await idle.do(Verb.PROMPT, "Hello?")
    assert late.outcome is not Outcome.CONFIRMED


async def test_a_paused_demo_says_so(idle: World) -> None:
    idle.demo.control.pause()
    await asyncio.sleep(0.1)
    result = await idle.do(Verb.PROMPT, "Hello")
    assert (result.outcome, result.reason) == (Outcome.REFUSED, "The demo is paused.")
