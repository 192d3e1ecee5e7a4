"""Where nothing leads into a session: three ways on, and the errand in sight until it is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from clearhead.core.acting import by_hand
from clearhead.core.acting import launch as launching
from clearhead.core.acting.action import Outcome, Result, Verb, action
from clearhead.core.acting.channel import Reach
from clearhead.core.agents.registry import agent_named
from clearhead.core.config import default_settings
from clearhead.tui.app import ClearheadApp
from clearhead.tui.screens import way_in
from clearhead.tui.screens.errand import ErrandScreen
from clearhead.tui.screens.supervise import SuperviseScreen
from clearhead.tui.screens.way_in import WayInScreen
from clearhead.tui.start import prepare
from clearhead.tui.widgets.errand_panel import ErrandPanel
from tests.by_hand_world import World, in_a_terminal
from tests.helpers import until_async

from .stage import screen_text

BRIEF = "You continue a task.\n\n1. Read AGENTS.md.\n2. Read the notes.\n3. Run git log.\n4. Go.\n"
KEY = ("claude", "s1")


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_hand, "LOOK", 0.02)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with in_a_terminal(tmp_path / "claude") as world:
        world.paste("Hello")
        yield world


@asynccontextmanager
async def opened(
    world: World, folder: Path, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[Any]:
    settings = msgspec.structs.replace(default_settings(), claude_folders=(world.folder,))
    start = prepare([agent_named("claude", [world.folder])], settings, folder)
    start.first = KEY
    start.supervisor.open_now(KEY)
    async with ClearheadApp(start).run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot


async def shown(pilot: Any, words: str) -> str:
    """Wait until the screen shows the words; the screen."""

    async def there() -> str | None:
        await pilot.pause()
        text = screen_text(pilot.app)
        return text if words in text else None

    return await until_async(there, what=words)


def asked(pilot: Any, verb: Verb, text: str = "") -> asyncio.Task[Result]:
    acting = pilot.app.bridge.acting
    return asyncio.create_task(acting.act(KEY, action(verb, text)))


async def by_hand_now(pilot: Any) -> None:
    """Choose the way by hand as a person does."""
    await pilot.press("a")
    await shown(pilot, "No way in")
    await pilot.press("1")
    await until_async(lambda: pilot.app.bridge.acting.reach(KEY) is Reach.BY_HAND)
    await shown(pilot, "By hand: i, c, k, r and h ask you to paste")


async def test_attaching_in_vain_offers_three_ways_and_does_nothing(
    world: World, tmp_path: Path
) -> None:
    async with opened(world, tmp_path) as pilot:
        await pilot.press("a")
        text = await shown(pilot, "No way in")
        assert isinstance(pilot.app.screen, WayInScreen)
        assert "It runs in no tmux pane" in text
        for words in ("1  by hand", "2  take over", "3  start in tmux", "tmux new -s app"):
            assert words in text
        assert "(/exit)" in text
        await pilot.press("down", "escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SuperviseScreen)
        assert pilot.app.bridge.acting.reach(KEY) is Reach.WATCHED


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_errand_stays_in_sight_until_its_evidence_comes(
    world: World, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(world, tmp_path, size) as pilot:
        await by_hand_now(pilot)
        task = asked(pilot, Verb.PROMPT, BRIEF)
        text = await shown(pilot, "BY HAND")
        for words in ("Paste this into Claude Code", "waits 0:0", "You continue a task.", "Y "):
            assert words in text
        assert "more lines" in text
        assert pilot.app.clipboard == BRIEF.strip("\n")
        world.paste(BRIEF)
        assert (await task).outcome is Outcome.CONFIRMED
        await until_async(lambda: not pilot.app.screen.query(ErrandPanel))
        assert "BY HAND" not in screen_text(pilot.app)


async def test_its_page_shows_all_of_it_copies_saves_and_gives_up(
    world: World, tmp_path: Path
) -> None:
    async with opened(world, tmp_path) as pilot:
        await pilot.press("Y")
        assert "Nothing is asked of you by hand now" in screen_text(pilot.app)
        await by_hand_now(pilot)
        task = asked(pilot, Verb.PROMPT, BRIEF)
        await shown(pilot, "BY HAND")
        await pilot.press("Y")
        await shown(pilot, "4. Go.")
        assert isinstance(pilot.app.screen, ErrandScreen)
        pilot.app.copy_to_clipboard("else")
        await pilot.press("y")
        assert pilot.app.clipboard == BRIEF.strip("\n")
        await pilot.press("w")
        await shown(pilot, "It stands in")
        saved = pilot.app.errands.save()
        assert (saved.read_text(), saved.stat().st_mode & 0o777) == (BRIEF.strip("\n"), 0o600)
        await pilot.press("x")
        assert (await task).outcome is Outcome.REFUSED
        await until_async(lambda: not saved.exists())
        assert isinstance(pilot.app.screen, SuperviseScreen)


async def test_an_open_dialog_is_warned_of(world: World, tmp_path: Path) -> None:
    async with opened(world, tmp_path) as pilot:
        await by_hand_now(pilot)
        task = asked(pilot, Verb.CLEAR)
        await shown(pilot, "/clear")
        world.tell("waiting", waitingFor="permission prompt")
        await shown(pilot, "Answer that first")
        pilot.app.errands.give_up()
        await task


async def test_the_command_for_tmux_is_copied(world: World, tmp_path: Path) -> None:
    async with opened(world, tmp_path) as pilot:
        await pilot.press("a")
        await shown(pilot, "No way in")
        await pilot.press("3")
        await shown(pilot, "Copied:")
        assert pilot.app.clipboard == "tmux new -s app 'clearhead run claude --resume s1'"


async def test_taking_over_waits_until_the_person_left(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    launched: list[Any] = []

    def launch(plan: Any) -> Any:
        launched.append(plan)
        raise launching.NotStarted("It is only a test.")

    monkeypatch.setattr(launching, "launch", launch)
    monkeypatch.setattr(way_in, "_program", lambda agent: f"/bin/{agent}")
    async with opened(world, tmp_path) as pilot:
        await pilot.press("a")
        await shown(pilot, "No way in")
        await pilot.press("2")
        text = await shown(pilot, "BY HAND")
        assert "/exit" in text
        assert not launched
        world.leave()
        await until_async(lambda: launched)
        plan = launched[0]
        assert (plan.agent, plan.resume, plan.cwd) == ("claude", "s1", "/w/app")
        await shown(pilot, "It is only a test.")
        assert not pilot.app.screen.query(ErrandPanel)


async def test_giving_up_a_take_over_changes_nothing(world: World, tmp_path: Path) -> None:
    async with opened(world, tmp_path) as pilot:
        await pilot.press("a")
        await shown(pilot, "No way in")
        await pilot.press("2")
        await shown(pilot, "BY HAND")
        await pilot.press("Y", "x")
        await until_async(lambda: pilot.app.errands.open is None)
        assert world.client.poll() is None
        assert pilot.app.bridge.acting.reach(KEY) is Reach.WATCHED
