"""What a fresh session starts with, part by part, and what going on costs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from clearhead.core.agents.registry import agent_named
from clearhead.core.config import default_settings
from clearhead.core.next_turn import next_usd
from clearhead.core.reset.brief import Brief, render
from clearhead.core.reset.weighing import weigh
from clearhead.core.snapshot import Fill, Snapshot
from clearhead.core.start_load import start_load
from clearhead.core.tokens import about

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "claude-sonnet-4-5"
BRIEF = Brief(
    project="shop",
    maps=("AGENTS.md", "CLAUDE.md"),
    notes="claude-progress.md",
    next_step="Wire the filter",
    tree=("src/  (3 files)", "tests/  (2 files)"),
)


def test_each_part_of_a_start_is_weighed_and_the_text_is_counted_once(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("map " * 500)
    text, notes = render(BRIEF), "note " * 300
    parts = {p.name: p for p in weigh(BRIEF, text, tmp_path, notes=notes, model=MODEL, own=900)}
    assert list(parts) == [
        *("AGENTS.md", "CLAUDE.md", "claude-progress.md"),
        *("folder tree", "the brief's words", "client's own start"),
    ]
    assert parts["AGENTS.md"].tokens == about(2000, MODEL)
    assert parts["CLAUDE.md"].tokens == 0, "it is gone by now"
    assert parts["claude-progress.md"].tokens == about(1500, MODEL)
    words = parts["folder tree"].tokens + parts["the brief's words"].tokens
    assert abs(words - about(len(text), MODEL)) <= 1
    assert parts["the brief's words"].words == "what to do, the next step"


def test_a_brief_without_its_tree_has_no_part_for_it(tmp_path: Path) -> None:
    parts = weigh(BRIEF, "Just go on.", tmp_path, notes="", model=None)
    assert "folder tree" not in [part.name for part in parts]
    assert parts[-1].tokens == about(len("Just go on."), None)


def test_the_next_call_pays_for_the_context_it_carries() -> None:
    settings = default_settings()
    full = Snapshot(model=MODEL, fill=Fill(160_000))
    dear, cheap = next_usd(full, settings), next_usd(full, settings, 8_000)
    assert dear is not None
    assert cheap is not None
    assert dear == pytest.approx(20 * cheap)
    assert cheap > 0
    assert next_usd(Snapshot(model="nobody-knows-9", fill=Fill(9)), settings) is None
    assert next_usd(Snapshot(model=MODEL), settings) is None


def _line(kind: str, **payload: Any) -> str:
    return json.dumps({"timestamp": "2026-07-01T10:00:00Z", "type": kind, "payload": payload})


def test_what_the_client_brings_along_is_the_first_call_without_the_prompt(tmp_path: Path) -> None:
    usage = {"input_tokens": 12_000, "cached_input_tokens": 4_000, "output_tokens": 5}
    info = {"last_token_usage": usage, "total_token_usage": usage}
    prompt = "word " * 800
    lines = (
        _line("session_meta", id="one", cwd="/w"),
        _line("turn_context", model="gpt-5.3-codex"),
        _line("event_msg", type="user_message", message=prompt),
        _line("event_msg", type="token_count", info=info),
    )
    path = tmp_path / "rollout.jsonl"
    path.write_text("\n".join(lines) + "\n")
    found = start_load(agent_named("codex"), path, "gpt-5.3-codex")
    assert found == 12_000 - about(len(prompt), "gpt-5.3-codex")
    assert start_load(agent_named("codex"), tmp_path / "none.jsonl", None) is None
    path.write_text("\n".join(lines[:3]) + "\n")
    assert start_load(agent_named("codex"), path, None) is None
