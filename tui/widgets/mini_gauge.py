"""The gauge of a list: one short bar per session, all to be compared at a glance."""

from __future__ import annotations

from textual.content import Content

from ...core.gauge import Gauge, Zone
from ..numbers import percent, tokens
from ..themes import Palette
from .bar import HATCH, Scale, bar
from .ruler import TOKENS

FILL_WIDTH = 6
PERCENT_WIDTH = 5


def mini_bar(gauge: Gauge, width: int, palette: Palette, *, ended: bool = False) -> Content:
    """Return the bar of `gauge` in `width` cells; large windows end at reset mark × 4/3."""
    return bar(Scale(gauge.edges, gauge.list_bar_end, width), gauge.fill, palette, ended=ended)


def mini_figures(gauge: Gauge, palette: Palette, *, ended: bool = False) -> Content:
    """Return fill and percent in fixed columns; the column of what is unknown stays empty."""
    muted = palette.style("muted")
    fill = "" if gauge.fill is None else tokens(gauge.fill)
    share = percent(gauge.fill / gauge.window) if gauge.fill is not None and gauge.window else ""
    return Content.assemble(
        (fill.rjust(FILL_WIDTH), muted if ended else palette.style("strong", bold=True)),
        (f"  {share.rjust(PERCENT_WIDTH)}", muted),
    )


def zone_words(zone: Zone | None, palette: Palette, *, ended: bool = False) -> Content:
    """Return the zone as lists name it: hatch and word, in capitals from "compact now" up."""
    if zone is None:
        return Content.styled("fill unknown", palette.style("muted"))
    glyph = "" if zone is Zone.SMART else f"{HATCH[zone]} "
    if ended:
        return Content.styled(f"{glyph}at the end", palette.style("muted"))
    word = zone.word.upper() if zone in {Zone.COMPACT, Zone.RESET} else zone.word
    return Content.styled(glyph + word, palette.style(TOKENS[zone], bold=True))
