"""The demo's script does real work, and its figures agree with what it really did."""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import pairwise

import pytest

from clearhead.core.agents.demo import notes, registry
from clearhead.core.agents.demo.context import START_LOAD, dollars, estimate
from clearhead.core.agents.demo.format import (
    ABOUT,
    Allowed,
    Prompt,
    Retried,
    Said,
    Session,
    State,
    Status,
    Thought,
    ToolCall,
    ToolResult,
    Usage,
)
from clearhead.core.agents.demo.launch import start
from clearhead.core.agents.demo.story import STORY

from ..helpers import until
from .demo_world import all_of, entries, transcript

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

MIDNIGHT = "test_last_7_days_moves_on_at_midnight"
HOSTILE = """[user]
name = Someone Else
email = someone@example.org
[core]
hooksPath = {hooks}
[commit]
gpgsign = true
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A demo that has come to the end of its script, started from a home with a hostile git."""
    home = tmp_path_factory.mktemp("hostile").resolve()
    hook = home / "hooks" / "pre-commit"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {home}/hook-ran\nexit 1\n")
    hook.chmod(0o755)
    (home / ".gitconfig").write_text(HOSTILE.format(hooks=hook.parent))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_DIR", str(home))
        demo = start(home, speed=100)
    with demo:
        until(lambda: at_the_end(demo), within=120, what="the script has ended")
        yield demo


def at_the_end(demo) -> bool:
    status = demo.control.status()
    return status["turn"] == status["turns"] and status["status"] == "idle"


@pytest.fixture(scope="module")
def path(course):
    return transcript(course)


@pytest.fixture(scope="module")
def notes_text(course):
    return (course.repository / "claude-progress.md").read_text()


def git(demo, *words: str) -> str:
    done = subprocess.run(
        ["git", "--no-optional-locks", *words],
        cwd=demo.repository,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def main_chain(path) -> list[Usage]:
    return [usage for usage in all_of(Usage, path) if not usage.subagent]


def test_it_ends_idle_and_says_what_it_is(course, path):
    entry = registry.read(course.registry_path)
    assert (entry.pid, entry.status, entry.waiting_for) == (course.pid, Status.IDLE, None)
    (session,) = all_of(Session, path)
    assert session.id == entry.session_id
    assert session.about == ABOUT
    assert session.cwd == str(course.repository)
    assert "script" in all_of(Said, path)[-1].text


def test_every_turn_has_its_prompt_and_ends_idle(path):
    prompts = all_of(Prompt, path)
    assert [prompt.text for prompt in prompts] == [turn.prompt for turn in STORY]
    assert {prompt.author for prompt in prompts} == {"script"}
    statuses = [state.status for state in all_of(State, path)]
    assert statuses.count(Status.IDLE) == len(prompts) + 1


def test_the_same_test_really_fails_twice_and_passes_in_the_end(course, path):
    runs = [result for result in all_of(ToolResult, path) if "\nRan " in result.output]
    failed = [run for run in runs if run.exit]
    assert [run.exit for run in failed] == [1, 1]
    assert all(run.is_error and f"FAIL: {MIDNIGHT}" in run.output for run in failed)
    assert runs[-1].exit == 0
    again = subprocess.run(
        [sys.executable, "-m", "unittest"], cwd=course.repository, capture_output=True, check=False
    )
    assert again.returncode == 0


def test_its_commits_are_really_there(course):
    subjects = git(course, "log", "--format=%s").splitlines()
    assert subjects[:3] == [
        "Read the data file once for a page",
        "Sample data up to the end of April",
        "Filter by date range, from the URL",
    ]
    assert git(course, "status", "--short") == ""
    assert not (course.repository / "shop" / "memory.py").exists()


def test_the_users_git_is_left_out(course):
    assert set(git(course, "log", "--format=%an").split("\n")) == {"Demo agent", ""}
    assert sorted(path.name for path in course.root.parent.iterdir()) == [
        ".gitconfig",
        course.root.name,
        "hooks",
    ]


def test_every_call_is_answered_and_only_the_missing_file_and_the_tests_fail(path):
    calls = {call.id: call for call in all_of(ToolCall, path)}
    results = all_of(ToolResult, path)
    assert sorted(calls) == sorted(result.id for result in results)
    failed = [calls[result.id].input for result in results if result.is_error]
    assert failed[0] == {"file_path": "shop/views.py"}
    assert failed[1:] == [{"command": "python -m unittest"}] * 2


def test_every_edit_shows_what_it_changed(path):
    calls = {call.id: call for call in all_of(ToolCall, path)}
    edits = [r for r in all_of(ToolResult, path) if calls[r.id].name in {"Edit", "Write"}]
    assert len(edits) > 15
    for edit in edits:
        given = calls[edit.id].input
        added = given.get("new_string") or given["content"]
        assert f"+{added.splitlines()[-1]}" in edit.diff or given["file_path"] in edit.diff


def test_the_fill_passes_every_zone_and_is_what_the_last_call_left(path):
    fills = [usage.tokens.prompt for usage in main_chain(path)]
    assert START_LOAD < fills[0] < 10_000
    assert 155_000 < fills[-1] < 167_000
    assert all(before < after for before, after in pairwise(fills))
    for edge in (75_000, 120_000, 150_000):
        assert any(before < edge <= after for before, after in pairwise(fills))


def test_the_fill_is_the_text_that_stands_in_the_transcript(path):
    last = main_chain(path)[-1]
    before = entries(path)[: entries(path).index(last)]
    prompts = sum(estimate(e.text) for e in before if isinstance(e, Prompt))
    results = sum(
        estimate(e.output) for e in before if isinstance(e, ToolResult) and not e.subagent
    )
    answers = sum(usage.tokens.output for usage in main_chain(path)[:-1])
    assert last.tokens.prompt == START_LOAD + prompts + results + answers


def test_a_call_reads_from_the_cache_what_the_one_before_wrote(path):
    calls = main_chain(path)
    assert calls[0].tokens.cache_read == 0
    for before, after in pairwise(calls):
        assert after.tokens.cache_read == before.tokens.prompt - before.tokens.input
    assert all(usage.usd == dollars(usage.tokens) for usage in calls)


def test_the_notes_keep_four_sections_and_both_failures_with_their_reason(notes_text):
    for section in ("Current status", "Completed", "Failed approaches", "Next step"):
        assert notes.body(notes_text, section)
    failed = notes.body(notes_text, "Failed approaches").splitlines()
    assert [line for line in failed if "cache" in line.lower() and " — " in line] == failed[-2:]
    assert "- [ ] CSV export honours the filters" in notes_text
    assert "$" not in notes_text


def test_the_notes_change_at_several_points_of_the_work(path):
    calls = all_of(ToolCall, path)
    edits = [call.at for call in calls if call.input.get("file_path") == "claude-progress.md"]
    assert len(edits) >= 8
    assert edits[-1] - edits[0] > (calls[-1].at - calls[0].at) / 3


def test_it_waits_for_permission_before_the_data_file_changes(path):
    found = entries(path)
    waiting = next(i for i, e in enumerate(found) if isinstance(e, State) and e.waiting_for)
    assert found[waiting].status is Status.WAITING
    asked, (allowed,) = found[waiting - 2], all_of(Allowed, path)
    assert isinstance(asked, ToolCall)
    assert asked.input["command"].endswith("--write")
    assert allowed.id == asked.id
    assert found.index(allowed) > waiting


def test_there_is_something_of_every_kind_to_look_at(path):
    assert len(all_of(Thought, path)) >= 4
    assert len({e.subagent for e in all_of(Said, path)}) == 2
    assert all_of(Retried, path)
    assert max(len(result.output) for result in all_of(ToolResult, path)) > 29_000
    said = "\n".join(e.text for e in all_of(Said, path))
    assert all(mark in said for mark in ("## ", "**", "```", "- ", "1. ", "| "))


def test_no_figure_was_left_unfilled(path):
    said = "\n".join(e.text for e in all_of(Said, path))
    assert "not measured" not in said
    assert "$" not in said


def test_the_records_are_in_order_and_closed_to_others(course, path):
    times = [entry.at for entry in entries(path)]
    assert times == sorted(times)
    ours = [course.root, *course.root.glob("*"), *(course.root / "state").rglob("*")]
    for file in ours:
        assert not file.stat().st_mode & 0o077, file
