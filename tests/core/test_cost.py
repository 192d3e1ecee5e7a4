"""Cost: sums under keys cost what their calls cost one by one, and unknown stays unknown."""

from __future__ import annotations

import subprocess
import sys
from bisect import bisect_left
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from genai_prices.types import Tier, TieredPrices
from hypothesis import given, settings
from hypothesis import strategies as st

from clearhead.core.cost import (
    THRESHOLDS,
    Cost,
    PriceSetting,
    SpendKey,
    cache_share,
    dollars,
    price,
    prices_as_of,
    rates,
    read_price_settings,
    spend_key,
)
from clearhead.core.prices import _rate
from clearhead.core.problems import UsageProblem
from clearhead.core.snapshot import Spend
from clearhead.core.tokens import Tokens

M = 1_000_000


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NOVEMBER = moment("2026-11-20T12:00")

PROVIDERS = {
    "claude-opus-4-6": "anthropic",  # had a cliff at 200k until 13 March 2026
    "claude-opus-4-7": "anthropic",
    "claude-haiku-5-5": "anthropic",  # cliff at 100k
    "claude-sonnet-4-5": "anthropic",  # cliff at 200k
    "gpt-5.3-codex": "openai",  # writes to the cache have no price of their own
    "gpt-5.6-sol": "openai",  # cheaper since 21 August 2026, cliff at 272k
    "gemini-3.1-pro-preview": "google",  # cliff at 200k
    "gemini-4-argon": "google",  # doubles on 1 December 2026
}

SIZES = st.integers(0, 400_000)
CALLS = st.lists(
    st.tuples(
        st.sampled_from([*PROVIDERS]),
        st.floats(moment("2026-01-01"), moment("2027-03-01")),
        st.builds(Tokens, SIZES, SIZES, SIZES, SIZES, SIZES),
    ),
    min_size=1,
    max_size=12,
)


def spent(*calls: tuple[str, float | None, Tokens]) -> dict[SpendKey, Spend]:
    """Add calls up as the fold does."""
    sums: dict[SpendKey, Spend] = {}
    for model, at, tokens in calls:
        key = spend_key(model, at, tokens)
        known = sums.get(key, Spend())
        sums[key] = Spend(known.calls + 1, known.tokens + tokens)
    return sums


def by_the_library(model: str, at: float, tokens: Tokens) -> Decimal:
    """Price one call by `genai-prices` alone."""
    from genai_prices import Usage, calc_price

    usage = Usage(
        input_tokens=tokens.prompt,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write_5m + tokens.cache_write_1h,
        cache_write_5m_tokens=tokens.cache_write_5m,
        cache_write_1h_tokens=tokens.cache_write_1h,
        output_tokens=tokens.output,
    )
    when = datetime.fromtimestamp(at, UTC)
    return calc_price(
        usage, model, provider_id=PROVIDERS[model], genai_request_timestamp=when
    ).total_price


@settings(deadline=None, max_examples=300)
@given(CALLS)
def test_a_sum_costs_what_its_calls_cost_one_by_one(
    calls: list[tuple[str, float, Tokens]],
) -> None:
    cost = price(spent(*calls))
    assert cost.usd == pytest.approx(float(sum(by_the_library(*call) for call in calls)))
    assert cost.priced_calls == len(calls)
    assert cost.unknown_models == ()


def test_the_example_worked_out_by_hand() -> None:
    call = Tokens(1_000, 90_000, cache_write_5m=2_000, cache_write_1h=3_000, output=800)
    cost = price(spent(("claude-opus-4-7", NOVEMBER, call)))
    # per million: in 5, read 0.50, written for 5 minutes 6.25, for an hour 10, out 25
    assert cost.usd == pytest.approx(0.1125)
    assert cost.input == pytest.approx(0.005)
    assert cost.cache_read == pytest.approx(0.045)
    assert cost.cache_write == pytest.approx(0.0125 + 0.030)
    assert cost.output == pytest.approx(0.020)
    assert cost.cache_saved == pytest.approx(95_000 * 5 / M - 0.045 - 0.0425)


@pytest.mark.parametrize(
    ("model", "tokens", "usd"),
    [
        # `modelUsage` and its `costUSD`, captured from Claude Code 2.1.330 against a scripted
        # loopback API
        ("claude-opus-5-5", Tokens(21, 288_000, 76_000, 0, 338), 0.444444),
        ("claude-opus-5-5", Tokens(63, 2_080_000, 188_000, 0, 522), 1.366692),
        ("claude-sonnet-5-5", Tokens(6, 28_000, 36_000, 0, 28), 0.093092),
        ("claude-sonnet-5-5", Tokens(12, 124_000, 52_000, 0, 56), 0.142984),
    ],
)
def test_the_client_itself_reckons_the_same(model: str, tokens: Tokens, usd: float) -> None:
    found = rates(model, NOVEMBER, 0)
    assert found is not None
    assert float(dollars(tokens, found)) == pytest.approx(usd)


def test_a_cliff_raises_the_whole_request() -> None:
    below, above = Tokens(input=100_000, output=1_000), Tokens(input=100_001, output=1_000)
    assert price(spent(("claude-haiku-5-5", NOVEMBER, below))).usd == pytest.approx(0.0105)
    assert price(spent(("claude-haiku-5-5", NOVEMBER, above))).usd == pytest.approx(0.0525, 1e-4)


def test_two_calls_below_a_cliff_are_not_one_above_it() -> None:
    call = Tokens(input=90_000)
    both = spent(("claude-haiku-5-5", NOVEMBER, call), ("claude-haiku-5-5", NOVEMBER, call))
    assert len(both) == 1
    assert price(both).usd == pytest.approx(0.018)


def test_the_price_is_that_of_the_time_of_the_call() -> None:
    call = Tokens(input=300_000)
    before = ("claude-opus-4-6", moment("2026-03-12T23:59"), call)
    after = ("claude-opus-4-6", moment("2026-03-13T00:00"), call)
    assert price(spent(before)).usd == pytest.approx(3.0)
    assert price(spent(after)).usd == pytest.approx(1.5)
    assert price(spent(before, after)).usd == pytest.approx(4.5)


def test_a_rise_that_is_announced_is_known_already() -> None:
    call = Tokens(input=M)
    assert price(spent(("gemini-4-argon", moment("2026-11-30"), call))).usd == pytest.approx(2.0)
    assert price(spent(("gemini-4-argon", moment("2026-12-01"), call))).usd == pytest.approx(4.0)


def test_a_call_without_a_time_has_the_prices_of_the_list() -> None:
    key = spend_key("claude-opus-5-5", None, Tokens(input=M))
    assert (key.quarter, key.at, key.day(UTC)) == (None, None, None)
    assert price({key: Spend(1, Tokens(input=M))}).usd == pytest.approx(4.0)


@pytest.mark.parametrize("at", [-1.0, 1e300, float("inf"), float("nan")])
def test_an_impossible_time_counts_as_unknown(at: float) -> None:
    assert spend_key("claude-opus-5-5", at, Tokens()).quarter is None
    assert rates("claude-opus-5-5", at, 0) == rates("claude-opus-5-5", None, 0)


@pytest.mark.parametrize(
    "spelling",
    [
        "claude-opus-4-7[1m]",
        "anthropic/claude-opus-4-7",
        "us.anthropic.claude-opus-4-7-v1:0",
        "claude-opus-4-7-20260420",
        "claude-opus-4-7@20260420",
    ],
)
def test_every_spelling_has_the_price_of_its_model(spelling: str) -> None:
    assert rates(spelling, NOVEMBER, 0) == rates("claude-opus-4-7", NOVEMBER, 0)


def test_a_model_is_looked_up_at_its_maker() -> None:
    assert rates("codex-mini-latest", NOVEMBER, 0) is not None


def test_of_several_cliffs_the_highest_that_was_passed_counts() -> None:
    tiers = [Tier(start=100, price=Decimal(2)), Tier(start=200, price=Decimal(3))]
    listed = {"input_mtok": TieredPrices(base=Decimal(1), tiers=tiers)}
    found = [_rate(listed, ("input_mtok",), prompt) for prompt in (100, 101, 200, 201)]
    assert found == [1, 2, 2, 3]


def test_a_model_without_a_price_is_named_and_never_free() -> None:
    calls = spent(("claude-opus-9", NOVEMBER, Tokens(input=5)), ("", NOVEMBER, Tokens(input=5)))
    cost = price(calls)
    assert cost.usd is None
    assert cost.unknown_models == ("claude-opus-9", "unnamed model")
    assert cost.unknown_calls == 2


def test_known_calls_keep_their_price_beside_unknown_ones() -> None:
    known = ("claude-opus-4-7", NOVEMBER, Tokens(input=M))
    cost = price(spent(known, ("local-model", NOVEMBER, Tokens(input=M))))
    assert cost.usd == pytest.approx(5.0)
    assert cost.unknown_models == ("local-model",)


def test_a_session_without_calls_cost_nothing() -> None:
    assert price({}) == Cost()
    assert Cost().usd == 0.0


def test_lines_that_no_model_made_are_not_counted() -> None:
    assert price(spent(("<synthetic>", NOVEMBER, Tokens(input=5)))) == Cost()


def test_a_call_without_tokens_costs_nothing_with_any_model() -> None:
    assert price(spent(("claude-opus-9", NOVEMBER, Tokens()))).usd == 0.0


def test_costs_add_up() -> None:
    known = price(spent(("claude-opus-4-7", NOVEMBER, Tokens(input=M, cache_read=M))))
    unknown = price(spent(("local-b", NOVEMBER, Tokens(1)), ("local-a", NOVEMBER, Tokens(1))))
    both = unknown + known + known + Cost()
    assert both.usd == pytest.approx(11.0)
    assert both.cache_saved == pytest.approx(9.0)
    assert both.unknown_models == ("local-a", "local-b")
    assert (unknown + Cost()).usd is None


def test_writes_that_were_never_read_saved_less_than_nothing() -> None:
    cost = price(spent(("claude-opus-4-7", NOVEMBER, Tokens(cache_write_1h=M))))
    assert cost.cache_saved == pytest.approx(-5.0)


# Keys


def test_every_threshold_of_the_price_list_makes_a_band() -> None:
    from genai_prices.data import providers
    from genai_prices.types import ModelPrice, TieredPrices

    starts = set()
    for model in (model for provider in providers for model in provider.models):
        entries = [model.prices] if isinstance(model.prices, ModelPrice) else model.prices
        for prices in (e if isinstance(e, ModelPrice) else e.prices for e in entries):
            tiered = (p for p in vars(prices).values() if isinstance(p, TieredPrices))
            starts |= {tier.start for price in tiered for tier in price.tiers}
    assert starts <= set(THRESHOLDS)


def test_a_prompt_on_a_threshold_has_not_passed_it() -> None:
    on, past = Tokens(cache_read=199_999, input=1), Tokens(cache_read=200_000, input=1)
    assert spend_key("m", 0, on).band == bisect_left(THRESHOLDS, 200_000)
    assert spend_key("m", 0, past).band == spend_key("m", 0, on).band + 1


def test_output_passes_no_threshold() -> None:
    assert spend_key("m", 0, Tokens(input=1, output=M)).band == 0


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2026, 11, 20)),
        ("Asia/Kolkata", date(2026, 11, 21)),
        ("Asia/Kathmandu", date(2026, 11, 21)),
        ("America/Los_Angeles", date(2026, 11, 20)),
    ],
)
def test_a_key_knows_its_local_day(zone: str, day: date) -> None:
    # 18:30 UTC is midnight in Kolkata and a quarter past in Kathmandu
    key = spend_key("m", moment("2026-11-20T18:30"), Tokens())
    assert key.day(ZoneInfo(zone)) == day
    just_before = spend_key("m", moment("2026-11-20T18:29:59"), Tokens())
    assert just_before.day(ZoneInfo("Asia/Kolkata")) == date(2026, 11, 20)


def test_keys_survive_a_checkpoint() -> None:
    spend = spent(("claude-opus-4-7", NOVEMBER, Tokens(1, 2, 3, 4, 5)), ("m", None, Tokens(1)))
    packed = msgspec.msgpack.encode(spend)
    assert msgspec.msgpack.decode(packed, type=dict[SpendKey, Spend]) == spend


def test_keys_and_empty_sums_load_no_prices() -> None:
    script = (
        "import sys; from clearhead.core.cost import *; from clearhead.core.tokens import Tokens;"
        "spend_key('claude-opus-4-7', 1.0, Tokens(1)); price({}); prices_as_of();"
        "print({'genai_prices', 'pydantic'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@settings(deadline=None)
@given(st.text(max_size=60), st.none() | st.floats())
def test_any_model_and_time_can_be_asked_for(model: str, at: float | None) -> None:
    price(spent((model, at, Tokens(input=1))))


# Your own prices, cache share, freshness


def test_your_own_prices_replace_the_list() -> None:
    own = {"claude-opus-4-*": PriceSetting(input=Decimal(1), output=Decimal(2))}
    call = Tokens(input=M, cache_read=M, output=M)
    cost = price(spent(("claude-opus-4-7[1m]", NOVEMBER, call)), own)
    assert (cost.input, cost.cache_read, cost.output) == (1.0, 0.5, 2.0)


def test_your_own_prices_give_an_unknown_model_a_price() -> None:
    own = {"local-*": PriceSetting(input=Decimal("0.2"), output=Decimal("0.4"))}
    call = Tokens(input=M, cache_read=M, output=M)
    assert price(spent(("local-model", NOVEMBER, call)), own).usd == pytest.approx(0.8)
    half = {"local-*": PriceSetting(input=Decimal("0.2"))}
    assert price(spent(("local-model", NOVEMBER, call)), half).usd is None


def test_price_settings_are_read_from_the_configuration() -> None:
    own = read_price_settings({"local-*": {"input": 0.2, "output": 1}})
    assert own == {"local-*": PriceSetting(input=Decimal("0.2"), output=Decimal(1))}


@pytest.mark.parametrize(
    "entry", [{"input": -1}, {"input": float("nan")}, {"inptu": 1}, {"input": "free"}, 3]
)
def test_a_wrong_price_is_a_problem_that_names_it(entry: object) -> None:
    with pytest.raises(UsageProblem) as met:
        read_price_settings({"local-*": entry})
    assert 'prices."local-*"' in met.value.detail
    assert "dollars" in met.value.remedy


def test_the_cache_share_is_reads_of_the_prompt() -> None:
    assert cache_share(Tokens(5, 91, 2, 2, 1_000)) == pytest.approx(0.91)
    assert cache_share(Tokens(output=7)) is None


def test_the_price_list_says_how_fresh_it_is() -> None:
    listed = prices_as_of()
    spec = find_spec("genai_prices.data")
    assert spec is not None
    assert spec.origin is not None
    assert listed.as_of is not None
    assert f"checked on {listed.as_of}" in Path(spec.origin).read_text("utf-8")
