"""The old session is not ended before the person has agreed to what the fresh one gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clearhead.core.reset.runner import NeedsPerson
from clearhead.core.reset.transaction import Status, Step
from tests.core.reset.world import World, make_repo

if TYPE_CHECKING:
    from pathlib import Path


async def test_nothing_is_closed_before_the_brief_is_agreed(tmp_path: Path) -> None:
    world = World(tmp_path, root=None, notes=None)
    make_repo(world.root)
    runner = world.begin()
    runner.choose(Step.COMMIT, paths=[], message="")
    with pytest.raises(NeedsPerson) as needs:
        await runner.go()
    assert needs.value.step is Step.OPEN
    assert world.agent.lines == []
    assert runner.transaction.step(Step.CLOSE).status is Status.TODO
    runner.choose(Step.OPEN, brief="Go on.")
    found = await runner.go()
    assert [line["what"] for line in world.agent.lines][:2] == ["cleared", "item"]
    assert found.step(Step.CLOSE).facts["new_session_id"] == world.agent.session_id != "old"
