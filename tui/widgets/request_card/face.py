"""How the card looks in so many cells and rows: head, excerpt, facts, keys. Pure.

The rows that a person needs to decide come first: head, keys, what speaks against it, and at least
some lines of what is asked for. Then the rest, then air.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ....core.acting.live import Request
from ... import glyphs
from ...numbers import clock, running
from ..transcript.lines import Line, Piece, fit, padded, width_of
from .excerpt import Excerpt, excerpt_of, wrapped
from .facts import Fact, Setting, facts_of, labelled, seen_of, trimmed, wants
from .foot import Rows

RAISED = "raised"
BAR = glyphs.YOURS
LABEL = 8
"""Cells of the column of labels."""

PADDING = 2
"""Cells between the bar at the card's left edge and its text, where there is room."""

LEAST = 3
"""Lines of what is asked for that are always shown."""

AIR = 8
"""Empty rows of a card that has room for all of them."""

LONGEST = 3
"""Rows that one fact may take where there is room."""

WIDEST = 110
"""Cells of the card at most."""


class Card(msgspec.Struct, frozen=True):
    """Everything the face is drawn from; `shown` are the drawn lines of the excerpt seen so far.

    `top` is the first line of the excerpt in view, `place` the request's number and how many there
    are, `now` epoch seconds.
    """

    request: Request
    setting: Setting
    foot: Rows
    now: float
    top: int = 0
    shown: int = 0
    place: tuple[int, int] = (1, 1)
    more_key: str = "PgDn"


class Face(NamedTuple):
    """The drawn card; the excerpt's lines from `top` on stand from row `first` on, `rows` of it."""

    lines: list[Line]
    first: int
    rows: int
    top: int


def excerpt_for(request: Request, width: int, edge: int) -> Excerpt:
    """Return the excerpt on a card in `width` cells with `edge` empty cells at its left."""
    return excerpt_of(request, inner(width, edge))


def inner(width: int, edge: int) -> int:
    """Return the cells for text of a card of `width` cells."""
    return max(20, min(width - edge, WIDEST) - edge - 1 - 2 * padding(edge))


def padding(edge: int) -> int:
    """Return the cells at either side of the text."""
    return PADDING if edge > 1 else 1


def face_of(card: Card, width: int, edge: int, most: int) -> Face:
    """Return the card in `width` cells and `most` rows at most."""
    room = inner(width, edge)
    excerpt = excerpt_for(card.request, width, edge)
    facts = facts_of(card.request, card.setting)
    least = 1 + bool(card.foot.keys) + len(card.foot.words)
    longest = max(1, len(excerpt.lines))
    rows = min(longest, max(LEAST, most - least - len(facts) - 1))
    rows = max(1, min(rows, most - least - min(2, len(facts))))
    facts = (*facts, _seen(card, excerpt, rows))
    left = most - least - rows
    told = [line for fact in labelled(trimmed(facts, left)) for line in _fact(fact, room, 1)]
    for each in range(2, LONGEST + 1):
        full = [line for fact in labelled(facts) for line in _fact(fact, room, each)]
        if len(full) <= left:
            told = full
    left -= len(told)
    rows = min(longest, rows + left)
    plan = _Plan(excerpt, told, rows, _air(most - least - len(told) - rows))
    face = _laid_out(card, plan, room)
    return face._replace(lines=[_framed(line, room, edge) for line in face.lines])


def _seen(card: Card, excerpt: Excerpt, rows: int) -> Fact:
    top = min(card.top, max(0, len(excerpt.lines) - rows))
    last = excerpt.owners[min(len(excerpt.owners), top + rows) - 1] if excerpt.owners else 0
    first = excerpt.owners[top] if excerpt.owners else 0
    shown = max(card.shown, top + rows if top <= card.shown else 0)
    return seen_of(excerpt.shown(shown), excerpt.count, (first + 1, last + 1), card.more_key)


class _Air(NamedTuple):
    """Where empty rows stand."""

    ends: bool
    box: bool
    head: bool
    keys: bool
    rule: bool


def _air(rows: int) -> _Air:
    """Spend empty rows where they help most: before the keys, around the excerpt, at the ends."""
    return _Air(keys=rows >= 1, head=rows >= 3, ends=rows >= 5, rule=rows >= 6, box=rows >= AIR)


class _Plan(NamedTuple):
    """What goes onto the card: `rows` lines of the excerpt, the told facts, air."""

    excerpt: Excerpt
    told: Sequence[Line]
    rows: int
    air: _Air


def _laid_out(card: Card, plan: _Plan, room: int) -> Face:
    """Put the rows one below the other, without the card's own edges."""
    air, ground = plan.air, padded([], room, "text", "bg")
    top = min(card.top, max(0, len(plan.excerpt.lines) - plan.rows))
    body: list[Line] = [[] for _ in range(air.ends)]
    body.append(_head(card, room))
    body += [[] for _ in range(air.head)]
    body += [ground for _ in range(air.box)]
    first = len(body)
    body += list(plan.excerpt.lines[top : top + plan.rows]) or [_nothing(room)]
    body += [ground for _ in range(air.box)]
    body += [[] for _ in range(air.head)]
    body += plan.told
    body += [[] for _ in range(air.rule)]
    body += [[Piece(glyphs.RULE * room, "line")] for _ in range(air.keys)]
    body += [row for row in (card.foot.keys, *card.foot.words) if row]
    body += [[] for _ in range(air.ends)]
    return Face(body, first, plan.rows, top)


def _nothing(room: int) -> Line:
    return padded([Piece("nothing more is told", "muted", "bg")], room, "muted", "bg")


def _framed(line: Line, room: int, edge: int) -> Line:
    """Put a line of the card between its edges."""
    pad = padding(edge)
    bar = [Piece(" " * edge, "text", "bg"), Piece(BAR, "needs", RAISED, bold=True)]
    grounded = [p if p.on else p._replace(on=RAISED) for p in [Piece(" " * pad), *fit(line, room)]]
    return padded([*bar, *grounded], edge + 1 + 2 * pad + room, "text", RAISED)


def _head(card: Card, room: int) -> Line:
    """The chip, who wants what, since when; on a narrow card what is said last yields first."""
    request = card.request
    number, count = card.place
    chip = Piece(f" {glyphs.WARNING} NEEDS YOU ", "ink", "needs", bold=True)
    left = [chip, Piece("  "), Piece(request.tool, "strong", bold=True)]
    left.append(Piece(f" {wants(request)}" if request.tool else wants(request)))
    queue = f"{number} of {count}" if count > 1 else ""
    asked = f"asked {clock(request.since)}"
    waits = f"waits {running(card.now - request.since)}"
    for parts in ((queue, f"{asked}, {waits}"), (queue, waits), (queue,)):
        words = " · ".join(filter(None, parts))
        gap = room - width_of(left) - len(words)
        if gap >= 2:
            return [*left, Piece(" " * gap), Piece(words, "muted")]
    return left


def _fact(fact: Fact, room: int, most: int) -> list[Line]:
    """One row of label and words, or several where the words are long and there is room."""
    lead = Piece(fact.label.ljust(LABEL), "muted")
    line = [lead, *fact.words]
    if most == 1 or width_of(line) <= room:
        return [fit(line, room)]
    *before, last = fact.words
    hang = width_of([lead, *before])
    if hang > room // 2:
        return [fit(line, room)]
    rows = wrapped(last.text, room - hang, most)
    first = [lead, *before, last._replace(text=rows[0])]
    return [first, *([Piece(" " * hang), last._replace(text=row)] for row in rows[1:])]
