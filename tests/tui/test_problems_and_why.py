"""The pages: every problem with its remedy, every figure with its formula and its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearhead.core.agents.base import Sighting, State
from clearhead.core.config import default_settings
from clearhead.core.figures import costs_of, gauge_of
from clearhead.core.problems import Report
from clearhead.core.session import Standing
from clearhead.core.snapshot import Compaction, Snapshot
from clearhead.core.supervisor import Seen
from clearhead.tui.look import Look
from clearhead.tui.screens.problems import problem
from clearhead.tui.screens.why import explain_cost
from clearhead.tui.themes import load

from ..helpers import until_async
from .stage import Stage, opened, screen_text, used


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "codex")


def test_a_problem_says_what_where_and_what_to_do() -> None:
    report = Report("Cannot be read", "half [b]a\x1b[2J line", "Look at it.", line=3)
    words = problem(report, 60, load("clearhead")).plain
    assert words == "! Cannot be read\n  line 3: half [b]a line\n  Look at it."


async def test_problems_of_the_shown_transcript_are_listed(stage: Stage, tmp_path: Path) -> None:
    path = stage.put("one", used(9_000), cwd=str(tmp_path))
    with path.open("ab") as file:
        file.write(b'{"type": "event_msg", "payload": {bad}\n')
    async with opened(stage, tmp_path, (80, 24)) as pilot:
        assert "1 problem" in screen_text(pilot.app)
        await pilot.press("P")
        shown = screen_text(pilot.app)
        assert "Problems   1 problem" in shown
        assert "line 4" in shown
        await pilot.press("escape", "s", "P")
        assert "Problems   1 problem" in screen_text(pilot.app)


async def test_nothing_wrong_is_said(stage: Stage, tmp_path: Path) -> None:
    stage.put("one", used(9_000), cwd=str(tmp_path))
    async with opened(stage, tmp_path) as pilot:
        await pilot.press("P")
        assert "Nothing went wrong." in screen_text(pilot.app)


async def test_why_names_formula_window_and_source_and_follows_the_session(
    stage: Stage, tmp_path: Path
) -> None:
    path = stage.put("one", used(90_000), cwd=str(tmp_path))
    async with opened(stage, tmp_path, (80, 24)) as pilot:
        await pilot.press("question_mark")
        shown = screen_text(pilot.app)
        for words in ("90.0k", "200k · rollout", "from 75k"):
            assert words in shown
        with path.open("ab") as file:
            file.write(used(130_000))
        await until_async(lambda: "130.0k" in screen_text(pilot.app), within=20)
        await pilot.press("escape")
        assert "130.0k" in screen_text(pilot.app)


@pytest.mark.parametrize(
    ("agent", "said"), [("claude", "the calls that wrote 1 summary"), ("codex", "")]
)
def test_the_cost_says_which_calls_no_transcript_tells_of(agent: str, said: str) -> None:
    written = Compaction("manual", 90_000, 9_000, 1.0, 3, whole=True)
    dropped = Compaction("auto", 90_000, 80_000, 1.0, 3, whole=False)
    snapshot = Snapshot(agent=agent, compactions=(dropped, written))
    look = Look(
        seen=Seen(Sighting(agent, "one"), snapshot),
        standing=Standing(State.IDLE),
        gauge=gauge_of(snapshot, default_settings()),
        title=agent,
        costs=costs_of(snapshot, default_settings()),
    )
    rows = dict(explain_cost(look).rows)
    assert rows.get("not in it", "").startswith(said)
    assert ("not in it" in rows) == bool(said)
