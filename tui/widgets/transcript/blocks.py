"""One item as lines: its columns, its folded and its open form. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from ....core.items import Flag, Item, Kind
from ... import glyphs
from . import prose
from .calls import call, closed
from .columns import Block, Columns, Row
from .lines import Line, Piece, fit, flow, hung, indented, width_of
from .reel import Reel, raw_lines, taken

PASTE = 12
"""Lines of a prompt that are shown at once: people paste whole files."""

SPEECH = 200
"""Lines of an answer that are shown at once."""

SPOKEN = (Kind.PROMPT, Kind.SAID)


def block(row: Row, columns: Columns, highlight: prose.Highlight | None = None) -> Block:
    """Draw one row."""
    aside = bool(row.item.flags & Flag.SIDECHAIN)
    drawn = _drawn(row, _shifted(columns) if aside else columns, highlight)
    lines = [_in_gutter(line, columns.who) for line in drawn.lines] if aside else drawn.lines
    return replace(drawn, lines=[[], *lines] if row.first else lines, head=int(row.first))


def _drawn(row: Row, columns: Columns, highlight: prose.Highlight | None) -> Block:
    match row.item.kind:
        case Kind.PROMPT | Kind.SAID:
            return _spoken(row, columns, highlight)
        case Kind.TOOL_CALL | Kind.TOOL_RESULT:
            return call(row, columns)
        case Kind.COMPACTION:
            return _below(_rule(row, columns), row, columns)
        case Kind.ERROR:
            return _below(_mark(row, columns, glyphs.FAILED, "reset"), row, columns)
        case Kind.INTERRUPT:
            return Block(_mark(row, columns, glyphs.WARNING, "dumb"), opens=False)
        case _:
            return _below([_aside(row, columns)], row, columns)


# What a sub-agent does stands two cells to the right, behind its mark


def _shifted(columns: Columns) -> Columns:
    return replace(columns, who=columns.who + 2, text=columns.text + 2)


def _in_gutter(line: Line, column: int) -> Line:
    """Put the mark of the agents into an indented line; all that stands left of it is blank."""
    mark = Piece(glyphs.AGENTS, "agent")
    if not line:
        return [Piece(" " * column), mark]
    text = line[0].text
    return [Piece(text[:column].ljust(column)), mark, Piece(text[column + 1 :]), *line[1:]]


# What somebody said


def _speaker(item: Item) -> Piece:
    """Name who speaks: person, agent, sub-agent, or a program that gave the agent words."""
    aside = item.flags & Flag.SIDECHAIN
    if item.kind is Kind.PROMPT:
        if item.flags & Flag.HUMAN:
            return Piece("you", "you", bold=True)
        return Piece("task" if aside else "note", "muted")
    return Piece("sub", "agent") if aside else Piece("agent", "agent", bold=True)


def _lead(row: Row, columns: Columns) -> Line:
    """The time and the speaker, up to the column of the text."""
    who = _speaker(row.item)
    room = columns.who - columns.time
    clock = row.clock if len(row.clock) < room else ""
    gap = Piece(" " * (columns.text - columns.who - len(who.text)))
    return [Piece(" " * columns.time + clock.ljust(room), "muted"), who, gap]


def _spoken(row: Row, columns: Columns, highlight: prose.Highlight | None) -> Block:
    body = row.body
    source = raw_lines(row.item.head if body is None else body.text or body.missing or "")
    if row.item.kind is Kind.PROMPT:
        ink = "strong" if row.item.flags & Flag.HUMAN else "muted"
        lines, limit = _plain(source, columns.room, ink), PASTE
    else:
        lines, limit = prose.render(source, columns.room, highlight), SPEECH
    shown, left = taken(lines, row.lines or limit, source)
    shown, more = closed(shown, left, row)
    return Block(hung(_lead(row, columns), shown), opens=more, more=more)


def _plain(source: Reel[str], width: int, ink: str) -> Iterator[Line]:
    for raw in source:
        yield from flow(raw.rstrip(), (), width, Piece("", ink))


# What interrupts the conversation


def _rule(row: Row, columns: Columns) -> list[Line]:
    """A compaction cuts the transcript across, and says what it did."""
    clock = row.clock.ljust(columns.who - columns.time)
    lead = Piece(" " * columns.time + clock[: columns.who - columns.time], "muted")
    words = Piece(f" {row.words or row.item.head} ", "strong", bold=True)
    left = fit([lead, Piece("──", "line"), words], columns.edge)
    return [[*left, Piece("─" * max(0, columns.edge - width_of(left)), "line")]]


def _mark(row: Row, columns: Columns, glyph: str, ink: str) -> list[Line]:
    """An error or an interrupt: a glyph, and what happened in words."""
    room = columns.edge - columns.who - 2
    words = flow(row.item.head or row.item.name, (), room, Piece("", ink))
    lead = [Piece(" " * columns.who), Piece(f"{glyph} ", ink, bold=True)]
    return hung(lead, words)


def _aside(row: Row, columns: Columns) -> Line:
    """Thinking, notes and summaries: one quiet line."""
    name = {Kind.THOUGHT: "thinking", Kind.SUMMARY: "summary"}.get(row.item.kind, row.item.name)
    mark = " " if not _hides(row) else glyphs.OPEN if row.lines else glyphs.FOLDED
    words = f"{mark} {name or 'note'} ".ljust(columns.text - columns.who)
    head = " ".join(row.item.head.split())
    return fit([Piece(" " * columns.who + words + head, "muted")], columns.edge)


def _hides(row: Row) -> bool:
    """Say whether an item holds more than the head that stands on its line.

    The size of a note counts the tags around it, so it tells nothing.
    """
    longer = row.item.kind is not Kind.NOTE and row.item.size > len(row.item.head)
    return longer or row.item.head.endswith("…")


def _below(head: list[Line], row: Row, columns: Columns) -> Block:
    """Add what an open row shows below its first line."""
    hides = _hides(row)
    if not row.lines or not hides:
        return Block(head, opens=hides)
    body = row.body
    source = raw_lines("reading…" if body is None else body.text or body.missing or "")
    if row.item.kind in {Kind.COMPACTION, Kind.SUMMARY}:
        lines = prose.render(source, columns.room)
    else:
        lines = _plain(source, columns.room, "muted")
    shown, left = taken(lines, row.lines, source)
    shown, more = closed(shown, left, row)
    return Block([*head, *indented(shown, columns.text)], more=more)
