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


UNREAD = Armed(action(Verb.COMPACT), replace(THEN, prompts=None))


def test_a_prompt_from_before_that_is_read_only_now_is_no_typing_since() -> None:
    read = replace(LATER, prompts=4, prompted=999.0)
    assert expired(ARMED, read) is None
    assert "typed" in (expired(ARMED, replace(read, prompted=1001.0)) or "")
    assert "typed" in (expired(ARMED, replace(read, wall=998.0)) or "")


@pytest.mark.parametrize(
    ("change", "asks"),
    [
        pytest.param({"prompts": None}, False, id="still-unread"),
        pytest.param({"prompts": 0}, False, id="nobody-typed-at-all"),
        pytest.param({"prompts": 1, "prompted": 999.0}, False, id="typed-before-it-was-armed"),
        pytest.param({"prompts": 2, "prompted": 1030.0}, True, id="typed-since"),
        pytest.param({"prompts": None, "prompted": 1030.0}, True, id="typed-since-half-read"),
        pytest.param({"prompts": 1, "prompted": None}, True, id="nobody-knows-when"),
    ],
)
def test_what_was_not_read_when_it_was_armed_is_told_by_its_time(
    change: dict[str, object], asks: bool
) -> None:
    why = expired(UNREAD, replace(LATER, **change))
    assert (why is not None and "typed" in why) is asks


def test_a_transcript_that_is_not_read_any_more_asks() -> None:
    assert expired(ARMED, replace(LATER, prompts=None)) is not None


def test_a_clock_that_is_set_back_is_no_sleep() -> None:
    assert expired(ARMED, replace(LATER, wall=0.0)) is None
