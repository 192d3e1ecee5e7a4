"""Two sides wrote on one text: what both agree on, where they contradict each other.

Pure. Lines end at a line feed and nowhere else, so no other character of a text moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import TypeAlias

import msgspec

Lines: TypeAlias = tuple[str, ...]
"""Lines without their newlines; a text that ends with one has an empty last line."""

CLOSELY = 1_000
"""Changed lines up to which two texts are compared line by line; comparing is quadratic at worst,
so that beyond it lines that repeat often no longer count as equal."""

WHOLLY = 20_000
"""Changed lines from which two texts are not compared at all but replaced as a whole."""


class Agreed(msgspec.Struct, frozen=True):
    """Lines that both sides can live with: unchanged, or changed by one of them."""

    lines: Lines


class Conflict(msgspec.Struct, frozen=True):
    """Lines that both sides changed, each in its own way."""

    base: Lines
    mine: Lines
    theirs: Lines


class Merged(msgspec.Struct, frozen=True):
    """A text in blocks, top to bottom."""

    blocks: tuple[Agreed | Conflict, ...]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The blocks about which a person must decide."""
        return tuple(block for block in self.blocks if isinstance(block, Conflict))

    def text(self, choices: Sequence[Lines] = ()) -> str:
        """Return the whole text, with one choice for each conflict in its order.

        Raises:
            ValueError: There are not as many choices as conflicts.
        """
        if len(choices) != len(self.conflicts):
            raise ValueError("one choice for each conflict")
        chosen = iter(choices)
        parts = (b.lines if isinstance(b, Agreed) else next(chosen) for b in self.blocks)
        return "\n".join(line for part in parts for line in part)


class Edit(msgspec.Struct, frozen=True):
    """Put `lines` in place of the lines from `start` to before `end`."""

    start: int
    end: int
    lines: Lines


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Merge what two sides made of `base`, line by line.

    Changes of other lines contradict nothing, also where they stand side by side; of what both
    put at the same place, theirs comes first.
    """
    from merge3 import Merge3

    texts = [text.split("\n") for text in (base, mine, theirs)]
    head, tail = _shared_ends(texts)
    inner = [lines[head : len(lines) - tail] for lines in texts]
    three: Merge3[str] = Merge3(
        inner[0],
        inner[1],
        inner[2],
        sequence_matcher=_Matcher,  # type: ignore[arg-type] # their protocol names no element type
    )
    blocks: list[Agreed | Conflict] = [Agreed(tuple(texts[0][:head]))]
    for region in three.merge_regions():
        blocks += _blocks(region, *inner)
    blocks.append(Agreed(tuple(texts[0][len(texts[0]) - tail :])))
    return Merged(tuple(_joined(blocks)))


def edits(before: str, after: str) -> tuple[Edit, ...]:
    """Return the changes of whole lines that make `after` of `before`, the lowest first.

    In this order each can be applied as it stands: none moves the lines of the next.
    """
    if before == after:
        return ()
    old, new = before.split("\n"), after.split("\n")
    head, tail = _shared_ends((old, new))
    middle, changed = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(middle), len(changed)) > WHOLLY:
        return (Edit(head, head + len(middle), tuple(changed)),)
    codes = _Matcher(None, middle, changed).get_opcodes()
    return tuple(
        Edit(head + i, head + j, tuple(changed[k:m]))
        for kind, i, j, k, m in reversed(codes)
        if kind != "equal"
    )


class _Matcher(SequenceMatcher[str]):
    """Compares closely what is short enough for it."""

    def __init__(
        self,
        isjunk: Callable[[str], bool] | None = None,
        a: Sequence[str] = (),
        b: Sequence[str] = (),
        autojunk: bool = True,  # noqa: ARG002 - the library's signature
    ) -> None:
        super().__init__(isjunk, a, b, autojunk=max(len(a), len(b)) > CLOSELY)


def _shared_ends(texts: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return how many first and how many last lines all texts share; the two never overlap."""
    most = min(map(len, texts))
    head = sum(1 for _ in takewhile(_all_equal, zip(*texts, strict=False)))
    ends = zip(*(text[: -1 - (most - head) : -1] for text in texts), strict=False)
    tail = sum(1 for _ in takewhile(_all_equal, ends)) if head < most else 0
    return head, tail


def _all_equal(lines: tuple[str, ...]) -> bool:
    return lines.count(lines[0]) == len(lines)


def _blocks(
    region: tuple[str | int | None, ...], base: list[str], mine: list[str], theirs: list[str]
) -> Iterator[Agreed | Conflict]:
    """Yield one region of the library as blocks."""
    kind, *at = region
    numbers = [number for number in at if isinstance(number, int)]
    if kind != "conflict":
        source = {"unchanged": base, "same": mine, "a": mine, "b": theirs}[str(kind)]
        yield Agreed(tuple(source[slice(*numbers)]))
        return
    ours, others = mine[slice(*numbers[2:4])], theirs[slice(*numbers[4:6])]
    head, tail = _shared_ends((ours, others))
    yield Agreed(tuple(ours[:head]))
    yield _undecided(
        tuple(base[slice(*numbers[:2])]),
        tuple(ours[head : len(ours) - tail]),
        tuple(others[head : len(others) - tail]),
    )
    yield Agreed(tuple(ours[len(ours) - tail :]))


def _undecided(base: Lines, mine: Lines, theirs: Lines) -> Agreed | Conflict:
    """Return what is left to decide: nothing where both changed other lines, side by side."""
    ours = edits("\n".join(base), "\n".join(mine)) if base else (Edit(0, 0, mine),)
    others = edits("\n".join(base), "\n".join(theirs)) if base else (Edit(0, 0, theirs),)
    if not base or (mine and theirs):
        pairs = [(one, other) for one in ours for other in others]
        if not any(_touches(*pair) for pair in pairs):
            return Agreed(_woven(base, ours, others))
    return Conflict(base, mine, theirs)


def _touches(one: Edit, other: Edit) -> bool:
    """Say whether two edits change the same lines, or put lines of the same words at one place."""
    if one.start == one.end == other.start == other.end:
        return any(line.strip() and line in other.lines for line in one.lines)
    return one.start < other.end and other.start < one.end


def _woven(base: Lines, ours: Sequence[Edit], others: Sequence[Edit]) -> Lines:
    """Apply the edits of both sides; at one place theirs come first."""
    lines = list(base)
    for edit in sorted((*ours, *others), key=lambda edit: (edit.start, edit.end), reverse=True):
        lines[edit.start : edit.end] = edit.lines
    return tuple(lines)


def _joined(blocks: Sequence[Agreed | Conflict]) -> Iterator[Agreed | Conflict]:
    """Yield the blocks, agreed neighbours as one and empty ones not at all."""
    lines: Lines = ()
    for block in blocks:
        if isinstance(block, Agreed):
            lines += block.lines
            continue
        if lines:
            yield Agreed(lines)
        lines = ()
        yield block
    if lines:
        yield Agreed(lines)
