"""The sheet of a reset: what it shows, what its keys do, and what it leaves when it is left."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.agents.base import State, Waiting
from clearhead.core.reset.store import Store
from clearhead.core.reset.transaction import Begun, Finished, Status, Step, Transaction
from clearhead.tui.bridge import Bridge
from clearhead.tui.resets.facts import Need
from clearhead.tui.screens.reset import ResetScreen
from clearhead.tui.screens.supervise import SuperviseScreen
from clearhead.tui.widgets.advice_line import AdviceLine

from ..helpers import until_async
from .reset_world import NOTES, git, put, repository
from .stage import Stage, opened, row_of, screen_text

SIZES = [(120, 36), (80, 24)]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "codex")


def bridge_of(app: Any) -> Bridge:
    bridge: Bridge = app.bridge
    return bridge


def open_resets(app: Any) -> tuple[Transaction, ...]:
    return Store(bridge_of(app).state).open()


async def shows(pilot: Any, *texts: str) -> None:
    """Wait until the screen shows all of this."""
    try:
        await until_async(lambda: all(text in screen_text(pilot.app) for text in texts), within=20)
    except AssertionError as late:
        raise AssertionError(f"{texts} are not on\n{screen_text(pilot.app)}") from late


async def planned(pilot: Any) -> None:
    """Open the sheet and wait for its plan."""
    await pilot.press("r")
    await until_async(lambda: isinstance(pilot.app.screen, ResetScreen), within=10)
    await shows(pilot, "Enter asks", "Commit 1 of 2 paths")


@pytest.mark.parametrize("size", SIZES)
async def test_the_plan_is_shown_and_nothing_happens_before_enter(
    stage: Stage, repo: Path, size: tuple[int, int]
) -> None:
    put(stage, repo)
    head = git(repo, "rev-parse", "HEAD")
    async with opened(stage, repo, size) as pilot:
        await planned(pilot)
        await shows(pilot, "Bring the notes up to date", "on main, the default branch")
        assert "✓ src/filters.py" in screen_text(pilot.app)
        assert "· new.txt" in screen_text(pilot.app)
        assert "Enter asks the agent for its notes, commits 1 file" in screen_text(pilot.app)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, SuperviseScreen)
        assert open_resets(pilot.app) == ()
    assert git(repo, "rev-parse", "HEAD") == head


async def test_a_path_is_ticked_and_unticked_and_the_commit_left_out(
    stage: Stage, repo: Path
) -> None:
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await planned(pilot)
        await pilot.press("down", "space")
        await shows(pilot, "Commit 2 of 2 paths", "✓ new.txt", "commits 2 files")
        await pilot.press("g")
        await shows(pilot, "Commit 0 of 2 paths", "left out by you")
        await pilot.press("g", "n")
        await shows(pilot, "Commit 2 of 2 paths", "Notes stay as they are")


async def begun(pilot: Any) -> None:
    """Begin without the agent's turn and wait for the brief."""
    await planned(pilot)
    await pilot.press("n", "enter")
    await shows(pilot, "Enter ends this session and sends the brief")


@pytest.mark.parametrize("size", SIZES)
async def test_enter_commits_what_is_ticked_and_stops_before_the_brief(
    stage: Stage, repo: Path, size: tuple[int, int]
) -> None:
    put(stage, repo)
    async with opened(stage, repo, size) as pilot:
        await begun(pilot)
        assert git(repo, "show", "--name-only", "--format=", "HEAD").split() == ["src/filters.py"]
        assert "codex session one" in git(repo, "log", "-1", "--format=%B")
        text = screen_text(pilot.app)
        assert "Brief, as it will be sent" in text
        assert "You continue a task in shop." in text
        (left,) = open_resets(pilot.app)
        assert left.step(Step.CLOSE).status is Status.TODO


async def test_a_sheet_that_is_left_stays_open_and_can_be_stopped(stage: Stage, repo: Path) -> None:
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await begun(pilot)
        await pilot.press("escape")
        await until_async(lambda: "Reset is not over" in row_of(pilot.app, AdviceLine)[0])
        assert "the brief waits for you" in row_of(pilot.app, AdviceLine)[0]
        await pilot.press("r")
        await shows(pilot, "Enter ends this session and sends the brief")
        await pilot.press("X")
        await until_async(lambda: isinstance(pilot.app.screen, SuperviseScreen))
        assert open_resets(pilot.app) == ()
        assert "Reset is not over" not in row_of(pilot.app, AdviceLine)[0]
    assert "codex session one" in git(repo, "log", "-1", "--format=%B"), "what was done stays"


async def test_the_brief_and_the_message_are_edited_before_they_go_out(
    stage: Stage, repo: Path
) -> None:
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await planned(pilot)
        await pilot.press("e", "W", "o", "r", "k", ":", "space", "ctrl+s")
        await pilot.press("n", "enter")
        await shows(pilot, "Enter ends this session and sends the brief")
        assert git(repo, "log", "-1", "--format=%s") == "Work: Bring shop to a checkpoint\n"
        await pilot.press("e", *"Mind it. ", "ctrl+s")
        await shows(pilot, "Mind it. You continue a task", "your wording")
        await pilot.press("e", *"Never mind. ", "escape")
        await pilot.pause()
        assert "Never mind" not in screen_text(pilot.app)


async def test_several_next_steps_are_offered_one_at_a_time(stage: Stage, repo: Path) -> None:
    (repo / "claude-progress.md").write_text(NOTES + "\nExport the list as CSV\n")
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await pilot.press("r")
        await shows(pilot, "Commit 2 of 3 paths", "Enter asks")
        await pilot.press("n", "enter")
        await shows(pilot, "Enter ends this session and sends the brief")
        await shows(pilot, "The notes name 2 next steps", "✓ Wire the date range")
        await pilot.press("down")
        await shows(pilot, "✓ Export the list")
        await pilot.press("v")
        await shows(pilot, "next step: Export the list")


async def test_errors_in_the_notes_are_mended_or_overruled(stage: Stage, repo: Path) -> None:
    (repo / "claude-progress.md").write_text("<<<<<<< mine\n=======\n>>>>>>> theirs\n")
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await pilot.press("r")
        await shows(pilot, "Commit 2 of 3 paths", "Enter asks")
        await pilot.press("n", "enter")
        await shows(pilot, "O goes on in spite of them")
        head = git(repo, "log", "-1", "--format=%s")
        assert head == "Begin\n", "nothing is committed over errors"
        await pilot.press("enter")
        await shows(pilot, "O goes on in spite of them")
        await pilot.press("O")
        await shows(pilot, "Enter ends this session and sends the brief")
        assert git(repo, "log", "-1", "--format=%s") != head


async def test_a_hook_that_is_new_is_confirmed_first(stage: Stage, repo: Path) -> None:
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await planned(pilot)
        await shows(pilot, "hooks that run: pre-commit")
        await pilot.press("n", "enter")
        await shows(pilot, "a hook is new: O lets it run")
        assert not (repo / "ran").exists()
        await pilot.press("O")
        await shows(pilot, "Enter ends this session and sends the brief")
        assert (repo / "ran").exists()


async def test_a_commit_that_a_hook_refuses_is_tried_again_or_left_out(
    stage: Stage, repo: Path
) -> None:
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho the tests fail\nexit 1\n")
    hook.chmod(0o755)
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await planned(pilot)
        await pilot.press("n", "enter")
        await shows(pilot, "O lets it run")
        await pilot.press("O")
        await shows(pilot, "The commit failed", "the tests fail", "S leaves it out")
        await pilot.press("S")
        await shows(pilot, "Nothing is committed", "Enter ends this session and sends the brief")


async def test_an_agent_that_waits_for_an_answer_is_answered_first(
    stage: Stage, repo: Path
) -> None:
    put(stage, repo, state=State.WAITING, waiting_for=Waiting.PERMISSION)
    async with opened(stage, repo, (120, 36)) as pilot:
        await pilot.press("r")
        await shows(pilot, "Answer it first, then come back")
        await pilot.press("enter")
        await pilot.pause()
        assert open_resets(pilot.app) == ()


async def test_while_the_agent_works_it_is_armed_and_can_be_taken_back(
    stage: Stage, repo: Path
) -> None:
    put(stage, repo, state=State.BUSY, since=time.time())
    async with opened(stage, repo, (120, 36)) as pilot:
        await pilot.press("r")
        await shows(pilot, "Enter when the turn ends: asks the agent")
        await pilot.press("enter")
        await shows(pilot, "armed: begins when the turn ends")
        armed = bridge_of(pilot.app).acting.arming.armed(("codex", "one"))
        assert armed is not None
        assert armed.name == "reset"
        await pilot.press("escape")
        await until_async(lambda: "Reset is armed" in row_of(pilot.app, AdviceLine)[0])
        await pilot.press("r")
        await shows(pilot, "armed: begins when the turn ends")
        await pilot.press("X")
        await until_async(lambda: isinstance(pilot.app.screen, SuperviseScreen))
        assert bridge_of(pilot.app).acting.arming.armed(("codex", "one")) is None
        assert open_resets(pilot.app) == ()


def left_open(repo: Path, state: Path) -> None:
    """What an earlier clearhead left: the notes are done, the rest is to come."""
    begun = Begun(
        at=time.time() - 60,
        id="20260701T100000-abcdef",
        agent="codex",
        session_id="one",
        cwd=str(repo),
        root=str(repo),
        notes=str(repo / "claude-progress.md"),
        fill=161_000,
    )
    store = Store(state)
    store.write(begun.id, begun)
    done = Finished(at=time.time() - 50, step=Step.NOTES, status=Status.DONE, words="ended")
    store.write(begun.id, done)


async def test_a_reset_that_was_cut_off_is_offered_and_gone_on_with(
    stage: Stage, repo: Path
) -> None:
    from clearhead.core.paths import state_folder

    left_open(repo, state_folder())
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await until_async(lambda: "A reset is not over" in row_of(pilot.app, AdviceLine)[0])
        assert "step 2 of 5: commit comes next" in row_of(pilot.app, AdviceLine)[0]
        assert any("A reset is not over" in r.title for r in bridge_of(pilot.app).problems())
        await pilot.press("r")
        await shows(pilot, "Enter commits 1 file and shows the brief")
        assert git(repo, "log", "-1", "--format=%s") == "Begin\n"
        await pilot.press("enter")
        await shows(pilot, "Enter ends this session and sends the brief")
        assert "codex session one" in git(repo, "log", "-1", "--format=%B")
        course = bridge_of(pilot.app).resets.of(("codex", "one"))
        assert course is not None
        assert course.need is Need.BRIEF
