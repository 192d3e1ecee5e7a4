"""Turns, compactions inside them, and going back."""

from __future__ import annotations

from typing import Any

import pytest

from clearhead.core.events import (
    CallFailed,
    Compacted,
    Ended,
    Interrupted,
    Prompted,
    Retried,
    Rewound,
    TurnEnded,
    TurnStarted,
    WindowReported,
)
from clearhead.core.items import Kind
from clearhead.core.snapshot import Activity

from .rollouts import (
    Reading,
    capture,
    counted,
    done,
    ended,
    event,
    line,
    read,
    recorded,
    started,
    usage,
)


def test_turns_start_and_end() -> None:
    reading = read(
        started("t1", model_context_window=190_000),
        event("user_message", message="go"),
        ended("t1"),
    )
    assert [type(found) for found in reading.events] == [
        TurnStarted,
        WindowReported,
        Prompted,
        TurnEnded,
    ]
    assert reading.snapshot.window == 190_000
    assert reading.snapshot.activity is Activity.IDLE


def test_an_end_of_a_turn_that_another_replaced_does_not_end_the_other() -> None:
    lines = [started("t1"), started("t2"), ended("t1")]
    assert read(*lines).snapshot.activity is Activity.WORKING
    assert read(*lines, ended("t2")).snapshot.activity is Activity.IDLE
    many = [started("t1"), started("t2"), started("t3"), ended("t2"), ended("t1")]
    assert read(*many).snapshot.activity is Activity.WORKING


def test_an_end_under_another_id_still_ends_the_turn() -> None:
    assert read(started("t2"), ended("t1")).snapshot.activity is Activity.IDLE


def test_a_turn_that_a_person_stopped_says_so() -> None:
    reading = read(started("t1"), event("turn_aborted", turn_id="t1", reason="interrupted"))
    assert len(reading.of(Interrupted)) == 1
    assert reading.of(TurnEnded)[0].how is Ended.INTERRUPTED
    replaced = read(started("t1"), event("turn_aborted", turn_id="t1", reason="replaced"))
    assert replaced.of(Interrupted) == []


def test_a_turn_that_failed_shows_the_error() -> None:
    reading = read(started("t1"), ended("t1", error={"message": "quota exceeded"}))
    assert reading.of(TurnEnded)[0].how is Ended.FAILED
    assert reading.heads() == ["quota exceeded"]
    assert reading.bodies[0].text == "quota exceeded"


def test_errors_and_retries_of_older_builds_are_told() -> None:
    reading = read(
        event("stream_error", message="Reconnecting... 1/5"),
        event("error", message="gave up"),
    )
    assert reading.of(Retried)[0].reason == "Reconnecting... 1/5"
    assert reading.of(CallFailed)[0].item.head == "gave up"


@pytest.mark.parametrize(
    "signals",
    [
        [],
        [event("context_compacted")],
        [done("ContextCompaction", id="x")],
        [event("context_compacted"), done("ContextCompaction", id="x")],
    ],
)
def test_a_compaction_is_told_once(signals: list[dict[str, Any]]) -> None:
    record = line("compacted", message="SUMMARY")
    full = counted(usage(900), usage(900))
    before = read(full, started("t1"), *signals, record, ended("t1"))
    after = read(full, started("t1"), record, *signals, ended("t1"))
    for reading in (before, after):
        (found,) = reading.snapshot.compactions
        assert (found.before, found.after) == (900, None)
    assert after.snapshot.compactions[0].trigger == "manual"


def test_two_compactions_in_one_turn_are_two() -> None:
    one = [line("compacted", message="S"), event("context_compacted")]
    reading = read(started("t1"), event("user_message", message="go"), *one, *one, ended("t1"))
    assert [found.trigger for found in reading.snapshot.compactions] == ["auto", "auto"]


def test_a_compaction_before_the_prompt_of_its_turn_was_automatic() -> None:
    reading = read(
        started("t1"),
        line("compacted", message="S"),
        line("world_state"),
        event("user_message", message="go"),
    )
    assert reading.of(Compacted)[0].trigger == "auto"
    assert [found.kind for found in reading.items] == [Kind.COMPACTION, Kind.PROMPT]


def test_without_turns_nobody_knows_who_asked_for_a_compaction() -> None:
    reading = read(event("user_message", message="go"), line("compacted", message="S"))
    assert reading.of(Compacted)[0].trigger is None


def test_the_call_that_writes_the_summary_is_not_the_fill_before() -> None:
    reading = read(
        started("t1"),
        recorded(usage(9000), "r1"),
        ended("t1"),
        started("t2"),
        recorded(usage(700), "r2"),
        line("compacted", message="S", compaction_response_id="r2"),
        ended("t2"),
    )
    assert reading.of(Compacted)[0].before == 9000


def test_older_builds_do_not_name_that_call_but_the_turn_has_no_other() -> None:
    reading = read(
        counted(usage(9000), usage(9000)),
        started("t1"),
        counted(usage(18_400), usage(9400)),
        line("compacted", message="S"),
        event("context_compacted"),
        ended("t1"),
    )
    assert reading.of(Compacted)[0].before == 9000


def test_going_back_leaves_what_followed_behind() -> None:
    reading = read(
        *(started("t1"), event("user_message", message="one"), ended("t1")),
        counted(usage(100), usage(100)),
        *(started("t2"), event("user_message", message="two"), ended("t2")),
        counted(usage(300), usage(200)),
        *(started("t3"), event("user_message", message="three"), ended("t3")),
        event("thread_rolled_back", num_turns=2),
        *(started("t4"), event("user_message", message="four"), ended("t4")),
    )
    (rewound,) = reading.of(Rewound)
    assert (rewound.branch, rewound.parent, rewound.cut, rewound.fill) == (1, 0, 1, 100)
    assert shown(reading) == ["one", "four"]


def test_going_back_twice_keeps_the_lines_apart() -> None:
    back = event("thread_rolled_back", num_turns=1)
    apart = read(*turn(0), *turn(1), back, *turn(2), back, *turn(3), *turn(4))
    assert shown(apart) == ["p0", "p3", "p4"]
    at_once = read(*turn(0), *turn(1), *turn(2), back, back, *turn(3))
    assert shown(at_once) == ["p0", "p3"]


def test_going_back_further_than_is_known_is_left_alone() -> None:
    reading = read(event("thread_rolled_back", num_turns=1), *turn(0))
    assert shown(reading) == ["p0"]


def test_a_real_turn_that_was_undone_is_left_behind() -> None:
    reading = capture("rollout-v104-compact-and-going-back")
    assert "SAY[to be undone]" in reading.heads()
    assert shown(reading)[-4:] == ["SAY[after compact]", "after compact", "SAY[instead]", "instead"]
    (compaction,) = reading.snapshot.compactions
    assert (compaction.trigger, compaction.before) == ("manual", 2306)


def turn(number: int) -> list[dict[str, Any]]:
    name = f"t{number}"
    return [started(name), event("user_message", message=f"p{number}"), ended(name)]


def shown(reading: Reading) -> list[str]:
    """Return the heads of the items on the live line of the conversation."""
    path = reading.snapshot.path
    return [
        found.head
        for index, found in enumerate(reading.items)
        if (cut := path.get(found.branch)) is not None and (cut < 0 or index < cut)
    ]
