"""Events in, snapshot out."""

from __future__ import annotations

import pytest

from clearhead.core import events as ev
from clearhead.core.fold import apply, fold
from clearhead.core.items import Item, Kind, Span
from clearhead.core.problems import Report
from clearhead.core.snapshot import PROBLEMS, Activity, Snapshot
from clearhead.core.tokens import Tokens

MODEL = "claude-opus-4-5"


def item(kind: Kind, head: str = "", name: str = "") -> Item:
    return Item(kind, Span(0, 1, 0), head=head, name=name)


def prompt(text: str = "do it", at: float = 1.0) -> ev.Prompted:
    return ev.Prompted(at=at, item=item(Kind.PROMPT, text))


def usage(tokens: Tokens, **fields: object) -> ev.UsageReported:
    return ev.UsageReported(at=2.0, model=MODEL, tokens=tokens, **fields)  # type: ignore[arg-type]


def call(call_id: str = "t1") -> ev.ToolCalled:
    return ev.ToolCalled(at=2.0, item=item(Kind.TOOL_CALL, "ls", "Bash"), call_id=call_id)


def result(call_id: str = "t1") -> ev.ToolReturned:
    return ev.ToolReturned(at=3.0, item=item(Kind.TOOL_RESULT), call_id=call_id)


def test_folding_one_by_one_equals_folding_at_once() -> None:
    course = [prompt(), call(), result(), usage(Tokens(input=5, output=7), fill=5)]
    one_by_one = Snapshot()
    for event in course:
        one_by_one = apply(one_by_one, event)
    assert one_by_one == fold(Snapshot(), course)


def test_a_call_reported_twice_counts_once_with_its_greatest_figures() -> None:
    first = Tokens(input=3, cache_read=100, output=1)
    last = Tokens(input=3, cache_read=100, output=358)
    seen = fold(Snapshot(), [usage(first), usage(last, before=first)])
    assert (seen.tokens, seen.calls) == (last, 1)
    assert [(entry.calls, entry.tokens) for entry in seen.spend.values()] == [(1, last)]


def test_a_correction_that_crosses_a_price_threshold_moves_the_whole_call() -> None:
    small, large = Tokens(input=10), Tokens(input=250_000)
    seen = fold(Snapshot(), [usage(small), usage(large, before=small)])
    assert [entry.tokens for entry in seen.spend.values()] == [large]


def test_sub_agents_never_reach_the_gauge_and_count_once() -> None:
    spent = Tokens(input=50)
    seen = fold(
        Snapshot(),
        [
            usage(Tokens(input=9), fill=9),
            usage(spent, agent_id="a", copied=True),
            usage(spent, agent_id="a"),
        ],
    )
    assert seen.fill is not None
    assert seen.fill.tokens == 9
    assert (seen.tokens, seen.subagent_tokens) == (Tokens(input=9), spent)


def test_what_was_spent_since_the_last_prompt_is_the_turn() -> None:
    begun = [prompt(), usage(Tokens(input=9))]
    seen = fold(Snapshot(), [*begun, prompt(), usage(Tokens(output=4))])
    assert [entry.tokens for entry in seen.turn_spend.values()] == [Tokens(output=4)]


def test_a_first_reply_that_was_written_before_its_prompt_is_of_that_turn() -> None:
    seen = fold(Snapshot(), [usage(Tokens(output=4)), prompt(), usage(Tokens(output=3))])
    assert sum(entry.tokens.output for entry in seen.turn_spend.values()) == 7


def test_a_call_is_open_until_it_is_answered() -> None:
    seen = fold(Snapshot(), [prompt(), call("t1"), call("t2"), result("t1")])
    assert list(seen.open_calls) == ["t2"]
    assert seen.activity is Activity.WORKING


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(ev.TurnEnded(at=9.0), id="completed"),
        pytest.param(ev.Interrupted(at=9.0, item=item(Kind.INTERRUPT)), id="interrupted"),
        pytest.param(ev.CallFailed(at=9.0, item=item(Kind.ERROR)), id="failed"),
    ],
)
def test_every_end_of_a_turn_leaves_the_agent_idle_and_no_call_open(end: ev.AnyEvent) -> None:
    seen = fold(Snapshot(), [prompt(), call(), end])
    assert (seen.activity, seen.active_since, seen.open_calls) == (Activity.IDLE, 9.0, {})


def test_after_a_compaction_the_fill_is_settling_until_a_response_tells_it() -> None:
    compacted = ev.Compacted(at=3.0, item=item(Kind.COMPACTION), before=166_000, after=9_000)
    seen = fold(Snapshot(), [usage(Tokens(input=166_000), fill=166_000), compacted])
    assert seen.settling
    assert seen.fill is not None
    assert seen.fill.tokens == 166_000
    after = apply(seen, usage(Tokens(input=31_000), fill=31_000))
    assert not after.settling
    assert after.fill is not None
    assert after.fill.tokens == 31_000


def test_going_back_restores_the_fill_and_leaves_the_old_branch_out_of_the_path() -> None:
    seen = fold(Snapshot(), [ev.Rewound(branch=1, parent=0, cut=4, fill=700)])
    assert seen.fill is not None
    assert seen.fill.tokens == 700
    assert seen.path == {1: -1, 0: 4}


def test_a_persons_title_beats_a_generated_one_whatever_comes_last() -> None:
    titles = [
        ev.Described(title="mine", title_rank=3),
        ev.Described(title="generated", title_rank=2),
    ]
    assert fold(Snapshot(), titles).title == "mine"


def test_problems_are_all_counted_but_only_the_first_are_kept() -> None:
    report = Report("Cannot be read", "bytes", line=1)
    seen = fold(Snapshot(), [ev.ProblemMet(report=report)] * (PROBLEMS + 5))
    assert (len(seen.problems), seen.problem_count) == (PROBLEMS, PROBLEMS + 5)


def test_unknown_records_are_counted_by_their_own_name() -> None:
    seen = fold(Snapshot(), [ev.RecordSkipped(type="x"), ev.RecordSkipped(type="x")])
    assert seen.unknown_records == {"x": 2}


def test_an_earlier_time_stamp_does_not_turn_the_clock_back() -> None:
    seen = fold(Snapshot(), [prompt(at=50.0), prompt(at=20.0)])
    assert seen.last_at == 50.0
