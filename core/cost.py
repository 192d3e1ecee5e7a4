"""What calls cost, in US dollars at list price.

Calls are not kept one by one. They are added up under a `SpendKey` that holds all a price can
depend on, so that pricing a sum gives exactly what pricing each call would give.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

import msgspec

from .model_ids import SYNTHETIC
from .prices import (
    PriceSetting,
    PriceTable,
    Rates,
    plausible,
    prices_as_of,
    rates,
    read_price_settings,
)
from .tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Cost",
    "PriceSetting",
    "PriceTable",
    "Rates",
    "SpendKey",
    "cache_share",
    "dollars",
    "price",
    "prices_as_of",
    "rates",
    "read_price_settings",
    "spend_key",
]

QUARTER = 900
"""Seconds of one slot. Prices change by UTC date or hour; a quarter of an hour also falls into
exactly one local day in every time zone."""

THRESHOLDS = (
    32_000,
    100_000,
    128_000,
    199_999,
    200_000,
    256_000,
    272_000,
    512_000,
    524_288,
)
"""Every prompt size above which some model's whole request costs more, from the price list."""

UNNAMED = "unnamed model"
"""How a call is listed whose record names no model."""

_MILLION = 1_000_000


class SpendKey(msgspec.Struct, frozen=True):
    """What a price depends on: the model, the time, and how many price thresholds were passed.

    `quarter` counts quarter hours since the epoch, UTC; `None` when the call has no time.
    """

    model: str
    quarter: int | None
    band: int

    @property
    def at(self) -> float | None:
        """When the slot began, in epoch seconds."""
        return None if self.quarter is None else float(self.quarter * QUARTER)

    def day(self, zone: tzinfo | None = None) -> date | None:
        """Return the calendar day in `zone` (`None`: the machine's own) of these calls."""
        return None if self.at is None else datetime.fromtimestamp(self.at, zone).date()


class Spent(Protocol):
    """Calls under one key: how many, and the sum of their tokens."""

    @property
    def calls(self) -> int:
        """How many calls."""

    @property
    def tokens(self) -> Tokens:
        """The sum of their tokens."""


class Cost(msgspec.Struct, frozen=True):
    """US dollars by kind, what caching saved, and which calls could not be priced.

    `cache_saved` is what the same tokens would have cost as plain input, less what they cost; it
    is below 0 while writes have not paid off. Costs add up.
    """

    input: float = 0.0
    cache_read: float = 0.0
    cache_write: float = 0.0
    output: float = 0.0
    cache_saved: float = 0.0
    priced_calls: int = 0
    unknown_calls: int = 0
    unknown_models: tuple[str, ...] = ()

    @property
    def usd(self) -> float | None:
        """Dollars of all calls that have a price; `None` when there were calls and none has."""
        if self.unknown_calls and not self.priced_calls:
            return None
        return self.input + self.cache_read + self.cache_write + self.output

    def __add__(self, other: Cost) -> Cost:
        """Return both costs together."""
        return Cost(
            self.input + other.input,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            self.output + other.output,
            self.cache_saved + other.cache_saved,
            self.priced_calls + other.priced_calls,
            self.unknown_calls + other.unknown_calls,
            tuple(sorted({*self.unknown_models, *other.unknown_models})),
        )


def spend_key(model: str, at: float | None, tokens: Tokens) -> SpendKey:
    """Return the key under which one call is added up; cheap, loads no prices.

    `at` is the time of the call in epoch seconds, `tokens` are those of this one call.
    """
    when = plausible(at)
    quarter = None if when is None else int(when // QUARTER)
    return SpendKey(model, quarter, bisect_left(THRESHOLDS, tokens.prompt))


def price(
    spend: Mapping[SpendKey, Spent], settings: Mapping[str, PriceSetting] | None = None
) -> Cost:
    """Return what `spend` cost at the prices of its own time.

    A model without a price is named in `unknown_models`, never counted as free. Lines that no
    model made are left out.
    """
    return _total(
        _priced(key, entry, settings) for key, entry in spend.items() if key.model != SYNTHETIC
    )


def dollars(tokens: Tokens, per_million: Rates) -> Decimal:
    """Return what `tokens` cost at given rates: for the next turn, another model, a forecast."""
    return sum(_parts(tokens, per_million), start=Decimal(0))


def cache_share(tokens: Tokens) -> float | None:
    """Return which part of the prompt came from the cache, 0 to 1; `None` without a prompt."""
    return tokens.cache_read / tokens.prompt if tokens.prompt > 0 else None


def _priced(key: SpendKey, entry: Spent, settings: Mapping[str, PriceSetting] | None) -> Cost:
    if entry.tokens.total == 0:
        return Cost(priced_calls=entry.calls)
    found = rates(key.model, key.at, _prompt_in(key.band), settings)
    if found is None:
        return Cost(unknown_calls=entry.calls, unknown_models=(key.model or UNNAMED,))
    fresh, read, written, output = _parts(entry.tokens, found)
    cached = entry.tokens.prompt - entry.tokens.input
    saved = cached * found.input / _MILLION - read - written
    return Cost(float(fresh), float(read), float(written), float(output), float(saved), entry.calls)


def _prompt_in(band: int) -> int:
    """Return some prompt size that lies in a band: the largest, or one above all thresholds."""
    return THRESHOLDS[band] if band < len(THRESHOLDS) else THRESHOLDS[-1] + 1


def _parts(tokens: Tokens, per_million: Rates) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Return the dollars of plain input, cache reads, cache writes and output."""
    written = (
        tokens.cache_write_5m * per_million.cache_write_5m
        + tokens.cache_write_1h * per_million.cache_write_1h
    )
    return (
        tokens.input * per_million.input / _MILLION,
        tokens.cache_read * per_million.cache_read / _MILLION,
        written / _MILLION,
        tokens.output * per_million.output / _MILLION,
    )


def _total(costs: Iterable[Cost]) -> Cost:
    return sum(costs, start=Cost())
