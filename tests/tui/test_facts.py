"""What the rows say of a session; what looks equal is equal, so that nothing repaints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from clearhead.core.agents.base import Feed, Sighting, State, Waiting
from clearhead.core.config import default_settings
from clearhead.core.figures import gauge_of
from clearhead.core.problems import Report
from clearhead.core.session import Standing
from clearhead.core.snapshot import Fill, OpenCall, Snapshot
from clearhead.core.supervisor import Seen
from clearhead.tui import facts
from clearhead.tui.look import Look

NOW = 1_800_000_000.0


def look(state: State = State.IDLE, since: float | None = NOW - 400, **snapshot: Any) -> Look:
    seen = Snapshot(agent="claude", cwd="/w/shop", model="claude-opus-4-5", **snapshot)
    feed = Feed(session_id="one", at=NOW - 130, window=200_000, usd=1.5)
    sighting = Sighting("claude", "one", path=Path("/t/one.jsonl"), pid=1)
    return Look(
        seen=Seen(sighting, seen),
        standing=Standing(state, since=since, asserted=True),
        gauge=gauge_of(seen, default_settings(), feed),
        title="Claude Code",
        feed=feed,
    )


def all_facts(shown: Look, now: float) -> tuple[Any, ...]:
    return (
        facts.header_facts(shown, now),
        facts.gauge_facts(shown, now),
        facts.cost_facts(shown, now),
    )


def test_minutes_do_not_change_with_seconds() -> None:
    shown = look(fill=Fill(9_000, at=NOW - 130))
    assert all_facts(shown, NOW) == all_facts(shown, NOW + 1)
    assert all_facts(shown, NOW) != all_facts(shown, NOW + 60)


def test_seconds_count_while_the_agent_works() -> None:
    shown = look(State.BUSY, since=NOW - 130)
    header = facts.header_facts(shown, NOW)
    assert header != facts.header_facts(shown, NOW + 1)
    assert facts.counts_seconds(header)


@pytest.mark.parametrize(
    ("state", "since", "ages", "counted"),
    [
        (State.BUSY, NOW - 130, (), True),
        (State.BUSY, NOW - 4000, (), False),
        (State.IDLE, NOW - 30, (), True),
        (State.IDLE, NOW - 61, (), False),
        (State.IDLE, NOW - 61, (None, 59.0), True),
        (State.IDLE, None, (None, 61.0), False),
    ],
)
def test_seconds_are_counted_only_where_they_are_shown(
    state: State, since: float | None, ages: tuple[float | None, ...], counted: bool
) -> None:
    header = facts.header_facts(look(state, since), NOW)
    assert facts.counts_seconds(header, *ages) is counted


def test_an_unknown_model_is_said_in_words() -> None:
    shown = look()
    snapshot = replace(shown.seen.snapshot, model=None)
    shown = replace(shown, seen=replace(shown.seen, snapshot=snapshot))
    assert facts.header_facts(shown, NOW).model == "model unknown"


def test_only_the_demo_bears_the_banner() -> None:
    shown = look()
    assert facts.header_facts(shown, NOW, "demo: x").banner == ""
    demo = replace(shown.seen.sighting, agent="demo")
    shown = replace(shown, seen=replace(shown.seen, sighting=demo))
    assert facts.header_facts(shown, NOW, "demo: x").banner == "demo: x"


def test_who_waits_comes_before_the_zone_and_problems_before_calm() -> None:
    problem = Report("Cannot be read", "x")
    full = Fill(160_000)
    waiting = look(State.WAITING, fill=full)
    waiting = replace(waiting, standing=replace(waiting.standing, waiting_for=Waiting.PERMISSION))
    assert facts.advice_of(waiting, (problem,)).headline == "It asks for permission"
    assert facts.advice_of(look(fill=full), (problem,)).headline == "Reset now"
    assert facts.advice_of(look(), (problem,)).headline == "1 problem"
    assert facts.advice_of(look()).headline == "Watching only"
    ended = look(State.ENDED, fill=full)
    assert facts.advice_of(ended, (problem,)).token in {"reset", "dumb"}


def test_the_command_that_waits_is_named() -> None:
    call = OpenCall("Bash", "rm -rf build", NOW, 3)
    waiting = look(State.WAITING, open_calls={"1": call})
    assert "Bash rm -rf build" in facts.advice_of(waiting).details
    assert facts.activity_of(waiting) == "Bash wants: rm -rf build"
    assert facts.activity_of(look(last_said="Done.")) == "Done."


@pytest.mark.parametrize(
    ("model", "short"),
    [
        ("claude-opus-4-5-20251101", "opus-4-5"),
        ("anthropic/claude-sonnet-4-5", "sonnet-4-5"),
        ("gpt-5.3-codex", "gpt-5.3-codex"),
        (None, None),
    ],
)
def test_models_lose_maker_and_date(model: str | None, short: str | None) -> None:
    assert facts.short_model(model) == short


def test_home_is_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert facts.short_path("/home/me/src") == "~/src"
    assert facts.short_path("/home/me2/src") == "/home/me2/src"
