"""What a reset commits: a tick for each path, the hooks that run, the message. Pure."""

from __future__ import annotations

from textual.content import Content

from ....core.committable import Change
from ....core.reset.transaction import Status, Step
from ....core.text import one_line, shorten_middle
from ... import glyphs, numbers
from ...resets.facts import Need, ResetFacts
from ...themes import Palette
from ..tick_rows import where_words, why_unticked
from .lines import INDENT, heading, wrapped

MARK = 4
"""Cells of the cursor and the tick before a path."""

WHY = 22
"""Cells behind a path in which its reason stands."""

CAN_TICK = frozenset({Need.BEGIN, Need.TURN, Need.NOTES, Need.HOOKS, Need.COMMIT})
"""Needs in which ticks can still be changed."""


def commit_lines(facts: ResetFacts, cursor: int, width: int, palette: Palette) -> list[Content]:
    """Return the plan of the commit; `cursor` numbers the path that a tick would go to."""
    found = facts.committable
    done = facts.transaction.step(Step.COMMIT) if facts.transaction else None
    if done is not None and done.status in {Status.DONE, Status.SKIPPED}:
        return []
    if found.why_not:
        words = f"Nothing is committed: {found.why_not}."
        return [heading("Commit", None, width, palette), *wrapped(words, width, palette, "muted")]
    if not found.changes:
        words = "Nothing has changed since the last commit."
        return [heading("Commit", None, width, palette), *wrapped(words, width, palette, "muted")]
    right = Content.styled(where_words(found), palette.style("muted"))
    ticked = set(facts.ticked)
    rows = [
        _change(change, change.path in ticked, here and facts.need in CAN_TICK, width, palette)
        for number, change in enumerate(found.changes)
        for here in (number == cursor,)
    ]
    count = f"{len(ticked)} of {numbers.count(len(found.changes), 'path')}"
    title = heading(f"Commit {count}", right, width, palette)
    return [title, *rows, *_below(facts, width, palette)]


def _change(change: Change, ticked: bool, here: bool, width: int, palette: Palette) -> Content:
    why = why_unticked(change)
    room = max(8, width - INDENT - MARK - WHY)
    path = shorten_middle(one_line(change.path, 400), room)
    mark = (glyphs.PROVED, "ok") if ticked else (glyphs.EMPTY, "muted")
    row = Content.assemble(
        " " * INDENT,
        (glyphs.SELECTED if here else " ", palette.style("you", bold=True)),
        (f"{mark[0]} ", palette.style(mark[1], bold=True)),
        (path.ljust(room), palette.style("text" if ticked else "muted", bold=here)),
        (f"  {why}", palette.style("dumb" if change.partly or change.conflicted else "muted")),
    ).truncate(width)
    return row.stylize_before(palette.style("", "sel")) if here else row


def _below(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    found = facts.committable
    lines = []
    if found.hooks:
        hooks = f"hooks that run: {', '.join(found.hooks)}, 120 s at most"
        lines += wrapped(hooks, width, palette, "muted")
    if found.hooks_path:
        lines += wrapped(f"core.hooksPath leads to {found.hooks_path}", width, palette, "muted")
    if facts.new_hooks:
        new = f"{glyphs.WARNING} A hook is newer than this session: look at it before it runs."
        lines += wrapped(new, width, palette, "dumb")
    if found.signs:
        lines += wrapped("git signs commits here", width, palette, "muted")
    first = facts.message.partition("\n")[0]
    said = Content.assemble(
        " " * INDENT,
        ("message  ", palette.style("muted")),
        (one_line(first), palette.style("text")),
    )
    return [*lines, said.truncate(width, ellipsis=True)] if facts.ticked else lines
