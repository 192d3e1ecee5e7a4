"""The notes against a summary: one row for each line, kept or missing, with its words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual.content import Content

from ...core.compacting.comparing import NOT_FOUND, Row
from ...core.compacting.keeping import Point
from ...core.text import one_line
from .. import glyphs
from ..themes import Palette

SHORT = {
    Point.GOAL: "Goal",
    Point.FAILED: "Failed",
    Point.DECISION: "Decision",
    Point.NEXT: "Next",
    Point.FILE: "File",
}
"""What the sections are called where it is narrow."""

WIDE = 100
"""Cells from which the sections have their whole names."""

RESULT = 13
GAP = 2


def table(
    rows: Sequence[Row],
    room: int,
    palette: Palette,
    *,
    selected: int | None = None,
    chosen: Collection[int] = (),
    sent: Collection[int] = (),
) -> tuple[Content, ...]:
    """Return the head of the table and its rows in `room` cells.

    `chosen` are the missing rows that go back with the next key, `sent` those that went.
    """
    widths = _widths(room)
    head = _line(("section", "result", "your note", "in the summary"), widths)
    lines = [Content.styled(head, palette.style("muted"))]
    before: Point | None = None
    for number, row in enumerate(rows):
        name = "" if row.keep.point is before else _name(row.keep.point, room)
        lines.append(
            _row(
                row,
                name,
                widths,
                palette,
                chosen=number in chosen,
                sent=number in sent,
                selected=number == selected,
            )
        )
        before = row.keep.point
    return tuple(lines)


def _name(point: Point, room: int) -> str:
    return point.value if room >= WIDE else SHORT[point]


def _widths(room: int) -> tuple[int, int, int, int]:
    """Return the cells of the four columns: the note has a little more than the summary."""
    section = 19 if room >= WIDE else 9
    rest = max(20, room - section - RESULT - GAP)
    note = rest // 2
    return section, RESULT, note, rest - note


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(
        one_line(cell, max(1, width)).ljust(width + (GAP if number == 2 else 0))
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def _row(
    row: Row,
    name: str,
    widths: tuple[int, int, int, int],
    palette: Palette,
    *,
    chosen: bool,
    sent: bool,
    selected: bool,
) -> Content:
    section, result, note, said = widths
    ground = "sel" if selected else ""
    mark, word, token = _result(row, chosen=chosen, sent=sent)
    bold = not row.kept and chosen
    text = one_line(row.keep.text, note).ljust(note + GAP)
    shown = one_line(_shown(row, chosen=chosen, sent=sent), said)
    return Content.assemble(
        (name.ljust(section), palette.style("text", ground)),
        (
            f"{mark} {word}".ljust(result),
            palette.style(token, ground, bold=not row.kept and (chosen or sent)),
        ),
        (text, palette.style("strong" if bold else "text", ground, bold=bold)),
        (shown.ljust(said), palette.style("muted", ground)),
    )


def _result(row: Row, *, chosen: bool, sent: bool) -> tuple[str, str, str]:
    if row.kept:
        return glyphs.PROVED, "kept", "ok"
    if sent:
        return glyphs.PROVED, "sent back", "ok"
    return glyphs.FAILED, "missing", "reset" if chosen else "muted"


def _shown(row: Row, *, chosen: bool, sent: bool) -> str:
    if row.kept or chosen:
        return row.shown
    return "sent back with a prompt" if sent else f"{NOT_FOUND}, not sent back"


def counts(rows: Sequence[Row], sent: Collection[int], palette: Palette) -> Content:
    """Return how many lines were kept, are missing, and were sent back."""
    kept = sum(row.kept for row in rows)
    missing = len(rows) - kept - len(sent)
    parts = [Content.styled(f"{kept} kept", palette.style("ok", bold=True))]
    if missing:
        parts.append(Content.styled(f"{missing} missing", palette.style("reset", bold=True)))
    if sent:
        parts.append(Content.styled(f"{len(sent)} sent back", palette.style("ok", bold=True)))
    return Content("   ").join(parts)


__all__ = ["NOT_FOUND", "counts", "table"]
