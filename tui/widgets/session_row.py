"""One session of a list: its figures in aligned columns, and beneath what it does."""

from __future__ import annotations

import msgspec
from textual.content import Content

from ...core.agents.base import State
from ...core.gauge import Gauge
from ...core.task_place import TaskPlace
from ...core.text import shorten_middle
from .. import glyphs, numbers
from ..facts import activity_of, header_facts
from ..look import Look
from ..task_words import place_words
from ..themes import Palette
from .header import STATES, WAITS, HeaderFacts
from .line import chip, joined, margin, quiet_chip
from .mini_gauge import mini_bar, mini_figures, zone_words

FIGURES, ZONE, COST, LAST = 13, 15, 9, 6
"""Widths of the columns on the right."""

GAP = 2
SHORTEST_BAR = 10
SHORTEST_SESSION, LONGEST_SESSION = 17, 31
ROOMY_FROM = 100
"""Columns from which states have room for hours."""
ZONE_FROM = 116
"""Columns from which the zone has a column of its own."""

SHORTEST_BRANCH = 4
"""Cells below which a branch says nothing."""

LEAST = 12
"""Cells that what a session does keeps beside its place in a task."""

TEN_MINUTES = 600


class Columns(msgspec.Struct, frozen=True):
    """Widths of the columns; `bar` is 0 where there is no room for bars, `zone` for the zone."""

    edge: int
    state: int
    session: int
    bar: int
    zone: int

    @classmethod
    def of(cls, width: int) -> Columns:
        """Return the columns of a screen of `width` cells."""
        edge = margin(width)
        state = 22 if width >= ROOMY_FROM else 20
        zone = GAP + ZONE if width >= ZONE_FROM else 0
        rest = width - 2 * edge - state - FIGURES - zone - COST - LAST
        session = max(SHORTEST_SESSION, min(LONGEST_SESSION, (rest - GAP) // 2))
        bar = rest - session - GAP
        if bar < SHORTEST_BAR:
            session, bar = max(SHORTEST_SESSION, rest), 0
        return cls(edge, state, session, bar, zone)


class RowFacts(msgspec.Struct, frozen=True):
    """What the two rows of a session say; equal facts need not be painted again.

    `activity` is what it does or waits for, `cost` and `last` are words already, `task` is its
    place in a task of several sessions, "" where it is alone.
    """

    header: HeaderFacts
    gauge: Gauge
    activity: str
    cost: str
    last: str
    task: str = ""


def row_facts(look: Look, now: float, place: TaskPlace | None = None) -> RowFacts:
    """Return what the rows of a session say at the time `now` (epoch seconds)."""
    at = look.seen.snapshot.last_at or look.seen.sighting.last_activity
    return RowFacts(
        header=header_facts(look, now),
        gauge=look.gauge,
        activity=_activity(look),
        cost=_cost(look),
        last="" if at is None else numbers.age(now - at),
        task=place_words(place) if place else "",
    )


def _activity(look: Look) -> str:
    words = activity_of(look)
    if look.gauge.fill is not None and look.gauge.window is None:
        return " · ".join(filter(None, (words, "window unknown")))
    return words


def _cost(look: Look) -> str:
    if look.costs is None:
        return "counting" if look.seen.sighting.path else "none yet"
    usd = look.costs.usd
    return "unknown" if usd is None else numbers.dollars(usd)


def heading(width: int, palette: Palette) -> Content:
    """Return the names of the columns."""
    columns = Columns.of(width)
    context = (columns.bar + GAP if columns.bar else 0) + FIGURES + (GAP if columns.zone else 0)
    left = {"state": columns.state, "session": columns.session, "context": context}
    if columns.zone:
        left["zone"] = ZONE
    row = Content(" " * columns.edge)
    for name, room in left.items():
        row += Content.styled(name, palette.style("muted")) + " " * (room - len(name))
    for name, room in (("cost", COST), ("last", LAST)):
        row += " " * (room - len(name)) + Content.styled(name, palette.style("muted"))
    return row


def session_rows(facts: RowFacts, width: int, palette: Palette) -> tuple[Content, Content]:
    """Return the two rows of a session in `width` cells."""
    columns = Columns.of(width)
    return _figures(facts, columns, palette), _doing(facts, columns, width, palette)


def _figures(facts: RowFacts, columns: Columns, palette: Palette) -> Content:
    ended = facts.header.state is State.ENDED
    row = Content(" " * columns.edge)
    row += _cell(_state(facts.header, palette), columns.state)
    row += _cell(_name(facts.header, columns, palette), columns.session)
    if columns.bar:
        row += mini_bar(facts.gauge, columns.bar, palette, ended=ended) + " " * GAP
    if facts.gauge.fill is None and not columns.zone:
        row += Content.styled("fill unknown".rjust(FIGURES), palette.style("muted"))
    else:
        row += mini_figures(facts.gauge, palette, ended=ended)
    if columns.zone:
        row += " " * GAP + _cell(zone_words(facts.gauge.zone, palette, ended=ended), ZONE)
    quiet = ended or not facts.cost.startswith(("$", "<"))
    cost = Content.styled(facts.cost.rjust(COST), palette.style("muted" if quiet else "text"))
    return row + cost + Content.styled(facts.last.rjust(LAST), palette.style("muted"))


def _state(header: HeaderFacts, palette: Palette) -> Content:
    """The state in few words; a question mark behind what was only inferred."""
    unsure = "" if header.asserted or header.state is State.UNKNOWN else glyphs.UNKNOWN
    lasted = _lasted(header)
    if header.state is State.WAITING:
        words = f"{glyphs.WARNING} {WAITS[header.waiting_for]}{unsure}{lasted}"
        return (quiet_chip if unsure else chip)(palette, words, "needs")
    glyph, word, token, bold = STATES[header.state]
    word = "unknown" if header.state is State.UNKNOWN else word
    return Content.assemble(
        (f"{glyph} ", palette.style(token)),
        (word + unsure, palette.style(token, bold=bold and not unsure)),
        (lasted, palette.style("muted")),
    )


def _lasted(header: HeaderFacts) -> str:
    """How long the state has lasted; seconds count only while few have passed."""
    if header.since is None or header.state is State.UNKNOWN:
        return ""
    counts = header.state in {State.BUSY, State.WAITING} and header.since < TEN_MINUTES
    return f" {numbers.running(header.since) if counts else numbers.age(header.since)}"


def _name(header: HeaderFacts, columns: Columns, palette: Palette) -> Content:
    """The project, whole where it fits, then branch and changes as far as there is room."""
    ended = header.state is State.ENDED
    room = columns.session - 1
    name = shorten_middle(header.project, room)
    branch = f" {header.branch}" if header.branch else ""
    dirty = f" {glyphs.CHANGED}{header.dirty}" if header.dirty else ""
    strong = palette.style("muted") if ended else palette.style("strong", bold=True)
    left = room - len(name)
    rest = shorten_middle(branch + dirty, left) if left > SHORTEST_BRANCH else ""
    return Content.assemble((name, strong), (rest, palette.style("muted")))


def _doing(facts: RowFacts, columns: Columns, width: int, palette: Palette) -> Content:
    muted = palette.style("muted")
    header = facts.header
    who = joined([Content(part) for part in (header.agent, header.model or "") if part], " · ")
    row = Content(" " * (columns.edge + columns.state))
    row += _cell(who.stylize(muted), columns.session)
    ink = "text" if header.state is State.WAITING else "muted"
    doing = Content.styled(facts.activity, palette.style(ink))
    room = max(0, width - row.cell_length - columns.edge)
    task = Content.styled(facts.task, muted)
    if not facts.task or room - GAP - task.cell_length < min(LEAST, doing.cell_length):
        return row + doing.truncate(room, ellipsis=True)
    left = room - GAP - task.cell_length
    doing = doing.truncate(left, ellipsis=True)
    return row + doing + " " * (left - doing.cell_length + GAP) + task


def _cell(text: Content, width: int) -> Content:
    """Fit a text into a column."""
    cut = text.truncate(width - 1, ellipsis=True)
    return cut + " " * (width - cut.cell_length)
