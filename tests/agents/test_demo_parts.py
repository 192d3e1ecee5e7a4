"""The small parts of the demo: pace, notes, figures, records, tools."""

from __future__ import annotations

import asyncio
import time

import pytest

from clearhead.core.agents.demo import notes
from clearhead.core.agents.demo.context import CACHE_LIFE, START_LOAD, Context, dollars, estimate
from clearhead.core.agents.demo.format import (
    ABOUT,
    Said,
    Session,
    State,
    Status,
    ToolResult,
    Usage,
    decode,
    encode,
)
from clearhead.core.agents.demo.pace import Pace
from clearhead.core.agents.demo.script import AddNote, Bash, Edit, Read, RewriteNote, TickNote
from clearhead.core.agents.demo.tools import called, settled, use
from clearhead.core.agents.demo.workspace import MOST_OUTPUT, Workspace
from clearhead.core.tokens import Tokens

NOTES = """# Notes

## Current status
Fine.

## Completed
- [ ] Bake
- [x] Wash

## Failed approaches

## Next step
Bake.
"""


async def passed(pace: Pace, seconds: float) -> float:
    """How long a wait at this pace really takes."""
    begin = time.monotonic()
    await pace.wait(seconds)
    return time.monotonic() - begin


async def test_a_pace_shortens_a_wait_by_its_speed():
    assert 0.09 < await passed(Pace(10), 1) < 0.5


async def test_a_wait_takes_up_a_new_speed_at_once():
    pace = Pace(0.1)
    waiting = asyncio.create_task(passed(pace, 1))
    await asyncio.sleep(0.05)
    pace.speed = 100
    assert await waiting < 0.5


async def test_a_pause_does_not_count_as_waiting():
    pace = Pace(10)
    waiting = asyncio.create_task(passed(pace, 2))
    await asyncio.sleep(0.05)
    pace.pause()
    await asyncio.sleep(0.4)
    assert not waiting.done()
    pace.resume()
    assert 0.55 < await waiting < 1.2


def test_an_entry_goes_to_the_end_of_its_section():
    old, new = notes.added(NOTES, "Completed", "- [x] Dry")
    assert NOTES.replace(old, new) == NOTES.replace("- [x] Wash\n", "- [x] Wash\n- [x] Dry\n")


def test_an_empty_section_takes_an_entry():
    old, new = notes.added(NOTES, "Failed approaches", "- Fry — too fat")
    assert "## Failed approaches\n- Fry — too fat\n\n## Next step" in NOTES.replace(old, new)


def test_a_missing_section_is_made():
    old, new = notes.added("# Notes\n", "Next step", "Go.")
    assert "# Notes\n".replace(old, new) == "# Notes\n\n## Next step\nGo.\n"
    assert notes.added("", "Next step", "Go.") == ("", "## Next step\nGo.\n")


def test_a_section_is_found_by_its_words_whatever_follows_them():
    text = "## failed approaches (do not retry)\n- Fry\n\n# Other\n"
    assert notes.body(text, "Failed approaches") == "- Fry"


def test_rewriting_a_section_leaves_the_others_alone():
    old, new = notes.rewritten(NOTES, "Next step", "Eat.")
    assert NOTES.replace(old, new) == NOTES.replace("Bake.\n", "Eat.\n")


def test_an_open_entry_is_ticked_and_a_missing_one_added():
    assert notes.ticked(NOTES, "Completed", "Bake") == ("- [ ] Bake", "- [x] Bake")
    _, new = notes.ticked(NOTES, "Completed", "Sing")
    assert new.endswith("- [x] Wash\n- [x] Sing")


def test_an_estimate_counts_words_digits_and_signs():
    assert estimate("") == 0
    assert estimate("one two three four five") == 6
    assert estimate("10001,2026-01-12") > estimate("monday morning")


def test_a_call_reads_the_fill_and_adds_its_answer():
    context = Context()
    context.add("one two three four five")
    first = context.call("yes", now=1000.0)
    assert first == Tokens(input=3, cache_write_5m=START_LOAD + 3, output=1)
    second = context.call("yes", now=1010.0)
    assert second.cache_read == first.prompt - first.input
    assert second.prompt == first.prompt + first.output


def test_an_old_cache_is_gone():
    context = Context()
    context.call("yes", now=1000.0)
    later = context.call("yes", now=1000.0 + CACHE_LIFE)
    assert later.cache_read == 0
    assert later.cache_write_5m == START_LOAD - 3 + 1


def test_a_summary_leaves_the_start_load_and_itself():
    context = Context()
    context.add("word " * 1000)
    context.summarise("one two three four five")
    assert context.fill == START_LOAD + 6
    assert context.call("yes", now=1.0).prompt == context.fill - 1


def test_the_price_is_the_sum_at_the_stated_rates():
    million = 1_000_000
    assert dollars(Tokens(million, million, million, million, million)) == 46.75


@pytest.mark.parametrize(
    "entry",
    [
        Session(
            at=1.0,
            id="a",
            cwd="/x",
            branch="main",
            title="t",
            model="demo-1",
            window=200_000,
            about=ABOUT,
        ),
        State(at=1.5, status=Status.WAITING, waiting_for="permission"),
        Said(at=2.0, response="r", text="ein Wort — “zwei”\n"),
        ToolResult(at=3.0, id="c", output="", exit=0, diff="-a\n+b"),
        Usage(at=4.0, response="r", tokens=Tokens(1, 2, 3, 4, 5), usd=0.5, model="demo-1"),
    ],
)
def test_a_record_is_one_line_and_comes_back_whole(entry):
    line = encode(entry)
    assert line.count(b"\n") == 1
    assert decode(line) == entry


@pytest.fixture
def workspace(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "claude-progress.md").write_text(NOTES)
    return Workspace(folder)


async def test_an_edit_changes_the_file_and_nothing_else_in_it(workspace):
    path = workspace.path("crlf.txt")
    path.write_bytes(b"one\r\ntwo\r\n")
    outcome = await use(Edit("crlf.txt", "two", "three"), workspace)
    assert path.read_bytes() == b"one\r\nthree\r\n"
    assert outcome.diff.splitlines()[-2:] == ["-two", "+three"]


async def test_an_edit_of_a_text_that_is_gone_is_an_error_and_changes_nothing(workspace):
    outcome = await use(Edit("claude-progress.md", "Nowhere", "x"), workspace)
    assert outcome.is_error
    assert workspace.path("claude-progress.md").read_text() == NOTES


async def test_a_missing_file_is_an_error(workspace):
    assert (await use(Read("none.py"), workspace)).is_error
    assert (await use(Edit("none.py", "a", "b"), workspace)).is_error


async def test_lines_are_read_with_their_numbers(workspace):
    outcome = await use(Read("claude-progress.md", first=3, lines=2), workspace)
    assert outcome.output == "     3\t## Current status\n     4\tFine."


@pytest.mark.parametrize(
    "note",
    [
        AddNote("Failed approaches", "- Fry — fat"),
        TickNote("Completed", "Bake"),
        RewriteNote("Next step", "Eat."),
    ],
)
async def test_notes_are_edited_as_they_stand_at_that_moment(workspace, note):
    path = workspace.path("claude-progress.md")
    path.write_text(NOTES.replace("Fine.", "A person wrote this."))
    tool = settled(note, workspace)
    assert called(tool)[0] == "Edit"
    assert not (await use(tool, workspace)).is_error
    assert "A person wrote this." in path.read_text()


async def test_notes_that_were_removed_are_written_again(workspace):
    workspace.path("claude-progress.md").unlink()
    tool = settled(AddNote("Next step", "Eat."), workspace)
    assert called(tool)[0] == "Write"
    await use(tool, workspace)
    assert workspace.path("claude-progress.md").read_text() == "## Next step\nEat.\n"


async def test_commands_run_until_one_fails(workspace):
    fine = "python -c 'print(1)'"
    outcome = await use(Bash(f"{fine} && python -c 'import sys; sys.exit(3)' && {fine}"), workspace)
    assert (outcome.output, outcome.exit, outcome.is_error) == ("1", 3, True)


async def test_a_long_output_is_cut_and_says_so(workspace):
    outcome = await use(Bash(f"python -c 'print(\"x\" * {MOST_OUTPUT + 5})'"), workspace)
    assert outcome.output.endswith("x\n[6 more characters left out]")


async def test_a_command_that_is_not_there_is_an_error(workspace):
    assert (await use(Bash("no-such-program"), workspace)).is_error


async def test_a_command_sees_nothing_of_the_users_environment(workspace, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    fresh = Workspace(workspace.folder)
    outcome = await use(Bash("python -c 'import os; print(sorted(os.environ))'"), fresh)
    assert "SECRET_TOKEN" not in outcome.output
    assert "GIT_CONFIG_GLOBAL" in outcome.output
