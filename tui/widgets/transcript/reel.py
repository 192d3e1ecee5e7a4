"""A sequence that is taken one by one and knows what is left; so long texts are drawn in part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar

from .lines import Line, Piece

T_co = TypeVar("T_co", covariant=True)


class Reel(Generic[T_co]):
    """Gives its values in order; the one taken last can be put back."""

    def __init__(self, values: Sequence[T_co]) -> None:
        self._values = values
        self._at = 0

    def __iter__(self) -> Iterator[T_co]:
        return self

    def __next__(self) -> T_co:
        if self._at >= len(self._values):
            raise StopIteration
        self._at += 1
        return self._values[self._at - 1]

    @property
    def left(self) -> int:
        """How many values were not taken yet."""
        return len(self._values) - self._at

    def put_back(self) -> None:
        """Give back the value that was taken last."""
        self._at -= 1


def raw_lines(text: str) -> Reel[str]:
    """Return the lines of a text, without empty ones at its ends."""
    text = text.strip("\n")
    return Reel(text.split("\n") if text else ())


def taken(lines: Iterator[Line], limit: int, *sources: Reel[object]) -> tuple[list[Line], str]:
    """Take at most `limit` lines; say in words how many of `sources` were left, "" when none.

    A single line that is left is taken as well: to name it would take as much room.
    """
    kept = list(islice(lines, limit))
    left = sum(source.left for source in sources)
    beyond = list(islice(lines, 2))
    if len(beyond) < 2:
        return kept + beyond, ""
    return kept, f"{left:,} more lines" if left > 1 else "more of this"


def rest(words: str, *, further: bool) -> Line:
    """Say what was left out, and how to come by it."""
    way = "open again" if further else "copy takes all of it"
    return [Piece(f"… {words} · {way}", "muted")]
