"""Whose line is whose in a text that two sides write, and what is new to the person. Pure."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from .merge import edits


class Author(StrEnum):
    """Who wrote a line last."""

    YOURS = "yours"
    AGENT = "the agent's"
    UNKNOWN = "unknown"


class Authorship(msgspec.Struct, frozen=True):
    """The author of every line; `fresh` are the lines the person has not looked at yet."""

    authors: tuple[Author, ...]
    fresh: frozenset[int] = frozenset()

    @classmethod
    def of(cls, text: str, author: Author = Author.UNKNOWN) -> Authorship:
        """Return a text that one side wrote, or nobody knows who."""
        return cls((author,) * (text.count("\n") + 1))

    def followed(self, before: str, after: str, author: Author) -> Authorship:
        """Return whose the lines are after `author` made `after` of `before`.

        Lines that stayed keep their author; what the agent writes is fresh.
        """
        authors = list(self.authors)
        fresh = [line in self.fresh for line in range(len(authors))]
        for edit in edits(before, after):
            authors[edit.start : edit.end] = [author] * len(edit.lines)
            fresh[edit.start : edit.end] = [author is Author.AGENT] * len(edit.lines)
        return Authorship(tuple(authors), frozenset(n for n, new in enumerate(fresh) if new))

    def looked(self) -> Authorship:
        """Return the same lines, none of them fresh."""
        return Authorship(self.authors) if self.fresh else self
