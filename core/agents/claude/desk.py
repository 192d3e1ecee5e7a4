"""Makes the items of a transcript: numbers them, and remembers which calls are unanswered."""

from __future__ import annotations

import msgspec

from ...items import NONE, Flag, Item, Kind, Span
from ...text import one_line
from .content import Block

_UNANSWERED = 5_000
"""How many open calls are remembered; the oldest were given up long ago."""


NOTHING = Flag(0)


class Line(msgspec.Struct):
    """One record of the conversation, and where it belongs.

    `message` is what it carries, `blocks` the content of that. `agent_id` names the sub-agent whose
    line stands in its parent's file.
    """

    value: Block
    span: Span
    at: float | None
    message: Block = {}
    blocks: list[Block] = []
    branch: int = 0
    agent_id: str | None = None


class Desk(msgspec.Struct):
    """The number of the next item, and for each open call its item and its tool."""

    count: int = 0
    calls: dict[str, tuple[int, str]] = {}

    def item(
        self,
        line: Line,
        kind: Kind,
        head: str,
        *,
        part: int = 0,
        name: str = "",
        meta: str = "",
        parent: int = NONE,
        size: int = 0,
        flags: Flag = NOTHING,
    ) -> Item:
        """Return the next item, made from a block of `line`; `head` and `meta` are cleaned here."""
        self.count += 1
        span = line.span
        if part:
            span = Span(span.offset, span.length, span.check, part)
        if line.agent_id is not None:
            flags |= Flag.SIDECHAIN
        return Item(
            kind=kind,
            span=span,
            head=one_line(head) if head else "",
            at=line.at,
            name=name,
            meta=one_line(meta, 60) if meta else "",
            parent=parent,
            branch=line.branch,
            size=size,
            flags=flags,
        )

    def opened(self, call_id: str, tool: str) -> None:
        """Remember that the item made last is an unanswered call."""
        self.calls[call_id] = (self.count - 1, tool)
        if len(self.calls) > _UNANSWERED:
            del self.calls[next(iter(self.calls))]

    def answered(self, call_id: str) -> tuple[int, str]:
        """Return item and tool of the call that was answered; `NONE` and "" if it is unknown."""
        return self.calls.pop(call_id, (NONE, ""))
