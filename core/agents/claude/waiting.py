"""Words typed while the agent was busy, in the order in which they wait."""

from __future__ import annotations

import msgspec

from ...events import QueueChanged
from ...text import one_line
from ..fields import moment, text
from .content import Block

_NOTICE = "<task-notification>"
_WORDLESS = "[no text]"
_LONGEST = 500
"""How many entries are remembered; more is damage."""


class Queue(msgspec.Struct):
    """What waits, as heads; "" stands for a report of a background task, which nobody typed."""

    waiting: list[str] = []

    def change(self, record: Block) -> list[QueueChanged]:
        """Follow a `queue-operation`; report only what a person would see."""
        before = self.shown
        self._follow(text(record.get("operation")), text(record.get("content")))
        after = self.shown
        at = moment(record.get("timestamp"))
        return [] if after == before else [QueueChanged(at=at, waiting=after)]

    def _follow(self, operation: str, content: str) -> None:
        head = "" if content.startswith(_NOTICE) else one_line(content) or _WORDLESS
        if operation == "enqueue" and len(self.waiting) < _LONGEST:
            self.waiting.append(head)
        elif operation == "popAll":
            self.waiting.clear()
        elif operation == "remove" and content and head in self.waiting:
            self.waiting.remove(head)
        elif operation in {"dequeue", "remove"} and self.waiting:
            del self.waiting[0]

    @property
    def shown(self) -> tuple[str, ...]:
        """Heads of the prompts that wait, reports of background tasks left out."""
        return tuple(filter(None, self.waiting))
