"""Coming back: what went on is offered on one line, and one key opens it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.agents.base import State, Waiting
from clearhead.core.paths import state_folder
from clearhead.core.visits import Visit, last_visit, remember
from clearhead.tui.presence import Presence
from clearhead.tui.screens.since import SinceScreen
from clearhead.tui.widgets.advice_line import AdviceLine

from ..helpers import until_async
from .stage import Stage, line, opened, row_of, said, screen_text, used

KEY = ("codex", "one")
MINUTE = 60.0


def test_an_absence_is_a_gap_between_two_keys() -> None:
    presence = Presence(10 * MINUTE, 1_000.0)
    assert not presence.stir(1_300.0)
    assert not presence.offered(1_300.0)
    assert presence.stir(1_300.0 + 11 * MINUTE)
    assert presence.since == 1_300.0
    assert presence.offered(2_000.0)
    assert not presence.offered(1_300.0 + 17 * MINUTE), "it is not offered for ever"
    presence.looked()
    assert not presence.offered(2_000.0)


@pytest.mark.parametrize(
    ("costs", "spent"),
    [
        pytest.param([], None, id="nothing known"),
        pytest.param([(900.0, 0.5), (1_500.0, 0.7)], 0.2, id="in this clearhead"),
        pytest.param([(1_500.0, 0.7)], 0.4, id="since the visit before"),
        pytest.param([(900.0, 0.5)], 0.0, id="nothing spent"),
    ],
)
def test_what_was_spent_counts_from_the_absence_on(
    costs: list[tuple[float, float]], spent: float | None
) -> None:
    presence = Presence(10 * MINUTE, 5_000.0)
    presence.visited(Visit(1_000.0, {"codex/one": 0.3}), 5_000.0)
    for at, usd in costs:
        presence.note(KEY, usd, at)
    found = presence.spent(KEY)
    assert found == (None if spent is None else pytest.approx(spent))


def test_what_began_later_had_cost_nothing_before() -> None:
    presence = Presence(10 * MINUTE, 1_000.0)
    presence.stir(9_000.0)
    presence.note(KEY, 0.7, 10_000.0)
    assert presence.spent(KEY) is None
    assert presence.spent(KEY, 500.0) is None
    assert presence.spent(KEY, 1_500.0) == pytest.approx(0.7)


def test_who_was_never_away_sees_what_was_spent_since_the_start() -> None:
    presence = Presence(10 * MINUTE, 1_000.0)
    presence.note(KEY, 0.3, 1_005.0)
    presence.note(KEY, 0.7, 1_500.0)
    assert presence.spent(KEY) == pytest.approx(0.4)


def stamped(record: bytes, at: float) -> bytes:
    then = datetime.fromtimestamp(at, UTC).isoformat().encode()
    return record.replace(b"2026-07-01T10:00:00.000Z", then)


def put(stage: Stage, repo: Path, **sighting: Any) -> None:
    """A session that said something a minute ago."""
    asked = line("event_msg", type="user_message", message="Go on")
    ago = time.time() - MINUTE
    records = [stamped(r, ago) for r in (asked, said("The filters work."), used(9_000))]
    stage.put("one", *records, cwd=str(repo), **sighting)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "codex")


async def test_what_went_on_since_the_last_visit_is_offered_and_told(
    stage: Stage, repo: Path
) -> None:
    put(stage, repo)
    remember(state_folder(), Visit(time.time() - 3_600))
    async with opened(stage, repo) as pilot:
        await until_async(lambda: "You were away 1 h" in row_of(pilot.app, AdviceLine)[0])
        assert "1 session went on" in row_of(pilot.app, AdviceLine)[0]
        await pilot.press("U")
        await until_async(lambda: "1 turn, 0 calls" in screen_text(pilot.app), within=10)
        text = screen_text(pilot.app)
        assert isinstance(pilot.app.screen, SinceScreen)
        assert "Since you left" in text
        assert "it said last: The filters work." in text
        assert "Nothing." in text
        assert "not known" in text
        await pilot.press("escape")
        assert "You were away" not in row_of(pilot.app, AdviceLine)[0]
    found = last_visit(state_folder())
    assert found is not None
    assert time.time() - found.at < MINUTE


async def test_a_session_that_waits_comes_first_and_nothing_is_in_its_way(
    stage: Stage, repo: Path
) -> None:
    put(stage, repo, state=State.WAITING, waiting_for=Waiting.PERMISSION)
    remember(state_folder(), Visit(time.time() - 3_600))
    async with opened(stage, repo) as pilot:
        await pilot.pause(0.3)
        assert "It asks for permission" in row_of(pilot.app, AdviceLine)[0]
        await pilot.press("U")
        await until_async(lambda: "! shop" in screen_text(pilot.app), within=10)


async def test_a_short_absence_offers_nothing(stage: Stage, repo: Path) -> None:
    put(stage, repo)
    remember(state_folder(), Visit(time.time() - 120))
    async with opened(stage, repo) as pilot:
        await pilot.pause(0.5)
        assert "You were away" not in row_of(pilot.app, AdviceLine)[0]
        await pilot.press("U")
        await until_async(lambda: "No session went on since then." in screen_text(pilot.app))


async def test_who_comes_back_to_the_keys_is_offered_what_happened(
    stage: Stage, repo: Path
) -> None:
    put(stage, repo)
    async with opened(stage, repo) as pilot:
        pilot.app.presence._last -= 3_600
        await pilot.press("f9")
        await until_async(lambda: "You were away 1 h" in row_of(pilot.app, AdviceLine)[0])
