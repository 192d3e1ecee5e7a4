"""The reply as it grows: there at once, gone when the transcript has it, never in the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clearhead.core.acting.live import Live, Reply
from clearhead.core.agents.base import State
from clearhead.core.items import Item, ItemLog, Kind, Span
from clearhead.core.snapshot import Snapshot
from clearhead.core.transcript import View
from clearhead.tui.bridge import only_grown
from clearhead.tui.widgets.transcript.columns import Columns
from clearhead.tui.widgets.transcript.growing import Arriving, growing_lines

from ..helpers import until_async
from .acting_world import TestChannel, joined
from .stage import said, screen_text


def view(*texts: str) -> View:
    """A transcript in which the agent said these things."""
    items = ItemLog()
    for text in texts:
        items.append(Item(Kind.SAID, Span(0, 0, 0), text, size=len(text)))
    return View(Snapshot(items_seen=len(texts)), items)


def test_a_reply_is_shown_until_a_row_says_the_same() -> None:
    arriving = Arriving()
    arriving.take(Reply("Good", "m1"), view("Hello"))
    assert arriving.text == "Good"
    arriving.take(Reply("Good day", "m1"), view("Hello"))
    assert arriving.text == "Good day"
    arriving.take(None, view("Hello"))
    assert arriving.text == "Good day"
    arriving.take(None, view("Hello", "Good day"))
    assert arriving.text == ""


def test_a_row_that_comes_first_ends_it_and_it_does_not_come_back() -> None:
    arriving = Arriving()
    arriving.take(Reply("Good day", "m1"), view("Hello"))
    arriving.take(Reply("Good day", "m1"), view("Hello", "Good day"))
    assert arriving.text == ""
    arriving.take(Reply("Good day", "m1"), view("Hello", "Good day"))
    assert arriving.text == ""
    arriving.take(Reply("And", "m2"), view("Hello", "Good day"))
    assert arriving.text == "And"


def test_an_older_row_that_says_the_same_ends_nothing() -> None:
    arriving = Arriving()
    arriving.take(Reply("Good day", "m1"), view("Good day"))
    assert arriving.text == "Good day"


def test_the_next_reply_takes_its_place() -> None:
    arriving = Arriving()
    arriving.take(Reply("One", "m1"), view())
    arriving.take(Reply("Two", "m2"), view())
    assert arriving.text == "Two"


@pytest.mark.parametrize(
    ("text", "rows", "shown"),
    [
        pytest.param("Hello", 9, ["", "agent  Hello"], id="whole"),
        pytest.param("a\n\nb\n\nc", 6, ["", "agent  a", "", "b", "", "c"], id="just-fits"),
        pytest.param("a\n\nb\n\nc", 4, ["agent  …", "b", "", "c"], id="the-end"),
        pytest.param("a\n\nb", 1, ["b"], id="one-row"),
    ],
)
def test_lines(text: str, rows: int, shown: list[str]) -> None:
    lines = growing_lines(text, Columns.of(80, 0), rows)
    assert ["".join(piece.text for piece in line).strip() for line in lines] == shown


def test_a_cut_code_block_stays_code() -> None:
    text = "Look:\n```py\n" + "\n".join(f"x = *{n}*" for n in range(50))
    lines = growing_lines(text, Columns.of(80, 0), 5)
    assert all("*" in "".join(p.text for p in line) for line in lines[1:])


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        (Live(reply=Reply("a")), Live(reply=Reply("ab")), True),
        (Live(reply=Reply("a")), Live(), True),
        (Live(reply=Reply("a")), Live(reply=Reply("ab"), state=State.IDLE), False),
    ],
)
def test_what_only_grew(before: Live, now: Live, same: bool) -> None:
    assert only_grown(before, now) == same


async def test_words_appear_as_they_come_and_become_a_row(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        channel.tell(state=State.BUSY)
        for text in ("Good", "Good day, \x1b[31mred", "Good day, [b]all[/b] of you"):
            channel.tell(reply=Reply(text, "m1"))
        await until_async(lambda: "agent  Good day, [b]all[/b] of you" in screen_text(pilot.app))
        assert "\x1b" not in screen_text(pilot.app)
        write(tmp_path, said("Good day, [b]all[/b] of you"))
        channel.tell(reply=None, state=State.IDLE)
        await until_async(lambda: "10:00  agent  Good day" in screen_text(pilot.app))
        assert screen_text(pilot.app).count("Good day") == 1


async def test_who_reads_above_is_not_disturbed(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel, (120, 24)) as pilot:
        write(tmp_path, *(said(f"line {n}") for n in range(60)))
        await until_async(lambda: "line 59" in screen_text(pilot.app))
        await pilot.press("home")
        await pilot.pause()
        before = body(pilot)
        for number in range(40):
            channel.tell(reply=Reply("\n".join(f"word {n}" for n in range(number)), "m1"))
            await pilot.pause()
        await until_async(lambda: "the agent writes, the view stays" in screen_text(pilot.app))
        assert body(pilot) == before
        await pilot.press("G")
        await until_async(lambda: "word 38" in screen_text(pilot.app))


def write(folder: Path, *records: bytes) -> None:
    with (folder / "codex" / "one.jsonl").open("ab") as file:
        file.write(b"".join(records))


def body(pilot: Any) -> list[str]:
    """The rows of the transcript's view, without what stands beside."""
    rows = screen_text(pilot.app).splitlines()
    return [row.split("│")[0] for row in rows if "line " in row]
