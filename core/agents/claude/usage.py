"""Tokens of each call to the model, counted once, however many lines repeat them.

The lines of one message share message id and request id. Where any of them lacks the request id,
the message id alone decides. Figures grow while a reply streams: the field-wise maximum counts.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from math import isnan, nan
from typing import Any

import msgspec

from ...tokens import Tokens
from ...tree import short_id
from ..fields import count, mapping, sequence, text_or_none

_FIELDS = 5


class Change(msgspec.Struct, frozen=True):
    """What is now known of one call: `tokens` in place of `before`; `at` is its first line's."""

    model: str
    at: float | None
    tokens: Tokens
    before: Tokens | None = None


class LedgerState(msgspec.Struct, array_like=True):
    """A `Ledger` as plain values, for the checkpoint on disk."""

    messages: bytes
    first: bytes
    others: dict[int, list[int]]
    requests: bytes
    figures: bytes
    times: bytes
    models: bytes
    names: list[str]


def tokens_of(usage: dict[str, Any]) -> Tokens:
    """Return the tokens of a `usage` object; a cache write of unknown life counts as 5 minutes."""
    written = count(usage.get("cache_creation_input_tokens")) or 0
    lives = mapping(usage.get("cache_creation"))
    hour = count(lives.get("ephemeral_1h_input_tokens")) or 0
    minutes = count(lives.get("ephemeral_5m_input_tokens")) or 0
    return Tokens(
        input=count(usage.get("input_tokens")) or 0,
        cache_read=count(usage.get("cache_read_input_tokens")) or 0,
        cache_write_5m=max(minutes, written - hour),
        cache_write_1h=hour,
        output=count(usage.get("output_tokens")) or 0,
    )


def refused_calls(usage: dict[str, Any]) -> Iterator[tuple[str | None, Tokens]]:
    """Yield model and tokens of calls that a response was paid for, but does not report as its own.

    `iterations` lists every attempt, for example a refused one and the fallback; the figures of
    the response are those of the last.
    """
    attempts = [mapping(entry) for entry in sequence(usage.get("iterations"))]
    if len(attempts) > 1 and tokens_of(attempts[-1]) == tokens_of(usage):
        for attempt in attempts[:-1]:
            yield text_or_none(attempt.get("model")), tokens_of(attempt)


class Ledger:
    """Remembers every call in columns, about 80 bytes each."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._others: dict[int, list[int]] = {}
        self._requests, self._figures = array("Q"), array("Q")
        self._times, self._models = array("d"), array("I")
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}

    def report(
        self, message: str | None, request: str | None, model: str, at: float | None, tokens: Tokens
    ) -> list[Change]:
        """Take note of one line's figures and return what changes by them, mostly nothing."""
        if message is None:
            return [Change(model, at, tokens)]
        key = short_id(message)
        asked = short_id(request) if request else 0
        first = self._first.get(key)
        if first is None:
            self._first[key] = self._place(asked, model, at, tokens)
            return [Change(model, at, tokens)]
        if not asked or not self._requests[first]:
            self._requests[first] = 0
            return self._merge(key, first, tokens)
        for row in (first, *self._others.get(key, ())):
            if self._requests[row] == asked:
                return self._raise(row, tokens)
        self._others.setdefault(key, []).append(self._place(asked, model, at, tokens))
        return [Change(model, at, tokens)]

    def _merge(self, key: int, first: int, tokens: Tokens) -> list[Change]:
        """Count all requests of a message as one, now that one of its lines names no request."""
        changes = []
        for row in self._others.pop(key, ()):
            known = self._tokens(row)
            tokens |= known
            changes.append(Change(self._name(row), self._at(row), Tokens(), known))
        return changes + self._raise(first, tokens)

    def _raise(self, row: int, tokens: Tokens) -> list[Change]:
        before = self._tokens(row)
        after = before | tokens
        if after == before:
            return []
        self._write(row, after)
        return [Change(self._name(row), self._at(row), after, before)]

    def _place(self, request: int, model: str, at: float | None, tokens: Tokens) -> int:
        row = len(self._models)
        number = self._numbers.setdefault(model, len(self._names))
        if number == len(self._names):
            self._names.append(model)
        self._requests.append(request)
        self._figures.extend(msgspec.structs.astuple(tokens))
        self._times.append(nan if at is None else at)
        self._models.append(number)
        return row

    def _write(self, row: int, tokens: Tokens) -> None:
        start = row * _FIELDS
        self._figures[start : start + _FIELDS] = array("Q", msgspec.structs.astuple(tokens))

    def _tokens(self, row: int) -> Tokens:
        return Tokens(*self._figures[row * _FIELDS : (row + 1) * _FIELDS])

    def _name(self, row: int) -> str:
        return self._names[self._models[row]]

    def _at(self, row: int) -> float | None:
        return None if isnan(self._times[row]) else self._times[row]

    def freeze(self) -> LedgerState:
        """Return everything as plain values."""
        return LedgerState(
            messages=array("Q", self._first).tobytes(),
            first=array("I", self._first.values()).tobytes(),
            others=self._others,
            requests=self._requests.tobytes(),
            figures=self._figures.tobytes(),
            times=self._times.tobytes(),
            models=self._models.tobytes(),
            names=self._names,
        )

    @classmethod
    def thaw(cls, state: LedgerState) -> Ledger:
        """Return the ledger that `state` was made from; `ValueError` if it does not fit."""
        ledger, messages, first = cls(), array("Q"), array("I")
        messages.frombytes(state.messages)
        first.frombytes(state.first)
        ledger._requests.frombytes(state.requests)
        ledger._figures.frombytes(state.figures)
        ledger._times.frombytes(state.times)
        ledger._models.frombytes(state.models)
        rows = len(ledger._models)
        if {len(ledger._requests), len(ledger._times), len(ledger._figures) // _FIELDS} != {rows}:
            raise ValueError("the columns differ in length")
        if len(messages) != len(first) or any(row >= rows for row in first):
            raise ValueError("the rows do not fit")
        ledger._first = dict(zip(messages, first, strict=True))
        ledger._others, ledger._names = state.others, state.names
        ledger._numbers = {name: number for number, name in enumerate(state.names)}
        return ledger
