"""Markdown as agents write it, drawn line by line: headings, lists, quotes, fences, tables.

Cheap on purpose (about 0.1 ms for a usual answer): it is drawn while one scrolls. It never fails on
bad markdown, it then shows the text as it stands; no word is ever left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from . import tables
from .inline import QUIET, STRONG, TEXT, inline
from .lines import Line, Piece, Run, flow, hung, padded
from .reel import Reel
from .reflow import joined

LONG = 2_000
"""Characters of a line above which it is shown without looking for marks: nobody typed it."""

CODE_INDENT = 4
"""Blanks before a line that keep it as it was written."""

_ITEM = re.compile(r"( *)([-*+]|\d{1,3}[.)]) +(\[[ xX]\] +)?(.*)")
_FENCE = re.compile(r" *(`{3,}|~{3,}) *([\w+#.-]*)")
_RULES = ({"-"}, {"*"}, {"_"})

Highlight = Callable[[str, str], Sequence[Sequence[Run]] | None]
"""Takes code and the name of its language, gives the runs of each line where it knows them."""


def render(source: Reel[str], width: int, highlight: Highlight | None = None) -> Iterator[Line]:
    """Yield `source` as lines of at most `width` cells; take only as many as will be shown."""
    blank = True
    for raw in source:
        line = raw.rstrip()
        if line:
            yield from _block(raw, source, width, highlight)
        elif not blank:
            yield []
        blank = not line


def _block(raw: str, source: Reel[str], width: int, highlight: Highlight | None) -> Iterable[Line]:
    line = raw.rstrip()
    if len(line) > LONG:
        return flow(line, (), width, TEXT)
    if fence := _FENCE.match(line):
        return _code(list(_fenced(source, fence[1])), fence[2], width, highlight)
    if tables.begins(line):
        return _table(line, source, width)
    return _paragraph(joined(raw, source, _goes_on(line)), width)


def _goes_on(line: str) -> Callable[[str], bool]:
    """Return what tells whether a line belongs to the paragraph or the item that `line` begins."""
    item = _ITEM.fullmatch(line)
    if item is None:
        return (lambda _: False) if _stands_alone(line) else (lambda raw: not _stands_alone(raw))
    inside = len(item[1]) + 2
    return lambda raw: _indent(raw) >= inside and not _stands_alone(raw[inside:])


def _stands_alone(raw: str) -> bool:
    """Say whether a line is more than the next words of a paragraph."""
    text = raw.strip()
    return (
        _indent(raw) >= CODE_INDENT
        or text.startswith(("#", ">", "==="))
        or len(text) > LONG
        or set(text.replace(" ", "")) in _RULES
        or _FENCE.match(raw) is not None
        or _ITEM.fullmatch(raw.rstrip()) is not None
        or tables.begins(raw)
    )


def _indent(raw: str) -> int:
    return len(raw) - len(raw.lstrip(" "))


def _fenced(source: Reel[str], fence: str) -> Iterator[str]:
    """Take the lines up to the closing fence, or to the end of the text."""
    for raw in source:
        mark = raw.strip()
        if mark.startswith(fence) and not mark.strip(fence[0]):
            return
        yield raw


def _code(
    code: list[str], language: str, width: int, highlight: Highlight | None
) -> Iterator[Line]:
    """Draw code on a ground of its own, with one cell of it at either side."""
    known = highlight("\n".join(code), language) if highlight and language else None
    for number, raw in enumerate(code):
        runs = known[number] if known and number < len(known) else ()
        for line in _code_lines(raw.rstrip(), runs, max(1, width - 2)):
            yield _on_ground(line, width)


def _code_lines(raw: str, runs: Sequence[Run], width: int) -> list[Line]:
    """Break a line of code; what goes on below stands under its beginning."""
    indent = min(len(raw) - len(raw.lstrip(" ")), width // 2)
    moved = [Run(max(0, r.start - indent), r.end - indent, r.style) for r in runs if r.end > indent]
    return hung([Piece(" " * indent)], flow(raw[indent:], moved, width - indent, TEXT))


def _on_ground(line: Line, width: int) -> Line:
    pieces = [Piece(" ", on="panel"), *(piece._replace(on="panel") for piece in line)]
    return padded(pieces, width, "text", "panel")


def _table(head: str, source: Reel[str], width: int) -> Iterable[Line]:
    """Draw a table with its columns aligned; without a row of rules below its head it is none."""
    rule = next(source, None)
    if rule is None:
        return _paragraph(head, width)
    if not tables.is_rule(rule):
        source.put_back()
        return _paragraph(head, width)
    body = []
    for raw in source:
        if not tables.begins(raw) or len(raw) > LONG:
            source.put_back()
            break
        body.append(raw)
    return tables.render(head, rule, body, width)


def _paragraph(raw: str, width: int) -> Iterable[Line]:
    text = raw.lstrip()
    marks = len(text) - len(text.lstrip("#"))
    if 0 < marks <= 6 and text[marks:].startswith(" "):
        lead = text[:marks] + " "
        return hung([Piece(lead, "muted")], inline(text[marks:].strip(), width - marks - 1, STRONG))
    if set(text.replace(" ", "")) in _RULES and text.count(text[0]) >= 3:
        return [[Piece("─" * min(width, 24), "line")]]
    if text.startswith(">"):
        return hung([Piece("│ ", "line")], inline(text.lstrip("> "), width - 2, QUIET))
    if item := _ITEM.fullmatch(raw):
        return _list_item(item, width)
    return inline(raw, width, TEXT)


def _list_item(item: re.Match[str], width: int) -> list[Line]:
    indent, mark, box, text = item[1][: width // 2], item[2], item[3], item[4]
    lead = [Piece(f"{indent}{'-' if mark in '*+' else mark} ", "muted")]
    if box:
        done = box.strip() != "[ ]"
        lead.append(Piece(f"{box.strip()} ", "ok" if done else "text"))
    room = width - sum(len(piece.text) for piece in lead)
    return hung(lead, inline(text, room, TEXT))
