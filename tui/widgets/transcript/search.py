"""A search as the person goes through it: what was found so far, and which match is shown. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from ....core.finding import Progress
from ... import numbers


class Search:
    """The matches of one query, in the order of the transcript."""

    def __init__(self, query: str = "", here: int | None = None) -> None:
        self.query = query
        self._here = here
        self._found = Progress()
        self.current: int | None = None
        """The item whose match is shown."""

    def changed(self, query: str) -> Search:
        """Return a search for something else that begins where this one began."""
        return Search(query, self._here)

    @property
    def matches(self) -> tuple[int, ...]:
        """The items that match, as far as they were found."""
        return self._found.matches

    @property
    def done(self) -> bool:
        """Whether the whole file was searched."""
        return self._found.done

    @property
    def end(self) -> int:
        """The byte up to which the file was searched."""
        return self._found.end

    def take(self, found: Progress) -> int | None:
        """Take in what was found; return the item to show if none was shown yet.

        That is the first match above the place where the search began, else the nearest below.
        """
        self._found = found
        if self.current is None and found.matches:
            at = (
                len(found.matches)
                if self._here is None
                else bisect_right(found.matches, self._here)
            )
            if at > 0:
                self.current = found.matches[at - 1]
            elif found.done:
                self.current = found.matches[0]
            return self.current
        return None

    def add(self, found: Progress) -> None:
        """Take in what was found in lines that were written since."""
        known = self._found
        last = known.matches[-1] if known.matches else -1
        newer = tuple(item for item in found.matches if item > last)
        self._found = Progress(known.matches + newer, 1.0, True, found.end, known.capped)

    def step(self, step: int) -> int | None:
        """Go to the next or previous match, round and round; return its item."""
        matches = self.matches
        if not matches:
            return None
        if self.current is None:
            self.current = matches[-1]
        else:
            before = bisect_left(matches, self.current)
            self.current = matches[(before + step) % len(matches)]
        return self.current

    def words(self) -> str:
        """Say how far the search is."""
        if not self.query.strip():
            return "type to search the whole transcript"
        if not self.done:
            found = numbers.count(len(self.matches), "match", "matches")
            return f"searching, {numbers.percent(self._found.share)} · {found}"
        if not self.matches:
            return "no match"
        many = f"{len(self.matches):,}{'+' if self._found.capped else ''}"
        if self.current is None:
            return f"{many} matches"
        return f"{bisect_left(self.matches, self.current) + 1:,} of {many}"
