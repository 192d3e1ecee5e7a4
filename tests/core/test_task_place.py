"""A session's place in its task."""

from __future__ import annotations

import pytest

from clearhead.core.task_place import TaskPlace, place_of
from clearhead.core.tasks import Came, Link

COSTS = {("claude", "one"): 1.25, ("codex", "two"): 0.5}


def link(agent: str, session_id: str, came: Came, usd: float | None = None) -> Link:
    return Link(task="t", agent=agent, session_id=session_id, at=1.0, came=came, usd=usd)


ONE = link("claude", "one", Came.BEGUN)
TWO = link("codex", "two", Came.HAND_OFF)
LOST = link("claude", "lost", Came.RESET)
TOLD = link("codex", "told", Came.PICKED_UP, 4.0)


@pytest.mark.parametrize(
    ("chain", "key", "expected"),
    [
        pytest.param((ONE,), ("claude", "one"), None, id="it is alone"),
        pytest.param((ONE, TWO), ("claude", "other"), None, id="it serves another"),
        pytest.param((ONE, TWO), ("codex", "two"), (2, 2, Came.HAND_OFF, 1.75, 0), id="the second"),
        pytest.param((ONE, LOST), ("claude", "one"), (1, 2, Came.BEGUN, 1.25, 1), id="one unknown"),
        pytest.param((LOST, LOST), ("claude", "lost"), (1, 2, Came.RESET, None, 2), id="unknown"),
        pytest.param((TOLD, LOST), ("codex", "told"), (1, 2, Came.PICKED_UP, 4.0, 2), id="told"),
    ],
)
def test_a_place_and_the_cost_of_the_whole(
    chain: tuple[Link, ...], key: tuple[str, str], expected: tuple[object, ...] | None
) -> None:
    found = place_of(chain, key, COSTS.get)
    if expected is None:
        assert found is None
        return
    number, count, came, usd, unknown = expected
    assert found == TaskPlace(
        task="t", number=number, count=count, came=came, usd=usd, unknown=unknown
    )
