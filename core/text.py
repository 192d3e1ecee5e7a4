"""Make text from outside safe to show.

Everything an agent wrote is untrusted: escape sequences could drive the terminal, bidi
controls could make a command read as another one.
"""

from __future__ import annotations

import re

TAB = "    "
CUT = "…"

_STRING = r"[^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\|\x9c)"
_ESCAPES = re.compile(
    rf"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_]{_STRING}|[ -/]*[0-~])"
    rf"|\x9b[0-?]*[ -/]*[@-~]|[\x90\x98\x9d-\x9f]{_STRING}"
)
_NEWLINES = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSAFE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


def clean(text: str) -> str:
    r"""Return `text` without anything that a terminal would obey or that would mislead the eye.

    Escape sequences, control characters, direction controls, zero-width characters and lone
    surrogates go; line ends become `\n`, tabs four blanks.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _NEWLINES.sub("\n", _ESCAPES.sub("", text))
    return _UNSAFE.sub("", text.replace("\t", TAB))


def unseen(text: str) -> int:
    """Return how many characters of `text` `clean` leaves out, tabs and line ends aside."""
    if text.isascii() and text.isprintable():
        return 0
    text = _NEWLINES.sub("\n", text).replace("\t", TAB)
    return len(text) - len(_UNSAFE.sub("", _ESCAPES.sub("", text)))


def one_line(text: str, limit: int = 120) -> str:
    """Return the start of `text` cleaned, on one line, at most `limit` characters."""
    line = " ".join(text[: limit * 2].split())
    if not line.isprintable() or (len(line) < limit and len(text) > limit * 2):
        line = " ".join(clean(text[: limit * 8]).split())
    elif not line.isascii():
        line = " ".join(_UNSAFE.sub("", line).split())
    return line if len(line) <= limit else line[: limit - 1] + CUT


def shorten_middle(text: str, width: int) -> str:
    """Cut `text` in its middle to `width` characters, so that both ends stay readable."""
    if len(text) <= width:
        return text
    if width < 3:
        return text[:width]
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}{CUT}{text[len(text) - tail :]}"
