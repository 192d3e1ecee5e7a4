"""What a reset does with an agent that is busy, silent, gone, or cannot answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clearhead.core.acting.action import Outcome
from clearhead.core.items import Kind
from clearhead.core.reset import checking, turns
from clearhead.core.reset.boot import missed
from clearhead.core.reset.carrying import checks_of
from clearhead.core.reset.transaction import Status, Step
from tests.core.reset.world import BRIEF_BEGINS, STEP, World, git, make_repo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(turns, "SILENT", 0.3)
    monkeypatch.setattr(turns, "WRITTEN", 0.3)
    monkeypatch.setattr(checking, "WATCHED", 1.0)
    world = World(tmp_path)
    make_repo(world.root)
    return world


def notes(world: World) -> str:
    return (world.root / "claude-progress.md").read_text()


async def test_an_agent_that_cannot_answer_is_helped_out_by_a_draft(world: World) -> None:
    whole = world.agent.answers

    def full(prompt: str) -> list[tuple[Kind, str]]:
        return [(Kind.ERROR, "prompt is too long")] if prompt[:5] == "Bring" else whole(prompt)

    world.agent.answers = full
    found = await world.to_the_end(world.begin())
    step = found.step(Step.NOTES)
    assert step.status is Status.DONE
    assert step.facts["drafted"] is True
    assert "the agent could not answer: prompt is too long" in step.words
    assert "Drafted from the transcript of claude session old" in notes(world)
    assert STEP in notes(world), "the step that stood there is the next one still"
    assert "Drafted from" in git(world.root, "show", "HEAD:claude-progress.md")
    assert found.step(Step.CHECK).status is Status.DONE


async def test_a_client_that_has_gone_is_reset_all_the_same(world: World) -> None:
    world.agent.note("died")
    found = await world.to_the_end(world.begin())
    assert "its process has gone" in found.step(Step.NOTES).words
    assert found.step(Step.CLOSE).words == "it has ended already"
    assert found.step(Step.OPEN).status is Status.DONE
    assert found.new_session_id not in (None, "old")
    assert all(check.done for check in checks_of(found))


async def test_a_refused_prompt_can_be_tried_again(world: World) -> None:
    world.agent.outcome = Outcome.REFUSED
    runner = world.begin()
    found = await world.to_the_end(runner)
    assert found.step(Step.NOTES).status is Status.FAILED
    world.agent.outcome = Outcome.CONFIRMED
    runner.again(Step.NOTES)
    found = await world.to_the_end(runner)
    assert found.step(Step.CHECK).status is Status.DONE
    assert len(world.agent.prompts("Bring")) == 1


@pytest.mark.parametrize("taken", [True, False])
async def test_what_may_have_been_taken_is_looked_for_before_it_is_sent_again(
    world: World, *, taken: bool
) -> None:
    world.agent.outcome, world.agent.takes = Outcome.UNKNOWN, taken
    runner = world.begin()
    found = await world.to_the_end(runner)
    assert found.step(Step.NOTES).status is Status.FAILED
    assert found.step(Step.NOTES).facts["unknown"] is True
    world.agent.outcome, world.agent.takes = Outcome.CONFIRMED, True
    runner.again(Step.NOTES)
    found = await world.to_the_end(runner)
    assert found.step(Step.CHECK).status is Status.DONE
    assert len(world.agent.prompts("Bring")) == 1
    assert len(world.agent.prompts(BRIEF_BEGINS)) == 1


async def test_an_agent_that_stays_silent_is_told_of_and_not_asked_twice(world: World) -> None:
    world.agent.answers = lambda _: []
    runner = world.begin()
    found = await world.to_the_end(runner)
    assert found.step(Step.NOTES).status is Status.FAILED
    assert "holds no answer" in found.step(Step.NOTES).words
    runner.again(Step.NOTES)
    await world.to_the_end(runner)
    assert len(world.agent.prompts("Bring")) == 1


async def test_a_turn_that_a_person_interrupts_stops_the_reset(world: World) -> None:
    world.agent.answers = lambda _: [(Kind.INTERRUPT, "by the person")]
    found = await world.to_the_end(world.begin())
    assert found.step(Step.NOTES).status is Status.FAILED
    assert "interrupted" in found.step(Step.NOTES).words
    assert world.agent.session_id == "old"


async def test_what_was_missed_is_asked_for_again_and_checked_again(world: World) -> None:
    whole = world.agent.answers

    def lazy(prompt: str) -> list[tuple[Kind, str]]:
        if prompt.startswith(BRIEF_BEGINS):
            return [(Kind.SAID, "I paint the shed.")]
        return whole(prompt)

    world.agent.answers = lazy
    runner = world.begin()
    runner.choose(
        Step.OPEN,
        brief=f"{BRIEF_BEGINS} project.\n",
        asked={"project": "p", "maps": ["AGENTS.md"], "log": True, "next_step": STEP},
    )
    found = await world.to_the_end(runner)
    assert [check.done for check in checks_of(found)] == [False] * 3
    asks = missed(checks_of(found))
    assert "Read AGENTS.md" in asks
    await runner.repeat_missed()
    assert world.agent.prompts("Before you go on:") == [asks]
    assert [check.done for check in checks_of(runner.transaction)] == [True] * 3
    assert await runner.repeat_missed() is None


async def test_a_finished_reset_keeps_figures_and_no_ones_words(world: World) -> None:
    runner = world.begin()
    await world.to_the_end(runner)
    runner.close(fill=9_000, next_usd=0.03)
    kept = (world.state / "transactions" / "t.jsonl").read_text()
    for words in (STEP, "Bring", BRIEF_BEGINS, "Half way"):
        assert words not in kept
    found = runner.transaction
    assert (found.closed.fill, found.closed.next_usd) == (9_000, 0.03)
    assert found.commit == git(world.root, "rev-parse", "HEAD").strip()
