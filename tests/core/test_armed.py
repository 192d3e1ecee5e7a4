"""An armed action runs when its turn ends, and asks when anything else has changed."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from clearhead.core.acting.action import Verb, action
from clearhead.core.acting.armed import LASTS, SLEPT, Armed, Moment, due, expired
from clearhead.core.agents.base import State

THEN = Moment(
    wall=1000.0,
    steady=50.0,
    session_id="one",
    branch="main",
    prompts=3,
    source="owned",
    state=State.BUSY,
)
ARMED = Armed(action(Verb.COMPACT), THEN)
LATER = replace(THEN, wall=1060.0, steady=110.0)


def test_it_is_due_when_the_turn_ends() -> None:
    assert not due(ARMED, LATER)
    assert not due(ARMED, replace(LATER, state=State.WAITING))
    assert due(ARMED, replace(LATER, state=State.IDLE))
    assert expired(ARMED, LATER) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"steady": THEN.steady + LASTS + 1, "wall": THEN.wall + LASTS + 1}, "half an hour"),
        ({"wall": THEN.wall + 61 + SLEPT}, "slept"),
        ({"session_id": "two"}, "session"),
        ({"branch": "other"}, "branch"),
        ({"prompts": 4}, "typed"),
        ({"source": "watched"}, "elsewhere"),
    ],
)
def test_it_asks_when_something_has_changed(change: dict[str, object], why: str) -> None:
    assert why in (expired(ARMED, replace(LATER, **change)) or "")


def test_a_clock_that_is_set_back_is_no_sleep() -> None:
    assert expired(ARMED, replace(LATER, wall=0.0)) is None
