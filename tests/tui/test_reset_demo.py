"""Three keys reset the demo, from the notes to the boot check, with nothing but the demo itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from clearhead.core.agents.demo.project import NOTES
from clearhead.core.config import default_settings
from clearhead.core.reset.store import Store
from clearhead.core.tasks import Tasks
from clearhead.tui.app import ClearheadApp
from clearhead.tui.resets.facts import Need
from clearhead.tui.screens.beside import BesideScreen
from clearhead.tui.screens.reset import ResetScreen
from clearhead.tui.start import prepare_demo

from ..helpers import until_async
from .stage import screen_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SPEED = 6.0
"""Fast, but with rests between two turns that are long enough to begin in."""


@pytest.fixture
async def pilot() -> AsyncIterator[Any]:
    start = prepare_demo(default_settings(), SPEED, "demo: a script plays")
    try:
        async with ClearheadApp(start).run_test(size=(120, 36)) as found:
            yield found
    finally:
        assert start.demo is not None
        start.demo.close()


async def begun(pilot: Any) -> None:
    """Press `r` and Enter until it has begun: a turn of the script may come between."""
    await pilot.press("r")
    await until_async(lambda: isinstance(pilot.app.screen, ResetScreen), within=30)
    course = pilot.app.screen._course
    await until_async(lambda: course.need is Need.BEGIN, within=30)
    await pilot.press("enter")
    stops = (Need.BRIEF, Need.FAILED)
    for _ in range(10):
        await until_async(lambda: course.need in stops, within=90)
        if course.need is Need.BRIEF:
            return
        await pilot.press("enter")


async def test_three_keys_and_the_fresh_session_takes_up_its_brief(pilot: Any) -> None:
    app = pilot.app
    await until_async(app.bridge.looks, within=20)
    (old,) = (look.key for look in app.bridge.looks())
    repo = app.start.folder
    before = (repo / NOTES).read_text()
    await begun(pilot)
    assert "Brief, as it will be sent" in screen_text(app)
    assert (repo / NOTES).read_text() != before
    await pilot.press("enter")
    await until_async(lambda: "Enter goes to the fresh" in screen_text(app), within=90)
    text = screen_text(app)
    assert "4 of 4 points hold" in text
    assert "reset in" in text
    (found,) = Store(app.bridge.state).all()
    assert found.closed is not None
    new = (found.begun.receiver, found.new_session_id)
    assert new != old
    tasks = Tasks(app.bridge.state)
    task = tasks.of(*old)
    assert task is not None
    assert [(link.agent, link.session_id) for link in tasks.chain(task)] == [old, new]
    await until_async(lambda: "One task" in screen_text(app), within=20)
    await pilot.press("enter")
    await until_async(lambda: app.screen.look.key == new, within=20)
    await pilot.press("O")
    await until_async(lambda: isinstance(app.screen, BesideScreen), within=20)
    await until_async(lambda: "Side by side" in screen_text(app), within=20)
