"""The gauge: zones by model and window, the window by its best source, and why."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.gauge import CLAUDE_FORMULA, Edges, Source, Zone, edges_for, explain, read_gauge
from clearhead.core.problems import UsageProblem
from clearhead.core.tokens import Tokens
from clearhead.core.zones import Rule, ZoneSetting, auto_compact, read_zone_settings, table

K = 1_000
M = 1_000_000

MODELS = st.sampled_from(
    [
        None,
        "claude-opus-4-5",
        "claude-opus-4-6",
        "claude-opus-4-7[1m]",
        "claude-haiku-5-5",
        "gpt-5.3-codex",
        "gpt-6-sol",
        "gemini-3-pro-preview",
        "some-model",
    ]
)
WINDOWS = st.none() | st.integers(1, 3 * M)
OWN = st.none() | st.integers(1, 2 * M) | st.floats(0.01, 0.99)


def marks(edges: Edges) -> tuple[int, int, int]:
    return edges.dumb, edges.compact, edges.reset


@pytest.mark.parametrize(
    ("model", "window", "expected"),
    [
        ("claude-sonnet-4-5-20250929", 200 * K, (75 * K, 120 * K, 150 * K)),
        ("claude-haiku-4-5", 200 * K, (75 * K, 120 * K, 150 * K)),
        ("claude-opus-4-5", 200 * K, (75 * K, 120 * K, 150 * K)),
        ("claude-opus-4-6[1m]", M, (100 * K, 256 * K, 400 * K)),
        ("claude-opus-4-7[1m]", M, (100 * K, 150 * K, 256 * K)),
        ("claude-opus-4-8", M, (100 * K, 200 * K, 300 * K)),
        ("claude-opus-5", M, (100 * K, 200 * K, 300 * K)),
        ("claude-opus-5-5", M, (100 * K, 200 * K, 300 * K)),
        ("claude-sonnet-5", M, (100 * K, 200 * K, 300 * K)),
        ("claude-sonnet-5-5", M, (100 * K, 200 * K, 300 * K)),
        ("claude-fable-5-2", M, (100 * K, 200 * K, 300 * K)),
        ("claude-haiku-5-5", M, (75 * K, 100 * K, 150 * K)),
        ("gpt-5.5", 1_050 * K, (100 * K, 200 * K, 272 * K)),
        ("gpt-6.1-sol", 1_050 * K, (100 * K, 200 * K, 272 * K)),
        ("gpt-5.3-codex", 272 * K, (75 * K, 150 * K, 200 * K)),
        ("gpt-5.2-codex", 272 * K, (75 * K, 150 * K, 200 * K)),
        ("gemini-3-pro-preview", M, (75 * K, 150 * K, 200 * K)),
        ("gemini-3.1-pro-preview", M, (75 * K, 150 * K, 200 * K)),
    ],
)
def test_a_pair_of_the_table_has_the_edges_of_the_table(
    model: str, window: int, expected: tuple[int, int, int]
) -> None:
    assert marks(edges_for(model, window)) == expected


@pytest.mark.parametrize(
    ("model", "window", "expected"),
    [
        # the model's row against 37.5, 60 and 75 % of the window: the smaller one
        ("claude-opus-4-6", 200 * K, (75 * K, 120 * K, 150 * K)),
        ("claude-opus-4-7", 200 * K, (75 * K, 120 * K, 150 * K)),
        ("claude-sonnet-4-5", M, (75 * K, 120 * K, 150 * K)),
        ("claude-opus-4-6", 400 * K, (100 * K, 240 * K, 300 * K)),
        ("claude-opus-5-5", 300 * K, (100 * K, 180 * K, 225 * K)),
        ("gpt-5.3-codex", 258_400, (75 * K, 150 * K, 193_800)),
        ("gpt-5.5", 258_400, (96_900, 155_040, 193_800)),
        # no row at all
        ("llama-5", None, (75 * K, 120 * K, 150 * K)),
        ("llama-5", M, (75 * K, 120 * K, 150 * K)),
        ("llama-5", 100 * K, (37_500, 60 * K, 75 * K)),
        (None, None, (75 * K, 120 * K, 150 * K)),
        (None, 200 * K, (75 * K, 120 * K, 150 * K)),
        # window unknown: the tokens of the model's row
        ("claude-haiku-4-5", None, (75 * K, 120 * K, 150 * K)),
        ("claude-opus-4-7", None, (100 * K, 150 * K, 256 * K)),
        ("claude-opus-4-6", None, (100 * K, 256 * K, 400 * K)),
        ("gpt-5.3-codex", None, (75 * K, 150 * K, 200 * K)),
    ],
)
def test_other_pairs_take_whichever_comes_first(
    model: str | None, window: int | None, expected: tuple[int, int, int]
) -> None:
    assert marks(edges_for(model, window)) == expected


def test_every_row_holds_in_the_window_it_was_made_for() -> None:
    for row in table().row:
        edges = edges_for(row.models[0].replace("*", ""), row.window)
        assert edges.row == row.name
        assert marks(edges) == (row.dumb.at, row.compact.at, row.reset.at)
        assert {edges.edge(zone).rule for zone in Zone} == {Rule.TOKENS}


@pytest.mark.parametrize(
    ("model", "window", "point"),
    [
        ("claude-opus-4-5", 200 * K, 167 * K),
        ("claude-opus-4-7[1m]", M, 967 * K),
        ("claude-sonnet-5-5", 400 * K, 367 * K),
        ("gpt-5.3-codex", 258_400, 244_800),
        ("claude-opus-4-5", None, None),
        ("claude-opus-4-5", 20 * K, None),
        ("gemini-3-pro-preview", M, None),
    ],
)
def test_agents_compact_by_themselves_where_they_are_known_to(
    model: str, window: int | None, point: int | None
) -> None:
    assert auto_compact(model, window) == point
    assert edges_for(model, window).auto == point


def test_no_edge_lies_later_than_5k_before_auto_compact() -> None:
    edges = edges_for("claude-haiku-4-5", 100 * K)
    assert edges.auto == 67 * K
    assert marks(edges) == (37_500, 60 * K, 62 * K)
    assert edges.reset_edge.rule is Rule.AUTO
    assert edges.reset_edge.basis == "5k before auto-compact"


@pytest.mark.parametrize(
    ("model", "window", "cliff"),
    [
        ("claude-haiku-5-5", M, 100 * K),
        ("claude-haiku-5-5", None, 100 * K),
        ("gemini-3.1-pro-preview", M, 200 * K),
        ("gpt-5.5", 1_050 * K, 272 * K),
        ("gpt-5.5", 258_400, None),
        ("claude-sonnet-4-5", 200 * K, None),
        ("claude-opus-5-5", M, None),
    ],
)
def test_a_price_cliff_shows_where_the_window_reaches_it(
    model: str, window: int | None, cliff: int | None
) -> None:
    assert edges_for(model, window).cliff == cliff


def test_the_cliffs_are_those_of_the_price_list() -> None:
    from genai_prices.data import providers
    from genai_prices.types import ModelPrice, TieredPrices

    def cliff_of(prices: ModelPrice) -> int | None:
        price = vars(prices).get("input_mtok")
        return price.tiers[0].start if isinstance(price, TieredPrices) else None

    for provider in (p for p in providers if p.id in {"anthropic", "openai", "google"}):
        for model in provider.models:
            if model.id.startswith(("claude-", "gpt-5", "gpt-6", "gemini-2.5", "gemini-3")):
                latest = model.prices
                if not isinstance(latest, ModelPrice):
                    latest = latest[-1].prices
                assert edges_for(model.id, None).cliff == cliff_of(latest), model.id


@pytest.mark.parametrize(
    ("fill", "zone"),
    [
        (0, Zone.SMART),
        (74_999, Zone.SMART),
        (75_000, Zone.DUMB),
        (119_999, Zone.DUMB),
        (120_000, Zone.COMPACT),
        (149_999, Zone.COMPACT),
        (150_000, Zone.RESET),
        (250_000, Zone.RESET),
    ],
)
def test_an_edge_belongs_to_the_zone_beyond_it(fill: int, zone: Zone) -> None:
    assert edges_for("claude-opus-4-5", 200 * K).zone(fill) is zone


def test_zones_have_the_words_of_the_screen() -> None:
    assert [zone.word for zone in Zone] == ["smart", "Dumb Zone", "compact now", "reset now"]
    assert [str(zone) for zone in Zone] == ["smart", "dumb", "compact", "reset"]


@given(MODELS, WINDOWS, st.builds(ZoneSetting, OWN, OWN, OWN))
def test_edges_always_rise(model: str | None, window: int | None, own: ZoneSetting) -> None:
    for settings in (None, {"*": own}):
        edges = edges_for(model, window, settings)
        assert 0 <= edges.dumb <= edges.compact <= edges.reset


@given(MODELS, st.integers(50 * K, 3 * M))
def test_no_edge_is_later_than_its_share_or_auto_compact(model: str | None, window: int) -> None:
    edges = edges_for(model, window)
    shares = (0.375 * window, 0.60 * window, 0.75 * window)
    assert all(at <= share + 1 for at, share in zip(marks(edges), shares, strict=True))
    assert edges.auto is None or edges.reset <= edges.auto - 5 * K


def test_your_own_edges_stand_and_the_others_give_way() -> None:
    settings = {"claude-opus-4-5": ZoneSetting(dumb=130_000), "*": ZoneSetting(reset=50_000)}
    edges = edges_for("claude-opus-4-5-20251101", 200 * K, settings)
    assert marks(edges) == (130 * K, 130 * K, 150 * K)
    assert edges.dumb_edge.basis == "your setting"
    assert edges.reset_edge.basis == "rule of thumb"
    assert marks(edges_for("gpt-5.3-codex", 272 * K, settings)) == (50 * K, 50 * K, 50 * K)


def test_a_share_of_the_window_waits_until_the_window_is_known() -> None:
    settings = {"*": ZoneSetting(compact=0.5)}
    assert edges_for("claude-opus-4-5", 200 * K, settings).compact_edge.mark == "50 % of 200k"
    assert edges_for("claude-opus-4-5", None, settings).compact == 120 * K


def test_settings_are_read_from_the_configuration() -> None:
    raw = {"claude-*": {"dumb": 60_000, "compact": 0.55}}
    assert read_zone_settings(raw) == {"claude-*": ZoneSetting(dumb=60_000, compact=0.55)}


@pytest.mark.parametrize(
    "entry",
    [
        7,
        {"dumb": "40%"},
        {"smart": 1},
        {"dumb": 0},
        {"dumb": -1},
        {"dumb": float("nan")},
        {"dumb": 9, "reset": 8},
        {"dumb": 0.5, "compact": 0.4},
    ],
)
def test_a_wrong_setting_is_a_problem_that_names_it(entry: object) -> None:
    with pytest.raises(UsageProblem) as met:
        read_zone_settings({"claude-*": entry})
    assert 'zones."claude-*"' in met.value.detail
    assert met.value.remedy


# The reading


def test_the_status_line_tells_the_window() -> None:
    gauge = read_gauge(118_200, "claude-opus-4-5", status_line=200 * K)
    assert (gauge.window, gauge.source) == (200 * K, Source.STATUS_LINE)
    assert gauge.percent == pytest.approx(59.1)
    assert gauge.zone is Zone.DUMB
    assert gauge.reason == "over 75k · rule of thumb · status line"


@pytest.mark.parametrize(
    ("told", "window", "source"),
    [
        ({"status_line": 200 * K, "rollout": 258_400, "configured": M}, 200 * K, "status line"),
        ({"rollout": 258_400, "configured": M}, 258_400, "rollout"),
        ({"configured": 400 * K, "configured_model": "opus[1m]"}, 400 * K, "configured"),
        ({"configured_model": "opus[1m]", "peak": 300 * K}, M, "model id suffix"),
        ({"peak": 300 * K}, M, "larger than supposed"),
        ({"peak": 200 * K}, None, None),
        ({"peak": M + 1}, None, None),
        ({"status_line": 0, "rollout": 0}, None, None),
        ({}, None, None),
    ],
)
def test_the_best_source_decides_the_window(
    told: dict[str, int], window: int | None, source: str | None
) -> None:
    gauge = read_gauge(50 * K, "claude-opus-4-7", **told)
    assert (gauge.window, gauge.source) == (window, source)


def test_a_fill_beyond_the_reported_window_proves_it_stale() -> None:
    gauge = read_gauge(250 * K, "claude-opus-4-7", status_line=200 * K)
    assert (gauge.window, gauge.source) == (M, Source.OUTGROWN)


def test_a_full_window_is_still_that_window() -> None:
    gauge = read_gauge(200 * K, "claude-opus-4-5", status_line=200 * K)
    assert (gauge.window, gauge.percent) == (200 * K, 100)


def test_only_claude_has_a_window_to_outgrow() -> None:
    assert read_gauge(300 * K, "gpt-5.5").window is None
    assert read_gauge(300 * K, None).window is None


def test_no_window_is_assumed_for_a_watched_claude_session() -> None:
    gauge = read_gauge(48_700, "claude-haiku-4-5")
    assert (gauge.window, gauge.source, gauge.percent) == (None, None, None)
    assert gauge.zone is Zone.SMART
    assert gauge.bar_end == 200 * K
    assert gauge.reason == "token edges of this model · rule of thumb"


def test_without_a_response_nothing_is_read() -> None:
    gauge = read_gauge(None, "claude-opus-4-5", status_line=200 * K)
    assert (gauge.fill, gauge.percent, gauge.zone) == (None, None, None)
    assert gauge.reason == "fill unknown until the next response"
    assert gauge.bar_end == 200 * K


def test_a_fill_of_zero_is_known() -> None:
    gauge = read_gauge(0, "claude-opus-4-5", status_line=200 * K)
    assert (gauge.percent, gauge.zone) == (0, Zone.SMART)
    assert gauge.reason == "under 75k · rule of thumb · status line"


@pytest.mark.parametrize(
    ("fill", "model", "told", "reason"),
    [
        (40 * K, "claude-haiku-4-5", {"status_line": 100 * K}, "over 37.5 % of 100k"),
        (63 * K, "claude-haiku-4-5", {"status_line": 100 * K}, "over 62k · 5k before auto-compact"),
        (300 * K, "claude-opus-4-7[1m]", {}, "over 256k · MRCR 59 % at 256k · model id suffix"),
        (80 * K, "claude-haiku-4-5", {}, "over 75k · rule of thumb · token edges of this model"),
        (10 * K, "llama-5", {}, "general token edges · rule of thumb"),
    ],
)
def test_the_reason_names_the_rule_that_fired(
    fill: int, model: str, told: dict[str, int], reason: str
) -> None:
    assert read_gauge(fill, model, **told).reason.startswith(reason)


@pytest.mark.parametrize(
    ("model", "window", "bar", "in_lists"),
    [
        ("claude-opus-4-5", 200 * K, 200 * K, 200 * K),
        ("gpt-5.3-codex", 258_400, 258_400, 258_400),
        ("claude-opus-4-7", M, M, 341_333),
        ("claude-opus-4-7", None, 341_333, 341_333),
        ("claude-haiku-4-5", None, 200 * K, 200 * K),
    ],
)
def test_bars_end_at_the_window_or_past_the_reset_mark(
    model: str, window: int | None, bar: int, in_lists: int
) -> None:
    gauge = read_gauge(1, model, status_line=window)
    assert (gauge.bar_end, gauge.list_bar_end) == (bar, in_lists)


@given(
    MODELS,
    st.none() | st.integers(0, 3 * M),
    st.none() | st.integers(-1, 3 * M),
    st.none() | st.integers(-1, 3 * M),
)
def test_percent_and_window_are_known_together(
    model: str | None, fill: int | None, told: int | None, rollout: int | None
) -> None:
    gauge = read_gauge(fill, model, status_line=told, rollout=rollout)
    assert (gauge.window is None) == (gauge.source is None)
    assert (gauge.percent is None) == (gauge.window is None or fill is None)
    assert (gauge.zone is None) == (fill is None)
    assert gauge.bar_end > 0


# The card behind `?`


def test_the_card_names_formula_inputs_source_and_edges() -> None:
    call = Tokens(input=1_200, cache_read=110_000, cache_write_5m=4_000, cache_write_1h=3_000)
    gauge = read_gauge(118_200, "claude-opus-4-5", status_line=200 * K)
    card = explain(gauge, formula=CLAUDE_FORMULA, call=call)
    assert card.title == "Why: Dumb Zone"
    assert card.rows == (
        ("fill", "118.2k"),
        ("formula", CLAUDE_FORMULA),
        ("input", "1.2k"),
        ("cache read", "110.0k"),
        ("cache write", "7.0k"),
        ("output", "0"),
        ("window", "200k · status line"),
        ("percent", "59 %"),
        ("Dumb Zone", "from 75k · rule of thumb"),
        ("compact now", "from 120k · rule of thumb"),
        ("reset now", "from 150k · rule of thumb"),
        ("auto-compact", "at 167k · the agent's own"),
    )


def test_the_card_has_room_for_what_the_gauge_leaves_out() -> None:
    gauge = read_gauge(110_000, "claude-haiku-5-5", status_line=M)
    assert gauge.reason == "over 100k · price cliff · status line"
    assert (
        "compact now",
        "from 100k · price cliff, the whole request costs five times as much",
    ) in explain(gauge).rows
    assert ("price cliff", "above 100k every token costs more") in explain(gauge).rows


def test_the_card_says_that_the_window_is_unknown() -> None:
    card = explain(read_gauge(48_700, "claude-haiku-4-5"))
    assert card.title == "Why: window unknown"
    assert "no percent is shown" in card.text
    assert ("window", "unknown") in card.rows
    assert not any(label == "percent" for label, _ in card.rows)


def test_the_card_says_that_the_fill_is_unknown() -> None:
    card = explain(read_gauge(None, None))
    assert card.title == "Why: fill unknown"
    assert ("fill", "unknown") in card.rows


def test_the_gauge_loads_no_prices() -> None:
    script = (
        "import sys; from clearhead.core.gauge import read_gauge;"
        "read_gauge(1, 'claude-opus-4-7');"
        "print({'genai_prices', 'tiktoken', 'pydantic'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
