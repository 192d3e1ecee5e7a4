"""Lines of a rollout for tests, and what a reader makes of them."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from clearhead.core.agents.base import Body
from clearhead.core.agents.codex.agent import Codex
from clearhead.core.agents.codex.reader import RolloutReader
from clearhead.core.agents.records import Record, Splitter
from clearhead.core.events import AnyEvent, ProblemMet, item_of
from clearhead.core.fold import apply
from clearhead.core.items import Item
from clearhead.core.snapshot import Snapshot

DATA = Path(__file__).parent.parent / "data" / "codex"

_SECONDS = count()


def line(kind: str, payload: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return one line in its envelope, a second after the last."""
    second = next(_SECONDS)
    at = f"2026-07-01T{10 + second // 3600 % 12:02}:{second // 60 % 60:02}:{second % 60:02}.000Z"
    return {"timestamp": at, "type": kind, "payload": {**(payload or {}), **more}}


def event(what: str, **payload: Any) -> dict[str, Any]:
    """Return an `event_msg`."""
    return line("event_msg", {"type": what}, **payload)


def item(what: str, **payload: Any) -> dict[str, Any]:
    """Return a `response_item`."""
    return line("response_item", {"type": what}, **payload)


def done(what: str, **payload: Any) -> dict[str, Any]:
    """Return an `item_completed`."""
    return event("item_completed", turn_id="t", item={"type": what, **payload})


def message(role: str, text: str) -> dict[str, Any]:
    """Return a message item."""
    return item("message", role=role, content=[{"type": f"{role}_text", "text": text}])


def started(turn: str, **more: Any) -> dict[str, Any]:
    """Return the start of a turn."""
    return event("task_started", turn_id=turn, **more)


def ended(turn: str, **more: Any) -> dict[str, Any]:
    """Return the end of a turn."""
    return event("task_complete", turn_id=turn, **more)


def usage(given: int, cached: int = 0, output: int = 0, written: int = 0) -> dict[str, int]:
    """Return a usage object."""
    return {
        "input_tokens": given,
        "cached_input_tokens": cached,
        "cache_write_input_tokens": written,
        "output_tokens": output,
        "reasoning_output_tokens": output // 2,
        "total_tokens": given + output,
    }


def counted(total: dict[str, int], last: dict[str, int], **more: Any) -> dict[str, Any]:
    """Return a `token_count`."""
    info = {"total_token_usage": total, "last_token_usage": last, "model_context_window": 258_400}
    return event("token_count", info=info, **more)


def recorded(used: dict[str, int], response: str = "r") -> dict[str, Any]:
    """Return a `token_usage_record`."""
    return line("token_usage_record", response_id=response, usage=used)


class Reading(msgspec.Struct):
    """What came out: events, the fold of them, items with their bodies."""

    events: list[AnyEvent]
    snapshot: Snapshot
    items: list[Item]
    bodies: list[Body]
    reader: RolloutReader

    def of(self, kind: type) -> list[Any]:
        """Return the events of one type."""
        return [found for found in self.events if type(found) is kind]

    def heads(self) -> list[str]:
        """Return the heads of all items."""
        return [found.head for found in self.items]


def read(*lines: dict[str, Any], whole: bool = True, path: Path = Path("r.jsonl")) -> Reading:
    """Read lines of a rollout."""
    return read_bytes(
        b"".join(json.dumps(row).encode() + b"\n" for row in lines), whole=whole, path=path
    )


def capture(name: str) -> Reading:
    """Read one of the captures of a real client."""
    path = DATA / f"{name}.jsonl"
    return read_bytes(path.read_bytes(), path=path)


def read_bytes(
    data: bytes, *, cuts: tuple[int, ...] = (), whole: bool = True, path: Path = Path("r.jsonl")
) -> Reading:
    """Read the bytes of a rollout in pieces; after each the reader is put aside and taken up."""
    codex, splitter = Codex([Path("nowhere")]), Splitter(line=1 if whole else None)
    reader = codex.reader(path, whole=whole)
    reading = Reading([], Snapshot(agent="codex"), [], [], reader)
    records: dict[int, Record] = {}
    start = 0
    for end in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        for found in splitter.feed(data[start:end]):
            if isinstance(found, Record):
                records[found.span.offset] = found
                reading.events += reader.read(found)
            else:
                reading.events.append(ProblemMet(report=found.report))
        start = end
        if cuts:
            memory, reader = reader.freeze(), codex.reader(path, whole=whole)
            reader.thaw(memory)
    for told in reading.events:
        reading.snapshot = apply(reading.snapshot, told)
        shown = item_of(told)
        if shown is not None:
            reading.items.append(shown)
            reading.bodies.append(codex.body(records[shown.span.offset], shown.span, shown.kind))
    reading.reader = reader
    return reading
