"""What the session costs: money first, then the tokens it was spent on."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from ...core.tokens import Tokens
from ..numbers import dollars, percent, rate, span, tokens
from ..themes import Palette, palette_of
from .line import figure, fitted, joined, margin, spread

TWO_ROWS_FROM = 30
"""From this screen height on the tokens have a row of their own."""


class CostFacts(msgspec.Struct, frozen=True):
    """What was spent, in US dollars at list price; `None` is unknown.

    `usd` and `tokens` are the whole session's, sub-agents apart in `subagent_*`: `usd` includes
    theirs, `tokens` does not. `cache_share` and `saved_share` are parts of one. `label` says
    whose price it is; on one row only what stands before its comma. `client_usd` is the client's
    own figure, `client_age` its age in seconds. While `complete` is false the totals are left out.
    """

    usd: float | None = None
    last_usd: float | None = None
    usd_per_hour: float | None = None
    cache_share: float | None = None
    saved_usd: float | None = None
    saved_share: float | None = None
    tokens: Tokens = Tokens()
    subagent_usd: float | None = None
    subagent_tokens: Tokens = Tokens()
    unknown_models: tuple[str, ...] = ()
    label: str = "API price"
    client_usd: float | None = None
    client_age: float | None = None
    complete: bool = True


class CostLine(Widget):
    """Shows `facts` in two rows, or in one where the screen is low."""

    DEFAULT_CSS: ClassVar[str] = """
    CostLine {
        height: auto;
        background: $bg;
        color: $text;
    }
    """

    facts: reactive[CostFacts] = reactive(CostFacts())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Take two rows where the screen is high enough."""
        del container, width
        return 2 if viewport.height >= TWO_ROWS_FROM else 1

    def render(self) -> Content:
        """Draw the figures for the present size."""
        draw = two_rows if self.size.height > 1 else one_row
        return draw(self.facts, self.size.width, palette_of(self))


def two_rows(facts: CostFacts, width: int, palette: Palette) -> Content:
    """Return a row of money and a row of tokens."""
    edge = margin(width)
    room = max(0, width - 2 * edge)
    parts = [*_total(facts, palette), *_money(facts, palette)]
    money = _row(parts, _label(facts, parts, room, palette), room)
    used = _row(_tokens(facts, palette), _client(facts, palette), room)
    return Content("\n").join(Content(" " * edge) + row for row in (money, used))


def one_row(facts: CostFacts, width: int, palette: Palette) -> Content:
    """Return the money left and the tokens right in one row; the money goes first."""
    edge = margin(width)
    room = max(0, width - 2 * edge)
    used = joined(_kinds(facts.tokens, palette, short=True)) if facts.complete else Content()
    first = joined(_total(facts, palette, short=True))
    if first.cell_length + 2 + used.cell_length > room:
        used = Content()
    parts = [first, _short_label(facts, palette), *_money(facts, palette)]
    return Content(" " * edge) + _row(parts, used, room)


def _label(facts: CostFacts, parts: list[Content], room: int, palette: Palette) -> Content:
    """Say whose price it is: the whole sentence where nothing else has to go for it."""
    whole = Content.styled(facts.label, palette.style("muted"))
    fits = joined([*parts, whole]).cell_length <= room
    return whole if fits else _short_label(facts, palette)


def _short_label(facts: CostFacts, palette: Palette) -> Content:
    return Content.styled(facts.label.partition(",")[0], palette.style("muted"))


def _row(parts: list[Content], right: Content, room: int) -> Content:
    """Put whole parts left and `right` at the end, where there is room for it."""
    if right and parts and parts[0].cell_length + 2 + right.cell_length > room:
        right = Content()
    left = fitted(parts, room - right.cell_length - (2 if right else 0))
    return spread(left, right, room)


def _total(facts: CostFacts, palette: Palette, *, short: bool = False) -> list[Content]:
    """The session's sum, or in words why there is none, and what the last turn cost."""
    parts = []
    if not facts.complete:
        parts.append(Content("counting…"))
    elif facts.usd is not None:
        parts.append(figure(palette, dollars(facts.usd), "" if short else "session"))
    if facts.complete and facts.unknown_models:
        words = f"price unknown for {', '.join(facts.unknown_models)}"
        parts.append(Content.styled(words, palette.style("dumb")))
    elif facts.complete and facts.usd is None:
        parts.append(Content("price unknown"))
    if facts.last_usd is not None:
        last = dollars(facts.last_usd)
        parts.append(
            figure(palette, last, before="last") if short else figure(palette, last, "last")
        )
    return parts


def _money(facts: CostFacts, palette: Palette) -> list[Content]:
    """The sub-agents' share of the sum, the cache, and the rate."""
    parts = []
    if facts.subagent_usd and facts.complete:
        share = dollars(facts.subagent_usd)
        parts.append(figure(palette, share, before="of it sub-agents"))
    if facts.cache_share is not None:
        parts.append(figure(palette, percent(facts.cache_share), before="cache"))
    if facts.saved_usd is not None and facts.complete:
        parts.append(_saved(facts.saved_usd, facts.saved_share, palette))
    if facts.usd_per_hour is not None:
        parts.append(figure(palette, rate(facts.usd_per_hour)))
    return parts


def _saved(usd: float, share: float | None, palette: Palette) -> Content:
    """What the cache saved; until its writes have paid off it has cost more than it saved."""
    muted = palette.style("muted")
    if usd < 0:
        return Content.styled(f"cache cost {dollars(-usd)} so far", muted)
    part = f" · {percent(share)}" if share is not None else ""
    return Content.assemble(("saved ", muted), (dollars(usd), palette.style("ok")), (part, muted))


def _tokens(facts: CostFacts, palette: Palette) -> list[Content]:
    """Tokens by kind; the sub-agents' stand apart."""
    if not facts.complete:
        return [Content.styled("tokens: counting…", palette.style("muted"))]
    parts = _kinds(facts.tokens, palette)
    if facts.subagent_tokens.total:
        apart = tokens(facts.subagent_tokens.total)
        parts.append(figure(palette, apart, before="and sub-agents"))
    return parts


def _kinds(used: Tokens, palette: Palette, *, short: bool = False) -> list[Content]:
    """Input without cache, cache read and written, output: words first, figures bold."""
    names = ("in", "read", "write", "out") if short else SPELT
    written = used.cache_write_5m + used.cache_write_1h
    counts = (used.input, used.cache_read, written, used.output)
    return [
        figure(palette, tokens(count), before=name)
        for name, count in zip(names, counts, strict=True)
    ]


SPELT = ("input", "cache read", "cache write", "output")


def _client(facts: CostFacts, palette: Palette) -> Content:
    """The client's own figure with its age: it may count otherwise than we do."""
    if facts.client_usd is None:
        return Content()
    ago = f", {span(facts.client_age)} ago" if facts.client_age is not None else ""
    words = f"client says {dollars(facts.client_usd)}{ago}"
    return Content.styled(words, palette.style("muted"))
