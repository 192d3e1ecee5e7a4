"""Figures as words, at their edges."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from decimal import Decimal

import pytest

from clearhead.tui import numbers


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0"),
        (812, "812"),
        (999, "999"),
        (1_000, "1.0k"),
        (31_000, "31.0k"),
        (118_249, "118.2k"),
        (118_250, "118.3k"),
        (999_949, "999.9k"),
        (999_950, "1.00M"),
        (1_050_000, "1.05M"),
        (999_949_999, "999.95M"),
        (999_950_000, "1.00B"),
        (-31_000, "-31.0k"),
    ],
)
def test_tokens(count: int, expected: str) -> None:
    assert numbers.tokens(count) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0"),
        (500, "500"),
        (75_000, "75k"),
        (200_000, "200k"),
        (258_400, "258.4k"),
        (1_000_000, "1M"),
        (1_050_000, "1.05M"),
        (1_100_000, "1.1M"),
    ],
)
def test_sizes_have_no_idle_decimals(count: int, expected: str) -> None:
    assert numbers.size(count) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0, "0 %"),
        (0.001, "<1 %"),
        (0.005, "1 %"),
        (0.585, "59 %"),
        (0.591, "59 %"),
        (0.996, "99 %"),
        (1, "100 %"),
        (1.07, "107 %"),
    ],
)
def test_percent_never_claims_all_or_nothing_too_early(share: float, expected: str) -> None:
    assert numbers.percent(share) == expected


@pytest.mark.parametrize(
    ("usd", "expected"),
    [
        (0, "$0.00"),
        (0.004, "<$0.01"),
        (0.005, "$0.01"),
        (0.03, "$0.03"),
        (0.125, "$0.13"),
        (Decimal("11.015"), "$11.02"),
        (1204.5, "$1,204.50"),
        (-0.5, "-$0.50"),
    ],
)
def test_dollars(usd: float | Decimal, expected: str) -> None:
    assert numbers.dollars(usd) == expected


def test_rates_name_their_hour() -> None:
    assert numbers.rate(7.9) == "$7.90/h"


def test_clock_is_local_unless_told_otherwise() -> None:
    moment = 1_700_000_042.9
    assert numbers.clock(moment) == "22:14"
    assert numbers.clock(moment, seconds=True, zone=UTC) == "22:14:02"
    assert numbers.clock(moment, zone=timezone(timedelta(hours=2))) == "00:14"


@pytest.mark.parametrize(
    ("seconds", "running", "span", "age"),
    [
        pytest.param(-3, "0:00", "0 s", "now", id="clocks-disagree"),
        pytest.param(12, "0:12", "12 s", "now", id="seconds"),
        pytest.param(59.9, "0:59", "59 s", "now", id="not-yet-a-minute"),
        pytest.param(60, "1:00", "1 min", "1m", id="a-minute"),
        pytest.param(1440, "24:00", "24 min", "24m", id="minutes"),
        pytest.param(3599, "59:59", "59 min", "59m", id="not-yet-an-hour"),
        pytest.param(3600, "1:00:00", "1 h 00 min", "1h", id="an-hour"),
        pytest.param(7260, "2:01:00", "2 h 01 min", "2h", id="hours"),
        pytest.param(273_600, "76:00:00", "3 d 04 h", "3d", id="days"),
    ],
)
def test_times(seconds: float, running: str, span: str, age: str) -> None:
    assert numbers.running(seconds) == running
    assert numbers.span(seconds) == span
    assert numbers.age(seconds) == age


def test_changes_use_an_ascii_minus() -> None:
    assert numbers.change(12, 3) == "+12 -3"


def test_counts_agree_with_their_noun() -> None:
    assert numbers.count(1, "turn") == "1 turn"
    assert numbers.count(0, "turn") == "0 turns"
    assert numbers.count(1200, "entry", "entries") == "1,200 entries"
