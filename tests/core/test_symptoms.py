"""What the detectors take for evidence, and what they must not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from clearhead.core.config import default_settings
from clearhead.core.problems import Problem
from clearhead.core.progress_entries import split_reason
from clearhead.core.symptoms import gitundo
from clearhead.core.symptoms.corrections import corrections, corrections_in
from clearhead.core.symptoms.finder import found
from clearhead.core.thread import Thread
from clearhead.core.transcript import Transcript
from clearhead.tui.cli import which

from ..agents.rollouts import event, item
from .symptom_world import TESTS, Talk, rollout

PAGES = "shop/pages.py"
BEFORE = "def list_page(query):\n    return made(query)"
AFTER = "@lru_cache(maxsize=64)\ndef list_page(query):\n    return made(query)"


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path).ask("Fix the list")


# The same call with the same result


def test_three_equal_calls_with_equal_results_are_noted(talk: Talk) -> None:
    talk.tests_fail().steps(2).tests_fail().steps(3).tests_fail()
    (symptom,) = talk.symptoms()
    assert (symptom.detector, symptom.count, symptom.turn) == ("loop.exact", 3, 1)
    assert symptom.evidence == "Bash npm test gave the same result 3x"
    heads = {talk.thread.items.head(call) for call in symptom.items}
    assert heads == {TESTS}
    assert talk.now() == (symptom,)


def test_two_are_not_noted(talk: Talk) -> None:
    assert talk.tests_fail().tests_fail().found == []


def test_the_line_for_the_notes_has_approach_and_reason_apart(talk: Talk) -> None:
    (symptom,) = talk.tests_fail().tests_fail().tests_fail().symptoms()
    assert symptom.approach == "`npm test`, exit 1 `FAIL src/list.test.ts` (turn 1)"
    line = f"{symptom.approach} — {symptom.reason}"
    assert split_reason(line) == (symptom.approach, "the same result 3 times")


def test_another_result_is_no_repeat(talk: Talk) -> None:
    talk.tests_fail("2 failed").tests_fail("1 failed").tests_fail("3 failed")
    assert talk.found == []


def test_other_arguments_are_no_repeat(talk: Talk) -> None:
    for offset in (1, 2, 3):
        talk.use("Read", "same lines", file_path="/w/app/a.py", offset=offset)
    assert talk.found == []


def test_the_order_of_arguments_does_not_matter(talk: Talk) -> None:
    talk.use("Grep", "none", failed=True, pattern="a", path="b")
    talk.use("Grep", "none", failed=True, path="b", pattern="a")
    talk.use("Grep", "none", failed=True, pattern="a", path="b")
    assert talk.found == [("loop.exact", 3)]


def test_how_long_a_run_took_does_not_make_its_result_another(talk: Talk) -> None:
    for took in ("0.31s", "1.20s", "0.9 seconds"):
        talk.tests_fail(f"1 failed in {took} at 10:00:01")
    assert talk.found == [("loop.exact", 3)]


def test_what_a_person_says_begins_the_count_anew(talk: Talk) -> None:
    talk.tests_fail().tests_fail().ask("Try again").tests_fail()
    assert talk.found == []
    assert talk.tests_fail().tests_fail().found == [("loop.exact", 3)]


def test_what_a_program_says_does_not(talk: Talk) -> None:
    talk.tests_fail().tests_fail()
    talk.ask("<task-notification><summary>Done</summary></task-notification>").tests_fail()
    assert talk.found == [("loop.exact", 3)]


def test_repeats_further_apart_than_twenty_calls_are_not_counted(talk: Talk) -> None:
    talk.tests_fail().steps(9).tests_fail().steps(9).tests_fail()
    assert talk.found == []


def test_repeats_within_twenty_calls_are(talk: Talk) -> None:
    talk.tests_fail().steps(9).tests_fail().steps(8).tests_fail()
    assert talk.found == [("loop.exact", 3)]


@pytest.mark.parametrize(
    "command", ["sleep 5", "git status --short", "gh run view 12", "curl localhost:80/health"]
)
def test_polling_is_exempt(talk: Talk, command: str) -> None:
    for _ in range(4):
        talk.bash(command, "waiting")
    assert talk.found == []


@pytest.mark.parametrize("tool", ["BashOutput", "mcp__browser__scroll", "wait_for_page"])
def test_tools_that_wait_or_scroll_are_exempt(talk: Talk, tool: str) -> None:
    for _ in range(4):
        talk.use(tool, "same", some="thing")
    assert talk.found == []


def test_a_check_that_passes_after_every_edit_is_no_loop(talk: Talk) -> None:
    for number in range(4):
        talk.edit(PAGES, f"step {number} of it", f"step {number + 1} of it").bash("go build", "")
    assert talk.found == []


def test_a_test_that_fails_alike_after_every_edit_is(talk: Talk) -> None:
    for number in range(3):
        talk.edit(PAGES, f"step {number} of it", f"step {number + 1} of it").tests_fail()
    assert talk.found == [("loop.exact", 3)]


def test_a_subagent_s_calls_are_its_own(talk: Talk) -> None:
    talk.tests_fail().tests_fail()
    talk.chat._envelope["isSidechain"] = True
    talk.tests_fail()
    assert talk.found == []
    assert talk.now() == ()


def test_the_last_window_is_looked_at_and_few_bodies_are_loaded(talk: Talk) -> None:
    talk.steps(60).tests_fail().tests_fail().tests_fail()
    assert [symptom.count for symptom in talk.now()] == [3]
    assert len(talk.loads) <= 8
    talk.loads.clear()
    talk.steps(30)
    assert talk.now() == ()
    assert talk.loads == []


def test_codex_is_read_alike(tmp_path: Path) -> None:
    lines = [event("user_message", message="Fix it")]
    for number in range(3):
        arguments = json.dumps({"cmd": "cargo test"})
        lines += [
            item("function_call", name="exec_command", arguments=arguments, call_id=f"c{number}"),
            item(
                "function_call_output",
                call_id=f"c{number}",
                output=f"Exit code: 101\nWall time: 0.{number} seconds\nOutput:\nerror: no field",
            ),
        ]
    transcript = rollout(tmp_path, *lines)
    (symptom,) = found(transcript.view, transcript.body)
    assert symptom.approach == "`cargo test`, exit 101 `error: no field` (turn 1)"


# Edit, then undo


def test_an_edit_and_its_opposite_are_noted(talk: Talk) -> None:
    talk.edit(PAGES, BEFORE, AFTER).steps(3).edit(PAGES, AFTER, BEFORE)
    (symptom,) = talk.symptoms()
    assert (symptom.detector, symptom.count) == ("revert", 1)
    assert symptom.evidence == f"{PAGES} was edited, then edited back"
    assert symptom.approach == f"adding `@lru_cache(maxsize=64)` in `{PAGES}` (turn 1)"
    assert talk.now() == (symptom,)


def test_the_opposite_counts_turns_later(talk: Talk) -> None:
    talk.edit(PAGES, BEFORE, AFTER).ask("Now the tests").edit(PAGES, AFTER, BEFORE)
    (symptom,) = talk.now()
    assert symptom.reason == "it was taken back by the opposite edit in turn 2"


def test_more_context_around_the_opposite_does_not_matter(talk: Talk) -> None:
    talk.edit(PAGES, BEFORE, AFTER, counted=(1, 0))
    talk.edit(PAGES, f"import os\n{AFTER}\n# end", f"import os\n{BEFORE}\n# end", counted=(0, 1))
    assert talk.found == [("revert", 1)]


@pytest.mark.parametrize(
    ("path", "old", "new", "failed"),
    [
        pytest.param("shop/other.py", AFTER, BEFORE, False, id="another file"),
        pytest.param(PAGES, AFTER, BEFORE + "  # once", False, id="another text"),
        pytest.param(PAGES, AFTER, BEFORE, True, id="it failed"),
    ],
)
def test_what_is_not_the_opposite_is_not_noted(
    talk: Talk, path: str, old: str, new: str, failed: bool
) -> None:
    talk.edit(PAGES, BEFORE, AFTER).edit(path, old, new, failed=failed)
    assert talk.found == []


@pytest.mark.parametrize(
    "line",
    ["    print('value', query, len(rows))", "    debug = read_environment('DEBUG_PAGES')", "}"],
)
def test_lines_for_looking_at_values_may_come_and_go(talk: Talk, line: str) -> None:
    talk.edit(PAGES, "rows", f"rows\n{line}").edit(PAGES, f"rows\n{line}", "rows")
    assert talk.found == []


def test_an_undo_is_offered_while_it_is_new(talk: Talk) -> None:
    talk.edit(PAGES, BEFORE, AFTER).edit(PAGES, AFTER, BEFORE).ask("Go on").steps(1)
    assert talk.now() == ()
    talk.edit(PAGES, "another place", "another text")
    assert talk.now() == ()
    assert talk.found == [("revert", 1)]


def test_a_patch_of_codex_and_its_opposite_are_noted(tmp_path: Path) -> None:
    patch = "*** Begin Patch\n*** Update File: a.py\n@@\n keep\n-{}\n+{}\n*** End Patch"
    lines = [event("user_message", message="Fix it")]
    for number, (old, new) in enumerate(
        [("first idea", "second idea"), ("second idea", "first idea")]
    ):
        lines += [
            item(
                "custom_tool_call",
                name="apply_patch",
                input=patch.format(old, new),
                call_id=f"{number}",
            ),
            item("custom_tool_call_output", call_id=f"{number}", output="Success"),
        ]
    transcript = rollout(tmp_path, *lines)
    assert [s.detector for s in found(transcript.view, transcript.body)] == ["revert"]


def test_two_undoings_by_git_are_noted_and_one_is_not(talk: Talk) -> None:
    talk.edit(PAGES, BEFORE, AFTER).bash(f"git restore {PAGES}")
    assert talk.found == []
    talk.edit(PAGES, BEFORE, AFTER + "  # again").bash(
        f"cd /w/app && git checkout -- {PAGES} && ls"
    )
    (symptom,) = talk.symptoms()
    assert (symptom.detector, symptom.count) == ("revert", 2)
    assert symptom.reason == f"it was taken back with `git checkout -- {PAGES}`"
    assert talk.now() == (symptom,)


@pytest.mark.parametrize(
    ("then", "after"),
    [
        pytest.param("git commit -am done", f"git checkout -- {PAGES}", id="committed before"),
        pytest.param("ls", "git checkout main", id="a branch"),
        pytest.param("ls", "git checkout -- other.py", id="another file"),
        pytest.param("ls", "git stash && npm test && git stash pop", id="looked without it"),
        pytest.param("git stash", "git stash pop", id="brought back"),
        pytest.param("ls", "git reset", id="only unstaged"),
    ],
)
def test_normal_work_with_git_takes_nothing_back(talk: Talk, then: str, after: str) -> None:
    for _ in range(3):
        talk.edit(PAGES, BEFORE, AFTER + str(len(talk.chat.lines))).bash(then).bash(after)
    assert talk.found == []


@pytest.mark.parametrize(
    ("command", "undone"),
    [
        ("git checkout -- shop/pages.py", True),
        ("git checkout HEAD~1 shop/pages.py", True),
        ("git -C /w/app restore pages.py", True),
        ("git restore --source=HEAD shop", True),
        ("git restore .", True),
        ("git stash push -- shop/pages.py", True),
        ("git stash -u -m 'wip'", True),
        ("git reset --hard origin/main", True),
        ("git checkout -b shop/pages.py", False),
        ("git restore --staged shop/pages.py", False),
        ("git stash list", False),
        ("git reset --soft HEAD~1", False),
        ("echo 'git checkout -- shop/pages.py'", False),
        ("git log -- shop/pages.py", False),
    ],
)
def test_what_git_takes_back(command: str, undone: bool) -> None:
    assert gitundo.undone_by(command, {PAGES}) == (frozenset({PAGES}) if undone else frozenset())


# Corrections


@pytest.mark.parametrize(
    "said",
    [
        "no, use PATCH for updates",
        "No - keep it in one file please",
        "Don't touch the migrations.",
        "please don't add a dependency for that",
        "let's not leave the tests to the end",
        "yes, but we don't need to commit",
        "use the client of the app instead of a new one",
        "Instead of mocking, use the real server.",
        "put it into the service instead",
        "not as a comment, but as a document",
        "use PUT, not PATCH",
        "it should be a field, not a method",
        "actually, keep the old name",
        "claude stop is not correct, that is the end of the turn",
        "I'd rather have one table",
        "stop rewriting the tests",
        "Leave the test alone.",
    ],
)
def test_a_correction_is_found(said: str) -> None:
    assert corrections_in(said) == (said,)


@pytest.mark.parametrize(
    "said",
    [
        "no problem",
        "no, thanks",
        "don't worry about it",
        "I don't know why it fails",
        "can we not use a queue instead of a table?",
        "did not see it, but it works",
        "not only the list but also the page",
        "actually that works great",
        "go ahead, fix all four",
        "never mind, we'll look at it later",
        "fix the login bug",
        'it prints "no, use the other one"',
        "```\nno, use the other one\n```",
        "> don't do that",
        "<pasted>\ndon't use it\n</pasted>",
        "the docs say `don't use X instead of Y`",
    ],
)
def test_what_corrects_nothing_is_not(said: str) -> None:
    assert corrections_in(said) == ()


def test_corrections_come_with_their_place_and_only_from_a_person(tmp_path: Path) -> None:
    talk = Talk(tmp_path).ask("Don't use a framework.").say("Done with vue.")
    talk.ask("No, use plain modules. The rest is fine.").say("Don't do this.")
    talk.ask("<task-notification><summary>Don't stop</summary></task-notification>")
    talk.ask("use tabs, not spaces")
    found_now = corrections(talk.thread)
    assert [(c.words, c.turn) for c in found_now] == [
        ("use tabs, not spaces", 3),
        ("No, use plain modules.", 2),
    ]
    assert talk.thread.items.head(found_now[1].item).startswith("No, use plain")


# Real transcripts


def real_threads() -> list[Thread]:
    corpus = os.environ.get("CORPUS")
    if not corpus:
        pytest.skip("CORPUS names no folder of real transcripts")
    agents, threads = which.agents_of(default_settings()), []
    for path in sorted(Path(corpus).rglob("*.jsonl")):
        try:
            agent, _ = which.of_file(path, agents, None)
        except Problem:
            continue
        transcript = Transcript(agent, path)
        transcript.open_end(1 << 60)
        threads.append(Thread(transcript.view, transcript.body))
    return threads


@pytest.mark.corpus
def test_real_sessions_are_rarely_noted() -> None:
    """All that is found here was read: 1,900 calls hold no loop and no edit that was taken back."""
    threads = real_threads()
    calls = sum(len(thread.calls()) for thread in threads)
    noted = [symptom for thread in threads for symptom in found_in(thread)]
    assert calls > 500
    assert len(noted) <= calls / 500


def found_in(thread: Thread) -> list[str]:
    from clearhead.core.symptoms.loop import loops
    from clearhead.core.symptoms.revert import reverts

    turns = thread.calls_by_turn()
    found_loops = [s.evidence for calls in turns for s in loops(thread, calls)]
    return found_loops + [s.evidence for s in reverts(thread)]


@pytest.mark.corpus
def test_few_real_prompts_are_taken_for_corrections() -> None:
    """Of 205 different prompts 5 are found, and all 5 correct the agent; 4 more do so unfound."""
    threads = real_threads()
    prompts = {thread.body(item).text for thread in threads for item in thread.prompts}
    sentences = {c.words for thread in threads for c in corrections(thread)}
    assert len(prompts) > 50
    assert 1 <= len(sentences) <= len(prompts) / 20
