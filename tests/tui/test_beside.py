"""Old and new side by side: two sessions of one task, each with its own transcript."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearhead.core.agents.base import State
from clearhead.core.paths import state_folder
from clearhead.core.tasks import Came, Tasks
from clearhead.tui.screens.beside import BesideScreen, Side

from ..helpers import until_async
from .stage import Stage, opened, said, screen_text, used


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    made = Stage(tmp_path / "codex")
    repo = tmp_path / "shop"
    repo.mkdir()
    for number, name in enumerate(("one", "two", "three"), 1):
        state = {"state": State.ENDED, "pid": None} if number < 3 else {}
        made.put(name, said(f"Said in {name}."), used(number * 1_000), cwd=str(repo), **state)
    return made


def chained() -> None:
    tasks = Tasks(state_folder())
    task = tasks.begin("codex", "one", None)
    tasks.add(task, "codex", "two", Came.RESET)
    tasks.add(task, "codex", "three", Came.HAND_OFF)


async def test_both_transcripts_stand_side_by_side(stage: Stage, tmp_path: Path) -> None:
    chained()
    async with opened(stage, tmp_path / "shop", (120, 30)) as pilot:
        await pilot.press("O")
        await until_async(lambda: isinstance(pilot.app.screen, BesideScreen), within=10)
        await until_async(lambda: "Said in two." in screen_text(pilot.app), within=10)
        text = screen_text(pilot.app)
        assert "Said in three." in text
        assert "sessions 2 and 3 of 3 of one task · hand off" in text
        assert "■ ended" in text
        await pilot.press("left")
        await until_async(lambda: "Said in one." in screen_text(pilot.app), within=10)
        assert "Said in three." not in screen_text(pilot.app)
        await pilot.press("left")
        assert "the first two sessions" in screen_text(pilot.app)
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, BesideScreen)


async def test_one_side_at_a_time_where_it_is_narrow(stage: Stage, tmp_path: Path) -> None:
    chained()
    async with opened(stage, tmp_path / "shop", (80, 24)) as pilot:
        await pilot.press("O")
        await until_async(lambda: "Said in three." in screen_text(pilot.app), within=10)
        assert isinstance(pilot.app.screen, BesideScreen)
        assert "Said in two." not in screen_text(pilot.app)
        await pilot.press("tab")
        await until_async(lambda: "Said in two." in screen_text(pilot.app), within=10)
        assert "Said in three." not in screen_text(pilot.app)
        focused = [side.id for side in pilot.app.screen.query(Side) if side.has_focus_within]
        assert focused == ["old"]


async def test_a_session_without_neighbours_says_so(stage: Stage, tmp_path: Path) -> None:
    async with opened(stage, tmp_path / "shop", (120, 30)) as pilot:
        await pilot.press("O")
        await until_async(lambda: "only one of its task" in screen_text(pilot.app), within=10)


async def test_the_why_page_tells_what_the_whole_task_cost(stage: Stage, tmp_path: Path) -> None:
    chained()
    async with opened(stage, tmp_path / "shop", (120, 40)) as pilot:
        await pilot.press("question_mark")
        await until_async(lambda: "Why: task" in screen_text(pilot.app), within=10)
        text = screen_text(pilot.app)
        assert "3 sessions served it:" in text
        assert "codex, hand off" in text
