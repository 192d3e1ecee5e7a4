"""Tool calls as lines: one line while folded, what was asked and what came back when open. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from ....core.items import Flag, Kind
from ... import glyphs
from .columns import MOST, Block, Columns, Doing, Row
from .diffs import diff_lines
from .lines import Line, Piece, cells, fit, flow, indented, shortened, width_of
from .reel import Reel, raw_lines, rest, taken

TOKENS = 6
"""Cells of the column of tokens."""

RESULT = 30
"""Cells that the words on the result may take."""

NAME = 24
FAILURE = 2
"""Lines of a failure that are shown below a folded call: it is read without opening it."""

NO_TOKENS = 48
"""Cells of a line below which it has no column of tokens."""


def call(row: Row, columns: Columns) -> Block:
    """Draw a tool call with its result, or a result whose call is not known."""
    head = _head(row, columns)
    if row.lines:
        below, more = _opened(row, columns)
    else:
        below, more = _failure(row, columns), False
    return Block([head, *indented(below, columns.text)], more=more)


def _failed(row: Row) -> bool:
    flags = row.item.flags | (row.answer.flags if row.answer else Flag(0))
    return bool(flags & Flag.FAILED)


def _head(row: Row, columns: Columns) -> Line:
    """► Name argument … result tokens; a long argument loses its middle, never the figures."""
    left, right = _lead(row, columns), _right(row, columns)
    used = width_of(left) + width_of(right)
    argument = shortened(" ".join(row.item.head.split()), columns.edge - used - 2)
    gap = columns.edge - used - cells(argument)
    return [*left, Piece(argument), Piece(" " * max(1, gap)), *right]


def _lead(row: Row, columns: Columns) -> Line:
    mark, ink = _mark(row)
    otherwise = "result" if row.item.kind is Kind.TOOL_RESULT else "tool"
    name = shortened(row.item.name or otherwise, NAME)
    bold = ink != "muted"
    return [
        Piece(" " * columns.who),
        Piece(f"{mark} ", ink),
        Piece(name, ink if bold else "text", bold=bold),
        Piece(" " * max(1, columns.text - columns.who - 2 - cells(name))),
    ]


def _mark(row: Row) -> tuple[str, str]:
    if _failed(row):
        return glyphs.FAILED, "reset"
    if row.answer is None and row.doing is Doing.WAITING:
        return glyphs.WARNING, "needs"
    return glyphs.OPEN if row.lines else glyphs.FOLDED, "muted"


def _right(row: Row, columns: Columns) -> Line:
    """The result in words, then the tokens in a column of their own."""
    words, ink, bold = _outcome(row)
    result = Piece(shortened(words, min(RESULT, columns.room // 3)), ink, bold=bold)
    if columns.edge - columns.who < NO_TOKENS:
        return [result]
    gap = " " if len(row.tokens) > TOKENS else "  "
    return [result, Piece(gap + row.tokens.rjust(TOKENS), "muted")]


def _outcome(row: Row) -> tuple[str, str, bool]:
    """What came of a call, in a few words, with their ink and weight."""
    answer = row.answer or (row.item if row.item.kind is Kind.TOOL_RESULT else None)
    if answer is None:
        ink = {Doing.RUNNING: "agent", Doing.WAITING: "needs"}.get(row.doing, "muted")
        return row.doing.value or row.item.meta, ink, row.doing is Doing.WAITING
    if answer.flags & Flag.DENIED:
        return answer.meta or "denied", "dumb", False
    if answer.flags & Flag.FAILED:
        return answer.meta or "failed", "reset", True
    return answer.meta or row.item.meta, "muted", False


def _failure(row: Row, columns: Columns) -> list[Line]:
    """The head of what a failed tool answered."""
    answer = row.answer if row.answer is not None else row.item
    if not _failed(row) or answer.kind is not Kind.TOOL_RESULT or not answer.head:
        return []
    lines = list(islice(flow(answer.head, (), columns.room, Piece("", "muted")), FAILURE + 1))
    if len(lines) > FAILURE:
        lines[FAILURE - 1] = fit([*lines[FAILURE - 1], Piece(" …", "muted")], columns.room)
    return lines[:FAILURE]


def _opened(row: Row, columns: Columns) -> tuple[list[Line], bool]:
    """The open form: the change for an edit, else what was asked and what came back."""
    diff = (row.answer_body.diff if row.answer_body else ()) or (row.body.diff if row.body else ())
    if diff:
        changes = Reel(diff)
        lines, left = taken(diff_lines(changes, columns.room), row.lines, changes)
    else:
        asked, answered = raw_lines(_asked(row, columns)), raw_lines(_answered(row))
        parts = chain(
            _verbatim(asked, columns, "text"),
            _verbatim(answered, columns, "muted"),
        )
        lines, left = taken(parts, row.lines, asked, answered)
    return closed(lines, left, row)


def closed(lines: list[Line], left: str, row: Row) -> tuple[list[Line], bool]:
    """End an open row with what was left out; say whether opening it again shows more."""
    further = bool(left) and row.lines < MOST
    if left:
        return [*lines, rest(left, further=further)], further
    if row.cut:
        return [*lines, rest(f"{row.cut:,} more characters", further=False)], False
    return lines, False


def _asked(row: Row, columns: Columns) -> str:
    """What was asked, unless the head shows all of it."""
    if row.item.kind is not Kind.TOOL_CALL or row.body is None:
        return ""
    text = row.body.text.strip()
    short = row.body.language == "json" and text.count("\n") <= 2
    same = text == row.item.head and cells(text) <= columns.room // 2
    return "" if short or same else text


def _answered(row: Row) -> str:
    body = row.answer_body if row.answer is not None else row.body
    if row.answer is None and row.item.kind is Kind.TOOL_CALL:
        return "no answer yet" if row.doing else "the transcript holds no answer"
    if body is None:
        return "reading…"
    return body.text.rstrip() or body.missing or "no output"


def _verbatim(source: Reel[str], columns: Columns, ink: str) -> Iterator[Line]:
    for raw in source:
        yield from flow(raw.rstrip(), (), columns.room, Piece("", ink))
