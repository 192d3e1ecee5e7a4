"""What a transcript's lines report of tokens, as events that can be added up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ...events import UsageReported
from ...model_ids import SYNTHETIC
from ...text import one_line
from ..fields import mapping, moment, text, text_or_none
from .content import Block, message_of, model_of
from .desk import Line
from .usage import Change, Ledger, LedgerState, refused_calls, tokens_of

UNNAMED = "inline"
"""The id of sub-agents in old files, whose lines name none."""

_COPY = "copy "
"""Goes before the message id of a copy, which is counted apart from the lines it copies."""


class AccountsState(msgspec.Struct, array_like=True):
    """`Accounts` as plain values, for the checkpoint on disk."""

    ledger: LedgerState
    fills: dict[int, int]


class Accounts:
    """Counts every call once, and knows what the context of each branch holds.

    Most lines of a message repeat what the line before told: `last` spares them the counting.
    """

    def __init__(self) -> None:
        self._ledger = Ledger()
        self._fills: dict[int, int] = {}
        self._last: tuple[Any, ...] = ()

    def fill(self, branch: int | None) -> int | None:
        """Return what the context of a branch holds in tokens, as far as anything told."""
        return None if branch is None else self._fills.get(branch)

    def restore(self, branch: int, fill: int | None) -> None:
        """Set what the context of a branch holds, after a rewind or a compaction."""
        self._fills.pop(branch, None)
        if fill is not None:
            self._fills[branch] = fill

    def answered(self, line: Line, *, repeated: bool = False) -> Iterator[UsageReported]:
        """Report what an assistant's line tells of its call."""
        message = line.message
        told = (message.get("id"), line.value.get("requestId"), message.get("usage"))
        if told == self._last:
            return
        self._last = told if told[0] else ()
        usage, model = mapping(message.get("usage")), model_of(text(message.get("model")))
        tokens = tokens_of(usage)
        if model == SYNTHETIC or not tokens.total:
            return
        name, request = text_or_none(message.get("id")), text_or_none(line.value.get("requestId"))
        fill = None
        if line.agent_id is None and not repeated and tokens.prompt:
            fill = self._fills[line.branch] = tokens.prompt
        for change in self._ledger.report(name, request, model, line.at, tokens):
            yield _event(change, fill=fill, agent_id=line.agent_id)
        for number, (refused, paid) in enumerate(refused_calls(usage)):
            key = None if name is None else f"{name} {number}"
            for change in self._ledger.report(key, request, refused or model, line.at, paid):
                yield _event(change, agent_id=line.agent_id, aside=True)

    def copied(self, record: Block) -> Iterator[UsageReported]:
        """Report what the copy of a sub-agent's message tells, met in its parent's file."""
        data = mapping(record.get("data"))
        copy = mapping(data.get("message"))
        message = message_of(copy)
        tokens, model = (
            tokens_of(mapping(message.get("usage"))),
            model_of(text(message.get("model"))),
        )
        if model == SYNTHETIC or not tokens.total:
            return
        name, request = text_or_none(message.get("id")), text_or_none(copy.get("requestId"))
        at = moment(copy.get("timestamp")) or moment(record.get("timestamp"))
        agent_id = one_line(text(data.get("agentId"))) or UNNAMED
        key = None if name is None else _COPY + name
        for change in self._ledger.report(key, request, model, at, tokens):
            yield _event(change, agent_id=agent_id, copied=True)

    def freeze(self) -> AccountsState:
        """Return everything as plain values."""
        return AccountsState(self._ledger.freeze(), self._fills)

    @classmethod
    def thaw(cls, state: AccountsState) -> Accounts:
        """Return the accounts that `state` was made from; `ValueError` if it does not fit."""
        accounts = cls()
        accounts._ledger = Ledger.thaw(state.ledger)
        accounts._fills = state.fills
        return accounts


def _event(
    change: Change,
    *,
    fill: int | None = None,
    agent_id: str | None = None,
    copied: bool = False,
    aside: bool = False,
) -> UsageReported:
    return UsageReported(
        at=change.at,
        model=change.model,
        tokens=change.tokens,
        before=change.before,
        fill=fill,
        agent_id=agent_id,
        copied=copied,
        aside=aside,
    )
