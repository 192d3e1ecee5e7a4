"""The sheets of hand off and undo: what each way means, and that nothing happens before Enter."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.paths import state_folder
from clearhead.core.reset.store import Store
from clearhead.core.reset.transaction import Begun, Closed, Finished, Status, Step
from clearhead.tui.screens.delivery import DeliveryScreen
from clearhead.tui.screens.handoff import HandOffScreen
from clearhead.tui.screens.undo import UndoScreen
from clearhead.tui.widgets.gauge_bar import GaugeBar

from ..helpers import until_async
from .reset_world import put, repository
from .stage import Stage, opened, screen_text

SIZES = [(120, 36), (80, 24)]
KEY = "sk-ant-api03-" + "a" * 40


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "codex")


async def shows(pilot: Any, *texts: str) -> None:
    await until_async(lambda: all(text in screen_text(pilot.app) for text in texts), within=20)


async def chosen(pilot: Any, name: str) -> None:
    """Open the sheet and go down to a receiver."""
    await pilot.press("h")
    await until_async(lambda: isinstance(pilot.app.screen, HandOffScreen))
    for _ in range(10):
        if f"▌ {name}" in screen_text(pilot.app):
            return
        await pilot.press("down")
    raise AssertionError(screen_text(pilot.app))


@pytest.mark.parametrize("size", SIZES)
async def test_every_way_says_what_it_means(
    stage: Stage, repo: Path, size: tuple[int, int]
) -> None:
    put(stage, repo)
    async with opened(stage, repo, size) as pilot:
        await chosen(pilot, "a person")
        await shows(pilot, "Codex, another model", "another machine", "secrets masked")
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, HandOffScreen)
        assert Store(state_folder()).all() == ()


async def test_a_typed_model_leads_to_the_same_five_steps(stage: Stage, repo: Path) -> None:
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await chosen(pilot, "Codex, another model")
        await pilot.press("enter", *"o4", "ctrl+s")
        await shows(pilot, "Hand off", "Codex with o4 goes on from your notes", "Enter asks")
        await shows(pilot, "The old session stays open", "beyond its own")
        await pilot.press("escape")
        assert Store(state_folder()).all() == ()


async def test_a_person_gets_a_page_that_is_written_once(stage: Stage, repo: Path) -> None:
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await chosen(pilot, "a person")
        await pilot.press("enter")
        await shows(pilot, "# shop: shift report", "w writes it to")
        assert isinstance(pilot.app.screen, DeliveryScreen)
        assert not (repo / "shift-report.md").exists()
        await pilot.press("w")
        await shows(pilot, "Written:")
        assert "Wire the date range filter" in (repo / "shift-report.md").read_text()
        await pilot.press("w")
        await shows(pilot, "is there already")


async def test_a_file_for_another_machine_holds_no_secret(stage: Stage, repo: Path) -> None:
    notes = repo / "claude-progress.md"
    notes.write_text(f"{notes.read_text()}\n## Decisions\n- The key is {KEY}\n")
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await chosen(pilot, "another machine")
        await pilot.press("enter")
        await shows(pilot, "Masked here: Anthropic key")
        await pilot.press("w")
        await shows(pilot, "Written:")
        assert KEY not in (repo / "clearhead-handoff.md").read_text()


def was_reset() -> None:
    """A reset from `one` to `two`, over by now."""
    store = Store(state_folder())
    begun = Begun(
        at=time.time() - 60,
        id="t",
        agent="codex",
        session_id="one",
        cwd="/w",
        args=("--model", "o4"),
        fill=161_000,
    )
    commit = {"commit": "9f2c1ab1234567"}
    new = {"new_session_id": "two"}
    done = Status.DONE
    for line in (
        begun,
        Finished(at=time.time(), step=Step.COMMIT, status=done, facts=commit),
        Finished(at=time.time(), step=Step.OPEN, status=done, facts=new),
        Closed(at=time.time(), seconds=48.0),
    ):
        store.write("t", line)


@pytest.mark.parametrize("size", SIZES)
async def test_undo_says_what_comes_back_and_what_stays(
    stage: Stage, repo: Path, size: tuple[int, int]
) -> None:
    was_reset()
    put(stage, repo)
    async with opened(stage, repo, size) as pilot:
        await pilot.press("u")
        await until_async(lambda: isinstance(pilot.app.screen, UndoScreen))
        await shows(pilot, "codex one", "161.0k tokens", "--model o4", "commit 9f2c1ab12")
        await shows(pilot, "never a wider permission", "the notes as they are")
        assert pilot.app.screen.query_one(GaugeBar).is_on_screen
        await pilot.press("enter")
        await shows(pilot, "Nothing to bring back", "runs that session")
        assert not Store(state_folder()).all()[0].undone


async def test_undo_without_a_reset_says_so(stage: Stage, repo: Path) -> None:
    put(stage, repo)
    async with opened(stage, repo, (120, 36)) as pilot:
        await pilot.press("u")
        await shows(pilot, "Not found")
        await pilot.press("enter")
        await shows(pilot, "There is nothing to undo.")
