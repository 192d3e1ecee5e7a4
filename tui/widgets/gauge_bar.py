"""The gauge: how full the context is, in which zone, and on what that claim rests.

Wide, the figures stand beside the bar; narrow, in the third row; very small, all in one row.
"""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from ...core.gauge import Gauge, Source, Zone
from .. import glyphs
from ..numbers import percent, size, span, tokens
from ..themes import Palette, palette_of
from .bar import HATCH, Scale, bar
from .gauge_facts import GaugeFacts
from .line import chip, fitted, joined, margin, spread
from .ruler import TOKENS, ruler
from .sparkline import sparkline

BESIDE_FROM = 100
"""From this width on the figures stand beside the bar."""

FIGURES = 44
"""Cells of the figures beside the bar; below 140 columns they take two fifths."""

GAP = 3
SPARKS = 15
SMALLEST = Size(80, 24)
"""Below this screen the gauge has one row."""

FADE = f" {glyphs.UNKNOWN} {glyphs.UNKNOWN}"


class GaugeBar(Widget):
    """Shows `facts` in three rows, or one where the screen is very small."""

    DEFAULT_CSS: ClassVar[str] = """
    GaugeBar {
        height: auto;
        background: $bg;
        color: $text;
    }
    """

    facts: reactive[GaugeFacts] = reactive(GaugeFacts())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Take three rows, or one below 80×24."""
        del container, width
        return 3 if viewport.width >= SMALLEST.width and viewport.height >= SMALLEST.height else 1

    def render(self) -> Content:
        """Draw the gauge for the present size."""
        width, palette = self.size.width, palette_of(self)
        if self.size.height < 3:
            return one_row(self.facts, width, palette)
        return Content("\n").join(three_rows(self.facts, width, palette))


def three_rows(facts: GaugeFacts, width: int, palette: Palette) -> tuple[Content, ...]:
    """Return the gauge as three rows of `width` cells."""
    edge = margin(width)
    room = max(0, width - 2 * edge)
    rows = _beside(facts, room, palette) if width >= BESIDE_FROM else _below(facts, room, palette)
    return tuple(Content(" " * edge) + row for row in rows)


def one_row(facts: GaugeFacts, width: int, palette: Palette) -> Content:
    """Return bar, figures and zone in one row of `width` cells."""
    edge = margin(width)
    figures = fitted(_figures(facts, palette), width - 2 * edge - 10)
    room = max(0, width - 2 * edge - figures.cell_length - 2)
    return Content(" " * edge) + joined([_bar(facts, room, palette), figures])


def _beside(facts: GaugeFacts, room: int, palette: Palette) -> tuple[Content, ...]:
    """Bar and ruler left, the figures in their own column right."""
    figures = min(FIGURES, room * 2 // 5)
    wide = room - GAP - figures
    gap = Content(" " * GAP)
    spark = _spark(facts, wide, palette)
    return (
        _bar(facts, wide, palette) + gap + fitted(_figures(facts, palette), figures),
        _ruler(facts, wide, palette) + gap + fitted([spark, _ahead(facts, palette)], figures),
        Content(" " * (wide + GAP)) + _why(facts, figures, palette),
    )


def _below(facts: GaugeFacts, room: int, palette: Palette) -> tuple[Content, ...]:
    """Bar and ruler over the whole width, the figures in the third row."""
    figures = fitted([*_figures(facts, palette), _ahead(facts, palette)], room)
    left = room - figures.cell_length - GAP
    why = _why(facts, left, palette) if left > 0 else Content()
    return (
        _bar(facts, room, palette),
        _ruler(facts, room, palette),
        spread(figures, why, room),
    )


def _bar(facts: GaugeFacts, width: int, palette: Palette) -> Content:
    """The bar with the agent's own mark; of an unknown window nobody knows the end."""
    scale = _scale(facts.gauge, width)
    drawn = bar(scale, facts.gauge.fill, palette, ended=facts.ended)
    if (auto := facts.gauge.edges.auto) is not None and (at := scale.column(auto)) < width:
        ground = drawn[at].get_style_at_offset(0)
        mark = palette.style("muted" if facts.ended else "strong", bold=True)
        drawn = drawn[:at] + Content.styled(glyphs.AUTO, ground + mark) + drawn[at + 1 :]
    if facts.gauge.window is None and width > len(FADE):
        drawn = drawn[: width - len(FADE)] + Content.styled(FADE, palette.style("muted"))
    return drawn


def _ruler(facts: GaugeFacts, width: int, palette: Palette) -> Content:
    scale = _scale(facts.gauge, width)
    return ruler(scale, facts.gauge.window, palette, ended=facts.ended)


def _spark(facts: GaugeFacts, width: int, palette: Palette) -> Content:
    scale = _scale(facts.gauge, width)
    return sparkline(facts.history, scale, SPARKS, palette, ended=facts.ended)


def _scale(gauge: Gauge, width: int) -> Scale:
    return Scale(gauge.edges, gauge.bar_end, width)


def _figures(facts: GaugeFacts, palette: Palette) -> list[Content]:
    """Fill of window, percent, zone: what decides is bold, what names it is muted."""
    gauge = facts.gauge
    muted, strong = palette.style("muted"), palette.style("strong", bold=True)
    if facts.ended:
        strong = muted
    if gauge.fill is None or gauge.zone is None:
        until = ": until the next reply" if facts.history else ": no reply so far"
        return [Content.assemble("fill unknown yet", (until, muted))]
    fill = Content.styled(tokens(gauge.fill), strong)
    zone = zone_chip(gauge.zone, palette, ended=facts.ended)
    if gauge.window is None:
        return [fill + Content.styled(" tokens", muted), Content("window unknown"), zone]
    of = Content.styled(f" / {size(gauge.window)}", muted)
    share = Content.styled(percent(gauge.fill / gauge.window), strong)
    return [fill + of, share, zone]


def zone_chip(zone: Zone, palette: Palette, *, ended: bool = False) -> Content:
    """Return the chip that names the zone; a session that is over claims nothing any more."""
    if ended:
        return Content.styled(f"{_ended_word(zone)} at the end", palette.style("muted"))
    return chip(palette, zone.word.upper(), TOKENS[zone])


def _ended_word(zone: Zone) -> str:
    return zone.word if zone is Zone.SMART else HATCH[zone]


def _ahead(facts: GaugeFacts, palette: Palette) -> Content:
    """Say how many tokens there are to the next mark."""
    if facts.ended or (fill := facts.gauge.fill) is None:
        return Content()
    edges = facts.gauge.edges
    marks = [
        (edges.dumb, "the Dumb Zone"),
        (edges.compact, "the compact mark"),
        (edges.reset, "the reset mark"),
        (edges.auto, "auto-compact"),
        (facts.gauge.window, "the window's end"),
    ]
    for at, name in marks:
        if at is not None and fill < at:
            return Content.assemble(tokens(at - fill), (f" to {name}", palette.style("muted")))
    return Content()


def _why(facts: GaugeFacts, width: int, palette: Palette) -> Content:
    """Say on what the claim rests: as many of its parts as fit, whole ones only."""
    parts = _reasons(facts)
    while parts and len(" · ".join(parts)) > width:
        parts.pop()
    return Content.styled(" · ".join(parts), palette.style("muted"))


def _reasons(facts: GaugeFacts) -> list[str]:
    if facts.settling:
        return ["settling", "exact after the next turn"]
    if facts.gauge.fill is None:
        return []
    parts = facts.gauge.reason.split(" · ")
    if facts.age is None:
        return parts
    if facts.gauge.source is Source.STATUS_LINE:
        return [*parts[:-1], f"{parts[-1]} {span(facts.age)}"]
    return [*parts, f"{span(facts.age)} old"]
