"""Two different keys approve, and never by reflex: the rules of the first and the second one. Pure.

A key that was meant for something else must not approve. So keys count only some time after the
request appeared, the first one alone does nothing, any other key or some seconds take it back, and
what is approved is to the letter what was shown when the first key was pressed.
"""

from __future__ import annotations

from msgspec.structs import replace

from ....core.acting.live import Request

DEAF = 0.5
"""Seconds after a request appeared in which no key counts: it was meant for what stood there."""

LASTS = 6.0
"""Seconds after which the first key is forgotten."""

BURST = 0.03
"""Seconds in which no person presses two keys: both came from a paste."""

TOO_SOON = "It has only just appeared: read it first."
NOT_ARMED = "Press {arm} first: it arms, and {run} then runs it once."
OTHER = "It asks for this no more. Nothing was sent."
PASTED = "Both keys came at once, as from a paste. Nothing was approved."


class TwoKeys:
    """What has been pressed so far; times are seconds of the monotonic clock."""

    def __init__(self) -> None:
        self._request: Request | None = None
        self._appeared = 0.0
        self._armed_at: float | None = None

    @property
    def armed(self) -> bool:
        """Whether the first key was pressed and still counts."""
        return self._armed_at is not None

    def appeared(self, request: Request | None, at: float) -> bool:
        """Take note of what is shown from now on; say whether it is another request than before."""
        if same(request, self._request):
            self._request = request
            return False
        self._request, self._appeared = request, at
        self.disarm()
        return True

    def too_soon(self, at: float) -> bool:
        """Say whether a key pressed `at` was meant for what stood there before."""
        return at < self._appeared + DEAF

    def arm(self, at: float) -> str | None:
        """Press the first key; say in a sentence why it does not count."""
        if self.too_soon(at):
            return TOO_SOON
        self._armed_at = at
        return None

    def run(self, shown: Request | None, at: float, *, arm: str = "y", run: str = "Enter") -> str:
        """Press the second key; return why nothing may be approved, "" when it may, once.

        `shown` is what is asked for now; `arm` and `run` are the keys' names for the sentence.
        """
        armed_at, self._armed_at = self._armed_at, None
        if self.too_soon(at):
            return TOO_SOON
        if armed_at is None or at > armed_at + LASTS:
            return NOT_ARMED.format(arm=arm, run=run)
        if at < armed_at + BURST:
            return PASTED
        return "" if shown is not None and same(shown, self._request) else OTHER

    def disarm(self) -> bool:
        """Forget the first key; say whether there was one."""
        armed, self._armed_at = self.armed, None
        return armed


def same(one: Request | None, other: Request | None) -> bool:
    """Say whether two are the same request to the letter; since when it waits may be told anew."""
    if one is None or other is None:
        return one is other
    return replace(one, since=0.0) == replace(other, since=0.0)
