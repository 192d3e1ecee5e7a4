"""Marks inside a paragraph of markdown: code, strong, emphasis, links. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .lines import Line, Piece, Run, flow

TEXT = Piece("")
CODE = Piece("", "agent")
STRONG = Piece("", "strong", bold=True)
QUIET = Piece("", "muted")

_MARKS = re.compile(
    r"`([^`]{1,300})`"
    r"|\*\*(?=\S)([^*]{1,300})(?<=\S)\*\*"
    r"|(?<![\w*])\*(?=\S)([^*]{1,300})(?<=\S)\*(?![\w*])"
    r"|\[([^\[\]]{1,300})\]\(([^()\s]{1,500})\)"
)
"""Bounded everywhere: a line full of openings that never close must not cost seconds."""


def inline(raw: str, width: int, base: Piece) -> Iterator[Line]:
    """Draw one paragraph with its marks, wrapped to `width` cells."""
    text, runs = marked(raw, base)
    return flow(text, runs, width, base)


def marked(raw: str, base: Piece) -> tuple[str, list[Run]]:
    """Return a paragraph without its marks, and the runs that they asked for."""
    if "`" not in raw and "*" not in raw and "](" not in raw:
        return raw, []
    text, runs = "", []
    for piece in _pieces(raw, base):
        end = len(text) + len(piece.text)
        if piece[1:] != base[1:]:
            runs.append(Run(len(text), end, piece))
        text += piece.text
    return text, runs


def _pieces(raw: str, base: Piece) -> Iterator[Piece]:
    at = 0
    for found in _MARKS.finditer(raw):
        yield base._replace(text=raw[at : found.start()])
        yield from _styled(found, base)
        at = found.end()
    yield base._replace(text=raw[at:])


def _styled(found: re.Match[str], base: Piece) -> Iterator[Piece]:
    code, strong, emphasis, label, target = found.groups()
    if code is not None:
        yield CODE._replace(text=code)
    elif strong is not None:
        yield from _pieces(strong, STRONG)
    elif emphasis is not None:
        yield from _pieces(emphasis, base._replace(bold=True))
    else:
        yield base._replace(text=label, ink="you")
        if not _says(label, target):
            yield QUIET._replace(text=f" ({target})")


def _says(label: str, target: str) -> bool:
    """Say whether a label names its target already, as `src/a.py:42` does for `src/a.py#L42`."""
    return target in label or label.partition(":")[0] in target
