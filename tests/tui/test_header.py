"""The header: the state is never dropped, and what was only inferred is said to be."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from clearhead.core.agents.base import State, Waiting
from clearhead.tui.widgets.header import Header, HeaderFacts

from .harness import drawn, shown

FACTS = HeaderFacts(
    project="shop-dashboard",
    branch="main",
    dirty=3,
    agent="Claude Code",
    model="opus-4.5",
    channel="watched",
    state=State.BUSY,
    since=12.9,
)


def header(**changes: object) -> Header:
    widget = Header()
    widget.facts = replace(FACTS, **changes)
    return widget


async def test_everything_stands_at_140_columns() -> None:
    (row,) = await drawn(header(), 140)
    left = " clearhead   shop-dashboard on main ±3   Claude Code · opus-4.5 · watched"
    assert row.startswith(left + "   ")
    assert row.endswith("● working 0:12")
    assert len(row) == 139


@pytest.mark.parametrize(
    ("width", "kept", "gone"),
    [
        (80, ("Claude Code", "watched"), ("clearhead",)),
        (70, ("main ±3   opus-4.5 · watched",), ("Claude Code",)),
        (60, ("main ±3   opus-4.5",), ("watched",)),
        (42, ("shop-dashboard on main",), ("opus", "±3")),
        (35, ("shop-dashboard",), (" on ",)),
    ],
)
async def test_narrow_headers_drop_program_and_agent_first_and_never_the_state(
    width: int, kept: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    (row,) = await drawn(header(), width)
    assert row.endswith("● working 0:12")
    assert all(part in row for part in kept), row
    assert not any(part in row for part in gone), row


async def test_a_long_project_yields_before_the_branch() -> None:
    (row,) = await drawn(header(project="a-project-with-a-name-" * 4), 80)
    assert "… " not in row
    assert "…" in row
    assert " on main" in row
    assert row.endswith("● working 0:12")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": State.IDLE, "since": 6}, "◇ idle 0:06"),
        ({"state": State.IDLE, "since": 370}, "◇ idle 6m"),
        ({"state": State.BUSY, "since": 3700}, "● working 1h"),
        ({"state": State.BUSY, "since": None}, "● working"),
        ({"state": State.ENDED, "since": 3700}, "■ ended 1h"),
        ({"state": State.UNKNOWN}, "? state unknown"),
        ({"asserted": False}, "● probably working 0:12"),
        ({"state": State.IDLE, "since": 370, "asserted": False}, "◇ probably idle 6m"),
        (
            {"state": State.WAITING, "waiting_for": Waiting.PERMISSION, "since": 41},
            "! NEEDS YOU  permission 0:41",
        ),
        (
            {"state": State.WAITING, "waiting_for": Waiting.INPUT, "since": 200},
            "! NEEDS YOU  an answer 3:20",
        ),
        ({"state": State.WAITING, "since": None}, "! NEEDS YOU  an answer"),
        (
            {"state": State.WAITING, "waiting_for": Waiting.DIALOG, "asserted": False},
            "! probably needs you  a dialog 0:12",
        ),
    ],
)
async def test_states_in_words(changes: dict[str, object], words: str) -> None:
    assert (await drawn(header(**changes), 140))[0].endswith(words)


async def test_only_what_needs_you_is_pink() -> None:
    waiting = header(state=State.WAITING, waiting_for=Waiting.PERMISSION)
    async with shown(waiting, 140):
        chip = next(seg for seg in waiting.render_line(0) if "NEEDS YOU" in seg.text)
        assert chip.style.bgcolor.name == "#ff8fcb"
    working = header()
    async with shown(working, 140):
        colours = {seg.style.color.name for seg in working.render_line(0)}
        assert "#ff8fcb" not in colours


async def test_the_banner_stays_and_only_shrinks() -> None:
    banner = "demo: a scripted session"
    assert banner in (await drawn(header(banner=banner), 140))[0]
    (row,) = await drawn(header(banner=banner), 60)
    assert " demo " in row
    assert banner not in row


async def test_unknown_branch_and_changes_are_left_out_and_zero_is_not() -> None:
    assert " on " not in (await drawn(header(branch=None), 140))[0]
    assert "±" not in (await drawn(header(dirty=None), 140))[0]
    assert "main clean " in (await drawn(header(dirty=0), 140))[0]


async def test_names_are_no_markup() -> None:
    (row,) = await drawn(header(project="[red]x[/red]", branch="[bold]y"), 140)
    assert "[red]x[/red] on [bold]y" in row


async def test_plain_themes_put_the_quiet_chip_in_brackets() -> None:
    (row,) = await drawn(header(banner="demo: scripted"), 140, theme="no-colour")
    assert "[demo: scripted]" in row
