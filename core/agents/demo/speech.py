"""Cuts an answer into the pieces in which a model would have sent it. Pure."""

from __future__ import annotations

import re

MOST = 48
"""Pieces of one answer at most."""

_WORD = re.compile(r"\S+\s*|\s+")


def pieces(text: str) -> list[str]:
    """Return `text` cut between words; the pieces put together are the text again."""
    words = _WORD.findall(text)
    size = max(1, -(-len(words) // MOST))
    return ["".join(words[at : at + size]) for at in range(0, len(words), size)]
