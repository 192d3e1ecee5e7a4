"""Keep characters that a terminal would obey out of the editor, and put them back when saving.

An editor moves a cursor over every character, so hiding one or showing it wider than it was
measured would put the cursor beside the text. Each is therefore exchanged, in the text that is
edited, for a stand-in one cell wide from Unicode's last private plane. Pure.
"""

from __future__ import annotations

import re

from ....core.text import clean

PLANE = 0x100000
"""Where the stand-ins begin: a plane that no character is ever assigned in."""

_TAGS = range(0xE0000, 0xE1000)
_TAGS_PLACE = 0xE000
"""Tag characters get the places of the lower private area, whose own characters are harmless."""

STAND_INS = re.compile("[\U00100000-\U0010ffff]")
_JOINERS = frozenset(PLANE + code for code in (0x200C, 0x200D, *range(0xFE00, 0xFE10)))
"""Stand-ins of what only shapes emoji and letters; shown as a blank, the others as a mark."""

MARK = "?"


def has_stand_ins(text: str) -> bool:
    """Say whether a text from outside uses the plane itself; such a text cannot be veiled."""
    return not text.isascii() and STAND_INS.search(text) is not None


def veiled(text: str) -> str:
    """Return `text` with a stand-in for each character that must not reach a terminal."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    unsafe = (char for char in set(text) if char not in "\n\t" and clean(char) != char)
    return text.translate({ord(char): _stand_in(ord(char)) for char in unsafe})


def unveiled(text: str) -> str:
    """Return `text` with every stand-in changed back."""
    if text.isascii():
        return text
    return STAND_INS.sub(lambda found: chr(_behind(ord(found[0]))), text)


def shown(stand_in: str) -> str:
    """Return what stands on the screen for a stand-in: one cell."""
    return " " if ord(stand_in) in _JOINERS else MARK


def _stand_in(code: int) -> int:
    if code in _TAGS:
        return PLANE + _TAGS_PLACE + (code - _TAGS.start)
    return PLANE + code


def _behind(stand_in: int) -> int:
    code = stand_in - PLANE
    if _TAGS_PLACE <= code < _TAGS_PLACE + len(_TAGS):
        return _TAGS.start + code - _TAGS_PLACE
    return code
