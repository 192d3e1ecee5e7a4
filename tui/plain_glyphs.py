"""Draw with ASCII on terminals whose font lacks our glyphs."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from .glyphs import plain

LACKING = frozenset({"linux", "vt100", "vt220"})
"""Terminals with a font of 512 characters or less, such as the console of the Linux kernel."""


class PlainGlyphs(LineFilter):
    """Replaces our glyphs cell for cell, last of all before a line is written."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` in ASCII as far as they are ours."""
        del background
        return [Segment(plain(text), style, control) for text, style, control in segments]


def lacking(environment: Mapping[str, str]) -> bool:
    """Say whether the terminal of `environment` lacks the glyphs."""
    return environment.get("TERM") in LACKING
