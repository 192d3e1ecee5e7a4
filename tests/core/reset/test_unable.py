"""An agent whose calls of its model all fail: what is seen, what the person decides, what follows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clearhead.core.acting import failing as failing_module
from clearhead.core.acting.action import Action, Evidence, Result, Verb, confirmed
from clearhead.core.acting.failing import FAILS
from clearhead.core.acting.live import Live
from clearhead.core.agents.base import State
from clearhead.core.items import Kind
from clearhead.core.reset import patience
from clearhead.core.reset.book import Book
from clearhead.core.reset.hands import until
from clearhead.core.reset.patience import ASKS_YOU, Patience, Unable, asks_you, chosen, is_stuck
from clearhead.core.reset.runner import NeedsPerson, Runner
from clearhead.core.reset.store import Store
from clearhead.core.reset.transaction import Done, Seen, Status, Step
from tests.core.reset.world import NOTES, STEP, Agent, World, make_repo

if TYPE_CHECKING:
    from collections.abc import Callable

FAILED_CALL = "server_error, attempt 4 of 10"


class Failing(Agent):
    """An agent that works on its notes for ever, because its vendor is down."""

    retry: str | None = FAILED_CALL

    @property
    def live(self) -> Live:
        asked = self.prompts("Bring")
        if not asked or self.interrupted or self.session_id != "old":
            return super().live
        return Live(session_id="old", state=State.BUSY, retry=self.retry)

    @property
    def interrupted(self) -> list[str]:
        return [line["text"] for line in self.lines if line["what"] == "interrupted"]

    async def act(self, wanted: Action) -> Result:
        if wanted.verb is not Verb.INTERRUPT:
            return await super().act(wanted)
        self.note("interrupted", wanted.text)
        return confirmed(wanted, Evidence("test", "interrupted", 1.0), session_id="old")

    def comes_back(self) -> None:
        """The vendor answers again."""
        self.note("item", "The notes are up to date.", Kind.SAID)
        self.note("interrupted", "")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(failing_module, "FAILS", 0.3)
    world = World(tmp_path)
    make_repo(world.root)
    world.agent = Failing(world.agent.path, world.root)
    world.agent.answers = lambda prompt: [] if prompt.startswith("Bring") else [(Kind.SAID, STEP)]
    return world


def failing(world: World) -> Failing:
    assert isinstance(world.agent, Failing)
    return world.agent


async def to_commit(runner: Runner) -> Step:
    """Go on until the person is needed; return for which step."""
    try:
        await runner.go()
    except NeedsPerson as needs:
        return needs.step
    raise AssertionError(runner.transaction)


async def notes_become(runner: Runner, test: Callable[[Done], bool]) -> Done:
    """Wait until the first step is as wanted."""

    async def so() -> bool:
        return test(runner.transaction.step(Step.NOTES))

    assert await until(so, 10), runner.transaction
    return runner.transaction.step(Step.NOTES)


async def test_a_script_asks_the_person_instead_of_waiting(world: World) -> None:
    runner = world.begin()
    runner.choose(Step.NOTES, unable=Unable.ASK)
    assert await to_commit(runner) is Step.NOTES
    found = runner.transaction.step(Step.NOTES)
    assert (found.status, found.words) == (Status.BEGUN, FAILED_CALL)
    assert not failing(world).interrupted, "nobody agreed to that"
    assert (world.root / "claude-progress.md").read_text() == NOTES


async def test_with_a_draft_allowed_its_turn_is_ended_and_the_notes_are_drafted(
    world: World,
) -> None:
    runner = world.begin()
    runner.choose(Step.NOTES, unable=Unable.DRAFT)
    assert await to_commit(runner) is Step.COMMIT
    found = runner.transaction.step(Step.NOTES)
    assert found.status is Status.DONE
    assert found.facts["drafted"]
    assert FAILED_CALL in found.words
    assert failing(world).interrupted == failing(world).prompts("Bring"), "it says what is ours"
    assert "Drafted from the transcript" in (world.root / "claude-progress.md").read_text()


async def test_the_screen_waits_on_and_goes_on_by_itself_when_it_answers(world: World) -> None:
    runner = world.begin()
    going = asyncio.create_task(to_commit(runner))
    assert (await notes_become(runner, is_stuck)).words == FAILED_CALL
    assert not going.done()
    failing(world).comes_back()
    assert await going is Step.COMMIT
    found = runner.transaction.step(Step.NOTES)
    assert found.words == "the agent left the notes as they are"
    assert len(world.agent.prompts("Bring")) == 1


async def test_the_person_takes_a_draft_while_it_is_waited_for(world: World) -> None:
    runner = world.begin()
    going = asyncio.create_task(to_commit(runner))
    await notes_become(runner, is_stuck)
    runner.choose(Step.NOTES, unable=Unable.DRAFT_NOW)
    assert await going is Step.COMMIT
    assert runner.transaction.step(Step.NOTES).facts["drafted"]
    assert len(failing(world).interrupted) == 1


async def test_what_fails_for_a_moment_is_seen_and_passes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failing_module, "FAILS", 60.0)
    runner = world.begin()
    runner.choose(Step.NOTES, unable=Unable.ASK)
    going = asyncio.create_task(to_commit(runner))
    found = await notes_become(runner, lambda done: bool(done.words))
    assert (found.words, is_stuck(found)) == (FAILED_CALL, False)
    failing(world).retry = None
    await notes_become(runner, lambda done: not done.words)
    failing(world).comes_back()
    assert await going is Step.COMMIT


async def test_a_draft_can_be_taken_after_a_crash(world: World) -> None:
    runner = world.begin()
    runner.choose(Step.NOTES, unable=Unable.ASK)
    assert await to_commit(runner) is Step.NOTES
    later = world.runner()
    later.choose(Step.NOTES, unable=Unable.DRAFT_NOW)
    assert await to_commit(later) is Step.COMMIT
    assert len(world.agent.prompts("Bring")) == 1, "asked once"
    assert len(failing(world).interrupted) == 1
    assert later.transaction.step(Step.NOTES).facts["drafted"]


async def test_who_goes_on_with_it_sees_at_once_that_it_cannot_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = world.begin()
    runner.choose(Step.NOTES, unable=Unable.ASK)
    assert await to_commit(runner) is Step.NOTES
    monkeypatch.setattr(failing_module, "FAILS", 60.0)
    later = world.runner()
    later.choose(Step.NOTES, unable=Unable.WAIT)
    going = asyncio.create_task(to_commit(later))
    failing(world).retry = "server_error, attempt 5 of 10"
    found = await notes_become(later, lambda done: "attempt 5" in done.words)
    assert is_stuck(found)
    failing(world).retry = None
    await notes_become(later, lambda done: not is_stuck(done))
    failing(world).comes_back()
    assert await going is Step.COMMIT


async def test_an_interrupted_turn_is_asked_again_or_drafted(world: World) -> None:
    world.agent = Agent(world.agent.path, world.root)
    world.agent.answers = lambda _: [(Kind.INTERRUPT, "")]
    runner = world.begin()
    await runner.go()
    assert runner.transaction.step(Step.NOTES).status is Status.FAILED
    runner.again(Step.NOTES)
    await runner.go()
    assert len(world.agent.prompts("Bring")) == 2
    runner.again(Step.NOTES)
    runner.choose(Step.NOTES, unable=Unable.DRAFT_NOW)
    assert await to_commit(runner) is Step.COMMIT
    assert len(world.agent.prompts("Bring")) == 2
    assert runner.transaction.step(Step.NOTES).facts["drafted"]


def test_each_attempt_is_written_down_once(tmp_path: Path) -> None:
    world, now = World(tmp_path), [0.0]
    world.store.write("t", world.begun)
    book = Book(world.store, "t")
    watch = Patience(book, Step.NOTES, clock=lambda: now[0])
    seen = []
    for at, retry in (
        (0, None),
        (1, "a 1"),
        (2, "a 1"),
        (3, "a 2"),
        (1 + FAILS, "a 2"),
        (99, None),
    ):
        now[0] = at
        assert not watch.ends(retry), "nobody chose another way than to wait"
        found = book.transaction.step(Step.NOTES)
        seen.append((found.words, is_stuck(found)))
    assert seen == [
        ("", False),
        ("a 1", False),
        ("a 1", False),
        ("a 2", False),
        ("a 2", True),
        ("", False),
    ]
    lines = (world.state / "transactions/t.jsonl").read_text().splitlines()
    assert len(lines) == 1 + 4


class Asking(Failing):
    """An agent that asks for a permission to edit its notes."""

    @property
    def live(self) -> Live:
        found = super().live
        asks = found.state is State.BUSY
        return Live(session_id="old", state=State.WAITING) if asks else found


async def test_a_question_to_the_person_is_said_and_a_script_does_not_wait_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "ASKS", 0.3)
    world.agent = Asking(world.agent.path, world.root)
    runner = world.begin()
    runner.choose(Step.NOTES, unable=Unable.DRAFT)
    assert await to_commit(runner) is Step.NOTES
    found = runner.transaction.step(Step.NOTES)
    assert (found.words, is_stuck(found), asks_you(found)) == (ASKS_YOU, False, True)
    assert not failing(world).interrupted, "a question is no failure: it is the person's"
    failing(world).comes_back()
    assert await to_commit(world.runner()) is Step.COMMIT
    assert len(world.agent.prompts("Bring")) == 1


async def test_on_the_screen_a_question_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "ASKS", 0.1)
    world.agent = Asking(world.agent.path, world.root)
    runner = world.begin()
    going = asyncio.create_task(to_commit(runner))
    await notes_become(runner, asks_you)
    await asyncio.sleep(0.3)
    assert not going.done()
    failing(world).comes_back()
    assert await going is Step.COMMIT


def test_nothing_of_the_agents_words_stays_when_it_is_over(tmp_path: Path) -> None:
    store = Store(tmp_path)
    world = World(tmp_path)
    store.write("t", world.begun)
    store.write("t", Seen(at=1.0, step=Step.NOTES, words="secret of the vendor"))
    store.reduce("t")
    assert "secret" not in (tmp_path / "transactions/t.jsonl").read_text()


def test_who_chose_nothing_waits() -> None:
    assert chosen(Done()) is Unable.WAIT
    assert chosen(Done(chosen={"unable": "ask"})) is Unable.ASK
