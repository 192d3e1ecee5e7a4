"""A file's bytes as text for an editor, and back, so that what was not edited stays identical.

Editors know one line end. Files have several, sometimes mixed, and Textual's takes form feeds
and Unicode separators for line ends too. So the text handed out knows only the plain newline,
and the form remembers what stood in its place.
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

import msgspec

BOM = b"\xef\xbb\xbf"
NAMES = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


class Form(msgspec.Struct, frozen=True):
    """What the plain text does not show: a byte order mark, and how lines end.

    `end` is the most common line end, which new lines get. Where others occur, `ends` has each
    line's own (the last one's is empty), else it is empty itself.
    """

    bom: bool = False
    end: str = "\n"
    ends: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How lines end, in the words editors use."""
        used = NAMES.keys() & self.ends
        return "mixed" if len(used) > 1 else NAMES[self.end]


def decode(data: bytes) -> tuple[str, Form]:
    """Return the text of a file with plain newlines, and its form.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    bom = data.startswith(BOM)
    lines = _lines(data.removeprefix(BOM).decode("utf-8"))
    ends = tuple(end for _, end in lines)
    counts = Counter(ends[:-1])
    end = max(NAMES, key=lambda name: counts[name])
    if counts.keys() <= {end}:
        ends = ()
    return "\n".join(line for line, _ in lines), Form(bom=bom, end=end, ends=ends)


def encode(text: str, form: Form, base: str) -> bytes:
    """Return the bytes of `text`, which was edited from `base`, the text that `form` came with.

    Lines keep their ends, even when they were edited; new ones end as most lines do.

    Raises:
        UnicodeEncodeError: the text holds half a character (a lone surrogate).
    """
    lines = [line for line, _ in _lines(text)]
    ends = _ends(lines, form, base.split("\n")) if form.ends else [form.end] * len(lines)
    body = "".join(line + end for line, end in zip(lines[:-1], ends, strict=False)) + lines[-1]
    return (BOM if form.bom else b"") + body.encode("utf-8")


def _lines(text: str) -> list[tuple[str, str]]:
    """Split a text into lines and their ends; the last line has none and may be empty."""
    plain, whole = text.splitlines(), text.splitlines(keepends=True)
    lines = [(line, full[len(line) :]) for line, full in zip(plain, whole, strict=True)]
    return lines if lines and not lines[-1][1] else [*lines, ("", "")]


def _ends(lines: list[str], form: Form, base: list[str]) -> list[str]:
    """Return the end of each line: its own of before where the line still has its place."""
    ends = [form.end] * len(lines)
    for _, old, old_stop, new, new_stop in SequenceMatcher(None, base, lines).get_opcodes():
        if old_stop - old == new_stop - new:
            ends[new:new_stop] = [end or form.end for end in form.ends[old:old_stop]]
    return ends
