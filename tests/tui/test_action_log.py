"""The log of actions: two lines of the journal make one entry, the newest first."""

from __future__ import annotations

from pathlib import Path

from clearhead.core.acting.action import Evidence, Verb
from clearhead.core.acting.journal import Entry, Stage
from clearhead.tui import themes
from clearhead.tui.deeds import deed_rows, deeds_of
from clearhead.tui.screens.action_log import ActionLogScreen

from ..helpers import until_async
from .acting_world import TestChannel, joined
from .stage import screen_text

AT = 1_800_000_000.0


def entry(ident: str, stage: Stage, at: float, **more: object) -> Entry:
    return Entry(
        at=AT + at, id=ident, verb=Verb.PROMPT, stage=stage, agent="claude", session_id="1", **more
    )


JOURNAL = (
    entry("a", Stage.ASKED, 0, channel="owned", size=12),
    entry("b", Stage.ASKED, 5, channel="owned"),
    entry("a", Stage.CONFIRMED, 2, evidence=(Evidence("stream", "a turn\x07 began", AT),)),
    entry("c", Stage.UNKNOWN, 9, reason="clearhead ended"),
)


def test_an_action_is_one_deed_with_how_long_it_took() -> None:
    newest, under_way, oldest = deeds_of(JOURNAL)
    assert (newest.stage, newest.told) == (Stage.UNKNOWN, ("clearhead ended",))
    assert under_way.stage is Stage.ASKED
    assert (oldest.seconds, oldest.size, oldest.told) == (2.0, 12, ("stream: a turn began",))


def test_rows_fit_and_say_what_tells_so() -> None:
    palette = themes.load("clearhead")
    for deed in deeds_of(JOURNAL):
        for width in (50, 80, 140):
            assert all(row.cell_length <= width for row in deed_rows(deed, width, palette))
    words = "\n".join(row.plain for row in deed_rows(deeds_of(JOURNAL)[2], 80, palette))
    assert "✓ confirmed" in words
    assert "stream: a turn began" in words
    assert "2.0 s · 12 characters" in words


async def test_l_opens_the_log_of_the_session(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        await pilot.press("l")
        await until_async(lambda: isinstance(pilot.app.screen, ActionLogScreen))
        await until_async(lambda: "Nothing was asked of this session" in screen_text(pilot.app))
        await pilot.press("escape", "i")
        await pilot.press(*"hi", "enter")
        await until_async(lambda: bool(channel.asked))
        await until_async(lambda: "Sent:" in screen_text(pilot.app))
        await pilot.press("escape", "l")
        await until_async(lambda: "✓ confirmed" in screen_text(pilot.app))
        assert "stream: a turn began" in screen_text(pilot.app)
        assert "hi" not in screen_text(pilot.app).split("Actions")[1].split("confirmed")[1]
