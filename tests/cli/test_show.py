"""`clearhead show` and `clearhead sessions` for scripts: stable keys, right figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.paths import state_folder
from clearhead.core.tasks import Came, Tasks

DATA = Path(__file__).parent.parent / "data"

KEYS = {
    "agent", "model", "session_id", "cwd", "branch", "state", "events", "context", "tokens",
    "subagent_tokens", "cost", "compactions", "symptoms", "unknown_records", "problems",
}  # fmt: skip

ROW_KEYS = {
    "agent", "session_id", "name", "cwd", "branch", "state", "waiting_for", "asserted", "pid",
    "channel", "fill", "window", "usd", "last_activity", "path", "task",
}  # fmt: skip

TOKENS = {"input", "cache_read", "cache_write_5m", "cache_write_1h", "output"}


def output_of(*arguments: str | Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "clearhead.tui", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=True,
        timeout=60,
    )
    value: dict[str, Any] = json.loads(done.stdout)
    return value


@pytest.mark.parametrize(
    ("folder", "agent"), [pytest.param("claude", "claude"), pytest.param("codex", "codex")]
)
def test_every_captured_transcript_has_all_keys(folder: str, agent: str) -> None:
    path = min((DATA / folder).rglob("*-course-1*.jsonl"))
    shown = output_of("show", path)
    assert shown.keys() >= KEYS
    assert shown["agent"] == agent
    assert shown["tokens"].keys() == shown["subagent_tokens"].keys() == TOKENS
    assert shown["context"].keys() == {"fill", "window", "percent", "zone", "source"}
    assert shown["cost"].keys() == {"usd", "unknown_models"}


def test_a_transcript_without_responses_has_zero_tokens_and_no_fill(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(
        '{"type":"user","uuid":"u1","parentUuid":null,"sessionId":"s","timestamp":'
        '"2026-07-01T10:00:00.000Z","message":{"role":"user","content":"hello"}}\n'
    )
    shown = output_of("show", path)
    assert set(shown["tokens"].values()) == {0}
    assert shown["context"]["fill"] is None
    assert shown["context"]["percent"] is None


def test_unreadable_lines_are_problems_with_their_place(tmp_path: Path) -> None:
    good = (
        min((DATA / "claude" / "transcripts").glob("*.jsonl"))
        .read_bytes()
        .splitlines(keepends=True)
    )
    path = tmp_path / "torn.jsonl"
    path.write_bytes(good[0] + b"\x00\x01 not json\n" + b"".join(good[1:]))
    shown = output_of("show", path)
    assert [problem["line"] for problem in shown["problems"]] == [2]


def test_sessions_lists_a_recent_transcript_with_all_keys(home: Path) -> None:
    source = min((DATA / "claude" / "transcripts").glob("*.jsonl"))
    folder = home / ".claude" / "projects" / "-home-dev-project"
    folder.mkdir(parents=True)
    (folder / "0199aaaa-0000-7000-8000-000000000001.jsonl").write_bytes(source.read_bytes())
    (row,) = output_of("sessions")["sessions"]
    assert row.keys() == ROW_KEYS
    assert row["agent"] == "claude"
    assert row["path"].endswith("0199aaaa-0000-7000-8000-000000000001.jsonl")
    assert row["task"] is None, "it serves no task with others"
    tasks = Tasks(state_folder())
    task = tasks.begin("claude", "0199aaaa-0000-7000-8000-000000000000", None)
    tasks.add(task, "claude", row["session_id"], Came.RESET)
    (row,) = output_of("sessions")["sessions"]
    place = {"id": task, "number": 2, "sessions": 2, "came": "reset"}
    assert row["task"] == place | {"usd": row["usd"], "unknown": 1}
