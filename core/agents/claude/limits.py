"""What an error message of the client tells about a plan limit."""

from __future__ import annotations

import re

from ...events import LimitReported

_REACHED = re.compile(
    r"\b((?:[\w-]+ ){0,2}(?:limit|quota))(?: \w+)? (?:reached|exceeded|hit)"
    r"|\b(?:hit|reached|exceeded) your ((?:[\w-]+ ){0,3}(?:limit|quota))",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\|(\d{10})\b")
_LOOK = 500
"""Characters of a message that are searched."""


def limit_in(said: str, at: float | None) -> LimitReported | None:
    """Return the limit that was reached according to `said`; the end only where it is a number.

    Times such as "resets 3pm" depend on the person's own zone and stay in the message.
    """
    found = _REACHED.search(said[:_LOOK])
    if found is None or "context" in found[0].lower():
        return None
    resets = _EPOCH.search(said[:_LOOK])
    name = (found[1] or found[2]).lower()
    return LimitReported(
        at=at, name=name, used_percent=100.0, resets_at=float(resets[1]) if resets else None
    )
