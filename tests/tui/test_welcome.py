"""Where no session of the folder runs: choices that work at every size, shown by itself once."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearhead.core.agents.base import State
from clearhead.core.agents.demo.launch import DemoNotStarted
from clearhead.core.config import default_settings
from clearhead.tui.cli import open as opening
from clearhead.tui.first_run import remember_welcome, welcomed
from clearhead.tui.screens.sessions import SessionsScreen
from clearhead.tui.screens.supervise import SuperviseScreen
from clearhead.tui.screens.welcome import WelcomeScreen
from clearhead.tui.start import DEMO_WANTED, Start, prepare_demo

from ..helpers import until_async
from .stage import Stage, key, opened, said, screen_text, used


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path / "codex")
    stage.put("one", said("Elsewhere."), used(9_000), cwd="/w/elsewhere", state=State.BUSY)
    return stage


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_choices_are_in_view_and_the_selection_goes_round(
    stage: Stage, tmp_path: Path, size: tuple[int, int]
):
    async with opened(stage, tmp_path, size) as pilot:
        assert isinstance(pilot.app.screen, WelcomeScreen)
        text = screen_text(pilot.app)
        assert "No agent session belongs to" in text
        assert "▌ 1  Watch elsewhere" in text
        assert all(len(row) <= size[0] for row in text.splitlines())
        await pilot.press("down")
        assert "▌ 2  All sessions on this machine" in screen_text(pilot.app)
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()
        assert "Looked for Codex in" in screen_text(pilot.app)
        await pilot.press("down")
        await pilot.pause()
        assert "▌ 3  Demo" in screen_text(pilot.app), "the selection comes into view"
        await pilot.press("down")
        assert "▌ 1  Watch elsewhere" in screen_text(pilot.app)


async def test_the_table_says_what_works_where_at_80_columns(stage: Stage, tmp_path: Path):
    async with opened(stage, tmp_path, (80, 40)) as pilot:
        text = screen_text(pilot.app)
        for words in ("a tmux pane", "by hand, checked", "with hooks", "approve"):
            assert words in text


async def test_enter_watches_the_session_and_a_digit_lists_all(stage: Stage, tmp_path: Path):
    async with opened(stage, tmp_path) as pilot:
        await pilot.press("2")
        await until_async(lambda: isinstance(pilot.app.screen, SessionsScreen))
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, WelcomeScreen)
        await pilot.press("1")
        await until_async(lambda: isinstance(pilot.app.screen, SuperviseScreen))
        assert pilot.app.screen.look.key == key("one")


async def test_escape_does_not_leave_an_empty_screen(stage: Stage, tmp_path: Path):
    async with opened(stage, tmp_path) as pilot:
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, WelcomeScreen)
        assert "Choose with Enter" in screen_text(pilot.app)


async def test_a_session_that_begins_shows_up_by_itself(tmp_path: Path):
    stage = Stage(tmp_path / "codex")
    async with opened(stage, tmp_path) as pilot:
        assert "▌ 1  Demo" in screen_text(pilot.app)
        stage.put("new", said("Hi."), cwd="/w/fresh")
        pilot.app.start.supervisor._wake.set()
        await until_async(lambda: "1  Watch fresh" in screen_text(pilot.app))
        assert "▌ 2" not in screen_text(pilot.app)


async def test_the_demo_is_asked_of_the_command_line(stage: Stage, tmp_path: Path):
    async with opened(stage, tmp_path) as pilot:
        await pilot.press("3")
        await until_async(lambda: not pilot.app.is_running)
    assert pilot.app.return_code == DEMO_WANTED


def test_the_demo_that_was_chosen_is_opened_next(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    ran: list[Start] = []

    def run(start: Start) -> int:
        ran.append(start)
        if start.demo:
            start.demo.close()
        return DEMO_WANTED if len(ran) == 1 else 0

    monkeypatch.setattr(opening, "run_app", run)
    monkeypatch.setattr(opening.which, "agents_of", lambda _: (stage,))
    opening.run_screen(tmp_path, None, default_settings(), ())
    assert [start.demo is not None for start in ran] == [False, True]
    assert ran[1].banner.startswith("demo")
    assert key("one") in ran[1].supervisor.keys, "one's own sessions stay in the list"


def test_without_any_session_the_demo_opens_and_welcomes_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    ran: list[Start] = []
    monkeypatch.setattr(opening, "run_app", ran.append)
    monkeypatch.setattr(opening.which, "agents_of", lambda _: (Stage(tmp_path / "none"),))
    for _ in range(2):
        opening.run_screen(tmp_path, None, default_settings(), ())
        ran[-1].demo.close()
        remember_welcome()
    assert [start.welcome for start in ran] == [True, False]
    assert all(start.banner == "demo: no agent session was found" for start in ran)


async def test_the_welcome_lies_over_the_demo_and_is_remembered(tmp_path: Path):
    assert not welcomed()
    try:
        start = prepare_demo(default_settings(), 8.0, opening.NOTHING_FOUND)
    except DemoNotStarted as problem:
        pytest.skip(str(problem))
    start.welcome = True
    try:
        async with opened(Stage(tmp_path), tmp_path, (120, 36), start) as pilot:
            assert "No agent session was found on this machine." in screen_text(pilot.app)
            assert "demo: no agent session was found" in screen_text(pilot.app).splitlines()[0]
            assert welcomed()
            await pilot.press("escape")
            assert isinstance(pilot.app.screen, SuperviseScreen)
            assert "demo: no agent session" in screen_text(pilot.app).splitlines()[0]
            for page in ("s", "question_mark", "P", "f1"):
                await pilot.press(page)
                assert "demo" in screen_text(pilot.app).splitlines()[0], page
                await pilot.press("escape")
    finally:
        start.demo.close()
