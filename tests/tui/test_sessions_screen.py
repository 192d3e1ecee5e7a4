"""The list of sessions: who needs you first, columns that line up, a selection that stays."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.agents.base import State, Waiting
from clearhead.core.paths import state_folder
from clearhead.core.tasks import Came, Tasks
from clearhead.tui.screens.sessions import SessionsScreen
from clearhead.tui.screens.supervise import SuperviseScreen
from clearhead.tui.widgets.session_list import SessionList
from clearhead.tui.widgets.session_row import Columns

from ..helpers import until_async
from .stage import Stage, key, opened, row_of, said, screen_text, used


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "codex")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def several(stage: Stage) -> None:
    """One session of each state, and a second that works."""
    now = time.time()
    stage.put("done", used(161_000), cwd="/w/done", pid=None, state=State.ENDED)
    stage.put("idle", used(22_100), cwd="/w/idle", state=State.IDLE, since=now - 400)
    stage.put("half", used(61_300), cwd="/w/half", state=State.BUSY, since=now)
    stage.put("full", used(131_900), cwd="/w/full", state=State.BUSY, since=now)
    stage.put(
        "asks",
        used(88_400),
        cwd="/w/asks",
        state=State.WAITING,
        waiting_for=Waiting.PERMISSION,
        since=now,
    )


async def listed(pilot: Any) -> list[str]:
    """The rows of the list that hold something, once all sessions were read."""
    await pilot.press("s")
    await until_async(lambda: isinstance(pilot.app.screen, SessionsScreen))
    await until_async(lambda: "counting" not in screen_text(pilot.app))
    return [row for row in row_of(pilot.app, SessionList) if row]


@pytest.mark.parametrize("width", [140, 120, 100, 80])
async def test_who_needs_you_comes_first_then_the_fullest_in_columns_that_line_up(
    stage: Stage, folder: Path, width: int
):
    several(stage)
    async with opened(stage, folder, (width, 40)) as pilot:
        found = await listed(pilot)
        names = [row for row in found if "/w" not in row][::2]
        order = [next(n for n in ("asks", "full", "half", "idle", "done") if n in r) for r in names]
        assert order == ["asks", "full", "half", "idle", "done"]
        head = screen_text(pilot.app).splitlines()[2]
        column = head.index("session")
        assert all(row[column:].startswith(name) for row, name in zip(names, order, strict=True))
        ends = {re.search(r"\d\.\dk", row).end() for row in names}
        assert len(ends) == 1, "the figures stand beneath each other"
        assert all(len(row) <= width for row in screen_text(pilot.app).splitlines())
        assert all("╬" in row for row in names[:-1]), "each has its bar"
        assert "! permission 0:" in names[0]
        title = screen_text(pilot.app).splitlines()[0]
        assert "! 1 NEEDS YOU" in title
        assert "2 working" in title
        if width >= 120:
            assert "COMPACT NOW" in names[1]
            assert "at the end" in names[-1]
            assert "4 live and 1 ended" in title


@pytest.mark.parametrize("width", [140, 120, 100, 80])
async def test_sessions_of_one_task_say_so_beneath_their_costs(
    stage: Stage, folder: Path, width: int
):
    several(stage)
    tasks = Tasks(state_folder())
    task = tasks.begin("codex", "done", None)
    tasks.add(task, "codex", "half", Came.RESET)
    tasks.add(task, "codex", "gone", Came.RESET)
    tasks.begin("codex", "full", None)
    async with opened(stage, folder, (width, 40)) as pilot:
        found = await listed(pilot)
        told = {name: below(found, name) for name in ("done", "half", "full", "idle")}
        end = re.compile(r"(\w+) (\d)/3 · task \$(\d+\.\d\d)\+$")
        begun, reset = end.search(told["done"]), end.search(told["half"])
        assert begun is not None
        assert reset is not None
        assert (begun[1], begun[2], reset[1], reset[2]) == ("begun", "1", "reset", "2")
        assert begun[3] == reset[3], "one cost"
        assert begun.end() == reset.end(), "they stand beneath each other"
        assert "task" not in told["full"] + told["idle"]


def below(rows: list[str], name: str) -> str:
    """The second row of a session."""
    at = next(number for number, row in enumerate(rows) if re.search(rf"\b{name}\b", row))
    return rows[at + 1]


@pytest.mark.parametrize("width", range(40, 220, 7))
def test_columns_never_ask_for_more_than_the_screen(width: int):
    columns = Columns.of(width)
    right = 13 + 9 + 6
    used_up = 2 * columns.edge + columns.state + columns.session + columns.zone + right
    if columns.bar:
        assert columns.bar >= 10
        used_up += columns.bar + 2
    assert used_up <= max(width, 68)


async def test_the_selection_stays_with_its_session_and_in_view(stage: Stage, folder: Path):
    for number in range(40):
        stage.put(f"s{number:02}", used(1_000 * (number + 1)), cwd=f"/w/p{number:02}")
    async with opened(stage, folder, (100, 24)) as pilot:
        await listed(pilot)
        sessions = pilot.app.screen.query_one(SessionList)
        await until_async(
            lambda: sessions.selected == key("s39"), within=20, what="the fullest is selected"
        )
        await pilot.press("end")
        assert sessions.selected == key("s00")
        await until_async(lambda: "p00" in screen_text(pilot.app))
        stage.put("s00", used(1_000), cwd="/w/p00", state=State.WAITING)
        pilot.app.start.supervisor._wake.set()
        await until_async(lambda: "1 NEEDS YOU" in screen_text(pilot.app))
        assert sessions.selected == key("s00")
        await until_async(lambda: "p00" in screen_text(pilot.app))
        await pilot.resize_terminal(80, 20)
        await pilot.press("pagedown", "pagedown", "down", "up")
        assert sessions.selected != key("s00")
        name = f"p{sessions.selected[1][1:]}"
        await until_async(lambda: name in screen_text(pilot.app))
        await pilot.press("home")
        assert sessions.selected == key("s00")


async def test_the_session_that_is_shown_is_selected_at_first(stage: Stage, tmp_path: Path):
    several(stage)
    stage.put("mine", used(1_000), cwd=str(tmp_path))
    async with opened(stage, tmp_path, (120, 16)) as pilot:
        await listed(pilot)
        assert pilot.app.screen.query_one(SessionList).selected == key("mine")
        await until_async(
            lambda: any(row.startswith("▌") for row in row_of(pilot.app, SessionList))
        )


async def test_enter_opens_and_escape_goes_back(stage: Stage, tmp_path: Path):
    several(stage)
    stage.put("mine", said("Here."), cwd=str(tmp_path))
    async with opened(stage, tmp_path) as pilot:
        await listed(pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, SuperviseScreen)
        await listed(pilot)
        await pilot.press("home", "enter")
        await until_async(lambda: isinstance(pilot.app.screen, SuperviseScreen))
        await until_async(lambda: pilot.app.screen.look.key == key("asks"))
        assert "asks" in screen_text(pilot.app).splitlines()[0]


async def test_a_click_selects_and_a_second_one_opens(stage: Stage, tmp_path: Path):
    several(stage)
    stage.put("mine", said("Here."), cwd=str(tmp_path))
    async with opened(stage, tmp_path) as pilot:
        await listed(pilot)
        await pilot.click(SessionList, offset=(30, 1))
        assert pilot.app.screen.query_one(SessionList).selected == key("asks")
        await pilot.click(SessionList, offset=(30, 0))
        await until_async(lambda: isinstance(pilot.app.screen, SuperviseScreen))


async def test_no_sessions_say_where_was_looked(stage: Stage, tmp_path: Path):
    async with opened(stage, tmp_path, (80, 24)) as pilot:
        pilot.app.action_sessions()
        await until_async(lambda: "No sessions found." in screen_text(pilot.app))
        assert f"Looked in {stage.folder}"[:78] in screen_text(pilot.app)
        await pilot.press("enter")
        assert "Nothing is selected yet" in screen_text(pilot.app)


async def test_a_tick_paints_only_what_changed(stage: Stage, folder: Path):
    several(stage)
    async with opened(stage, folder, (120, 40)) as pilot:
        await listed(pilot)
        sessions, painted = pilot.app.screen.query_one(SessionList), []
        real = sessions._paint
        sessions._paint = lambda entry: (painted.append(entry.key), real(entry))
        now = time.time() + 3
        pilot.app.screen._bridge.looks()
        from clearhead.tui.widgets.session_list import ordered
        from clearhead.tui.widgets.session_row import row_facts

        looks = ordered(pilot.app.screen._bridge.looks())
        sessions.show([(look.key, row_facts(look, now)) for look in looks])
        assert set(painted) <= {key("asks"), key("full"), key("half")}
        assert key("half") in painted
