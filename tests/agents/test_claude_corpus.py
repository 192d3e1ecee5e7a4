"""What holds for every transcript: the captures here, and any folder of real ones in CORPUS."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearhead.core.agents.claude.bodies import body_of
from clearhead.core.agents.claude.reader import ClaudeReader
from clearhead.core.agents.records import Record
from clearhead.core.fold import fold
from clearhead.core.items import Kind, Span
from clearhead.core.snapshot import Snapshot
from clearhead.core.tokens import Tokens

from .claude_lines import CAPTURES, TRANSCRIPTS, Reading, read

EFFORT = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
GROWN = (
    ("8e-ce5fc12e98-0", "2c-1a2a1e88ce-0"),
    ("2c-1a2a1e88ce-0", "bd-e5096363d6-2"),
    ("bd-e5096363d6-2", "bd-e5096363d6-0"),
    ("db-4ea3b7b49b-0", "74-a8607fb67f-0"),
    ("48-b429896bcb-1", "91-b42542f24f-0"),
)
"""States of growing files in the corpus: each first one is a byte prefix of the second."""


def plain_records(data: bytes) -> Iterator[dict[str, Any]]:
    """Decode the lines one by one; two objects may stand on one line."""
    decoder = json.JSONDecoder()
    for line in data.decode("utf-8", "replace").split("\n"):
        rest = line.strip()
        while rest:
            try:
                value, end = decoder.raw_decode(rest)
            except ValueError:
                break
            if isinstance(value, dict):
                yield value
            rest = rest[end:].lstrip()


def plain_count(data: bytes) -> Tokens:
    """Add up the main chain in the plainest way, apart from the reader.

    One entry for each message and request with the greatest value of every field; the message alone
    where one of its lines names no request. A sub-agent's own file is all main chain. Behind some
    gateways the split of cache writes is all zero: then it tells nothing.
    """
    rows = []
    own = None
    for number, record in enumerate(plain_records(data)):
        kind = record.get("type")
        if own is None and kind in {"user", "assistant", "system", "attachment", "progress"}:
            own = record.get("isSidechain") is True
        message = record.get("message")
        if kind != "assistant" or not isinstance(message, dict):
            continue
        usage = message.get("usage")
        if not isinstance(usage, dict) or message.get("model") == "<synthetic>":
            continue
        if record.get("isSidechain") is True and not own:
            continue
        rows.append((message.get("id") or number, record.get("requestId"), usage))
    loose = {message for message, request, _ in rows if not request}
    best: dict[Any, list[int]] = {}
    for message, request, usage in rows:
        split = usage.get("cache_creation") or {}
        hour = split.get("ephemeral_1h_input_tokens") or 0
        minutes = split.get("ephemeral_5m_input_tokens") or 0
        if hour + minutes == 0:
            minutes = usage.get("cache_creation_input_tokens") or 0
        row = [
            usage.get("input_tokens") or 0,
            usage.get("cache_read_input_tokens") or 0,
            minutes,
            hour,
            usage.get("output_tokens") or 0,
        ]
        key = message if message in loose else (message, request)
        best[key] = [max(pair) for pair in zip(best.get(key, [0] * 5), row, strict=True)]
    return (
        Tokens(*(sum(column) for column in zip(*best.values(), strict=True))) if best else Tokens()
    )


def hidden_results(found: Reading) -> list[int]:
    """Return the tool results that are not on the live line of the conversation."""
    path = found.snapshot.path
    return [
        index
        for index, item in enumerate(found.items)
        if item.kind is Kind.TOOL_RESULT
        and not (item.branch in path and (path[item.branch] < 0 or index < path[item.branch]))
    ]


@cache
def capture(name: str) -> Reading:
    return read((TRANSCRIPTS / name).read_bytes())


def same(left: Reading, right: Reading) -> bool:
    return left.snapshot == right.snapshot and list(left.items) == list(right.items)


# Captures


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_the_tokens_of_a_capture_are_those_of_a_plain_count(path: Path) -> None:
    data = path.read_bytes()
    assert read(data).snapshot.tokens == plain_count(data)


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_a_capture_holds_nothing_unknown_and_no_problem(path: Path) -> None:
    snapshot = read(path.read_bytes()).snapshot
    assert (snapshot.unknown_records, snapshot.problem_count) == ({}, 0)


@EFFORT
@given(st.sampled_from(CAPTURES), st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_a_file_cut_anywhere_and_completed_reads_as_at_once(
    path: Path, places: list[float]
) -> None:
    """The reader's memory is carried over each cut in its frozen form."""
    data = path.read_bytes()
    cuts = [round(place * len(data)) for place in places]
    assert same(read(data, cuts=cuts), capture(str(path.relative_to(TRANSCRIPTS))))


@EFFORT
@given(
    st.sampled_from(CAPTURES),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=12),
)
def test_damaged_bytes_never_raise(path: Path, damage: list[tuple[float, bytes]]) -> None:
    data = bytearray(path.read_bytes()[:40_000])
    for place, junk in damage:
        at = round(place * len(data))
        data[at : at + len(junk) // 2] = junk
    found = read(bytes(data))
    assert [found.body(item).kind for item in found.items][:3] == [i.kind for i in found.items][:3]


PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["", "u1", "2.1.330", "user", "tool_use", "<command-name>", "\x1b[31m"]),
)
KEYS = st.sampled_from(["type", "text", "content", "id", "name", "input", "usage", "file", "lines"])
DEEP = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=6,
)


def spots(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value inside `value`."""
    if way:
        yield way
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from spots(inner, (*way, key))


RECORDS = [
    record
    for name in ("v330-course-1.jsonl", "v330-tui-2-after-clear-errors-agent-two-writers.jsonl")
    for record in plain_records((TRANSCRIPTS / name).read_bytes())
    if len(json.dumps(record)) < 4000
]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(RECORDS), st.data())
def test_values_of_any_type_in_any_place_never_raise(record: dict[str, Any], data: Any) -> None:
    """Every field of a record may turn out to be anything; reading, memory and bodies hold."""
    damaged = json.loads(json.dumps(record))
    way = data.draw(st.sampled_from(list(spots(damaged))))
    place = damaged
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = data.draw(DEEP)
    reader, found = ClaudeReader(), Record(damaged, Span(0, 1, 0), 1)
    fold(Snapshot(), reader.read(found))
    ClaudeReader().thaw(reader.freeze())
    assert [body_of(found, found.span, kind).kind for kind in Kind] == list(Kind)


# The corpus


@pytest.fixture(scope="module")
def corpus() -> dict[str, bytes]:
    """Return the transcripts below `claude/` in the folder that CORPUS names."""
    folder = os.environ.get("CORPUS")
    if not folder:
        pytest.skip("CORPUS names no folder of transcripts")
    paths = sorted((Path(folder) / "claude").rglob("*.jsonl"))
    assert paths, f"no transcripts below {folder}/claude"
    return {str(path): path.read_bytes() for path in paths}


@pytest.mark.corpus
def test_every_transcript_of_the_corpus_is_read_and_counted(corpus: dict[str, bytes]) -> None:
    wrong = {}
    for name, data in corpus.items():
        found, counted = read(data).snapshot.tokens, plain_count(data)
        if found != counted:
            wrong[name] = (found, counted)
    assert wrong == {}


@pytest.mark.corpus
def test_no_tool_result_is_hidden_without_a_rewind(corpus: dict[str, bytes]) -> None:
    hidden = {}
    for name, data in corpus.items():
        found = read(data)
        if len(found.snapshot.branches) == 1 and hidden_results(found):
            hidden[name] = hidden_results(found)
    assert hidden == {}


@pytest.mark.corpus
def test_a_file_that_grew_reads_as_its_later_state(corpus: dict[str, bytes]) -> None:
    by_stem = {Path(name).stem: data for name, data in corpus.items()}
    pairs = [(by_stem[a], by_stem[b]) for a, b in GROWN if a in by_stem and b in by_stem]
    if not pairs:
        pytest.skip("this corpus holds no states of growing files")
    for early, late in pairs:
        assert late.startswith(early)
        grown, whole = read(late, cuts=[len(early)]), read(late)
        assert same(grown, whole)
        before = read(early)
        assert list(before.items) == list(whole.items)[: len(before.items)]
        assert before.snapshot.turns <= whole.snapshot.turns


@pytest.mark.corpus
def test_every_item_of_the_corpus_has_its_text(corpus: dict[str, bytes]) -> None:
    empty = []
    for name, data in corpus.items():
        found = read(data)
        for index, item in enumerate(found.items):
            body = body_at(data, item.span, item.kind)
            if item.size and not body.text and not body.diff:
                empty.append((name, index))
    assert empty == []


def body_at(data: bytes, span: Span, kind: Kind) -> Any:
    piece = data[span.offset : span.offset + span.length]
    return body_of(Record(json.loads(piece), span, None), span, kind)
