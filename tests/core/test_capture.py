"""From an item of a transcript to an entry: what is offered, what proves it, what goes in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.capture import REMARKS, decided, drafted, entry_of, offered
from clearhead.core.evidence import Went, evidence_near, is_test
from clearhead.core.progress import Topic
from clearhead.core.progress_edit import add_entry
from clearhead.core.progress_entries import entries, split_reason
from clearhead.core.symptoms.corrections import corrections

from .symptom_world import Talk

KEY = "sk-ant-api03-" + "a1B2" * 10
COMMIT = "[main 1a2b3c4] Filter by date range\n 2 files changed"


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path).ask("Build the date filter")


def text(talk: Talk, topic: Topic, words: str) -> str:
    return drafted(talk.thread, topic, talk.item(words)).text


# Failed approaches


def test_a_failed_command_brings_its_error_and_its_turn(talk: Talk) -> None:
    talk.say("Testing").tests_fail("src/a.ts\nTypeError: x is undefined\nmore")
    draft = drafted(talk.thread, Topic.FAILED, talk.item("npm test"))
    assert draft.text == "`npm test`, exit 1 `TypeError: x is undefined` (turn 1)"
    assert draft.reason == ""
    assert draft.origin == "the selected line, turn 1"


def test_the_result_stands_for_its_call(talk: Talk) -> None:
    talk.tests_fail()
    thread = talk.thread
    call = talk.item("npm test")
    answer = thread.answer(call)
    assert drafted(thread, Topic.FAILED, answer) == drafted(thread, Topic.FAILED, call)


def test_an_edit_is_told_by_what_it_changed(talk: Talk) -> None:
    talk.edit("src/list.ts", "const a = 1", "const a = useMemo(() => 1)")
    found = text(talk, Topic.FAILED, "src/list.ts")
    assert (
        found == "changing `const a = 1` to `const a = useMemo(() => 1)` in `src/list.ts` (turn 1)"
    )


def test_words_with_a_reason_in_them_are_parted(talk: Talk) -> None:
    talk.say("Caching the page — yesterday's rows show up. More follows.")
    draft = drafted(talk.thread, Topic.FAILED, talk.item("Caching"))
    assert (draft.text, draft.reason) == ("Caching the page (turn 1)", "yesterday's rows show up.")


def test_the_start_of_a_long_session_is_not_needed(talk: Talk) -> None:
    talk.steps(20).ask("Again").tests_fail()
    transcript = talk.transcript
    transcript.open_end(2_000)
    from clearhead.core.thread import Thread

    thread = Thread(transcript.view, transcript.body)
    call = thread.calls()[-1]
    assert drafted(thread, Topic.FAILED, call).text == "`npm test`, exit 1 `FAIL src/list.test.ts`"


def test_secrets_are_masked(talk: Talk) -> None:
    talk.bash(f"curl -H 'x-api-key: {KEY}' example.org", f"denied for {KEY}", failed=True)
    found = text(talk, Topic.FAILED, "curl")
    assert KEY not in found
    assert "[Anthropic key]" in found
    assert KEY not in entry_of(Topic.NEXT, f"use {KEY}")


@given(st.text(), st.text())
def test_an_entry_is_one_clean_line(words: str, reason: str) -> None:
    for topic in Topic:
        entry = entry_of(topic, words, reason)
        assert "\n" not in entry
        assert "\x1b" not in entry
        assert entry == entry.strip()


@pytest.mark.parametrize(
    ("words", "reason", "entry"),
    [
        ("a cookie", "links differ", "a cookie — links differ"),
        ("a cookie", "", "a cookie"),
        ("- a cookie: links differ", "", "a cookie — links differ"),
        ("a cookie - links differ", "and they break", "a cookie — links differ; and they break"),
        ("`a: b` twice", "it: fails", "`a: b` twice — it: fails"),
        ("  ", "why", ""),
    ],
)
def test_a_failed_approach_is_stored_with_its_reason_apart(
    words: str, reason: str, entry: str
) -> None:
    assert entry_of(Topic.FAILED, words, reason) == entry
    if " — " in entry:
        assert split_reason(entry) == tuple(entry.split(" — ", 1))


def test_the_approach_is_what_stands_before_the_dash_for_every_draft(talk: Talk) -> None:
    talk.tests_fail("Error: a - b -> c => d because of: e").edit(
        "a.py", "x = {'k': 1}", "y: int = 2"
    )
    talk.bash("grep -- 'a: b - c' x", "no such file: x - y", failed=True)
    thread = talk.thread
    for call in thread.calls():
        draft = drafted(thread, Topic.FAILED, call)
        assert split_reason(entry_of(Topic.FAILED, draft.text, "why")) == (draft.text, "why")


def test_a_symptom_brings_a_ready_line(talk: Talk) -> None:
    (symptom,) = talk.tests_fail().tests_fail().tests_fail().symptoms()
    draft = offered(symptom)
    notes = add_entry(
        "## Failed approaches\n", Topic.FAILED, entry_of(Topic.FAILED, draft.text, draft.reason)
    )
    (entry,) = entries(notes, Topic.FAILED)
    assert (entry.approach, entry.reason) == (symptom.approach, "the same result 3 times")


# Completed


def test_a_commit_near_it_is_named(talk: Talk) -> None:
    talk.edit("src/list.ts", "a = old", "a = new").bash("git commit -am x", COMMIT)
    talk.say("The date filter works. It reads the URL.")
    assert text(talk, Topic.COMPLETED, "The date") == "The date filter works. (commit 1a2b3c4)"
    assert text(talk, Topic.COMPLETED, "git commit") == "Filter by date range (commit 1a2b3c4)"


def test_a_passing_test_run_is_named_with_its_count(talk: Talk) -> None:
    talk.bash("cd app && python -m pytest -q", "..........\n12 passed in 0.30s")
    talk.say("The date filter works.")
    expected = "The date filter works. (12 passed with `python -m pytest -q`)"
    assert text(talk, Topic.COMPLETED, "The date") == expected


def test_the_commit_of_another_turn_proves_nothing(talk: Talk) -> None:
    talk.bash("git commit -am x", COMMIT).ask("And the export").say("The export works now.")
    draft = drafted(talk.thread, Topic.COMPLETED, talk.item("The export"))
    assert (draft.text, draft.remark) == ("The export works now.", REMARKS[Went.NONE])


def test_a_failing_last_run_is_said(talk: Talk) -> None:
    talk.bash("npm test", "5 passed").tests_fail().say("All is done now.")
    draft = drafted(talk.thread, Topic.COMPLETED, talk.item("All is"))
    assert (draft.text, draft.remark) == ("All is done now.", REMARKS[Went.FAILED])


@pytest.mark.parametrize(
    ("command", "output", "went"),
    [
        ("pytest -q", "3 passed", Went.PASSED),
        ("pytest -q", "1 failed, 3 passed", Went.FAILED),
        ("pytest -q | tail -3", "3 passed", Went.PASSED),
        ("pytest -q | tail -3", "see the log", Went.UNCLEAR),
        ("go test ./... | tail", "ok  \tapp/list\t0.2s", Went.PASSED),
        ("ls", "3 passed", Went.NONE),
    ],
)
def test_how_a_run_went(talk: Talk, command: str, output: str, went: Went) -> None:
    talk.bash(command, output).say("Ready to go.")
    assert evidence_near(talk.thread, talk.item("Ready")).tests is went


def test_a_run_before_the_last_edit_proves_nothing(talk: Talk) -> None:
    talk.bash("npm test", "5 passed").edit("src/list.ts", "a = old", "a = new").say("Ready to go.")
    assert evidence_near(talk.thread, talk.item("Ready")).tests is Went.OLD
    assert evidence_near(talk.thread, talk.item("src/list.ts")).tests is Went.NONE


def test_an_edit_of_the_notes_after_it_changes_nothing(talk: Talk) -> None:
    talk.bash("npm test", "5 passed").edit("claude-progress.md", "a = old", "a = new")
    assert evidence_near(talk.say("Ready to go.").thread, talk.item("Ready")).told


@pytest.mark.parametrize(
    ("command", "runs"),
    [
        ("npm test", True),
        ("npm run test:unit", True),
        ("cd app && CI=1 npx vitest run", True),
        ("uv run pytest", True),
        (".venv/bin/python -m unittest", True),
        ("go test ./...", True),
        ("mise run test:ci 2>&1", True),
        ("./gradlew test", True),
        ("gh pr create --body 'npm test passes'", False),
        ("git commit -m \"$(cat <<'EOF'\nnpm test\nEOF\n)\"", False),
        ("grep -rn pytest .", False),
        ("cat package.json", False),
    ],
)
def test_what_runs_tests(command: str, runs: bool) -> None:
    assert is_test(command) is runs


# Next step and decisions


def test_a_failure_makes_a_next_step_that_begins_with_a_verb(talk: Talk) -> None:
    talk.tests_fail("TypeError: x is undefined")
    found = text(talk, Topic.NEXT, "npm test")
    assert found == "Fix `npm test`, which ends with exit 1 `TypeError: x is undefined`"


def test_what_the_agent_names_as_next_is_taken(talk: Talk) -> None:
    talk.say("The list is done.\n\n- Next: wire the export to the filters.\n- It is late.")
    assert text(talk, Topic.NEXT, "The list") == "Next: wire the export to the filters."


def test_a_correction_in_a_prompt_is_the_decision(talk: Talk) -> None:
    talk.say("Done.").ask("Looks good. But use PUT, not PATCH. Then go on.")
    assert text(talk, Topic.DECISIONS, "Looks good") == "But use PUT, not PATCH. (turn 2)"
    (correction,) = corrections(talk.thread)
    assert decided(correction).text == "But use PUT, not PATCH. (turn 2)"
