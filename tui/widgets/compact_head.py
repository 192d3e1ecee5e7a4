"""What stands over the text of a compaction: how large it is, and what it is made of. Pure."""

from __future__ import annotations

from textual.content import Content

from ...core.compacting.keeping import Keep, Point
from ...core.compacting.preparing import Prepared
from ..numbers import count, tokens
from ..themes import Palette
from .line import spread

TITLE = "What the summary should keep"

_COUNTED = {
    Point.FAILED: ("failed approach", "failed approaches"),
    Point.DECISION: ("decision", "decisions"),
    Point.NEXT: ("next step", "next steps"),
    Point.FILE: ("file", "files"),
}


def head(prepared: Prepared | None, text: str, room: int, palette: Palette) -> Content:
    """Return the row in `room` cells; without `prepared` only what it is about."""
    title = Content.styled(TITLE, palette.style("strong", bold=True))
    if prepared is None:
        return title
    parts = [f"~{tokens(prepared.tokens(text))} tokens", *_kinds(prepared.keeps), _from(prepared)]
    words = Content.styled(" · ".join(parts), palette.style("muted"))
    return spread(title, words.truncate(max(0, room - len(TITLE) - 3), ellipsis=True), room)


def _from(prepared: Prepared) -> str:
    name = prepared.notes_name
    return f"from {name} and the transcript" if name else "from the transcript: no notes yet"


def _kinds(keeps: tuple[Keep, ...]) -> list[str]:
    """Return how many lines of each kind the text asks to keep."""
    found = {point: sum(keep.point is point for keep in keeps) for point in _COUNTED}
    return [count(found[point], *names) for point, names in _COUNTED.items() if found[point]]
