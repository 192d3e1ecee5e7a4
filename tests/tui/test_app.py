"""The app as a whole: the demo's keys, upkeep in the background, a theme that does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from clearhead.core.agents.claude import feed_command, hooks
from clearhead.core.config import default_settings
from clearhead.tui.start import Start, prepare, prepare_demo
from clearhead.tui.upkeep import keep_feed
from clearhead.tui.widgets.footer import Footer
from clearhead.tui.widgets.header import Header

from ..helpers import until_async
from .stage import Stage, opened, row_of, said, screen_text


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Start]:
    start = prepare_demo(default_settings(), 8.0, "demo: a scripted session")
    yield start
    assert start.demo is not None
    start.demo.close()


async def test_the_demos_keys_pause_it_and_change_its_pace(demo: Start, tmp_path: Path):
    async with opened(Stage(tmp_path), tmp_path, start=demo) as pilot:
        for key, words in (
            ("=", "The demo stands still."),
            ("=", "The demo goes on."),
            ("+", "16 times as fast as life"),
            ("-", "8 times as fast as life"),
        ):
            await pilot.press(key)
            await until_async(lambda w=words: w in row_of(pilot.app, Footer)[0])


async def test_a_demo_that_was_killed_ends_and_its_keys_say_so(demo: Start, tmp_path: Path):
    async with opened(Stage(tmp_path), tmp_path, start=demo) as pilot:
        assert demo.demo is not None
        demo.demo._process.kill()
        demo.demo._process.wait()
        demo.supervisor._wake.set()
        await until_async(lambda: "ended" in row_of(pilot.app, Header)[0])
        await pilot.press("=")
        await until_async(lambda: "does not answer" in row_of(pilot.app, Footer)[0])


async def test_the_demos_keys_do_nothing_elsewhere(tmp_path: Path):
    stage = Stage(tmp_path / "codex")
    stage.put("one", said("Hello."), cwd=str(tmp_path))
    async with opened(stage, tmp_path) as pilot:
        await pilot.press("=")
        await until_async(lambda: "This is no demo." in row_of(pilot.app, Footer)[0])


async def test_a_theme_that_does_not_exist_is_a_problem_and_ours_takes_its_place(tmp_path: Path):
    stage = Stage(tmp_path / "codex")
    stage.put("one", said("Hello."), cwd=str(tmp_path))
    settings = replace(default_settings(), theme="no-such-theme")
    async with opened(stage, tmp_path, start=prepare([stage], settings, tmp_path)) as pilot:
        assert pilot.app.theme == "clearhead"
        await pilot.press("P")
        assert "no theme called 'no-such-theme'" in screen_text(pilot.app)


def test_upkeep_renews_the_script_only_where_it_is_installed(tmp_path: Path):
    settings = tmp_path / "settings.json"
    keep_feed([tmp_path])
    assert not feed_command.script_path().exists()
    hooks.apply(hooks.plan_install(settings))
    feed_command.script_path().write_bytes(b"old")
    keep_feed([tmp_path])
    assert feed_command.script_path().read_bytes() == feed_command.script()


def test_upkeep_survives_settings_that_are_damaged(tmp_path: Path):
    (tmp_path / "settings.json").write_text("{")
    keep_feed([tmp_path])
