"""Made-up Claude Code sessions of any length: seeded, so that two runs measure the same file.

    python -m benchmarks.generate FILE --records 100000
    python -m benchmarks.generate FILE --records 100000 --subagents 3

The mix of records and their sizes are those of real sessions: a line of 1.5 kB in the middle, one
in a hundred of 60 kB, a few of more than 1 MB. Needs the tools of the project, no client.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from .texts import Texts
from .toolcalls import LARGEST, Block, Call, call, spread

SEED = 20_261
MODEL = "claude-opus-4-5-20251101"
VERSION = "2.1.219"
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp()

COMPACT_AT = 155_000
"""Tokens at which the made-up client compacts."""

LAST_WORDS = "All filters are wired and the last test is green."
"""What the agent says last in a made-up session: whoever sees it sees the end of the file."""

LAST_FILL = 118_240
"""Tokens in the context after the last response."""

SHORT, SHORT_LINES = 4_500, 160
"""The longest call and text, in bytes, in the last so many lines: toolong takes lines of more than
10 kB for another format than JSON and shows nothing for minutes, so there would be no peer."""

_HALF = 1024 * 1024
"""Bytes gathered before they are written."""


class Session:
    """An endless session; `records` goes on where it stopped. `agent` is a sub-agent's id."""

    def __init__(
        self,
        texts: Texts,
        seed: int,
        folder: str,
        *,
        session_id: str | None = None,
        agent: str | None = None,
        parent: str | None = None,
        begin: float = BEGIN,
    ) -> None:
        self._random = Random(seed)
        self._texts = texts
        self._folder = folder
        self._at = begin
        self._context = 24_000
        self._agent = agent
        self._parent = parent
        self._longest = LARGEST
        self.session_id = session_id or self._uuid()

    def records(self) -> Iterator[Block]:
        """Yield turns without end: a prompt, responses with tool calls, the end of the turn."""
        while True:
            yield from self._noted()
            yield self._prompt()
            while True:
                calls: list[Call] = []
                yield from self._response(calls)
                if self._context > COMPACT_AT:
                    yield from self._compaction()
                if not calls:
                    break
            yield self._line("system", subtype="turn_duration", durationMs=61_000, isMeta=False)

    def keep_short(self) -> None:
        """Write only lines of less than 10 kB from now on."""
        self._longest = SHORT

    def ending(self) -> Iterator[Block]:
        """Yield the last turn: `LAST_WORDS`, at a fill of `LAST_FILL`."""
        self._context = LAST_FILL - 3 - 1_000
        yield self._prompt()
        yield from self._message([{"type": "text", "text": LAST_WORDS}], written=1_000)
        yield self._line("system", subtype="turn_duration", durationMs=4_000, isMeta=False)

    def said(self, words: str) -> Block:
        """Return a response of one line, as it is appended to a live session."""
        return next(iter(self._message([{"type": "text", "text": words}], written=200)))

    @property
    def leaf(self) -> str | None:
        """The id of the newest record of the conversation."""
        return self._parent

    def _uuid(self) -> str:
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def _name(self, prefix: str) -> str:
        return f"{prefix}{self._random.getrandbits(96):024x}"

    def _line(self, kind: str, **fields: Any) -> Block:
        """Return a record of the conversation, chained to the one before."""
        self._at += self._random.expovariate(0.25)
        when = datetime.fromtimestamp(self._at, UTC).isoformat(timespec="milliseconds")
        parent, self._parent = self._parent, self._uuid()
        line: Block = {"parentUuid": parent, "isSidechain": self._agent is not None}
        if self._agent is not None:
            line["agentId"] = self._agent
        line |= {"type": kind, **fields, "uuid": self._parent, "timestamp": f"{when[:-6]}Z"}
        line |= {"userType": "external", "entrypoint": "cli", "cwd": self._folder}
        line |= {"sessionId": self.session_id, "version": VERSION, "gitBranch": "main"}
        return line

    def _prose(self, median: float, sigma: float) -> str:
        size = spread(self._random, median, sigma, min(20_000, self._longest))
        return self._texts.prose.cut(self._random, size)

    def _call(self) -> Call:
        while True:
            made = call(self._random, self._texts, self._folder)
            if self._longest == LARGEST or len(msgspec.json.encode(made)) < self._longest:
                return made

    def _prompt(self) -> Block:
        message = {"role": "user", "content": self._prose(240, 1)}
        human = {"origin": {"kind": "human"}, "promptSource": "typed"}
        return self._line("user", message=message, **({} if self._agent else human))

    def _noted(self) -> Iterator[Block]:
        """Yield what stands between the turns."""
        snapshot = {"messageId": self._uuid(), "trackedFileBackups": {}}
        yield {"type": "file-history-snapshot", "snapshot": snapshot, "isSnapshotUpdate": False}
        title = {"type": "ai-title", "aiTitle": "Wire the filters", "sessionId": self.session_id}
        yield title
        for kind in ("task_reminder", "total_tokens_reminder"):
            yield self._line("attachment", attachment={"type": kind, "content": []})

    def _response(self, calls: list[Call]) -> Iterator[Block]:
        """Yield one response, line by line, and the answers of its tools; note the calls."""
        random, texts = self._random, self._texts
        blocks: list[Block] = []
        if random.random() < 0.45:
            thought = self._prose(600, 0.9)
            seal = texts.binary(random, spread(random, 1_000, 0.5, 4_000))
            blocks.append({"type": "thinking", "thinking": thought, "signature": seal})
        if random.random() < 0.92:
            calls += [self._call() for _ in range(random.choices((1, 2, 3), (85, 11, 4))[0])]
        if random.random() < 0.5 or not calls:
            blocks.append({"type": "text", "text": self._prose(300, 1.1)})
        names = [self._name("toolu_01") for _ in calls]
        blocks += [
            {"type": "tool_use", "id": name, "name": made.tool, "input": made.input}
            for name, made in zip(names, calls, strict=True)
        ]
        yield from self._message(blocks, random.randint(150, 1_500))
        for name, made in zip(names, calls, strict=True):
            yield self._answer(name, made)

    def _message(self, blocks: list[Block], written: int) -> Iterator[Block]:
        """Yield the lines of one response: they share its id, and its output grows."""
        name, request, cached = self._name("msg_01"), self._name("req_01"), self._context
        fresh = min(1_000, written)
        calls = blocks[-1]["type"] == "tool_use"
        for at, block in enumerate(blocks, 1):
            last = at == len(blocks)
            usage = {
                "input_tokens": 3,
                "cache_creation_input_tokens": fresh,
                "cache_read_input_tokens": cached,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": fresh,
                    "ephemeral_1h_input_tokens": 0,
                },
                "output_tokens": written if last else at,
                "service_tier": "standard",
            }
            message = {
                "id": name,
                "type": "message",
                "role": "assistant",
                "model": MODEL,
                "content": [block],
                "stop_reason": ("tool_use" if calls else "end_turn") if last else None,
                "stop_sequence": None,
                "usage": usage,
            }
            yield self._line("assistant", message=message, requestId=request)
        self._context = cached + fresh + written

    def _answer(self, name: str, made: Call) -> Block:
        failed = self._random.random() < 0.04
        block = {"tool_use_id": name, "type": "tool_result", "content": made.answer}
        message = {"role": "user", "content": [{**block, "is_error": failed}]}
        self._context += min(4_000, len(made.answer) // 4)
        return self._line("user", message=message, toolUseResult=made.parts)

    def _compaction(self) -> Iterator[Block]:
        facts = {"trigger": "auto", "preTokens": self._context, "durationMs": 74_000}
        cut, self._parent, self._context = self._parent, None, 26_000
        said = "Conversation compacted"
        yield self._line(
            "system",
            subtype="compact_boundary",
            content=said,
            logicalParentUuid=cut,
            compactMetadata=facts,
        )
        summary = self._texts.prose.cut(self._random, min(9_000, self._longest))
        message = {"role": "user", "content": summary}
        yield self._line("user", message=message, isCompactSummary=True)


def write(path: Path, records: Iterable[Block]) -> int:
    """Append `records` to a file; return how many there were."""
    encode = msgspec.json.encode
    count, size, lines = 0, 0, []
    with path.open("ab", buffering=0) as file:
        for record in records:
            lines.append(encode(record))
            count, size = count + 1, size + len(lines[-1])
            if size > _HALF:
                file.write(b"\n".join([*lines, b""]))
                size, lines = 0, []
        file.write(b"\n".join([*lines, b""]))
    return count


def write_session(path: Path, records: int, folder: str, seed: int = SEED) -> Session:
    """Write one session of `records` lines that works in `folder`; it ends idle."""
    session = Session(Texts(seed), seed, folder, session_id=path.stem)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    ending = 3
    lines = session.records()
    short = min(SHORT_LINES, records // 2)
    write(path, islice(lines, records - ending - short))
    session.keep_short()
    write(path, islice(lines, short))
    write(path, session.ending())
    return session


def write_subagents(path: Path, folder: str, count: int, records: int, seed: int = SEED) -> None:
    """Write `count` sub-agents of the session in `path`, with `records` lines each."""
    texts, place = Texts(seed), path.with_suffix("") / "subagents"
    place.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        name = f"a{seed + number:016x}"
        agent = Session(texts, seed + number, folder, session_id=path.stem, agent=name)
        write(place / f"agent-{name}.jsonl", islice(agent.records(), records))


def main() -> None:
    """Write what the command line asks for."""
    parser = ArgumentParser(prog="python -m benchmarks.generate")
    parser.add_argument("file", type=Path)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--subagents", type=int, default=0)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    folder = "/home/dev/shop"
    write_session(asked.file, asked.records, folder, asked.seed)
    write_subagents(asked.file, folder, asked.subagents, 200, asked.seed)
    print(f"{asked.file}: {asked.file.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
