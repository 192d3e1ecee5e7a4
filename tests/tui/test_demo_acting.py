"""The demo by its keys, as a newcomer tries them: interrupt, message, reset, undo. No agent needed."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest

from clearhead.core.acting.channel import Reach
from clearhead.core.agents.base import State
from clearhead.core.agents.demo.format import Author, Interrupted, Prompt
from clearhead.core.config import default_settings
from clearhead.tui.app import ClearheadApp
from clearhead.tui.start import prepare_demo
from tests.agents.demo_world import all_of, transcript
from tests.helpers import until_async

from .stage import screen_text

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


class Tried:
    """A demo on the screen, in the middle of its first turn, and the keys of the person."""

    def __init__(self, pilot: Any) -> None:
        self.pilot, self.app = pilot, pilot.app
        self.demo = pilot.app.start.demo

    @property
    def shown(self) -> str:
        return str(self.app.screen_stack[1].look.key[1])

    @property
    def live(self) -> Any:
        return self.app.bridge.acting.live(("demo", self.shown))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def sees(self, *texts: str, within: float = 20.0) -> str:
        async def there() -> str | None:
            await self.pilot.pause()
            text = screen_text(self.app)
            return text if all(part in text for part in texts) else None

        try:
            return await until_async(there, within=within, what=str(texts))
        except AssertionError as late:
            raise AssertionError(f"{late}\n{screen_text(self.app)}") from None

    async def interrupts(self) -> None:
        """Press the key, and wait until the turn has really been interrupted."""
        await self.press("x")
        path = transcript(self.demo)
        await until_async(lambda: all_of(Interrupted, path), within=20, what="interrupted")
        await until_async(lambda: self.live and self.live.state is State.IDLE, within=20)


@pytest.fixture
async def tried() -> AsyncIterator[Tried]:
    start = prepare_demo(default_settings(), 1.0, "demo")
    assert start.demo is not None
    with start.demo:
        async with ClearheadApp(start).run_test(size=(120, 36)) as pilot:
            found = Tried(pilot)
            await found.sees("working")
            yield found


async def test_it_is_attached_by_itself_and_its_turn_can_be_interrupted(tried: Tried) -> None:
    assert tried.app.bridge.acting.reach(("demo", tried.shown)) is Reach.ATTACHED
    await tried.interrupts()
    await tried.sees("interrupted by a person")


async def test_words_of_the_person_are_answered_by_the_script(tried: Tried) -> None:
    await tried.interrupts()
    await tried.press("i", *"Hello", "enter")
    await tried.sees("I am a scripted demo")
    said = [p.text for p in all_of(Prompt, transcript(tried.demo)) if p.author is Author.PERSON]
    assert said == ["Hello"]


async def test_a_whole_reset_by_three_keys_and_its_undo(tried: Tried) -> None:
    await tried.interrupts()
    tried.demo.control.speed(8)
    old = tried.shown
    await tried.press("r")
    await tried.sees("Enter asks the agent for its notes")
    await tried.press("enter")
    await tried.sees("Enter ends this session and sends the brief")
    await tried.press("enter")
    await tried.sees("Enter goes to the fresh session", "4 of 4 points hold")
    await tried.press("enter")
    await until_async(lambda: tried.shown == transcript(tried.demo).stem)
    new = tried.shown
    assert new != old
    tried.demo.control.pause()
    await tried.press("u")
    await tried.sees("Enter brings it back")
    await tried.press("enter")
    await tried.sees("is back in a second demo program", "Enter goes there")
    await tried.press("enter")
    await until_async(lambda: tried.shown == old, what="the old session is shown")
    await tried.sees("Demo agent")
    assert tried.shown == old
