"""Tokens by differences of running totals: repeated, bogus and restarted totals add nothing."""

from __future__ import annotations

from pathlib import Path

from clearhead.core.events import (
    LimitReported,
    UsageReported,
    WindowReported,
)
from clearhead.core.snapshot import total
from clearhead.core.tokens import Tokens

from .rollouts import (
    counted,
    event,
    line,
    read,
    recorded,
    usage,
)

THREAD = "01a20565-9659-7fe1-a14f-bab60c944ae7"


def test_repeated_totals_add_nothing() -> None:
    first, second = usage(1000, 600, 50), usage(3000, 2000, 90)
    reading = read(
        event("token_count", info=None),
        counted(first, usage(1000, 600, 50)),
        counted(first, usage(1000, 600, 50)),
        counted(second, usage(2000, 1400, 40)),
        counted(second, usage(2000, 1400, 40)),
    )
    assert reading.snapshot.tokens == Tokens(input=1000, cache_read=2000, output=90)
    assert reading.snapshot.calls == 2
    assert reading.snapshot.fill is not None
    assert reading.snapshot.fill.tokens == 2040
    assert reading.snapshot.window == 258_400
    assert len(reading.of(WindowReported)) == 1


def test_cache_writes_are_part_of_the_input_and_last_five_minutes() -> None:
    reading = read(counted(usage(1000, 600, 50, written=100), usage(1000, 600, 50)))
    assert reading.snapshot.tokens == Tokens(300, 600, 100, 0, 50)


def test_nonsense_around_a_compaction_is_no_fill() -> None:
    bogus = {**usage(0), "total_tokens": 940_499}
    reading = read(
        counted(usage(500), usage(500)),
        counted(usage(500), bogus),
        counted(usage(700), bogus),
        line("compacted", message="S"),
    )
    assert reading.snapshot.fill is not None
    assert reading.snapshot.fill.tokens == 500
    assert reading.snapshot.tokens.input == 700
    assert reading.snapshot.compactions[0].before == 500


def test_totals_that_go_back_begin_again() -> None:
    reading = read(
        counted(usage(1000, 0, 10), usage(1000, 0, 10)),
        counted(usage(400, 0, 5), usage(400, 0, 5)),
        counted(usage(900, 0, 9), usage(500, 0, 4)),
    )
    assert reading.snapshot.tokens == Tokens(input=1900, output=19)


def test_a_call_counts_at_once_and_its_total_adds_nothing() -> None:
    before = read(recorded(usage(1000, 600, 50)))
    assert before.snapshot.tokens == Tokens(input=400, cache_read=600, output=50)
    assert before.snapshot.fill is not None
    assert before.snapshot.fill.tokens == 1050
    after = read(
        recorded(usage(1000, 600, 50)), counted(usage(1000, 600, 50), usage(1000, 600, 50))
    )
    assert after.snapshot.tokens == before.snapshot.tokens
    assert after.snapshot.calls == 1
    assert len(after.of(UsageReported)) == 1


def test_a_total_corrects_calls_that_were_told_otherwise() -> None:
    reading = read(
        line("turn_context", model="m"),
        recorded(usage(1000, 0, 50)),
        counted(usage(1200, 0, 60), usage(1200, 0, 60)),
    )
    assert reading.snapshot.tokens == Tokens(input=1200, output=60)
    assert total(reading.snapshot.spend) == reading.snapshot.tokens
    assert reading.snapshot.calls == 1


def test_a_reader_in_the_middle_counts_from_the_first_total_it_meets() -> None:
    path = Path(f"rollout-2026-07-01T10-00-00-{THREAD}.jsonl")
    first, second = usage(50_000, 0, 500), usage(51_000, 0, 510)
    reading = read(
        counted(first, usage(900, 0, 90)),
        counted(second, usage(1000, 0, 10)),
        whole=False,
        path=path,
    )
    assert reading.snapshot.session_id == THREAD
    assert reading.snapshot.tokens == Tokens(input=1000, output=10)
    fills = [found.fill for found in reading.of(UsageReported)]
    assert fills == [990, 1010]


def test_limits_are_told_when_they_change() -> None:
    limits = {
        "primary": {"used_percent": 13.0, "window_minutes": 300, "resets_at": 1_771_864_834},
        "secondary": {"used_percent": 2.0, "window_minutes": 10_080, "resets_in_seconds": 60},
    }
    later = {**limits, "primary": {**limits["primary"], "used_percent": 14.0}}
    reading = read(
        event("token_count", info=None, rate_limits=limits),
        event("token_count", info=None, rate_limits={**limits, "secondary": None}),
        event("token_count", info=None, rate_limits={**later, "secondary": None}),
        event("token_count", info=None, rate_limits=None),
    )
    told = [(found.name, found.used_percent) for found in reading.of(LimitReported)]
    assert told == [("5 h", 13.0), ("7 d", 2.0), ("5 h", 14.0)]
    secondary = reading.of(LimitReported)[1]
    assert secondary.resets_at == secondary.at + 60
