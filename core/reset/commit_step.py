"""Step 2 of a reset: the commit of what the person ticked."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ..acting.action import Outcome
from ..committing import commit, head_of
from ..gitrun import run_git
from .book import Book, NeedsPerson
from .transaction import Status, Step, Transaction


class CommitStep:
    """Makes the commit once; afterwards finds it by its message, which names this reset."""

    def __init__(self, book: Book) -> None:
        self._book = book

    async def do(self, transaction: Transaction) -> None:
        """Commit what was chosen.

        Raises:
            NeedsPerson: nothing was chosen yet.
        """
        chosen, begun = transaction.step(Step.COMMIT).chosen, transaction.begun
        if "paths" not in chosen:
            raise NeedsPerson(Step.COMMIT)
        if begun.root is None or not chosen["paths"]:
            nothing = "there is no repository" if begun.root is None else "nothing was ticked"
            self._book.skip(Step.COMMIT, chosen.get("why") or nothing)
            return
        root, message = Path(begun.root), chosen["message"]
        head = await asyncio.to_thread(head_of, root)
        self._book.begin(Step.COMMIT, head=head, message=message)
        done = await asyncio.to_thread(commit, root, chosen["paths"], message)
        if done.outcome is Outcome.CONFIRMED and done.commit is not None:
            self._made(done.commit)
        else:
            unknown = done.outcome is Outcome.UNKNOWN
            self._book.fail(Step.COMMIT, done.words or "git made no commit", unknown=unknown)

    async def find(self, transaction: Transaction) -> None:
        """Look for the commit that stands on the HEAD from before and has our message."""
        facts, root = transaction.step(Step.COMMIT).facts, Path(transaction.begun.root or ".")
        made = await asyncio.to_thread(commit_after, root, facts["head"], facts["message"])
        if made is not None:
            self._made(made)
        else:
            self._book.redo(Step.COMMIT, "no commit was made")

    def _made(self, made: str) -> None:
        self._book.finish(Step.COMMIT, Status.DONE, f"commit {made[:9]}", commit=made)


def commit_after(root: Path, head: str | None, message: str) -> str | None:
    """Return the commit that stands on `head` with `message`, if HEAD leads to one."""
    limit = [f"{head}..HEAD"] if head else ["HEAD"]
    answer = run_git(root, "rev-list", "--first-parent", "--reverse", *limit)
    for made in answer.text.split() if answer.code == 0 else ():
        said = run_git(root, "log", "-1", "--format=%B", made)
        if said.text.strip() == message.strip():
            return made
    return None
