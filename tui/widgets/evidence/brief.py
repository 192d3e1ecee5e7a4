"""The brief of a reset as it will be sent: what it weighs, what it says, what it lacks. Pure."""

from __future__ import annotations

from textual.content import Content

from ....core.text import one_line
from ... import glyphs, numbers
from ...resets.facts import Need, ResetFacts
from ...resets.steps import size_words
from ...themes import Palette
from .lines import INDENT, heading, wrapped

NAME = 22
"""Cells of the column of names."""

BAR = 10
"""Cells of the longest bar."""

TOKENS = 7
"""Cells of the column of tokens."""

EXCERPT = 9
"""Lines of the brief that are shown; one key shows the whole of it."""

HEAVY = "Brief, map and notes take more than a fifth of the smart zone: shorten them."


def brief_lines(
    facts: ResetFacts, width: int, palette: Palette, *, whole: bool = False
) -> list[Content]:
    """Return the brief with its weight; before the notes are new it is a forecast."""
    if not facts.weights:
        return []
    sent = facts.need is Need.BRIEF
    title = "Brief, as it will be sent" if sent else "Brief, as it would be now"
    right = Content.styled(size_words(facts), palette.style("text", bold=sent))
    lines = [heading(title, right, width, palette), *_weights(facts, width, palette)]
    if facts.heavy:
        lines += wrapped(f"{glyphs.WARNING} {HEAVY}", width, palette, "dumb")
    lines += _open_steps(facts, width, palette)
    shown = _text(facts, width, palette, whole=whole)
    return [*lines, *_rehearsed(facts, width, palette), Content(), *shown]


def _weights(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    most = max((weight.tokens for weight in facts.weights), default=0) or 1
    room = max(0, width - INDENT - NAME - BAR - TOKENS - 2)
    muted = palette.style("muted")
    return [
        Content.assemble(
            " " * INDENT,
            one_line(weight.name, NAME - 1).ljust(NAME),
            (one_line(weight.words, room).ljust(room) if room > 12 else "", muted),
            " ",
            (_bar(weight.tokens, most).ljust(BAR), palette.style("smart-fill")),
            (numbers.tokens(weight.tokens).rjust(TOKENS), palette.style("text")),
        )
        for weight in facts.weights
    ]


def _bar(tokens: int, most: int) -> str:
    return glyphs.SHARE * max(1 if tokens else 0, round(BAR * tokens / most))


def _open_steps(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    """Return the next steps to choose from, where the notes name several."""
    if len(facts.open_steps) < 2:
        return []
    count = len(facts.open_steps)
    words = f"The notes name {count} next steps. One at a time goes better; the others stay there."
    lines = [Content(), *wrapped(words, width, palette, "dumb")]
    for number, step in enumerate(facts.open_steps):
        here = number == facts.chosen
        mark = (glyphs.PROVED, "ok") if here else (glyphs.EMPTY, "muted")
        row = Content.assemble(
            " " * INDENT,
            (f"{mark[0]} ", palette.style(mark[1], bold=True)),
            (one_line(step, 400), palette.style("text" if here else "muted", bold=here)),
        )
        lines.append(row.truncate(width, ellipsis=True))
    return lines


def _rehearsed(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    if facts.rehearsing:
        words = "A throw-away session reads the brief and is asked what it lacks …"
        return [Content(), *wrapped(words, width, palette, "agent")]
    if facts.rehearsed is None:
        return []
    if not facts.rehearsed:
        return [Content(), *wrapped("Rehearsed: it asked for nothing.", width, palette, "ok")]
    key = facts.keys["reset.notes"]
    words = f"Rehearsed. A fresh session would ask; {key} leads to the notes to answer it there:"
    lines = [Content(), *wrapped(words, width, palette, "dumb")]
    for question in facts.rehearsed:
        lines += wrapped(f"{glyphs.UNKNOWN} {question}", width, palette, "text")
    return lines


def _text(facts: ResetFacts, width: int, palette: Palette, *, whole: bool) -> list[Content]:
    """Return the text or its start on its own ground, and how much there is of it."""
    rows = wrapped(facts.brief_text.strip(), width - 2, palette, "text", 1)
    shown = rows if whole else rows[:EXCERPT]
    left = len(rows) - len(shown)
    own = "your wording · " if facts.edited else ""
    key = f"{own}{facts.keys['reset.whole']}"
    more = f"{key} shows {left} more lines" if left else f"{key} folds it again" if whole else own
    end = Content.styled(f"{more} " if more else "", palette.style("muted"))
    room = width - INDENT
    below = Content(" " * max(0, room - end.cell_length)) + end
    ground = palette.style("", "raised")
    return [
        Content(" " * INDENT)
        + line.truncate(room).pad_right(max(0, room - line.cell_length)).stylize_before(ground)
        for line in [*shown, *([below] if more else [])]
    ]
