"""What a session takes over from an earlier conversation that it goes on with. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from .events import AnyEvent, UsageReported
from .tokens import Tokens

_NOTHING = Tokens()


def inherited(events: Iterable[AnyEvent], *, own: bool) -> Iterator[AnyEvent]:
    """Yield the events of an earlier file; what another session spent is none of this one's.

    How full the context was counts in any case: it is the context that one goes on with.
    """
    for event in events:
        if isinstance(event, UsageReported) and not own:
            yield replace(event, tokens=_NOTHING, before=_NOTHING, usd=None)
        else:
            yield event


def left_behind(events: Iterable[AnyEvent]) -> Iterator[AnyEvent]:
    """Yield what counts of that which a person went back from: that it was paid for."""
    for event in events:
        if isinstance(event, UsageReported):
            yield replace(event, fill=None)
