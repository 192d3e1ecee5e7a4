"""Words that are typed into someone's terminal: which can be, and which go by a file instead."""

from __future__ import annotations

from pathlib import Path

from ..paths import make_runtime_folder
from ..storage import write_private

LONG = 8_000
"""Characters above which a prompt goes by a file, however tall the pane."""

AROUND = 12
"""Rows that a client needs around its input box; a text that is taller goes by a file."""

SHORT = 2
"""Rows of a text that is typed into the smallest pane as well."""


def untypable(words: str) -> str | None:
    """Say why words cannot be typed as a prompt; `None` when they can."""
    if not words.strip():
        return "There is nothing to send."
    if any(not char.isprintable() and char != "\n" for char in words):
        return "The text holds control characters or tabs."
    if words.lstrip()[:1] in ("/", "!", "#"):
        return f'A prompt that begins with "{words.lstrip()[:1]}" would be taken as a command.'
    return None


def fitting(words: str, name: str, width: int, height: int) -> str:
    """Return what is typed into a pane of that size: the words, or where to read them.

    Raises:
        NotSaved: the file for a long text cannot be written.
    """
    if len(words) > LONG or rows(words, width) > max(SHORT, height - AROUND):
        return _by_file(words, name)
    return words


def room_for_line(width: int, height: int) -> int:
    """Return how many characters one line may have in a pane of that size, to be seen whole."""
    high = max(SHORT, height - AROUND)
    return min(LONG, max(8, width - 4) * high - 1)


def rows(words: str, width: int) -> int:
    """Return how many rows words take in a box of a pane."""
    room = max(8, width - 4)
    return sum(1 + len(line) // room for line in words.split("\n"))


def by_file(name: str) -> str:
    """Return the prompt that points to the file of a long one."""
    return f"Read {_file(name)} and do what it says."


def _by_file(words: str, name: str) -> str:
    """Put a long prompt into a file of ours and return the prompt that points to it."""
    write_private(_file(name), words.encode())
    return by_file(name)


def _file(name: str) -> Path:
    return make_runtime_folder() / "prompts" / f"{name}.md"


def same_text(left: str, right: str) -> bool:
    """Say whether two texts are the same but for how they are wrapped."""
    return squeezed(left) == squeezed(right)


def squeezed(text: str) -> str:
    """Return a text without blanks and without the lines that are drawn around it."""
    return "".join(char for char in text if not char.isspace() and char not in "│┃╎")
