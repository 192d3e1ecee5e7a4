"""What goes back to the agent after a compaction lost it: chosen, sent, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.acting.action import Outcome, Result
from ..core.compacting.comparing import Row, put_back
from ..core.compacting.keeping import Point
from .numbers import clock


class PuttingBack:
    """Which rows of a comparison go back, and which have gone.

    `told` says what came of the last time, `well` whether it arrived; `own` tells that the person
    edits the text by now.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.chosen = {at for at, row in enumerate(rows) if _goes_back(row)}
        self.sent: set[int] = set()
        self.own = False
        self.told, self.well = "", False

    def can_choose(self, at: int) -> bool:
        """Say whether a row is missing and was not sent back yet."""
        return bool(self.rows) and not self.rows[at].kept and at not in self.sent

    def choose(self, at: int) -> None:
        """Choose a row, or leave it out; the text is made anew."""
        self.chosen ^= {at}
        self.own = False

    def text(self, notes_name: str | None) -> str:
        """Return the text of what is chosen."""
        rows = [row for at, row in enumerate(self.rows) if at in self.chosen]
        return put_back(rows, notes_name)

    def refused(self, why: str) -> None:
        """Take up that nothing was sent; it can be tried again."""
        self.told, self.well = f"Not sent: {why}".strip(), False

    def take(self, result: Result, chosen: set[int]) -> None:
        """Take up what came of it; what may have been sent is not sent again by itself."""
        if result.outcome is Outcome.REFUSED:
            self.refused(f"{result.reason} {result.remedy}")
            return
        self.chosen, self.own = set(), False
        self.well = result.outcome is Outcome.CONFIRMED
        if self.well:
            proof = result.evidence[0]
            self.sent |= chosen
            self.told = f"Sent back {clock(proof.at, seconds=True)}: {proof.detail}."
        else:
            self.told = f"It was sent, and nothing tells whether it arrived: {result.reason}"


def _goes_back(row: Row) -> bool:
    """Say whether a line is chosen at first: what is missing, but for files, which are found."""
    return not row.kept and row.keep.point is not Point.FILE
