"""A driver and its clients: equal, none of them needed, none of them trusted too far."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from clearhead.core.acting import driver as driver_module
from clearhead.core.acting.action import Action, Evidence, Outcome, Result, Verb, action, confirmed
from clearhead.core.acting.channel import Changed, Reach
from clearhead.core.acting.client import Driven, DriverGone
from clearhead.core.acting.driver import Driver
from clearhead.core.acting.journal import Journal, Stage
from clearhead.core.acting.live import Live, Reply
from clearhead.core.acting.lock import SessionLock, SessionTaken
from clearhead.core.acting.plan import Plan
from clearhead.core.acting.records import drivers
from clearhead.core.acting.service import Acting
from clearhead.core.acting.wire import change, from_client, from_driver, grown
from clearhead.core.agents.base import Sighting, State
from clearhead.core.paths import make_runtime_folder
from clearhead.core.problems import Report
from tests.helpers import until_async

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Scripted:
    """A channel whose session does what the test says."""

    name, reach = "owned", Reach.OWNED
    capabilities = dict.fromkeys(Verb)

    def __init__(self) -> None:
        self.live = Live(session_id="one", state=State.IDLE)
        self.acted: list[Action] = []
        self.may_end = asyncio.Event()
        self.closed = False
        self._changed: Changed = lambda: None

    def listen(self, changed: Changed) -> None:
        self._changed = changed

    def tell(self, live: Live) -> None:
        self.live = live
        self._changed()

    async def act(self, wanted: Action) -> Result:
        self.acted.append(wanted)
        if wanted.verb is Verb.PROMPT:
            await self.may_end.wait()
        if wanted.verb is Verb.CLEAR:
            self.tell(replace(self.live, session_id="two"))
        return confirmed(wanted, Evidence("stream", "seen", time.time()), session_id="one")

    async def close(self) -> None:
        self.closed = True


class World:
    def __init__(self, state: Path) -> None:
        self.state, self.channel = state, Scripted()
        self.socket = make_runtime_folder() / "driver.sock"
        plan = Plan(agent="claude", cwd=str(state), program="claude")
        self.driver = Driver(plan, self.channel, state, self.socket)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path / "state")
    await made.driver.serve()
    over = asyncio.create_task(made.driver.until_over())
    yield made
    made.channel.may_end.set()
    made.driver.end()
    await asyncio.wait_for(over, 5)


async def test_every_client_sees_what_the_channel_tells(world: World) -> None:
    first, second = await Driven.join(world.socket), await Driven.join(world.socket)
    assert first.live.state is State.IDLE
    busy = Live(session_id="one", state=State.BUSY, reply=Reply("Hel", "m"))
    world.channel.tell(busy)
    await until_async(lambda: first.live == busy and second.live == busy)
    world.channel.tell(replace(busy, reply=Reply("Hello", "m")))
    await until_async(lambda: first.live.reply == Reply("Hello", "m"))
    await first.close()
    await second.close()
    assert not world.channel.closed


async def test_an_action_is_journalled_before_and_after(world: World) -> None:
    client = await Driven.join(world.socket)
    asked = asyncio.create_task(client.act(action(Verb.PROMPT, "go")))
    await until_async(lambda: world.channel.acted)
    assert [e.stage for e in Journal(world.state).entries()] == [Stage.ASKED]
    world.channel.may_end.set()
    assert (await asked).outcome is Outcome.CONFIRMED
    assert [e.stage for e in Journal(world.state).entries()] == [Stage.ASKED, Stage.CONFIRMED]
    await client.close()


async def test_an_interrupt_does_not_wait_for_the_prompt_before_it(world: World) -> None:
    client = await Driven.join(world.socket)
    prompt = asyncio.create_task(client.act(action(Verb.PROMPT, "go")))
    await until_async(lambda: world.channel.acted)
    after = asyncio.create_task(client.act(action(Verb.COMPACT)))
    assert (await client.act(action(Verb.INTERRUPT))).outcome is Outcome.CONFIRMED
    assert [a.verb for a in world.channel.acted] == [Verb.PROMPT, Verb.INTERRUPT]
    world.channel.may_end.set()
    await asyncio.gather(prompt, after)
    assert [a.verb for a in world.channel.acted][-1] is Verb.COMPACT
    await client.close()


async def test_what_a_gone_client_asked_for_is_still_done_and_journalled(world: World) -> None:
    client = await Driven.join(world.socket)
    asked = asyncio.create_task(client.act(action(Verb.PROMPT, "go")))
    await until_async(lambda: world.channel.acted)
    await client.close()
    assert (await asked).outcome is Outcome.UNKNOWN
    world.channel.may_end.set()
    journal = Journal(world.state)
    await until_async(lambda: [e.stage for e in journal.entries()][-1:] == [Stage.CONFIRMED])
    assert len(world.channel.acted) == 1


async def test_lock_and_record_follow_the_session(world: World) -> None:
    with pytest.raises(SessionTaken):
        SessionLock.take(world.state / "locks", "claude", "one", "me")
    client = await Driven.join(world.socket)
    await client.act(action(Verb.CLEAR))
    assert [d.session_id for d in drivers(world.state)] == ["two"]
    SessionLock.take(world.state / "locks", "claude", "one", "me").release()
    with pytest.raises(SessionTaken):
        SessionLock.take(world.state / "locks", "claude", "two", "me")
    await client.close()


async def test_a_session_whose_client_is_gone_is_free_at_once(world: World) -> None:
    client = await Driven.join(world.socket)
    report = Report("It has ended", "It ended with status 1.", "Go on with it.")
    world.channel.tell(replace(world.channel.live, state=State.ENDED, problem=report))
    await until_async(lambda: client.live.problem == report)
    assert drivers(world.state) == ()
    SessionLock.take(world.state / "locks", "claude", "one", "me").release()
    world.channel.tell(replace(world.channel.live, session_id="two"))
    await until_async(lambda: client.live.session_id == "two")
    assert drivers(world.state) == ()
    await client.close()


async def test_a_resumed_session_is_locked_before_anyone_else_can_take_it(tmp_path: Path) -> None:
    lock = driver_module.lock_of(tmp_path, "claude", "one")
    with pytest.raises(SessionTaken):
        driver_module.lock_of(tmp_path, "claude", "one")
    plan = Plan(agent="claude", cwd=str(tmp_path), program="claude", resume="one")
    socket = make_runtime_folder() / "resumed.sock"
    driver = Driver(plan, Scripted(), tmp_path, socket, lock)
    await driver.serve()
    assert [d.session_id for d in drivers(tmp_path)] == ["one"]
    driver.end()
    await asyncio.wait_for(driver.until_over(), 5)
    driver_module.lock_of(tmp_path, "claude", "one").release()


async def test_a_client_that_does_not_read_does_not_pile_up(world: World) -> None:
    reader, writer = await asyncio.open_unix_connection(world.socket, limit=1024)
    other = await Driven.join(world.socket)
    for number in range(600):
        reply = Reply(f"{number}" + "x" * 20_000, "m")
        world.channel.tell(replace(world.channel.live, reply=reply))
        world.driver._tell()
        await asyncio.sleep(0)
    (stuck,) = [w for w in world.driver._clients if w.transport.get_write_buffer_size() > 100_000]
    assert stuck.transport.get_write_buffer_size() < 2 * driver_module.BEHIND
    await until_async(lambda: other.live.reply and other.live.reply.text.startswith("599"))
    told = bytearray()
    while b'"599x' not in told:
        told += await asyncio.wait_for(reader.read(1 << 20), 5)
    writer.close()
    await other.close()


async def test_garbage_from_a_client_changes_nothing(world: World) -> None:
    reader, writer = await asyncio.open_unix_connection(world.socket)
    await reader.readline()
    writer.write(b'{"type": "act"}\nnot json\n\xff\xfe\n{"type":"act","action":{"verb":"fly"}}\n')
    await writer.drain()
    client = await Driven.join(world.socket)
    assert (await client.act(action(Verb.INTERRUPT))).outcome is Outcome.CONFIRMED
    assert len(world.channel.acted) == 1
    writer.close()
    await client.close()


async def test_an_agents_descendant_may_look_and_not_act(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver_module, "why_not_act", lambda _: "It was asked by an agent.")
    client = await Driven.join(world.socket)
    result = await client.act(action(Verb.PROMPT, "go"))
    assert (result.outcome, result.reason) == (Outcome.REFUSED, "It was asked by an agent.")
    assert world.channel.acted == []
    assert client.live.session_id == "one"
    await client.close()


async def test_an_action_that_cannot_be_written_down_is_not_begun(world: World) -> None:
    world.state.joinpath("journal.jsonl").mkdir()
    client = await Driven.join(world.socket)
    result = await client.act(action(Verb.INTERRUPT))
    assert result.outcome is Outcome.REFUSED
    assert world.channel.acted == []
    await client.close()


async def test_a_driver_that_goes_leaves_its_clients_with_a_problem(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.driver.serve()
    over = asyncio.create_task(world.driver.until_over())
    client = await Driven.join(world.socket)
    assert (await client.act(action(Verb.STOP))).outcome is Outcome.CONFIRMED
    await asyncio.wait_for(over, 5)
    assert drivers(tmp_path) == ()
    assert not world.socket.exists()
    with pytest.raises(DriverGone):
        await Driven.join(world.socket)
    await client.close()


async def test_the_service_joins_a_driver_and_follows_its_session(world: World) -> None:
    acting = Acting(world.state)
    told: list[tuple[str, str]] = []
    acting.listen(told.append)
    await acting.refresh()
    key = ("claude", "one")
    assert acting.reach(key) is Reach.OWNED
    assert await acting.attach(Sighting("claude", "one")) is not None
    result = await acting.act(key, action(Verb.CLEAR))
    assert result.outcome is Outcome.CONFIRMED
    await until_async(lambda: acting.live(("claude", "two")) is not None)
    assert acting.live(key) is None
    assert ("claude", "two") in told
    assert [e.stage for e in acting.log(key)] == [Stage.ASKED, Stage.CONFIRMED]
    await acting.close()
    assert not world.channel.closed


async def test_an_armed_action_runs_once_when_the_turn_ends(world: World) -> None:
    from clearhead.core.snapshot import Snapshot

    acting, key = Acting(world.state), ("claude", "one")
    await acting.refresh()
    busy = acting.moment(key, State.BUSY, Snapshot(), "main")
    acting.arming.arm(key, action(Verb.COMPACT), busy)
    acting.arming.noticed(key, busy)
    idle = replace(busy, state=State.IDLE)
    acting.arming.noticed(key, idle)
    acting.arming.noticed(key, idle)
    await until_async(lambda: world.channel.acted)
    assert [a.verb for a in world.channel.acted] == [Verb.COMPACT]
    acting.arming.arm(key, action(Verb.COMPACT), busy)
    acting.arming.noticed(key, replace(idle, prompts=9))
    assert acting.arming.asking(key) == "someone typed since"
    assert len(world.channel.acted) == 1
    await acting.close()


async def test_an_unwatched_session_cannot_be_acted_on(tmp_path: Path) -> None:
    acting = Acting(tmp_path)
    result = await acting.act(("claude", "one"), action(Verb.PROMPT, "x"))
    assert result.outcome is Outcome.REFUSED
    assert not Journal(tmp_path).path.exists()


@given(st.binary(max_size=60))
def test_any_line_is_a_message_or_a_value_error(line: bytes) -> None:
    for read in (from_driver, from_client):
        with contextlib.suppress(ValueError):
            read(line)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_growing_reply_travels_as_its_growth(before: str, after: str) -> None:
    old = Live(state=State.BUSY, reply=Reply(before, "m"))
    new = Live(state=State.BUSY, reply=Reply(before + after, "m"))
    told = change(old, new)
    if after:
        assert grown(old, getattr(told, "text", "")) == new
    else:
        assert told is None
    other = replace(new, fill=3)
    assert getattr(change(old, other), "live", None) == other
