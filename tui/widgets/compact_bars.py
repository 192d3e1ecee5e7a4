"""Before and after a compaction: two bars of one scale, beneath each other."""

from __future__ import annotations

import msgspec
from textual.content import Content

from ...core.gauge import Gauge
from .. import glyphs
from ..numbers import dollars, percent, tokens
from ..themes import Palette
from .bar import HATCH, Scale, bar
from .line import fitted
from .ruler import TOKENS

LABEL = 8
"""Cells of the words before the bars."""

FIGURES = 44
"""Cells beside the bars where the screen is wide; two fifths of it where it is not."""

GAP = 2


class BarFacts(msgspec.Struct, frozen=True):
    """The figures of a compaction, in tokens and US dollars; `None` is unknown.

    `about` marks `after` as an estimate, `remark` says of what; `gauge` gives window and edges.
    """

    gauge: Gauge
    before: int | None = None
    after: int | None = None
    about: bool = False
    remark: str = ""
    next_before: float | None = None
    next_after: float | None = None
    spent: float | None = None
    """What the compaction itself cost."""


def bars(facts: BarFacts, room: int, palette: Palette) -> tuple[Content, ...]:
    """Return the two bars and the line of what is freed, in `room` cells."""
    figures = min(FIGURES, room * 2 // 5)
    wide = max(8, room - LABEL - GAP - figures)
    scale = Scale(facts.gauge.edges, facts.gauge.bar_end, wide)
    before = _figures(facts.before, facts, palette, about=False)
    after = _figures(facts.after, facts, palette, about=facts.about)
    after.append(Content.styled(facts.remark, palette.style("muted")))
    rows = (("before", facts.before, before), ("after", facts.after, after))
    label = palette.style("muted")
    drawn = [
        Content.styled(name.ljust(LABEL), label)
        + bar(scale, fill, palette)
        + " " * GAP
        + fitted(parts, figures)
        for name, fill, parts in rows
    ]
    return (*drawn, Content(" " * LABEL) + fitted(_freed(facts, palette), room - LABEL, " · "))


def _figures(fill: int | None, facts: BarFacts, palette: Palette, *, about: bool) -> list[Content]:
    muted = palette.style("muted")
    if fill is None:
        return [Content.styled("unknown", palette.style("text"))]
    number = f"{'~' if about else ''}{tokens(fill)}".rjust(7)
    gauge = facts.gauge
    zone = gauge.edges.zone(fill)
    word = f"{HATCH[zone]} {zone.word}".strip()
    share = percent(fill / gauge.window) if gauge.window else ""
    return [
        Content.styled(number, palette.style("strong", bold=True)),
        Content.styled(share.rjust(5), muted) if share else Content(),
        Content.styled(word, palette.style(TOKENS[zone], bold=True)),
    ]


def _freed(facts: BarFacts, palette: Palette) -> list[Content]:
    muted, strong = palette.style("muted"), palette.style("strong", bold=True)
    if facts.before is None or facts.after is None:
        return [Content.styled("what is freed shows with the next reply", muted)]
    freed = facts.before - facts.after
    about = "about " if facts.about else ""
    parts = [Content.assemble((f"freed {about}", muted), (tokens(max(0, freed)), strong))]
    before, after = facts.next_before, facts.next_after
    if before is not None and after is not None:
        words = f"next turn from {dollars(before)} {glyphs.TO} {dollars(after)}"
        parts.append(Content.styled(words, muted))
        if facts.spent and before > after:
            turns = max(1, round(facts.spent / (before - after)))
            words = f"paid back in {turns} turn{'s' if turns > 1 else ''}"
            parts.append(Content.styled(words, muted))
    return parts
