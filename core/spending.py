"""Calls added up by what their price depends on, as they are reported. Pure."""

from __future__ import annotations

from .cost import SpendKey, spend_key
from .events import UsageReported
from .snapshot import Spend
from .tokens import Tokens

_NOTHING = Tokens()


def exchange(event: UsageReported, *spends: dict[SpendKey, Spend]) -> Tokens:
    """Put the call of `event` into each of `spends`, in place of what was known of it before.

    Returns what it adds to the tokens counted until now. An event that tells how full the context
    is, and of no tokens before or now, is no call.
    """
    if event.before == event.tokens == _NOTHING:
        return _NOTHING
    key = spend_key(event.model, event.at, event.tokens)
    if event.before is None:
        for spend in spends:
            _add(spend, key, 1, event.tokens)
        return event.tokens
    added = event.tokens - event.before
    old = spend_key(event.model, event.at, event.before)
    for spend in spends:
        if old not in spend:
            _add(spend, key, 1, event.tokens)
        elif old == key:
            _add(spend, key, 0, added)
        else:
            _add(spend, old, -1, Tokens() - event.before)
            _add(spend, key, 1, event.tokens)
    return added


def _add(spend: dict[SpendKey, Spend], key: SpendKey, calls: int, tokens: Tokens) -> None:
    known = spend.get(key)
    if known is None:
        spend[key] = Spend(calls, tokens)
    elif known.calls + calls == 0:
        del spend[key]
    else:
        spend[key] = Spend(known.calls + calls, known.tokens + tokens)
