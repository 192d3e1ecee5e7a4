"""The gauge: where its cells, marks and words stand, and what it says when it does not know."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from textual.color import Color

from clearhead.core.gauge import Zone, edges_for, read_gauge
from clearhead.core.snapshot import Mark
from clearhead.tui import themes
from clearhead.tui.widgets.bar import Scale, bar
from clearhead.tui.widgets.gauge_bar import GaugeBar
from clearhead.tui.widgets.gauge_facts import GaugeFacts, trace_of
from clearhead.tui.widgets.mini_gauge import mini_bar, mini_figures, zone_words
from clearhead.tui.widgets.ruler import labels, placed
from clearhead.tui.widgets.sparkline import sparkline

from .harness import drawn, rows, shown

OPUS = "claude-opus-4-5"
HISTORY = (88_000, 131_000, "C", 31_000, 60_000, 118_200)
PALETTE = themes.load("clearhead")


def facts(fill: int | None, window: int | None = 200_000, **more: object) -> GaugeFacts:
    gauge = read_gauge(fill, OPUS, status_line=window)
    return GaugeFacts(**{"gauge": gauge, "age": 3.0, "history": HISTORY, **more})


def gauge(told: GaugeFacts) -> GaugeBar:
    widget = GaugeBar()
    widget.facts = told
    return widget


async def test_the_figures_stand_beside_the_bar_at_140_columns() -> None:
    bar_row, ruler_row, why_row = await drawn(gauge(facts(118_200)), 140)
    assert bar_row.startswith("  " + " " * 33 + "╱" * 20 + "╳" * 14 + "╬" * 7 + "┃")
    assert bar_row.endswith("118.2k / 200k  59 %   DUMB ZONE")
    assert ruler_row[:91] == (
        "  smart" + " " * 28 + "╱Dumb Zone 75k      ╳compact 120k ╬reset ┃auto 167k 200k"
    )
    assert ruler_row.endswith("▄▅C▂▃▅  1.8k to the compact mark")
    assert why_row.strip() == "over 75k · rule of thumb · status line 3 s"


async def test_the_figures_take_the_third_row_at_80_columns() -> None:
    bar_row, ruler_row, figures = await drawn(gauge(facts(118_200)), 80, 24)
    assert len(bar_row) == 79
    assert ruler_row.startswith(" smart ")
    assert ruler_row.endswith("200k")
    assert figures.startswith(" 118.2k / 200k  59 %   DUMB ZONE   1.8k to the compact mark")
    assert figures.endswith("over 75k")


@pytest.mark.parametrize(("width", "height"), [(79, 40), (60, 20), (140, 23)])
async def test_below_80_by_24_one_row_says_it_all(width: int, height: int) -> None:
    (row,) = await drawn(gauge(facts(158_600)), width, height)
    assert row.endswith("158.6k / 200k  79 %   RESET NOW")
    assert "╬" in row


@pytest.mark.parametrize(
    ("fill", "chip"),
    [(74_999, "SMART"), (75_000, "DUMB ZONE"), (120_000, "COMPACT NOW"), (150_000, "RESET NOW")],
)
async def test_the_chip_names_the_zone(fill: int, chip: str) -> None:
    assert (await drawn(gauge(facts(fill)), 140))[0].endswith(f"  {chip}")


async def test_an_unknown_window_has_no_percent_and_no_end() -> None:
    bar_row, ruler_row, why_row = await drawn(gauge(facts(48_700, None)), 140)
    assert "48.7k tokens  window unknown" in bar_row
    assert "%" not in bar_row
    assert " ? ? " in bar_row
    assert "end ?" in ruler_row
    assert "token edges of this model" in why_row


async def test_an_unknown_fill_is_said_in_words_and_fills_nothing() -> None:
    widget = gauge(facts(None, None, history=()))
    async with shown(widget, 140):
        assert "fill unknown yet: no reply so far" in rows(widget)[0]
        fills = {Color.parse(PALETTE.colours[f"{zone}-fill"]) for zone in Zone}
        drawn_on = {Color.from_rich_color(seg.style.bgcolor) for seg in widget.render_line(0)}
        assert not fills & drawn_on


async def test_settling_takes_the_place_of_the_reason() -> None:
    why_row = (await drawn(gauge(facts(31_000, settling=True)), 140))[2]
    assert why_row.strip() == "settling · exact after the next turn"


async def test_an_ended_session_is_grey_and_claims_no_zone_now() -> None:
    widget = gauge(facts(161_000, ended=True))
    async with shown(widget, 140):
        assert rows(widget)[0].endswith("161.0k / 200k  81 %  ╬ at the end")
        greys = {PALETTE.colours[name] for name in ("muted", "ended-track", "ended-hatch")}
        used = {seg.style.color.name for seg in widget.render_line(0) if seg.text.strip()}
        assert used <= greys


async def test_the_reason_loses_whole_parts_when_it_is_too_long() -> None:
    codex = read_gauge(240_000, "gpt-5.5", rollout=258_400)
    why_row = (await drawn(gauge(GaugeFacts(gauge=codex, age=3.0)), 140))[2]
    assert why_row.strip() == "over 75 % of 258.4k · rule of thumb"


async def test_the_next_mark_may_be_the_end_of_the_window() -> None:
    assert "29.0k to the window's end" in (await drawn(gauge(facts(171_000)), 140))[1]


async def test_the_gauge_follows_the_theme() -> None:
    widget = gauge(facts(118_200))
    async with shown(widget, 140) as pilot:
        pilot.app.theme = "no-colour"
        await pilot.pause()
        filled = next(seg for seg in widget.render_line(0) if "╱" in seg.text)
        assert filled.style.bgcolor.name == "#ffffff"
        assert filled.style.color.name == "#000000"


@pytest.mark.parametrize("width", [40, 57, 76, 88, 136])
def test_the_bar_never_fills_a_zone_before_it_is_reached(width: int) -> None:
    scale = Scale(edges_for(OPUS, 200_000), 200_000, width)
    starts = dict(scale.starts())
    for zone, edge in ((Zone.DUMB, 75_000), (Zone.COMPACT, 120_000), (Zone.RESET, 150_000)):
        assert scale.filled(edge - 1) <= starts[zone]
        assert scale.filled(edge) > starts[zone]
    assert scale.filled(0) == 0
    assert scale.filled(1) == 1
    assert scale.filled(200_000) == width


@pytest.mark.parametrize("model", [OPUS, "claude-opus-4-7", "claude-haiku-5-5", "gpt-5.5"])
@pytest.mark.parametrize("window", [None, 200_000, 258_400, 1_000_000])
@pytest.mark.parametrize("width", [1, 5, 20, 40, 76, 88, 148])
def test_the_words_of_the_ruler_never_overlap(model: str, window: int | None, width: int) -> None:
    reading = read_gauge(1, model, configured=window)
    scale = Scale(reading.edges, reading.bar_end, width)
    stands = placed(labels(scale), width - 5)
    ends = [column + len(text) for column, text, _ in stands]
    starts = [column for column, _, _ in stands]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
    assert all(end < width - 4 for end in ends)


def test_a_shorter_word_stands_where_the_longer_does_not_fit() -> None:
    scale = Scale(edges_for("claude-opus-4-7", 1_000_000), 1_000_000, 136)
    assert [text for _, text, _ in placed(labels(scale), 134)][1:4] == [
        "╱Dumb",
        "╳compact 150k",
        "╬reset 256k",
    ]


def test_a_price_cliff_is_on_the_ruler_and_yields_to_the_zones() -> None:
    free = replace(edges_for(OPUS, 200_000), cliff=40_000)
    taken = replace(edges_for(OPUS, 200_000), cliff=150_000)
    texts = [
        [text for _, text, _ in placed(labels(Scale(edges, 200_000, 89)), 84)]
        for edges in (free, taken)
    ]
    assert texts[0][1] == "$price cliff"
    assert "╬reset" in texts[1]
    assert not any("$" in text for text in texts[1])


def test_history_has_heights_on_the_bars_scale_and_letters_for_compactions() -> None:
    scale = Scale(edges_for(OPUS, 200_000), 200_000, 88)
    assert sparkline((0, 199_999, 400_000, "C", 28_571), scale, 9, PALETTE).plain == "▁▇▇C▁"
    assert sparkline(HISTORY, scale, 3, PALETTE).plain == "▂▃▅"
    assert sparkline(HISTORY, scale, 0, PALETTE).plain == ""


def test_a_compaction_stands_after_the_fill_it_ended() -> None:
    marks = (Mark(50_000), Mark(140_000, compacted=True), Mark(0, compacted=True), Mark(31_000))
    assert trace_of(marks) == (50_000, 140_000, "C", "C", 31_000)


def test_bars_of_a_list_can_be_compared() -> None:
    """A window of a million would squeeze the zones that matter: the bar ends at 4/3 of reset."""
    large = read_gauge(100_000, "claude-opus-4-7", status_line=1_000_000)
    small = read_gauge(100_000, OPUS, status_line=200_000)
    assert mini_bar(large, 32, PALETTE).plain.count("╬") == 8
    assert mini_bar(small, 32, PALETTE).plain.count("╬") == 8
    assert mini_bar(small, 32, PALETTE, ended=True).plain.endswith("·")


def test_figures_of_a_list_leave_unknown_columns_empty() -> None:
    known = read_gauge(118_200, OPUS, status_line=200_000)
    assert mini_figures(known, PALETTE).plain == "118.2k   59 %"
    assert mini_figures(read_gauge(48_700, OPUS), PALETTE).plain == " 48.7k       "
    assert mini_figures(read_gauge(None, OPUS), PALETTE).plain.strip() == ""


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        (Zone.SMART, "smart"),
        (Zone.DUMB, "╱ Dumb Zone"),
        (Zone.COMPACT, "╳ COMPACT NOW"),
        (Zone.RESET, "╬ RESET NOW"),
        (None, "fill unknown"),
    ],
)
def test_zones_of_a_list_shout_from_compact_now_up(zone: Zone | None, words: str) -> None:
    assert zone_words(zone, PALETTE).plain == words
    if zone is Zone.RESET:
        assert zone_words(zone, PALETTE, ended=True).plain == "╬ at the end"


def test_the_zones_survive_without_any_colour() -> None:
    """Filled or empty is told by the ground, the zone by the hatch."""
    scale = Scale(edges_for(OPUS, 200_000), 200_000, 88)
    plain = themes.load("no-colour")
    filled, empty = bar(scale, 160_000, plain), bar(scale, 10_000, plain)
    assert filled.plain[40] == empty.plain[40] == "╱"
    assert filled.get_style_at_offset(40).background != empty.get_style_at_offset(40).background
