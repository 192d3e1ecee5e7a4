"""What holds for every rollout: the captures here, and any folder of real ones in CORPUS."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearhead.core.tokens import Tokens

from .rollouts import DATA, read, read_bytes

CAPTURES = sorted(DATA.glob("*.jsonl"))
EFFORT = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def plain_count(path: Path) -> tuple[int, int, int]:
    """Count input, cached input and output of a rollout by differences of its totals.

    Written apart from the reader: lines as they stand, no memory but the last total. Calls that
    were told by a record after the last total are added.
    """
    fields = ("input_tokens", "cached_input_tokens", "output_tokens")
    before, spent, untold = [0, 0, 0], [0, 0, 0], [0, 0, 0]
    own, copies, elsewhere = None, False, False
    for row in path.read_bytes().splitlines():
        try:
            line = json.loads(row)
            payload = line["payload"]
        except (ValueError, KeyError, TypeError):
            continue
        if line["type"] == "session_meta" and own is None:
            own = payload["id"]
            elsewhere = "history_base" in payload
            copies = "forked_from_id" in payload and not elsewhere
        if copies and payload.get("turn_id") and line["type"] in {"event_msg", "turn_context"}:
            copies = payload["turn_id"] < own
        if line["type"] == "token_usage_record":
            untold = [a + payload["usage"][name] for a, name in zip(untold, fields, strict=True)]
        info = payload.get("info") if payload.get("type") == "token_count" else None
        if not info:
            continue
        now = [info["total_token_usage"][name] for name in fields]
        if copies or (elsewhere and before == [0, 0, 0]):
            before = [a - b for a, b in zip(now, untold, strict=True)]
        if sum(now[::2]) < sum(before[::2]):
            before = [0, 0, 0]
        spent = [a + b - c for a, b, c in zip(spent, now, before, strict=True)]
        before, untold = now, [0, 0, 0]
    given, cached, output = (a + b for a, b in zip(spent, untold, strict=True))
    return given, cached, output


def as_counted(tokens: Tokens) -> tuple[int, int, int]:
    return tokens.prompt, tokens.cache_read, tokens.output


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_the_tokens_of_a_capture_are_those_of_a_plain_count(path: Path) -> None:
    assert as_counted(read_bytes(path.read_bytes()).snapshot.tokens) == plain_count(path)


@pytest.mark.corpus
def test_every_rollout_of_the_corpus_is_read_and_counted() -> None:
    folder = os.environ.get("CORPUS")
    if not folder:
        pytest.skip("CORPUS names no folder of transcripts")
    paths = sorted((Path(folder) / "codex").rglob("*.jsonl"))
    assert paths, f"no rollouts below {folder}/codex"
    wrong = {}
    for path in paths:
        found, counted = read_bytes(path.read_bytes(), path=path), plain_count(path)
        if as_counted(found.snapshot.tokens) != counted:
            wrong[path.name] = (found.snapshot.tokens, counted)
        assert len(found.items) == found.snapshot.items_seen
    assert wrong == {}


@cache
def whole(path: Path) -> Any:
    reading = read_bytes(path.read_bytes())
    return reading.events, reading.snapshot


@EFFORT
@given(st.sampled_from(CAPTURES), st.lists(st.integers(0, 2**20), min_size=1, max_size=4))
def test_a_rollout_cut_anywhere_and_completed_tells_the_same(path: Path, cuts: list[int]) -> None:
    reading = read_bytes(path.read_bytes(), cuts=tuple(cuts))
    assert (reading.events, reading.snapshot) == whole(path)


@EFFORT
@given(
    st.sampled_from(CAPTURES),
    st.lists(st.tuples(st.integers(0, 2**20), st.binary(max_size=8)), min_size=1, max_size=20),
)
def test_damaged_bytes_raise_nothing(path: Path, damage: list[tuple[int, bytes]]) -> None:
    data = bytearray(path.read_bytes())
    for place, junk in damage:
        at = place % len(data)
        data[at : at + len(junk) // 2] = junk
    reading = read_bytes(bytes(data))
    assert len(reading.items) == reading.snapshot.items_seen


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1, 2**63, 1e308])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["*** Begin Patch", '{"output":1,"metadata":2}', "\ud800", "\x1b[31m"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "output", "content", "plan", "cmd", "metadata", "Err"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)


@cache
def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(row) for row in path.read_bytes().splitlines()]


def spoilt(value: Any, places: list[int], junk: Any) -> Any:
    """Return `value` with `junk` at the place to which `places` lead."""
    if not places or not isinstance(value, dict | list) or not value:
        return junk
    if isinstance(value, list):
        at = places[0] % len(value)
        return [spoilt(v, places[1:], junk) if n == at else v for n, v in enumerate(value)]
    key = sorted(value)[places[0] % len(value)]
    return {k: spoilt(v, places[1:], junk) if k == key else v for k, v in value.items()}


@settings(EFFORT, max_examples=150)
@given(
    st.sampled_from(CAPTURES),
    st.lists(
        st.tuples(
            st.integers(0, 2**16), st.lists(st.integers(0, 30), min_size=1, max_size=6), JUNK
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_fields_of_the_wrong_make_raise_nothing(path: Path, damage: list[Any]) -> None:
    rows = list(lines(path))[:60]
    for which, places, junk in damage:
        at = which % len(rows)
        changed = spoilt(rows[at], places, junk)
        rows[at] = changed if isinstance(changed, dict) else {"type": changed}
    reading = read(*rows)
    reading.reader.thaw(reading.reader.freeze())
    assert len(reading.items) == reading.snapshot.items_seen
