"""Which line of a conversation follows which, and in which branch the session goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...events import BranchTaken, Rewound
from ...tree import Tree
from ..fields import text_or_none
from .accounts import Accounts
from .content import Block
from .desk import Line


class Thread:
    """The tree of a transcript, together with what the context of each branch holds."""

    def __init__(self, tree: Tree, accounts: Accounts) -> None:
        self.tree = tree
        self._accounts = accounts

    def holds(self, name: str | None) -> bool:
        """Say whether a record stands in the file already; chains are written again on resume."""
        return name is not None and self.tree.branch(name) is not None

    def place(self, line: Line, name: str | None) -> None:
        """Find the branch of a line that is no person's prompt."""
        tree = self.tree
        line.branch = tree.live if name is None else tree.add(name, _parent(line.value))

    def prompt(self, line: Line, name: str | None, item: int) -> Iterator[Rewound]:
        """Find the branch of a person's prompt; report a rewind if it is one."""
        tree, parent = self.tree, _parent(line.value)
        line.branch = tree.live
        if name is None:
            return
        known = tree.branch(parent)
        fill = self._accounts.fill(tree.live if known is None else known)
        rewind = tree.prompt(name, parent, item, fill)
        line.branch = tree.branch(name) or 0
        if rewind is None:
            return
        self._accounts.restore(rewind.branch, rewind.fill)
        tree.take(rewind.branch)
        yield Rewound(
            at=line.at,
            branch=rewind.branch,
            parent=rewind.parent,
            cut=rewind.cut,
            fill=rewind.fill,
        )

    def take(self, branch: int | None, at: float | None = None) -> Iterable[BranchTaken]:
        """Go on in the branch of the newest line, whoever wrote it."""
        if branch is None or not self.tree.take(branch):
            return ()
        return (BranchTaken(at=at, branch=branch, fill=self._accounts.fill(branch)),)


def _parent(record: Block) -> str | None:
    """Return the record before this one; a compaction cuts the chain and names it elsewhere."""
    named = text_or_none(record.get("parentUuid"))
    return named or text_or_none(record.get("logicalParentUuid"))
