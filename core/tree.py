"""The tree of a conversation: which records follow which, and when a person went back.

In Claude transcripts two children of one parent are usually no rewind (parallel tools, hooks).
A rewind is a human prompt whose parent already has another human prompt among its descendants.
One to the very start has no parent, as the first prompt had none. In files that name no parents at
all, nobody went back: there a first prompt has no descendants.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from hashlib import blake2b

import msgspec

from .items import NONE

LARGEST = 0xFFFF
"""The highest number of a branch; a file with more rewinds is damaged, and stays on one line."""


class Rewind(msgspec.Struct, frozen=True):
    """A prompt that leaves an earlier one behind: new branch, its parent, first item left out.

    `fill` is what the context held before the prompt that was left behind.
    """

    branch: int
    parent: int
    cut: int
    fill: int | None


class _Prompt(msgspec.Struct, frozen=True, array_like=True):
    item: int
    fill: int | None


class TreeState(msgspec.Struct, array_like=True):
    """A `Tree` as plain values, for the checkpoint on disk."""

    ids: bytes
    parents: bytes
    marks: bytes
    branches: bytes
    prompts: dict[int, _Prompt]
    count: int
    live: int
    root: int
    grown: bool


@lru_cache(maxsize=1024)
def short_id(name: str) -> int:
    """Return 64 bits for an id: a tenth of the memory of the text."""
    return int.from_bytes(blake2b(name.encode("utf-8", "replace"), digest_size=8).digest(), "big")


class Tree:
    """Grows record by record; every record costs the same, however long the session.

    A node is a row in three columns: its parent, its branch, and `mark`, the first human prompt
    that descends from it. `root` is the first human prompt without a parent, and `grown` says
    whether anything descends from it.
    """

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}
        self._parents, self._marks, self._branches = array("i"), array("i"), array("H")
        self._prompts: dict[int, _Prompt] = {}
        self._count = 1
        self._root, self._grown = NONE, False
        self.live = 0

    def branch(self, name: str | None) -> int | None:
        """Return the branch of a record, `None` when the file does not hold it."""
        row = NONE if name is None else self._rows.get(short_id(name), NONE)
        return None if row == NONE else self._branches[row]

    def add(self, name: str, parent: str | None) -> int:
        """Add a record that is no human prompt and return the branch it belongs to."""
        known = self.branch(name)
        if known is not None:
            return known
        up = self._row(parent)
        branch = self.live if up == NONE else self._branches[up]
        self._place(name, up, branch)
        return branch

    def prompt(self, name: str, parent: str | None, item: int, fill: int | None) -> Rewind | None:
        """Add a human prompt whose item will be `item`; return the rewind if it is one.

        `fill` is what the context holds at this point, to be restored when a person comes back.
        """
        if short_id(name) in self._rows:
            return None
        up = self._row(parent)
        left = self._left(parent, up)
        if left == NONE or self._count > LARGEST:
            row = self._place(name, up, self.live if up == NONE else self._branches[up])
            self._prompts[row] = _Prompt(item, fill)
            self._mark(row, up)
            if parent is None and self._root == NONE:
                self._root = row
            return None
        back = self._branches[left if up == NONE else up]
        rewind = Rewind(self._count, back, self._prompts[left].item, self._prompts[left].fill)
        self._count += 1
        self._prompts[self._place(name, up, rewind.branch)] = _Prompt(item, rewind.fill)
        return rewind

    def take(self, branch: int) -> bool:
        """Make `branch` the live one; say whether that changed anything."""
        changed, self.live = branch != self.live, branch
        return changed

    def _left(self, parent: str | None, up: int) -> int:
        """Return the prompt that one below `parent` leaves behind, `NONE` if it leaves none."""
        if parent is None:
            return self._root if self._grown else NONE
        return NONE if up == NONE else self._marks[up]

    def _row(self, name: str | None) -> int:
        return NONE if name is None else self._rows.get(short_id(name), NONE)

    def _place(self, name: str, parent: int, branch: int) -> int:
        row = self._rows[short_id(name)] = len(self._parents)
        self._parents.append(parent)
        self._marks.append(NONE)
        self._branches.append(branch)
        self._grown = self._grown or (parent != NONE and parent == self._root)
        return row

    def _mark(self, prompt: int, row: int) -> None:
        """Mark the way up, as far as no earlier prompt has marked it."""
        while row != NONE and self._marks[row] == NONE:
            self._marks[row] = prompt
            row = self._parents[row]

    def freeze(self) -> TreeState:
        """Return everything as plain values."""
        return TreeState(
            ids=array("Q", self._rows).tobytes(),
            parents=self._parents.tobytes(),
            marks=self._marks.tobytes(),
            branches=self._branches.tobytes(),
            prompts=self._prompts,
            count=self._count,
            live=self.live,
            root=self._root,
            grown=self._grown,
        )

    @classmethod
    def thaw(cls, state: TreeState) -> Tree:
        """Return the tree that `state` was made from; `ValueError` if it does not fit together."""
        tree, ids = cls(), array("Q")
        ids.frombytes(state.ids)
        tree._rows = {name: row for row, name in enumerate(ids)}
        tree._parents.frombytes(state.parents)
        tree._marks.frombytes(state.marks)
        tree._branches.frombytes(state.branches)
        if {len(ids), len(tree._parents), len(tree._marks)} != {len(tree._branches)}:
            raise ValueError("the columns differ in length")
        tree._prompts, tree._count, tree.live = state.prompts, state.count, state.live
        tree._root, tree._grown = state.root, state.grown
        return tree
