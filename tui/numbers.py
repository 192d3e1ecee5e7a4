"""Figures as words for people: tokens, shares, money, times. Pure.

Unknown is not a figure: callers say it in their own words, so nothing here takes `None`.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from ..core.tokens import short as tokens
from ..core.tokens import short_mark as size

__all__ = [
    "age",
    "change",
    "clock",
    "count",
    "dollars",
    "percent",
    "rate",
    "running",
    "size",
    "span",
    "tokens",
]

Money: TypeAlias = Decimal | float
"""An amount in US dollars."""

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def percent(share: float) -> str:
    """Write a share of one in whole percent: 59 %. Neither 0 nor 100 is claimed too early."""
    if 0 < share < 0.005:
        return "<1 %"
    if 0.99 < share < 1:
        return "99 %"
    return f"{_rounded(Decimal(repr(share)) * 100, 0)} %"


def dollars(usd: Money) -> str:
    """Write an amount: $0.03, $11.02, $1,204.50; a trace of money is <$0.01, not nothing."""
    amount = Decimal(str(usd))
    if amount < 0:
        return f"-{dollars(-amount)}"
    if 0 < amount < Decimal("0.005"):
        return "<$0.01"
    return f"${_rounded(amount, 2):,}"


def rate(usd_per_hour: Money) -> str:
    """Write a rate of spending: $7.90/h."""
    return f"{dollars(usd_per_hour)}/h"


def clock(at: float, *, seconds: bool = False, zone: tzinfo | None = None) -> str:
    """Write the time of day of `at` (epoch seconds) in `zone`, else in local time: 14:02."""
    return datetime.fromtimestamp(at, tz=zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def running(seconds: float) -> str:
    """Write a time that still runs: 0:12, 12:05, 2:01:00."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, HOUR)
    minutes, left = divmod(rest, MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def span(seconds: float) -> str:
    """Write how long something took or how old it is: 18 s, 6 min, 2 h 01 min, 3 d 04 h."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02} min"
    return f"{whole // DAY} d {whole % DAY // HOUR:02} h"


def age(seconds: float) -> str:
    """Write an age for a table: now, 3m, 24m, 1h, 2d."""
    whole = max(0, int(seconds))
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if whole >= unit:
            return f"{whole // unit}{letter}"
    return "now"


def coarse(seconds: float, fine: float = MINUTE) -> float:
    """Round an age down to what `span` and `age` can tell, so that equal words are equal values.

    Seconds count below `fine`, then whole minutes, from a day on whole hours.
    """
    whole = max(0.0, seconds)
    unit = 1 if whole < fine else MINUTE if whole < DAY else HOUR
    return whole // unit * unit


def change(added: int, removed: int) -> str:
    """Write a change of lines: +12 -3."""
    return f"+{added} -{removed}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: 1 turn, 12 turns."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _rounded(value: Decimal, places: int) -> Decimal:
    """Round half up, as people do; Python's own rounding turns 0.125 into 0.12."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
