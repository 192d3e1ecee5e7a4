"""What a brief weighs, part by part: what stands in it, and what it sends its reader to."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from ..gitrun import run_git
from ..problems import Problem
from ..tokens import about
from .brief import LOG, Brief

OWN = "client's own start"
"""The name of the part that no brief can change."""


class Weight(msgspec.Struct, frozen=True):
    """One part of a fresh session's start: its name, a few words about it, its tokens (about)."""

    name: str
    words: str
    tokens: int


def weigh(
    brief: Brief,
    text: str,
    root: Path,
    *,
    notes: str,
    model: str | None,
    own: int | None = None,
) -> tuple[Weight, ...]:
    """Return the parts of a start with the brief `text`, in the order they are read.

    `notes` is the progress file's text, `own` what the client brings along by itself (measured,
    see `start_load`). The sizes are estimates from lengths, so the sum is one.
    """
    parts = [
        *(Weight(name, "the map, read first", _file(root / name, model)) for name in brief.maps),
        *_of_notes(brief, notes, model),
        *_of_log(brief, root, model),
        *_of_text(brief, text, model),
    ]
    if own is not None:
        parts.append(Weight(OWN, "system and tools, as measured before", own))
    return tuple(parts)


def _of_text(brief: Brief, text: str, model: str | None) -> list[Weight]:
    """The text of the brief itself: the folder tree in it, and the rest."""
    tree = "\n".join(f"    {line}" for line in brief.tree)
    inside = len(tree) if tree and tree in text else 0
    rest = Weight("the brief's words", _words(brief), about(len(text) - inside, model))
    if not inside:
        return [rest]
    return [Weight("folder tree", f"{len(brief.tree)} lines", about(inside, model)), rest]


def _of_notes(brief: Brief, notes: str, model: str | None) -> list[Weight]:
    if not brief.notes:
        return []
    return [Weight(brief.notes, "read first, nothing failed is retried", about(len(notes), model))]


def _of_log(brief: Brief, root: Path, model: str | None) -> list[Weight]:
    if not brief.log:
        return []
    size = 0
    with suppress(Problem):
        size = len(run_git(root, *LOG.split()[1:]).out)
    return [Weight(LOG, "the newest commits", about(size, model))]


def _words(brief: Brief) -> str:
    parts = (
        "the next step" if brief.next_step else "",
        "the test command" if brief.test_command else "",
    )
    return ", ".join(("what to do", *filter(None, parts)))


def _file(path: Path, model: str | None) -> int:
    try:
        return about(path.stat().st_size, model)
    except OSError:
        return 0
