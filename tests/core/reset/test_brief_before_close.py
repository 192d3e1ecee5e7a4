"""The old session is not ended before the person has agreed to what the fresh one gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clearhead.core.acting.action import Action, Evidence, Result, Verb, confirmed
from clearhead.core.acting.live import Live
from clearhead.core.agents.base import State
from clearhead.core.reset.brief import Brief
from clearhead.core.reset.runner import NeedsPerson, Runner
from clearhead.core.reset.store import Store
from clearhead.core.reset.transaction import Begun, Status, Step, Transaction

if TYPE_CHECKING:
    from pathlib import Path

    from clearhead.core.acting.reading import Reading

BEGUN = Begun(at=1.0, id="t", agent="claude", session_id="old", cwd="/w")


class Client:
    """A session that does what it is told, and remembers it."""

    def __init__(self) -> None:
        self.live = Live(session_id="old", state=State.IDLE)
        self.done: list[Verb] = []

    async def act(self, wanted: Action) -> Result:
        self.done.append(wanted.verb)
        new = "new" if wanted.verb is Verb.CLEAR else None
        return confirmed(wanted, Evidence("test", "seen", 1.0), session_id="old", new=new)


class World:
    """The hands of a runner: one client, no notes."""

    def __init__(self) -> None:
        self.client = Client()

    async def channel(self) -> Client:
        return self.client

    async def fresh(self, transaction: Transaction) -> Client:
        return self.client

    def reading(self, agent: str, session_id: str) -> Reading | None:
        return None

    def notes(self) -> tuple[Path, str] | None:
        return None


async def test_nothing_is_closed_before_the_brief_is_agreed(tmp_path: Path) -> None:
    store, world = Store(tmp_path), World()
    store.write("t", BEGUN)
    runner = Runner(store, "t", world, Brief(project="shop"))
    runner.choose(Step.COMMIT, paths=[], message="")
    with pytest.raises(NeedsPerson) as needs:
        await runner.go()
    assert needs.value.step is Step.OPEN
    assert world.client.done == []
    assert runner.transaction.step(Step.CLOSE).status is Status.TODO
    runner.choose(Step.OPEN, brief="Go on.")
    found = await runner.go()
    assert world.client.done == [Verb.CLEAR, Verb.PROMPT]
    assert found.step(Step.CLOSE).facts["new_session_id"] == "new"
