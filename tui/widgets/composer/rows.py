"""The rows of the composer that are not the text itself. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from ....core.text import one_line, shorten_middle
from ... import glyphs
from ...themes import Palette
from ..line import joined, margin, spread
from .facts import MESSAGE, ComposerFacts

PROMPT = "> "


def resting_row(
    facts: ComposerFacts, draft: str, keys: tuple[str, str], width: int, palette: Palette
) -> Content:
    """Return the row while nobody writes: the draft or what to expect, the key, what Enter does.

    `keys` are the one to write and the one to attach.
    """
    muted = palette.style("muted")
    edge = " " * margin(width)
    room = width - 2 * len(edge)
    lead = Content.styled(PROMPT, muted)
    if facts.closed is not None:
        return edge + spread(lead + _closed(facts, draft, keys[1], palette), Content(), room)
    words = Content.styled(one_line(draft, room), palette.style("text"))
    left = lead + (words if draft else Content.styled(MESSAGE, muted))
    way = _key(keys[0], "goes on" if draft else "type", palette)
    right = joined([way, Content.styled(facts.note, muted)], "   ")
    if len(PROMPT) + 8 + right.cell_length > room:
        right = way
    return edge + spread(left, right, room)


def note_beside(facts: ComposerFacts, steer: str, room: int, palette: Palette) -> Content:
    """Return what stands beside the text that is written: what Enter does, and the key `steer`.

    Where there is no room for both, the key and what it does.
    """
    muted = palette.style("muted")
    words = Content.styled(facts.closed if facts.closed is not None else facts.note, muted)
    if not words:
        return words
    way = _key(steer, "says it now", palette) if facts.steers else Content()
    whole = joined([words, way], " · ")
    if way and whole.cell_length + 2 > room:
        whole = way
    return Content.assemble("  ", whole).truncate(room, ellipsis=True)


def _closed(facts: ComposerFacts, draft: str, attach: str, palette: Palette) -> Content:
    """Say why nothing can be written, and that what was written is kept."""
    muted = palette.style("muted")
    way = _key(attach, "attaches", palette) if facts.attachable else Content()
    kept = Content.styled("your draft is kept", muted) if draft else Content()
    words = Content.styled(facts.closed or "", muted)
    return joined([words, way, kept], " · ")


def _key(key: str, label: str, palette: Palette) -> Content:
    return Content.assemble((key, palette.style("you", bold=True)), (f" {label}", "")).stylize(
        palette.style("muted"), len(key)
    )


def file_rows(
    files: Sequence[str], chosen: int, width: int, palette: Palette, *, looking: bool
) -> Content:
    """Return the files that fit, one a row, the chosen one marked; or that they are looked for."""
    edge = " " * margin(width)
    if not files:
        words = "looking for files…" if looking else "no file fits"
        return Content.styled(f"{edge}  {words}", palette.style("muted"))
    room = width - 2 * len(edge) - len(PROMPT)
    rows = []
    gap = Content(f"{edge[1:]}  ")
    for number, file in enumerate(files):
        here = number == chosen
        ground = "sel" if here else "raised"
        mark = glyphs.SELECTED if here else " "
        name = shorten_middle(one_line(file, 10 * room), room)
        shown = gap + name
        shown = shown.pad_right(max(0, width - len(mark) - shown.cell_length))
        ink = palette.style("strong" if here else "text", ground)
        rows.append(Content.styled(mark, palette.style("you", ground)) + shown.stylize(ink))
    return Content("\n").join(rows)
