"""What a detector found: the evidence in one line, where it stands, and a line for the notes."""

from __future__ import annotations

import msgspec

WINDOW = 20
"""Calls that are looked back over; the window in which the rates of these detectors were measured
(500 runs of SWE-bench Verified: the same call with the same result three times in 20 steps came in
6 % of the solved and 12 % of the failed runs)."""


class Symptom(msgspec.Struct, frozen=True):
    """One finding: `what` it is about, and what is true of it (`claim`).

    `items` are the calls it rests on, oldest first, `turn` that of the last one. `approach` and
    `reason` are ready for the failed approaches of the progress file.
    """

    detector: str
    what: str
    claim: str
    count: int
    items: tuple[int, ...]
    approach: str
    reason: str
    turn: int | None = None

    @property
    def evidence(self) -> str:
        """The finding in one line."""
        return f"{self.what} {self.claim}"
