"""What a commit would hold: a tick for each path, and the reason where one cannot be. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual.content import Content

from ...core.committable import Change, Committable
from ...core.text import one_line, shorten_middle
from .. import glyphs
from ..themes import Palette

WHY = 25
"""Cells behind a path in which its reason stands."""

MARK = 4
"""Cells of the tick before a path."""


def tick_rows(
    changes: Sequence[Change],
    ticked: Collection[str],
    width: int,
    palette: Palette,
    selected: int | None = None,
) -> list[Content]:
    """Return one row for each changed path in `width` cells."""
    return [
        _row(change, change.path in ticked, number == selected, width, palette)
        for number, change in enumerate(changes)
    ]


def _row(change: Change, ticked: bool, here: bool, width: int, palette: Palette) -> Content:
    why = why_unticked(change)
    room = max(8, width - MARK - WHY)
    path = shorten_middle(one_line(change.path, 400), room)
    mark, token = (glyphs.PROVED, "ok") if ticked else (glyphs.EMPTY, "muted")
    ground = "sel" if here else ""
    return Content.assemble(
        (f"[{mark}] ", palette.style(token, ground, bold=True)),
        (path.ljust(room), palette.style("text" if ticked else "muted", ground, bold=here)),
        (why.ljust(WHY), palette.style("dumb" if tickable(change) is None else "muted", ground)),
    )


def why_unticked(change: Change) -> str:
    """Say what is special about a path; "" when nothing is."""
    if change.conflicted:
        return "in conflict: cannot be"
    if change.partly:
        return "part staged, left alone"
    if change.submodule:
        return "a submodule"
    if not change.tracked:
        return "new to git"
    return "deleted" if change.deleted else ""


def tickable(change: Change) -> bool | None:
    """Say whether a path may be ticked: always but in a conflict (`None`)."""
    return None if change.conflicted else True


def where_words(found: Committable) -> str:
    """Say on which branch it is committed."""
    if found.detached or not found.branch:
        return "on no branch: HEAD is detached"
    return f"on {found.branch}{', the default branch' if found.default_branch else ''}"


def hook_words(found: Committable, *, new: bool) -> list[str]:
    """Return what is to be known of the programs that git will run."""
    words = []
    if found.hooks:
        words.append(f"hooks that run: {', '.join(found.hooks)}, 120 s at most")
    if found.hooks_path:
        words.append(f"core.hooksPath leads to {found.hooks_path}")
    if new:
        words.append("A hook is newer than this session: look at it before it runs.")
    if found.signs:
        words.append("git signs commits here")
    return words
