"""A task keeps its identity over all its sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clearhead.core.tasks import Came, Tasks

if TYPE_CHECKING:
    from pathlib import Path


def test_a_chain_over_agents_is_one_task(tmp_path: Path) -> None:
    tasks = Tasks(tmp_path)
    task = tasks.begin("claude", "one", "/w")
    tasks.add(task, "codex", "two", Came.HAND_OFF)
    tasks.add(task, "claude", "three", Came.HAND_OFF)
    tasks.add(task, "codex", "two", Came.RESET)
    assert tasks.begin("codex", "two", "/w") == task
    assert [link.session_id for link in tasks.chain(task)] == ["one", "two", "three"]
    assert tasks.of("claude", "other") is None
    assert tasks.begin("claude", "other", None) != task


def test_a_damaged_line_costs_only_itself(tmp_path: Path) -> None:
    tasks = Tasks(tmp_path)
    task = tasks.begin("claude", "one", None)
    with (tmp_path / "tasks.jsonl").open("a") as file:
        file.write('{"task": 3}\nrubbish')
    tasks.add(task, "claude", "two", Came.RESET)
    assert [link.came for link in tasks.chain(task)] == [Came.BEGUN, Came.RESET]
