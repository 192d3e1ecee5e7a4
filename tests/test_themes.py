"""Every theme is complete, readable, and keeps its meanings apart with fewer colours."""

from __future__ import annotations

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.app import App, ComposeResult
from textual.color import Color
from textual.widgets import Static

from clearhead.core.problems import Unreadable
from clearhead.tui import themes

TEXTS = ("text", "strong", "muted", "you", "agent", "ok", "dumb", "compact", "reset", "needs")
GROUNDS = ("bg", "panel", "raised", "sel")
CHIPS = ("ok", "dumb", "compact", "reset", "needs", "you")
ZONES = ("smart", "dumb", "compact", "reset")
HIGH_CONTRAST = ("high-contrast", "high-contrast-light", "no-colour", "no-colour-light")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 has it."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in Color.parse(colour).normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", themes.NAMES)
def test_text_is_readable_on_every_ground(name: str) -> None:
    named = themes.load(name).colours
    least = 7.0 if name in HIGH_CONTRAST else 4.5
    poor = {
        (text, ground): round(contrast(named[text], named[ground]), 2)
        for text in TEXTS
        for ground in GROUNDS
        if contrast(named[text], named[ground]) < least
    }
    assert not poor


@pytest.mark.parametrize("name", themes.NAMES)
def test_ink_is_readable_on_every_chip_and_diffs_on_their_ground(name: str) -> None:
    named = themes.load(name).colours
    assert min(contrast(named["ink"], named[chip]) for chip in CHIPS) >= 6.5
    assert contrast(named["add"], named["add-on"]) >= 6.5
    assert contrast(named["rem"], named["rem-on"]) >= 6.5
    assert min(contrast(named["muted"], named[on]) for on in ("add-on", "rem-on")) >= 4.5


@pytest.mark.parametrize("name", themes.NAMES)
@pytest.mark.parametrize("zone", [*ZONES, "ended"])
def test_the_gauge_is_seen(name: str, zone: str) -> None:
    """Fill and track against the screen, the hatch against its fill; the smart zone has none."""
    named = themes.load(name).colours
    assert contrast(named[f"{zone}-fill"], named["bg"]) >= 3.0
    if zone != "smart":
        assert contrast(named[f"{zone}-track"], named["bg"]) >= 3.0
        assert contrast(named[f"{zone}-hatch"], named[f"{zone}-fill"]) >= 3.0


@pytest.mark.parametrize("name", [n for n in themes.NAMES if not n.startswith("no-colour")])
def test_the_fills_stay_different_with_256_colours(name: str) -> None:
    named = themes.load(name).colours
    fewer = {
        RichColor.parse(named[f"{zone}-fill"]).downgrade(ColorSystem.EIGHT_BIT).number
        for zone in ZONES
    }
    assert len(fewer) == 4


@pytest.mark.parametrize("name", ["no-colour", "no-colour-light"])
def test_no_colour_has_no_hue_at_all(name: str) -> None:
    for colour in themes.load(name).colours.values():
        red, green, blue = Color.parse(colour).rgb
        assert red == green == blue


@pytest.mark.parametrize("name", HIGH_CONTRAST)
def test_plain_themes_make_their_accents_bold(name: str) -> None:
    palette = themes.load(name)
    assert palette.plain
    assert palette.style("reset").bold
    assert not palette.style("muted").bold


def test_styles_are_those_of_the_tokens() -> None:
    palette = themes.load("clearhead")
    style = palette.style("you", "raised", bold=True)
    assert (style.foreground, style.background, style.bold) == (
        Color.parse("#7db4ff"),
        Color.parse("#242b34"),
        True,
    )
    assert str(palette.rich("add", "add-on")) == "#8fe0ba on #13291f"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param('bg = "#101317"\n', "", "bg", id="missing-token"),
        pytest.param("#101317", "darkish", "regex", id="no-colour"),
        pytest.param("\n[surface]\n", '\n[surface]\nfg = "#000000"\n', "fg", id="unknown-token"),
        pytest.param("\n[surface]", "\n[surface", "Theme mine", id="no-toml"),
    ],
)
def test_a_broken_theme_is_a_problem_that_names_the_place(old: str, new: str, told: str) -> None:
    from importlib.resources import files

    text = files("clearhead.themes").joinpath("clearhead.toml").read_text()
    assert old in text
    with pytest.raises(Unreadable, match=told):
        themes.parse(text.replace(old, new, 1).encode(), "mine")


def test_an_unknown_theme_is_a_problem_that_lists_the_known_ones() -> None:
    with pytest.raises(Unreadable) as problem:
        themes.load("solarized")
    assert "high-contrast" in problem.value.remedy


@pytest.mark.parametrize(
    ("configured", "no_colour", "expected"),
    [
        pytest.param(None, False, "clearhead", id="default"),
        pytest.param("high-contrast", False, "high-contrast", id="as-configured"),
        pytest.param(None, True, "no-colour", id="no-colour"),
        pytest.param("clearhead-light", True, "no-colour-light", id="no-colour-stays-light"),
    ],
)
def test_no_colour_beats_the_configuration(
    configured: str | None, no_colour: bool, expected: str
) -> None:
    assert themes.choose(configured, no_colour=no_colour) == expected


class Harness(App[None]):
    CSS = "Static { background: $raised; color: $dumb; }"

    def __init__(self) -> None:
        super().__init__()
        themes.install(self, "clearhead")
        themes.offer(self)

    def compose(self) -> ComposeResult:
        yield Static("words")


async def test_stylesheets_follow_the_theme() -> None:
    app = Harness()
    async with app.run_test() as pilot:
        words = app.query_one(Static)
        assert words.styles.background == Color.parse("#242b34")
        app.theme = "clearhead-light"
        await pilot.pause()
        assert words.styles.background == Color.parse("#e3e6e3")
        assert words.styles.color == Color.parse("#7a5500")


async def test_only_our_themes_are_offered() -> None:
    app = Harness()
    async with app.run_test():
        assert set(app.available_themes) == set(themes.NAMES)
