"""Lines of a Claude Code transcript for tests, and what a reader makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import msgspec

from clearhead.core.agents.base import Body
from clearhead.core.agents.claude.bodies import body_of
from clearhead.core.agents.claude.reader import ClaudeReader
from clearhead.core.agents.records import Record, Splitter
from clearhead.core.events import AnyEvent, ProblemMet, item_of
from clearhead.core.fold import fold
from clearhead.core.items import Item, ItemLog, Kind
from clearhead.core.snapshot import Snapshot

DATA = Path(__file__).parent.parent / "data" / "claude"
TRANSCRIPTS = DATA / "transcripts"
CAPTURES = sorted(TRANSCRIPTS.rglob("*.jsonl"))

Json = dict[str, Any]


class Chat:
    """Writes a conversation line by line, each the child of the one before unless told."""

    def __init__(self, **envelope: Any) -> None:
        self.lines: list[Json] = []
        self._envelope = {
            "isSidechain": False,
            "sessionId": "s1",
            "cwd": "/w/app",
            "version": "2.1.330",
            "gitBranch": "main",
            **envelope,
        }
        self._numbers = count(1)
        self.last: str | None = None

    def add(self, kind: str, *, parent: str | Any | None = ..., **more: Any) -> str:
        """Add a record of the conversation; return its uuid."""
        number = next(self._numbers)
        name = more.pop("uuid", f"u{number}")
        at = f"2026-07-01T10:{number // 60:02}:{number % 60:02}.000Z"
        up = self.last if parent is ... else parent
        self.lines.append(
            {
                "type": kind,
                "uuid": name,
                "parentUuid": up,
                "timestamp": at,
                **self._envelope,
                **more,
            }
        )
        if not more.get("isSidechain"):
            self.last = name
        return name

    def apart(self, kind: str, **more: Any) -> None:
        """Add a record that stands outside the conversation."""
        self.lines.append({"type": kind, "sessionId": "s1", **more})

    def ask(self, content: Any, **more: Any) -> str:
        """Add words of a person, or what looks like them."""
        return self.add("user", message={"role": "user", "content": content}, **more)

    def answer(self, *blocks: Json, **more: Any) -> str:
        """Add one line of a response; `id`, `model`, `usage` and `stop` go into its message."""
        message = {
            "id": more.pop("id", f"m{len(self.lines)}"),
            "role": "assistant",
            "model": more.pop("model", "claude-opus-4-5"),
            "content": list(blocks),
            "stop_reason": more.pop("stop", None),
            "usage": more.pop("usage", None),
        }
        request = {"requestId": more.pop("request", "r1")}
        return self.add("assistant", message=message, **request, **more)

    def returned(self, call: str, content: Any = "done", **more: Any) -> str:
        """Add the answer to a tool call."""
        block = {"type": "tool_result", "tool_use_id": call, "content": content}
        if "is_error" in more:
            block["is_error"] = more.pop("is_error")
        return self.add("user", message={"role": "user", "content": [block]}, **more)

    @property
    def data(self) -> bytes:
        """The file as it would lie on disk."""
        return jsonl(self.lines)


def jsonl(lines: Iterable[Json]) -> bytes:
    """Return records as the lines of a file."""
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def said(text: str) -> Json:
    """Return a block of prose."""
    return {"type": "text", "text": text}


def thought(text: str) -> Json:
    """Return a block of thinking."""
    return {"type": "thinking", "thinking": text}


def call(name: str, ident: str = "t1", **given: Any) -> Json:
    """Return a block that calls a tool."""
    return {"type": "tool_use", "id": ident, "name": name, "input": given}


def used(fresh: int = 0, read: int = 0, written: int = 0, output: int = 0, **more: Any) -> Json:
    """Return a `usage` object."""
    return {
        "input_tokens": fresh,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
        "output_tokens": output,
        **more,
    }


class Reading(msgspec.Struct):
    """What a reader made of some bytes."""

    data: bytes
    reader: ClaudeReader
    events: list[AnyEvent]
    snapshot: Snapshot
    items: ItemLog

    def kinds(self) -> list[str]:
        """Return the names of the events, in order."""
        return [type(event).__name__ for event in self.events]

    def of(self, kind: type) -> list[Any]:
        """Return the events of one kind."""
        return [event for event in self.events if type(event) is kind]

    def all(self, kind: Kind) -> list[Item]:
        """Return the items of one kind."""
        return [item for item in self.items if item.kind is kind]

    def visible(self) -> list[Item]:
        """Return the items on the live line of the conversation."""
        path = self.snapshot.path
        return [
            item
            for index, item in enumerate(self.items)
            if item.branch in path and (path[item.branch] < 0 or index < path[item.branch])
        ]

    def body(self, item: Item) -> Body:
        """Return the whole text of an item."""
        records = (r for r in Splitter().feed(self.data) if isinstance(r, Record))
        record = next(r for r in records if r.span.offset == item.span.offset)
        return body_of(record, item.span, item.kind)


def read(data: bytes, *, cuts: Iterable[int] = (), own: bool | None = None) -> Reading:
    """Read a file; `cuts` are places where the reading stopped and went on later."""
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(data)), len(data)]
    reader, splitter = ClaudeReader(own=own), Splitter()
    events: list[AnyEvent] = []
    snapshot, items = Snapshot(agent="claude"), ItemLog()
    for start, end in pairwise(edges):
        again = ClaudeReader()
        again.thaw(reader.freeze())
        reader = again
        new = list(_events(splitter, reader, data[start:end]))
        for item in filter(None, map(item_of, new)):
            items.append(item)
        snapshot = fold(snapshot, new)
        events += new
    return Reading(data, reader, events, snapshot, items)


def _events(splitter: Splitter, reader: ClaudeReader, data: bytes) -> Iterator[AnyEvent]:
    for found in splitter.feed(data):
        if isinstance(found, Record):
            yield from reader.read(found)
        else:
            yield ProblemMet(report=found.report)
