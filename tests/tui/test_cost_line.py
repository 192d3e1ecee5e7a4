"""The cost line: unknown is said in words, and nothing is cut in half."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from clearhead.core.tokens import Tokens
from clearhead.tui.widgets.advice_line import Advice, AdviceLine
from clearhead.tui.widgets.cost_line import CostFacts, CostLine

from .harness import drawn

FACTS = CostFacts(
    usd=3.42,
    last_usd=0.21,
    usd_per_hour=7.9,
    cache_share=0.912,
    saved_usd=11.02,
    saved_share=0.763,
    tokens=Tokens(2_103, 3_212_000, 200_400, 10_000, 45_020),
    subagent_usd=0.4,
    subagent_tokens=Tokens(1_000, 1_200_000),
    label="API price, you pay by subscription",
    client_usd=3.4,
    client_age=12,
)


def line(**changes: object) -> CostLine:
    widget = CostLine()
    widget.facts = replace(FACTS, **changes)
    return widget


async def test_money_and_tokens_at_140_columns() -> None:
    money, used = await drawn(line(), 140)
    assert money == (
        "  $3.42 session  $0.21 last  of it sub-agents $0.40  cache 91 %  saved $11.02 · 76 %"
        "  $7.90/h           API price, you pay by subscription"
    )
    assert used.startswith(
        "  input 2.1k  cache read 3.21M  cache write 210.4k  output 45.0k  and sub-agents 1.20M  "
    )
    assert used.endswith("client says $3.40, 12 s ago")


async def test_one_row_at_80_by_24() -> None:
    (row,) = await drawn(line(), 80, 24)
    assert " ".join(row.split()) == (
        "$3.42 last $0.21 API price in 2.1k read 3.21M write 210.4k out 45.0k"
    )


@pytest.mark.parametrize("height", [24, 40])
@pytest.mark.parametrize("width", [20, 40, 60, 79, 80, 81, 100, 120, 139, 200])
async def test_parts_are_never_cut_where_they_can_be_left_out(width: int, height: int) -> None:
    for row in await drawn(line(), width, height):
        assert len(row) <= width
        assert "…" not in row or width < 40


async def test_an_unknown_price_is_said_with_the_models_name() -> None:
    (money, _) = await drawn(line(usd=None, last_usd=None, unknown_models=("demo-1",)), 140)
    assert money.startswith("  price unknown for demo-1  ")
    (money, _) = await drawn(line(unknown_models=("demo-1",)), 140)
    assert money.startswith("  $3.42 session  price unknown for demo-1  ")
    (money, _) = await drawn(line(usd=None), 140)
    assert money.startswith("  price unknown  ")


async def test_totals_wait_until_all_is_counted() -> None:
    money, used = await drawn(line(complete=False), 140)
    assert money.startswith("  counting…  $0.21 last")
    assert "$3.42" not in money
    assert "saved" not in money
    assert used.startswith("  tokens: counting…")


async def test_a_cache_that_has_not_paid_off_saved_nothing() -> None:
    (money, _) = await drawn(line(saved_usd=-0.31, saved_share=None), 140)
    assert "cache cost $0.31 so far" in money
    assert "saved" not in money


async def test_what_nobody_knows_is_left_out() -> None:
    bare = CostLine()
    bare.facts = CostFacts(usd=0.0)
    money, used = await drawn(bare, 140)
    assert money.split() == ["$0.00", "session", "API", "price"]
    assert "client" not in used
    assert "sub-agents" not in used


async def test_model_names_are_no_markup() -> None:
    (money, _) = await drawn(line(unknown_models=("[red]x",)), 140)
    assert "price unknown for [red]x" in money


def advice(**changes: object) -> AdviceLine:
    widget = AdviceLine()
    widget.advice = Advice(
        **{
            "headline": "Dumb Zone",
            "details": ("1.8k to the compact mark", "rule of thumb"),
            "token": "dumb",
            "key": "?",
            "label": "why",
            **changes,
        }
    )
    return widget


async def test_advice_names_the_key_that_helps() -> None:
    (row,) = await drawn(advice(), 140)
    assert row.startswith("  ! Dumb Zone · 1.8k to the compact mark · rule of thumb  ")
    assert row.endswith("? why")
    assert len(row) == 138


async def test_advice_leaves_out_whole_details() -> None:
    (row,) = await drawn(advice(), 50)
    assert row == " ! Dumb Zone · 1.8k to the compact mark     ? why"


async def test_calm_advice_has_no_warning() -> None:
    (row,) = await drawn(advice(token="", headline="Watching only", key="", label=""), 140)
    assert row.startswith("  · Watching only")
    assert await drawn(AdviceLine(), 140) == [""]
