"""What was asked of a session and what came of it, as rows of the log. Pure."""

from __future__ import annotations

import time
from collections.abc import Iterable
from textwrap import wrap

import msgspec
from textual.content import Content

from ..core.acting.action import Verb
from ..core.acting.journal import Entry, Stage
from ..core.text import one_line
from . import glyphs, numbers
from .themes import Palette

UNDER_WAY = "under way"

MARKS = {
    Stage.ASKED: (glyphs.WORKING, "agent", UNDER_WAY),
    Stage.CONFIRMED: (glyphs.PROVED, "ok", "confirmed"),
    Stage.REFUSED: (glyphs.FAILED, "dumb", "refused"),
    Stage.UNKNOWN: (glyphs.UNKNOWN, "reset", "unknown"),
}
"""Glyph, token and word of each end."""

TEXT = 34
"""The column in which evidence and reasons begin."""


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One action: when it was asked (epoch seconds), what came of it, and what tells so."""

    at: float
    verb: Verb
    stage: Stage
    channel: str = ""
    size: int = 0
    seconds: float | None = None
    told: tuple[str, ...] = ()


def deeds_of(entries: Iterable[Entry]) -> tuple[Deed, ...]:
    """Return the actions of a journal, the newest first: two lines of it make one."""
    found: dict[str, Deed] = {}
    for entry in entries:
        asked = found.get(entry.id)
        if entry.stage is Stage.ASKED:
            found[entry.id] = Deed(
                at=entry.at,
                verb=entry.verb,
                stage=entry.stage,
                channel=entry.channel,
                size=entry.size,
            )
            continue
        found[entry.id] = Deed(
            at=asked.at if asked else entry.at,
            verb=entry.verb,
            stage=entry.stage,
            channel=entry.channel,
            size=asked.size if asked else entry.size,
            seconds=entry.at - asked.at if asked else None,
            told=_told(entry),
        )
    return tuple(reversed(found.values()))


def _told(entry: Entry) -> tuple[str, ...]:
    words = [f"{fact.kind}: {fact.detail}" for fact in entry.evidence]
    if entry.reason:
        words.append(entry.reason)
    if entry.new_session_id:
        words.append(f"went on as {entry.new_session_id}")
    return tuple(one_line(word, 400) for word in words)


def deed_rows(deed: Deed, width: int, palette: Palette) -> list[Content]:
    """Return the rows of one action: time, what, outcome, and beside it what tells so."""
    glyph, token, word = MARKS[deed.stage]
    muted = palette.style("muted")
    clock = time.strftime("%H:%M:%S", time.localtime(deed.at))
    lead = Content.assemble(
        (f"{clock}  ", muted),
        (deed.verb.value.ljust(10), palette.style("strong", bold=True)),
        (f"{glyph} {word}", palette.style(token)),
    )
    told = [line for words in deed.told for line in wrap(words, max(16, width - TEXT))]
    first, *rest = told or [""]
    gap = " " * max(1, TEXT - lead.cell_length)
    rows = [lead + gap + Content.styled(first, palette.style("text"))]
    rows += [Content.styled(" " * TEXT + line, palette.style("text")) for line in rest]
    rows.append(Content.styled(" " * TEXT + _aside(deed), muted))
    return [row.truncate(width, ellipsis=True) for row in rows]


def _aside(deed: Deed) -> str:
    """Say by which way it went, how long it took, how much text it carried."""
    parts = [deed.channel]
    if deed.seconds is not None:
        parts.append(f"{deed.seconds:.1f} s" if deed.seconds < 60 else numbers.span(deed.seconds))
    if deed.size:
        parts.append(numbers.count(deed.size, "character"))
    return " · ".join(filter(None, parts))
