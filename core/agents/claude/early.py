"""A first reply that stands in the file before the prompt it answers.

Claude Code 2.1.197 writes what begins a session a moment after the session began. A reply that
comes within that moment is written first: `mode`, `permission-mode`, reply, prompt. It is held back
here until the record is read that it follows, which the client has in its hands already.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from ...items import Span
from ..fields import text, text_or_none
from ..records import Record

_BEGINS = {"mode", "permission-mode"}
"""Records that the client puts before the first one of a conversation."""

_BEFORE = {"attachment", "user"}
"""Records of a conversation that stand between its start and the first reply."""

_MOST = 8
"""Records that are held at most: blocks of one reply, and the answers to its calls."""


class _Held(msgspec.Struct, frozen=True, array_like=True):
    """A record as JSON: its text may hold bytes that are no UTF-8."""

    json: str
    span: Span
    line: int | None
    name: str | None


class Early(msgspec.Struct, array_like=True):
    """The start of a transcript, until the order of its records is known.

    `whole` is whether the file was read from its first byte, `begun` whether it begins as a client
    begins it, `over` whether all that comes is read as it stands. `follows` names the record behind
    which the held ones belong.
    """

    whole: bool = False
    begun: bool = False
    over: bool = False
    held: list[_Held] = []
    follows: str | None = None

    def in_order(self, record: Record, *, chained: bool) -> Iterator[Record]:
        """Yield what is to be read now; `chained` is for records of the conversation."""
        if self.over:
            yield record
        elif not chained:
            self._look(record)
            yield record
        elif self._holds(record.value):
            self._hold(record)
        else:
            yield from self._release(record)

    def _look(self, record: Record) -> None:
        self.whole = self.whole or record.span.offset == 0
        self.begun = self.begun or (self.whole and text(record.value.get("type")) in _BEGINS)

    def _holds(self, value: dict[str, Any]) -> bool:
        parent = text_or_none(value.get("parentUuid"))
        if not self.begun or parent is None or len(self.held) == _MOST:
            return False
        if self.held:
            return any(held.name == parent for held in self.held)
        return text(value.get("type")) == "assistant" and value.get("isSidechain") is not True

    def _hold(self, record: Record) -> None:
        if not self.held:
            self.follows = text_or_none(record.value.get("parentUuid"))
        name = text_or_none(record.value.get("uuid"))
        self.held.append(_Held(json.dumps(record.value), record.span, record.line, name))

    def _release(self, record: Record) -> Iterator[Record]:
        """Yield a record that comes before the held ones, and those as soon as it is their turn."""
        comes_before = bool(self.held) and text(record.value.get("type")) in _BEFORE
        if comes_before:
            yield record
        if not comes_before or self.follows == text_or_none(record.value.get("uuid")):
            held, self.held, self.over = self.held, [], True
            yield from (Record(json.loads(one.json), one.span, one.line) for one in held)
        if not comes_before:
            yield record
