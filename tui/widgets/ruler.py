"""The row under the bar: each zone's word under its edge, the numbers where there is room."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from textual.content import Content

from ...core.gauge import Zone
from .. import glyphs
from ..numbers import size
from ..themes import Palette
from .bar import HATCH, Scale

WORDS = {
    Zone.DUMB: ("Dumb Zone", "Dumb"),
    Zone.COMPACT: ("compact",),
    Zone.RESET: ("reset",),
}
"""What a zone is called under its edge: the longest word that fits."""

NEAR = 3
"""How many cells a word may stand beside its mark."""

TOKENS = {Zone.SMART: "ok", Zone.DUMB: "dumb", Zone.COMPACT: "compact", Zone.RESET: "reset"}
"""The colour of a zone's words."""


class Label(msgspec.Struct, frozen=True):
    """Words that want to stand at a column: glyph, word, a shorter word, and the number.

    One that `yields` gives way to the words of the zones.
    """

    column: int
    glyph: str
    words: tuple[str, ...]
    number: str
    token: str
    yields: bool = False


def ruler(scale: Scale, window: int | None, palette: Palette, *, ended: bool = False) -> Content:
    """Return the ruler of a bar: words never overlap, and the window's size always stays."""
    last = size(window) if window else f"end {glyphs.UNKNOWN}"
    row = Content()
    for column, text, token in placed(labels(scale), scale.width - len(last)):
        style = palette.style("muted" if ended else token)
        row += " " * (column - len(row)) + Content.styled(text, style)
    return (
        row
        + " " * (scale.width - len(row) - len(last))
        + Content.styled(last, palette.style("muted"))
    )


def labels(scale: Scale) -> list[Label]:
    """Return what wants to stand on the ruler, from left to right."""
    edges = scale.edges
    found = [
        Label(scale.column(at), HATCH[zone], WORDS[zone], size(at), TOKENS[zone])
        for zone, at in (
            (Zone.DUMB, edges.dumb),
            (Zone.COMPACT, edges.compact),
            (Zone.RESET, edges.reset),
        )
    ]
    if edges.cliff is not None:
        words = ("price cliff", "cliff")
        cliff = scale.column(edges.cliff)
        found.append(Label(cliff, glyphs.CLIFF, words, size(edges.cliff), "text", yields=True))
    if edges.auto is not None:
        auto = scale.column(edges.auto)
        found.append(Label(auto, glyphs.AUTO, ("auto",), size(edges.auto), "muted", yields=True))
    smart = Label(0, "", ("smart",), "", TOKENS[Zone.SMART])
    return [smart, *sorted(found, key=lambda label: label.column)]


def placed(wanted: Sequence[Label], end: int) -> list[tuple[int, str, str]]:
    """Return column, text and token of each label in the fullest form that fits before `end`.

    A number needs room before the next mark of any kind, a word before the next zone. What has
    no room even for its glyph is left out.
    """
    kept: list[tuple[int, str, str]] = []
    free = 0
    for label in wanted:
        later = [other for other in wanted if other.column > label.column]
        number_to = min([end, *(other.column for other in later)])
        word_to = min([end, *(other.column for other in later if not other.yields)])
        column, text = _form(label, free, number_to, word_to)
        if text:
            kept.append((column, text, label.token))
            free = column + len(text)
    return kept


def _form(label: Label, free: int, number_to: int, word_to: int) -> tuple[int, str]:
    """Return where and how a label stands; an empty text when there is no room."""
    at = label.column
    if at < free:
        return _shifted(label, free, word_to)
    full = f"{label.glyph}{label.words[0]} {label.number}"
    if label.number and at + len(full) < number_to:
        return at, full
    for word in label.words:
        if at + len(label.glyph + word) < (number_to if label.yields else word_to):
            return at, label.glyph + word
    return at, label.glyph if at + label.yields < word_to else ""


def _shifted(label: Label, free: int, word_to: int) -> tuple[int, str]:
    """Return the bare word right beside its mark, whose own cell is taken."""
    word, at = label.words[-1], free + 1
    near = at <= label.column + NEAR
    return (at, word) if label.yields and near and at + len(word) < word_to else (at, "")
