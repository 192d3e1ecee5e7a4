"""By hand: the person pastes, the session's own files tell whether it was done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.acting import by_hand as module
from clearhead.core.acting import service
from clearhead.core.acting.action import (
    RESET_INSTEAD,
    Evidence,
    Outcome,
    Result,
    Verb,
    action,
    confirmed,
)
from clearhead.core.acting.by_hand import ByHand
from clearhead.core.acting.channel import Reach
from clearhead.core.acting.errand import COMMANDS, cannot, text_of
from clearhead.core.acting.joining import NoChannel
from clearhead.core.acting.journal import Stage
from clearhead.core.acting.live import Live
from clearhead.core.acting.service import Acting
from clearhead.core.agents.base import Sighting, State
from tests.by_hand_world import World, in_a_terminal
from tests.helpers import until_async

BRIEF = "You continue a task in shop.\n\n  1. Read AGENTS.md.\n  2. Run `git log`.\n"


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK", 0.02)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with in_a_terminal(tmp_path / "claude") as world:
        yield world


@pytest.fixture
async def acting(tmp_path: Path, world: World) -> AsyncIterator[Acting]:
    service = Acting(tmp_path / "state", {"claude": [world.folder]})
    yield service
    await service.close()


@pytest.fixture
async def channel(acting: Acting, world: World) -> ByHand:
    found = await acting.way_into(world.sighting())
    assert isinstance(found, ByHand)
    return found


Asked = asyncio.Task[Result]


async def ask(acting: Acting, world: World, verb: Verb, text: str = "") -> Asked:
    """Ask for an action; returns when the person is asked and the first look was taken."""
    key = ("claude", world.session)
    task = asyncio.create_task(acting.act(key, action(verb, text)))
    await until_async(lambda: (live := acting.live(key)) and live.errand)
    await asyncio.sleep(0.1)
    assert not task.done(), task.result()
    return task


async def test_attaching_fails_and_the_way_in_is_by_hand(acting: Acting, world: World) -> None:
    with pytest.raises(NoChannel, match="no tmux pane"):
        await acting.attach(world.sighting())
    channel = await acting.way_into(world.sighting())
    assert (channel.reach, channel.name) == (Reach.BY_HAND, "by hand")
    assert await acting.way_into(world.sighting()) is channel
    with pytest.raises(NoChannel):
        await acting.attach(world.sighting())


@pytest.mark.usefixtures("channel")
async def test_a_pasted_prompt_is_confirmed_by_the_transcript(acting: Acting, world: World) -> None:
    world.paste(BRIEF)
    task = await ask(acting, world, Verb.PROMPT, BRIEF)
    errand = acting.live(("claude", "s1")).errand
    assert errand.text == BRIEF.strip("\n")
    assert (errand.limit, str(world.pid) in errand.where) == (600.0, True)
    world.paste("Something else")
    await asyncio.sleep(0.1)
    assert not task.done()
    world.paste(BRIEF)
    result = await task
    assert result.outcome is Outcome.CONFIRMED
    assert result.evidence[0].kind == "transcript"
    assert acting.live(("claude", "s1")).errand is None
    assert [entry.stage for entry in acting.log(("claude", "s1"))] == [
        Stage.ASKED,
        Stage.CONFIRMED,
    ]


@pytest.mark.usefixtures("channel")
async def test_a_compaction_is_confirmed_by_its_record(acting: Acting, world: World) -> None:
    world.paste("Hello")
    world.compact()
    task = await ask(acting, world, Verb.COMPACT, "Keep the goal\nand the next step.")
    errand = acting.live(("claude", "s1")).errand
    assert errand.text == "/compact Keep the goal and the next step."
    world.compact()
    result = await task
    assert result.outcome is Outcome.CONFIRMED
    assert "118200 → 31000" in result.evidence[0].detail


@pytest.mark.usefixtures("channel")
async def test_a_command_that_came_to_nothing_leads_on_to_a_reset(
    acting: Acting, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WRITTEN", 0.2)
    task = await ask(acting, world, Verb.COMPACT, "Keep the goal.")
    name, words = "<command-name>/compact</command-name>", "<command-args>Keep the goal."
    world.chat.ask(f"{name}\n<command-message>compact</command-message>\n{words}</command-args>")
    world.chat.ask("<local-command-stdout>Not enough messages to compact.</local-command-stdout>")
    world.save()
    result = await task
    assert (result.outcome, result.remedy) == (Outcome.REFUSED, RESET_INSTEAD)


async def test_a_clear_is_followed_to_the_new_session(
    acting: Acting, world: World, channel: ByHand
) -> None:
    world.paste("Hello")
    task = await ask(acting, world, Verb.CLEAR)
    assert channel.live.errand.text == "/clear"
    world.tell("idle", "s2")
    result = await task
    assert (result.outcome, result.new_session_id) == (Outcome.CONFIRMED, "s2")
    assert await acting.way_into(world.sighting()) is channel
    task = await ask(acting, world, Verb.PROMPT, BRIEF)
    world.paste(BRIEF)
    assert (await task).outcome is Outcome.CONFIRMED


@pytest.mark.usefixtures("channel")
async def test_a_torn_entry_of_the_registry_is_no_end(acting: Acting, world: World) -> None:
    world.paste("Hello")
    task = await ask(acting, world, Verb.CLEAR)
    (world.folder / "sessions" / f"{world.pid}.json").write_text("{")
    await asyncio.sleep(0.1)
    assert not task.done()
    acting.give_up(("claude", "s1"))
    assert (await task).outcome is Outcome.REFUSED


@pytest.mark.usefixtures("channel")
async def test_given_up_is_refused_unless_it_was_done(acting: Acting, world: World) -> None:
    task = await ask(acting, world, Verb.PROMPT, BRIEF)
    acting.give_up(("claude", "s1"))
    assert (await task).outcome is Outcome.REFUSED
    task = await ask(acting, world, Verb.PROMPT, BRIEF)
    world.paste(BRIEF)
    acting.give_up(("claude", "s1"))
    assert (await task).outcome is Outcome.CONFIRMED


@pytest.mark.usefixtures("channel")
async def test_nothing_within_the_limit_is_unknown(
    acting: Acting, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    wanted = action(Verb.CLEAR)
    result = await acting.act(("claude", "s1"), module.replace(wanted, limit=0.2))
    assert result.outcome is Outcome.UNKNOWN


@pytest.mark.usefixtures("channel")
async def test_a_session_left_for_another_is_not_reported_as_done(
    acting: Acting, world: World
) -> None:
    world.paste("Hello")
    task = await ask(acting, world, Verb.COMPACT)
    world.tell("idle", "s2")
    result = await task
    assert result.outcome is Outcome.UNKNOWN
    assert "s2" in result.reason


@pytest.mark.usefixtures("channel")
async def test_the_end_of_the_client_ends_the_errand(acting: Acting, world: World) -> None:
    task = await ask(acting, world, Verb.PROMPT, BRIEF)
    world.leave()
    assert (await task).outcome is Outcome.REFUSED


@pytest.mark.usefixtures("channel")
async def test_nothing_is_pasted_into_an_open_dialog(acting: Acting, world: World) -> None:
    world.tell("waiting", waitingFor="permission prompt")
    result = await acting.act(("claude", "s1"), action(Verb.PROMPT, BRIEF))
    assert result.outcome is Outcome.REFUSED
    assert "dialog" in result.reason


async def test_one_errand_at_a_time(acting: Acting, world: World, channel: ByHand) -> None:
    task = await ask(acting, world, Verb.PROMPT, BRIEF)
    other = await channel.act(action(Verb.CLEAR))
    assert other.outcome is Outcome.REFUSED
    channel.give_up()
    await task


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize("verb", [Verb.INTERRUPT, Verb.APPROVE, Verb.DENY, Verb.STOP])
async def test_what_is_quicker_done_there_is_refused_with_the_key(
    acting: Acting, world: World, verb: Verb
) -> None:
    result = await acting.act(("claude", world.session), action(verb))
    assert result.outcome is Outcome.REFUSED
    assert "there" in result.reason


async def test_the_turn_after_a_prompt_is_watched_to_its_end(
    acting: Acting, world: World, channel: ByHand
) -> None:
    task = await ask(acting, world, Verb.PROMPT, BRIEF)
    world.tell("busy")
    world.paste(BRIEF)
    await task
    assert channel.live.state is State.BUSY
    world.tell("idle")
    await until_async(lambda: channel.live.state is State.IDLE)


async def test_nobody_can_be_asked_where_the_session_has_ended(acting: Acting) -> None:
    gone = Sighting("claude", "gone", state=State.ENDED)
    with pytest.raises(NoChannel):
        await acting.way_into(gone)


class Half:
    """A channel that takes prompts and nothing else, as Codex' server for a window outside tmux."""

    name, reach = "attached daemon", Reach.ATTACHED

    def __init__(self) -> None:
        self.capabilities = dict.fromkeys(Verb, "not here") | {Verb.PROMPT: None}
        self.live = Live(session_id="s1", state=State.IDLE)
        self.acted: list[Verb] = []
        self.closed = False

    def listen(self, changed: Any) -> None:
        self.changed = changed

    async def act(self, wanted: Any) -> Result:
        self.acted.append(wanted.verb)
        return confirmed(wanted, Evidence("stream", "seen", 0.0), session_id="s1")

    async def close(self) -> None:
        self.closed = True


async def test_only_what_the_channel_cannot_do_is_asked_of_the_person(
    acting: Acting, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = Half()

    async def join(*_: Any, **__: Any) -> Half:
        return half

    monkeypatch.setattr(service, "join", join)
    channel = await acting.way_into(world.sighting())
    assert (channel.name, channel.reach) == ("attached daemon, by hand", Reach.ATTACHED)
    assert await acting.attach(world.sighting()) is channel
    done = await acting.act(("claude", "s1"), action(Verb.PROMPT, "Hello"))
    assert (done.outcome, half.acted) == (Outcome.CONFIRMED, [Verb.PROMPT])
    task = await ask(acting, world, Verb.CLEAR)
    half.live = Live(session_id="s2", state=State.IDLE)
    result = await task
    assert (result.outcome, result.new_session_id) == (Outcome.CONFIRMED, "s2")
    await acting.close()
    assert half.closed


@pytest.mark.parametrize("agent", COMMANDS)
def test_every_agent_of_the_table_can_be_reset_by_hand(agent: str) -> None:
    for verb in (Verb.PROMPT, Verb.COMPACT, Verb.CLEAR):
        assert cannot(agent, verb) is None
        assert text_of(agent, action(verb, "some\nwords"))


def test_codex_takes_no_instructions_with_its_command() -> None:
    assert text_of("codex", action(Verb.COMPACT, "keep it")) == "/compact"


def test_an_agent_without_commands_says_so() -> None:
    assert "reset" in (cannot("another", Verb.COMPACT) or "")
    assert cannot("another", Verb.PROMPT) is None
