"""A task keeps its identity over all its sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clearhead.core.config import load_config
from clearhead.core.task_chain import chain_of
from clearhead.core.tasks import Came, Passage, Tasks

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


def test_the_cost_of_a_task_counts_what_other_machines_told(tmp_path: Path) -> None:
    tasks = Tasks(tmp_path)
    tasks.add("t", "claude", "one", Came.PICKED_UP, usd=4.5)
    tasks.add("t", "codex", "two", Came.HAND_OFF)
    chain = chain_of("codex", "two", tmp_path, {}, load_config()[0])
    assert chain is not None
    assert (chain.task, chain.usd, chain.before, chain.unknown) == ("t", 4.5, 4.5, 2)
    assert chain_of("codex", "other", tmp_path, {}, load_config()[0]) is None


def test_the_history_of_a_task_holds_its_results(tmp_path: Path) -> None:
    tasks = Tasks(tmp_path)
    task = tasks.begin("claude", "one", None)
    passage = Passage(
        task=task,
        transaction="x",
        purpose="reset",
        at=2.0,
        from_agent="claude",
        from_session="one",
        to_agent="claude",
        to_session="two",
        seconds=48.0,
        fill=(161_000, 9_000),
        next_usd=(0.31, 0.03),
    )
    tasks.note(passage)
    assert tasks.passages(task) == (passage,)
    assert tasks.passages("other") == ()
    assert [link.session_id for link in tasks.chain(task)] == ["one"]
