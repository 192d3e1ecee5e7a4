"""Words that are typed into someone's terminal: which can be, and which go by a file instead."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ..paths import make_runtime_folder
from ..storage import write_private

LONG = 8_000
"""Characters above which a prompt goes by a file, however tall the pane."""

AROUND = 12
"""Rows that a client needs around its input box; a text that is taller goes by a file."""

FOLDER = "prompts"
KEPT = 24 * 3600.0
"""Seconds after which the file of a long prompt is removed."""

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


def by_file(path: Path) -> str:
    """Return the prompt that sends an agent to the file of a long one."""
    return f"Read {path} and do what it says."


def fitting(
    words: str, name: str, width: int, height: int, pointer: Callable[[Path], str] = by_file
) -> str:
    """Return what is typed into a pane of that size: the words, or what points to their file.

    Raises:
        NotSaved: the file for a long text cannot be written.
    """
    if len(words) > LONG or rows(words, width) > max(SHORT, height - AROUND):
        _keep(words, file_of(name))
        return pointer(file_of(name))
    return words


def file_of(name: str) -> Path:
    """Return where the text of a prompt that is too long to be typed is kept, by its action's id.

    It is outside of every repository, so that nothing of it can be committed or left behind there.
    """
    return make_runtime_folder() / FOLDER / f"{name}.md"


def let_go(name: str) -> None:
    """Remove the file of a prompt that the agent has taken whole."""
    file_of(name).unlink(missing_ok=True)


def room_for_line(width: int, height: int) -> int:
    """Return how many characters one line may have in a pane of that size, to be seen whole."""
    high = max(SHORT, height - AROUND)
    return min(LONG, max(8, width - 4) * high - 1)


def rows(words: str, width: int) -> int:
    """Return how many rows words take in a box of a pane."""
    room = max(8, width - 4)
    return sum(1 + len(line) // room for line in words.split("\n"))


def _keep(words: str, path: Path) -> None:
    """Write a long prompt down, and remove old ones: nobody tells when an agent has read them."""
    write_private(path, words.encode())
    for other in path.parent.glob("*.md"):
        with suppress(OSError):
            if time.time() - other.stat().st_mtime > KEPT:
                other.unlink()


def same_text(left: str, right: str) -> bool:
    """Say whether two texts are the same but for how they are wrapped."""
    return squeezed(left) == squeezed(right)


def squeezed(text: str) -> str:
    """Return a text without blanks and without the lines that are drawn around it."""
    return "".join(char for char in text if not char.isspace() and char not in "│┃╎")
