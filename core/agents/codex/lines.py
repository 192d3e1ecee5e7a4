"""One record of a rollout → one line of known make, whatever version of Codex wrote it.

Since about 0.32 a record is an envelope of time, type and payload, and two types carry what they
are inside: `event_msg` and `response_item`. Before, a bare header came first, then bare items.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ...items import Span
from ..fields import mapping, moment, text
from ..records import Record

Payload = dict[str, Any]


class Line(msgspec.Struct, frozen=True):
    """One line: `kind` is "type" or "type/what is in it", `at` in epoch seconds.

    `bare` lines come from a version that wrote no events beside the items.
    """

    kind: str
    payload: Payload
    at: float | None
    span: Span
    bare: bool = False


def line_of(record: Record) -> Line:
    """Return the line a record makes; an unknown make gets a kind that nothing answers to."""
    value = record.value
    kind, at = text(value.get("type")), moment(value.get("timestamp"))
    if "payload" in value:
        kind, payload = _inside(kind, mapping(value["payload"]))
        return Line(kind, payload, at, record.span)
    if kind:
        return Line(f"response_item/{kind}", value, at, record.span, bare=True)
    return Line(_bare_kind(value), value, at, record.span, bare=True)


def _inside(kind: str, payload: Payload) -> tuple[str, Payload]:
    """Return kind and payload of what an envelope holds."""
    if kind not in {"event_msg", "response_item"}:
        return kind, payload
    what = text(payload.get("type"))
    if what == "item_completed":
        item = mapping(payload.get("item"))
        return f"{what}/{text(item.get('type'))}", item
    if not what and "role" in payload:
        what = "message"
    return f"{kind}/{what}", payload


def _bare_kind(value: Payload) -> str:
    """Name a record without a type: the header of an old file, or its note of state."""
    if isinstance(value.get("record_type"), str):
        return "state"
    return "session_meta" if isinstance(value.get("id"), str) else ""
