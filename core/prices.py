"""The price list: what a million tokens of each kind cost, for a model, a time and a prompt size.

Prices come from `genai-prices`, which knows their history and future changes by date. The library
is imported when the first price is asked for.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from .model_ids import Family, bare, family
from .packaged import packaged
from .problems import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genai_prices.types import ModelInfo, TieredPrices

LIBRARY = "genai-prices"

LAST_TIME = 253_402_214_400.0
"""The last day of the year 9999: later times (and those before 1970) are damage."""

_PROVIDERS = {Family.CLAUDE: "anthropic", Family.GPT: "openai", Family.GEMINI: "google"}

_FALLBACKS = {
    "input": ("input_mtok",),
    "cache_read": ("cache_read_mtok", "input_mtok"),
    "cache_write_5m": ("cache_write_5m_mtok", "cache_write_mtok", "input_mtok"),
    "cache_write_1h": ("cache_write_1h_mtok", "cache_write_mtok", "input_mtok"),
    "output": ("output_mtok",),
}
"""Where a kind has no price of its own, its tokens cost what the wider kind costs."""


class Rates(msgspec.Struct, frozen=True):
    """US dollars per million tokens of each kind."""

    input: Decimal
    cache_read: Decimal
    cache_write_5m: Decimal
    cache_write_1h: Decimal
    output: Decimal


class PriceSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prices that the person set, in US dollars per million tokens; `None` keeps the list's."""

    input: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write_5m: Decimal | None = None
    cache_write_1h: Decimal | None = None
    output: Decimal | None = None


class PriceTable(msgspec.Struct, frozen=True):
    """Which price list is in use: its version, and the newest check it names where known."""

    version: str
    as_of: date | None


def rates(
    model: str,
    at: float | None,
    prompt: int,
    settings: Mapping[str, PriceSetting] | None = None,
) -> Rates | None:
    """Return what one call costs per million tokens; `None` when the price is unknown.

    Args:
        model: The model in any spelling.
        at: Time of the call, epoch seconds; `None` takes the prices of the list's own date.
        prompt: Tokens on the input side, cached ones included: above a price cliff the whole
            request costs more.
        settings: The person's own prices by pattern of bare model ids; the first match counts.
    """
    name = bare(model)
    listed = _listed(name, at)
    setting = next((s for p, s in (settings or {}).items() if fnmatchcase(name, p)), None)
    found: dict[str, Decimal | None] = {
        kind: _rate(listed, keys, prompt) for kind, keys in _FALLBACKS.items()
    }
    if setting is not None:
        found |= {k: v for k, v in msgspec.structs.asdict(setting).items() if v is not None}
    price, output = found["input"], found["output"]
    if price is None or output is None:
        return None
    return Rates(**{kind: price if rate is None else rate for kind, rate in found.items()})


def plausible(at: float | None) -> float | None:
    """Return a time in epoch seconds, `None` when it is unknown or cannot be one."""
    return at if at is not None and 0 <= at < LAST_TIME else None


def prices_as_of() -> PriceTable:
    """Return which price list is installed and how fresh it is; imports no prices."""
    from importlib.metadata import version

    installed = version(LIBRARY)
    return PriceTable(installed, _releases().get(installed))


def read_price_settings(raw: Mapping[str, Any]) -> dict[str, PriceSetting]:
    """Check the `[prices]` part of a configuration: model pattern → dollars per million by kind.

    Raises `UsageProblem` that names the entry when a price is no number of at least 0.
    """
    return {pattern: _read_setting(pattern, entry) for pattern, entry in raw.items()}


def _read_setting(pattern: str, entry: Any) -> PriceSetting:
    try:
        setting = msgspec.convert(entry, PriceSetting)
    except msgspec.ValidationError as error:
        raise _unfit(pattern, str(error)) from error
    values = [v for v in msgspec.structs.astuple(setting) if v is not None]
    if not all(value.is_finite() and value >= 0 for value in values):
        raise _unfit(pattern, "a price must be 0 or more")
    return setting


def _unfit(pattern: str, detail: str) -> UsageProblem:
    kinds = ", ".join(_FALLBACKS)
    return UsageProblem(
        f'prices."{pattern}": {detail}', remedy=f"Give US dollars per million tokens for {kinds}."
    )


def _listed(name: str, at: float | None) -> dict[str, Decimal | TieredPrices | None]:
    """Return the list's prices for a bare model id at a time, by the list's own keys."""
    model = _model(name)
    if model is None:
        return {}
    at = plausible(at)
    when = _list_time() if at is None else datetime.fromtimestamp(at, UTC)
    return vars(model.get_prices(when))


@lru_cache(maxsize=512)
def _model(name: str) -> ModelInfo | None:
    """Return the list's entry for a bare model id; the price of no tokens finds it."""
    from genai_prices import Usage, calc_price

    try:
        return calc_price(Usage(), name, provider_id=_PROVIDERS.get(family(name))).model
    except LookupError:
        return None


@cache
def _list_time() -> datetime:
    """Return the list's own date, for calls without a time."""
    fresh = prices_as_of().as_of or max(_releases().values())
    return datetime(fresh.year, fresh.month, fresh.day, tzinfo=UTC)


def _releases() -> dict[str, date]:
    """Return how fresh each known release of the list is."""
    from tomllib import loads

    text = packaged("prices.toml").read_text("utf-8")
    return {release["version"]: release["as_of"] for release in loads(text)["release"]}


def _rate(
    listed: dict[str, Decimal | TieredPrices | None], keys: tuple[str, ...], prompt: int
) -> Decimal | None:
    """Return the first price there is under `keys`, at the tier of the prompt's size."""
    found = next((value for key in keys if (value := listed.get(key)) is not None), None)
    if found is None or isinstance(found, Decimal):
        return found
    passed = [tier.price for tier in found.tiers if prompt > tier.start]
    return passed[-1] if passed else found.base
