"""One session in full: every state says what it is, at every size, whatever the agent wrote."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from clearhead.core.agents.base import State, Waiting
from clearhead.tui.screens.supervise import SuperviseScreen
from clearhead.tui.widgets.advice_line import AdviceLine
from clearhead.tui.widgets.cost_line import CostLine
from clearhead.tui.widgets.footer import Footer
from clearhead.tui.widgets.gauge_bar import GaugeBar
from clearhead.tui.widgets.header import Header
from clearhead.tui.widgets.tabs import Tabs
from clearhead.tui.widgets.transcript.pane import TranscriptPane

from ..helpers import until_async
from .stage import Stage, key, opened, row_of, said, screen_text, used

HOSTILE = "\x1b[31mred\x1b]0;title\x07 [bold]loud[/bold] \u202egnol\nnext\u2066"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "codex")


async def test_the_session_of_the_folder_is_shown_with_its_figures(stage: Stage, repo: Path):
    stage.put("one", said("Hello there."), used(90_000), cwd=str(repo))
    async with opened(stage, repo) as pilot:
        (header,) = row_of(pilot.app, Header)
        assert "shop on main" in header
        assert "gpt-5.3-codex · watched" in header
        assert "◇ idle" in header
        gauge = row_of(pilot.app, GaugeBar)
        assert "90.0k / 200k  45 %" in gauge[0]
        assert "DUMB ZONE" in gauge[0]
        assert "Hello there." in screen_text(pilot.app)
        assert row_of(pilot.app, AdviceLine)[0].startswith("  ! Dumb Zone · 15.0k over the edge")


@pytest.mark.parametrize(
    ("told", "header", "advice"),
    [
        ({"state": State.BUSY}, "● working 0:", "Watching only"),
        (
            {"state": State.WAITING, "waiting_for": Waiting.PERMISSION},
            "! NEEDS YOU  permission 0:",
            "It asks for permission · answer in its own terminal",
        ),
        ({"state": State.ENDED, "pid": None}, "■ ended", "This session has ended"),
        ({"state": State.UNKNOWN}, "? state unknown", "Watching only"),
        ({"state": State.IDLE, "asserted": False}, "◇ probably idle", "Watching only"),
    ],
)
async def test_every_state_is_said_in_words(
    stage: Stage, repo: Path, told: dict, header: str, advice: str
):
    stage.put("one", used(9_000), cwd=str(repo), since=time.time(), **told)
    async with opened(stage, repo) as pilot:
        assert header in row_of(pilot.app, Header)[0]
        assert advice in row_of(pilot.app, AdviceLine)[0]


async def test_a_session_without_a_turn_says_so_instead_of_zeros(stage: Stage, repo: Path):
    stage.tell("one", cwd=str(repo), path=None)
    async with opened(stage, repo) as pilot:
        assert "model unknown" in row_of(pilot.app, Header)[0]
        assert "fill unknown yet" in row_of(pilot.app, GaugeBar)[0]
        assert "%" not in row_of(pilot.app, GaugeBar)[0]
        assert "No turn yet" in row_of(pilot.app, AdviceLine)[0]
        stage.put("one", said("At last."), used(9_000), cwd=str(repo))
        pilot.app.start.supervisor._wake.set()
        await until_async(lambda: "At last." in screen_text(pilot.app))
        assert "9.0k / 200k" in row_of(pilot.app, GaugeBar)[0]


async def test_an_unknown_window_gives_tokens_and_no_percent(stage: Stage, repo: Path):
    stage.put("one", used(48_700, window=None), cwd=str(repo), model="mystery-1")
    async with opened(stage, repo) as pilot:
        first = row_of(pilot.app, GaugeBar)[0]
        assert "48.7k tokens  window unknown" in first
        assert "%" not in first


async def test_a_transcript_that_cannot_be_read_is_a_problem_and_no_crash(stage: Stage, repo: Path):
    path = stage.put("one", cwd=str(repo))
    path.unlink()
    path.mkdir()
    async with opened(stage, repo) as pilot:
        await until_async(lambda: "P problems" in row_of(pilot.app, AdviceLine)[0])
        await pilot.press("P")
        assert "1 problem" in screen_text(pilot.app)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, SuperviseScreen)


async def test_a_file_that_vanishes_keeps_what_was_read(stage: Stage, repo: Path):
    path = stage.put("one", said("Still here."), used(9_000), cwd=str(repo))
    async with opened(stage, repo) as pilot:
        path.unlink()
        gone = "The transcript is no longer on disk"
        await until_async(lambda: gone in row_of(pilot.app, AdviceLine)[0], within=20)
        assert "Still here." in screen_text(pilot.app)


async def test_the_end_of_the_process_is_shown(stage: Stage, repo: Path):
    stage.put("one", used(90_000), cwd=str(repo), state=State.BUSY)
    async with opened(stage, repo) as pilot:
        assert "working" in row_of(pilot.app, Header)[0]
        stage.tell("one", path=stage.folder / "one.jsonl", pid=None, state=State.ENDED)
        pilot.app.start.supervisor._wake.set()
        await until_async(lambda: "■ ended" in row_of(pilot.app, Header)[0])
        assert "Dumb Zone at the end" not in row_of(pilot.app, GaugeBar)[0]
        assert "at the end" in row_of(pilot.app, GaugeBar)[0]


async def test_the_screen_follows_a_process_into_its_next_session(stage: Stage, repo: Path):
    stage.put("one", said("The old one."), cwd=str(repo))
    async with opened(stage, repo) as pilot:
        stage.put("one", said("The old one."), cwd=str(repo), pid=None, state=State.ENDED)
        stage.put("two", said("The new one."), cwd=str(repo))
        pilot.app.start.supervisor._wake.set()
        await until_async(lambda: "The new one." in screen_text(pilot.app))
        assert "The old one." not in screen_text(pilot.app)
        assert "began a new session here" in row_of(pilot.app, Footer)[0]
        await pilot.press("down", "enter")
        assert pilot.app.screen.look.key == key("two")


async def test_80x24_has_tabs_and_the_same_figures(stage: Stage, repo: Path):
    stage.put("one", said("Hello."), used(118_200), cwd=str(repo))
    async with opened(stage, repo, (80, 24)) as pilot:
        text = screen_text(pilot.app).splitlines()
        assert len(text) == 24
        assert "shop on main   Codex · gpt-5.3-codex · watched" in text[0]
        assert "118.2k / 200k  59 %   DUMB ZONE" in text[3]
        assert text[4].split() == ["Transcript", "Notes", "tab", "switches"]
        assert text[20].startswith(" ! Dumb Zone")
        assert text[23].endswith("F1 keys") or "q quit" in text[23]
        assert all(len(row) <= 80 for row in text)
        await pilot.press("tab")
        assert "Hello." not in screen_text(pilot.app)
        await pilot.click(Tabs, offset=(2, 0))
        assert "Hello." in screen_text(pilot.app)


async def test_below_80x24_only_what_matters_is_left(stage: Stage, repo: Path):
    stage.put("one", said("Hello."), used(118_200), cwd=str(repo))
    async with opened(stage, repo, (60, 15)) as pilot:
        text = screen_text(pilot.app).splitlines()
        assert "118.2k / 200k  59 %" in text[1]
        assert not pilot.app.screen.query_one(CostLine).display
        assert "Hello." in screen_text(pilot.app)
        await pilot.resize_terminal(140, 40)
        await pilot.pause()
        assert pilot.app.screen.query_one(CostLine).display


async def test_nothing_hostile_reaches_the_screen(stage: Stage, tmp_path: Path):
    odd = tmp_path / "od\x1b[2Jd [red] \u202e"
    odd.mkdir()
    stage.put(
        "one", said(HOSTILE), used(9_000), cwd=str(odd), branch=HOSTILE, model=HOSTILE, name=HOSTILE
    )
    async with opened(stage, odd) as pilot:
        for keys in ((), ("question_mark",), ("escape", "s"), ("escape", "P")):
            await pilot.press(*keys)
            await pilot.pause()
            shown = screen_text(pilot.app)
            assert not any(c in shown for c in "\x1b\x07\u202e\u2066\x00\r"), keys
        await pilot.press("escape")
        assert "[bold]loud[/bold]" in screen_text(pilot.app)


async def test_a_new_theme_repaints_every_row(stage: Stage, repo: Path):
    stage.put("one", said("Hello."), used(9_000), cwd=str(repo))
    async with opened(stage, repo) as pilot:
        pilot.app.theme = "clearhead-light"
        await pilot.pause()
        await pilot.pause()
        dark = {"#dce2ea", "#94a1b1", "#101317", "#181d23", "#ffffff"}
        for strip in pilot.app.screen._compositor.render_strips():
            for segment in strip:
                style = segment.style
                names = {c.name for c in (style.color, style.bgcolor) if c} if style else set()
                assert not names & (dark - {"#ffffff"}), segment.text


async def test_the_palette_runs_a_command_of_this_screen(stage: Stage, repo: Path):
    stage.put("one", said("Hello."), used(9_000), cwd=str(repo))
    async with opened(stage, repo) as pilot:
        await pilot.press("ctrl+p", *"explain the figures")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await until_async(lambda: "Why" in screen_text(pilot.app).splitlines()[0])


async def test_a_key_that_cannot_act_says_why_and_nothing_covers_the_text(stage: Stage, repo: Path):
    stage.put("one", said("Hello."), cwd=str(repo))
    async with opened(stage, repo) as pilot:
        await pilot.press("w")
        assert "Nothing to save" in row_of(pilot.app, Footer)[0]
        await pilot.press("e")
        await until_async(lambda: "There is no error" in row_of(pilot.app, Footer)[0])
        assert not pilot.app.screen.query("Toast")


async def test_an_idle_session_keeps_no_fast_timer(stage: Stage, repo: Path):
    stage.put("one", used(9_000), cwd=str(repo), since=time.time() - 500)
    async with opened(stage, repo) as pilot:
        assert pilot.app.screen._pulse._every == 10.0
        await until_async(lambda: not pilot.app.bridge._working)
        stage.tell("one", path=stage.folder / "one.jsonl", state=State.BUSY, since=time.time())
        pilot.app.start.supervisor._wake.set()
        await until_async(lambda: pilot.app.screen._pulse._every == 1.0)
        supervise = pilot.app.screen
        await pilot.press("s")
        assert supervise._pulse._timer is None
        supervise._draw()
        assert supervise._pulse._timer is None, "news behind another screen wake no timer"


async def test_the_transcript_of_another_session_starts_afresh(stage: Stage, repo: Path):
    stage.put("one", said("First."), cwd=str(repo), last_activity=2.0)
    stage.put("two", said("Second."), cwd=str(repo), last_activity=1.0)
    async with opened(stage, repo) as pilot:
        assert "First." in screen_text(pilot.app)
        await pilot.press("up")
        assert pilot.app.screen.situation.selected
        await pilot.press("s", "down", "enter")
        await until_async(lambda: "Second." in screen_text(pilot.app))
        assert not pilot.app.screen.situation.selected
        assert "First." not in screen_text(pilot.app)
        assert len(pilot.app.screen.query(TranscriptPane)) == 1
        await pilot.press("s", "escape")
        assert "Second." in screen_text(pilot.app)
