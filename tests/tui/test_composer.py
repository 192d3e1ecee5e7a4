"""Writing to the agent: nothing is sent by surprise, nothing that was written is lost."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.events import Key

from clearhead.core.acting.action import Outcome, Verb
from clearhead.core.acting.armed import LASTS
from clearhead.core.acting.live import Request
from clearhead.core.agents.base import State
from clearhead.core.repo_files import top_of
from clearhead.core.written import Written
from clearhead.tui.widgets.advice_line import AdviceLine
from clearhead.tui.widgets.composer.bar import Composer
from clearhead.tui.widgets.request_card.card import RequestCard

from ..helpers import until_async
from .acting_world import ONE, TestChannel, joined
from .stage import Stage, key, line, opened, row_of, said, screen_text

ASKS = Request(id="1", tool="Bash", text="rm -rf build", since=0.0)


def composer(pilot: Any) -> Composer:
    found: Composer = pilot.app.screen.query_one(Composer)
    return found


def resting(pilot: Any) -> str:
    """The row above the footer."""
    return screen_text(pilot.app).splitlines()[-2]


async def typed(pilot: Any, text: str) -> None:
    """Go to the composer and type."""
    await pilot.press("i")
    await until_async(lambda: composer(pilot).writing)
    await pilot.press(*text)


async def test_only_watching_says_so_and_how_to_attach(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "codex")
    stage.put("one", cwd=str(tmp_path))
    async with opened(stage, tmp_path, (120, 36)) as pilot:
        assert resting(pilot) == "  > watching only · a attaches"
        await pilot.press("i")
        assert "This session is only watched. Press a to attach." in screen_text(pilot.app)
        assert not composer(pilot).writing


async def test_what_is_typed_in_one_piece_with_the_key_is_text(tmp_path: Path) -> None:
    """None of these letters may open a sheet, stop a turn or answer a request."""
    async with joined(tmp_path, TestChannel()) as pilot:
        for char in "icrhxy":
            pilot.app.post_message(Key(char, char))
        await until_async(lambda: composer(pilot).text == "crhxy")
        assert len(pilot.app.screen_stack) == 2


async def test_letters_do_not_overtake_the_keys_before_them(tmp_path: Path) -> None:
    """What is typed faster than the screen draws is sent as it was typed, and no more of it."""
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        channel.hold = asyncio.Event()
        await typed(pilot, "to")
        for name in ("left", "g", "o", "space", "end", "enter", "n", "e", "x", "t"):
            char = " " if name == "space" else name if len(name) == 1 else None
            pilot.app.post_message(Key(name, char))
        await until_async(lambda: [a.text for a in channel.asked] == ["tgo o"])
        await until_async(lambda: composer(pilot).text == "tgo onext")
        channel.hold.set()


async def test_enter_sends_and_only_then_the_text_goes(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        assert "> Message the agent" in screen_text(pilot.app)
        channel.hold = asyncio.Event()
        await typed(pilot, "go on")
        await pilot.press("enter")
        await until_async(lambda: [a.text for a in channel.asked] == ["go on"])
        assert composer(pilot).text == "go on"
        await until_async(lambda: "prompt under way" in screen_text(pilot.app))
        await pilot.press("enter")
        assert "Prompt is still under way." in screen_text(pilot.app)
        channel.hold.set()
        await until_async(lambda: composer(pilot).text == "")
        await until_async(lambda: "Sent: a turn began." in screen_text(pilot.app))
        assert [a.text for a in channel.asked] == ["go on"]


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN])
async def test_a_prompt_that_is_not_proved_stays(tmp_path: Path, outcome: Outcome) -> None:
    channel = TestChannel()
    channel.outcome = outcome
    async with joined(tmp_path, channel) as pilot:
        await typed(pilot, "go on")
        await pilot.press("enter")
        await until_async(lambda: "A draft stands in its box." in screen_text(pilot.app))
        assert composer(pilot).text == "go on"


async def test_new_lines_do_not_send_and_the_row_grows(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        await typed(pilot, "one")
        for key in ("ctrl+j", "shift+enter", "alt+enter"):
            await pilot.press(key, "x")
        await pilot.press("backslash", "enter", "y")
        assert composer(pilot).text == "one\nx\nx\nx\ny"
        assert channel.asked == []
        await pilot.pause()
        assert composer(pilot).size.height == 5
        await pilot.press(*["ctrl+j"] * 9)
        await pilot.pause()
        assert composer(pilot).size.height == 8


async def test_escape_leaves_and_keeps_what_is_written(tmp_path: Path) -> None:
    async with joined(tmp_path, TestChannel()) as pilot:
        await typed(pilot, "half a thought")
        await pilot.press("escape")
        await until_async(lambda: not composer(pilot).writing)
        await pilot.pause()
        assert resting(pilot).startswith("  > half a thought")
        assert "i goes on" in screen_text(pilot.app)


async def test_while_the_agent_works_its_queue_takes_the_prompt(tmp_path: Path) -> None:
    channel = TestChannel(queues=True)
    async with joined(tmp_path, channel) as pilot:
        channel.tell(state=State.BUSY)
        await until_async(lambda: "the agent queues it" in screen_text(pilot.app))
        await typed(pilot, "then this")
        await pilot.press("enter")
        await until_async(lambda: [a.queue for a in channel.asked] == [True])


async def test_a_key_says_it_into_the_running_turn(tmp_path: Path) -> None:
    channel = TestChannel(queues=True)
    async with joined(tmp_path, channel) as pilot:
        await typed(pilot, "not there")
        await pilot.press("ctrl+n")
        assert "No turn runs: Enter sends it." in screen_text(pilot.app)
        channel.tell(state=State.BUSY)
        await until_async(lambda: "queues it · ctrl+n says it now" in screen_text(pilot.app))
        await pilot.press("ctrl+n")
        await until_async(
            lambda: [(a.verb, a.text) for a in channel.asked] == [(Verb.STEER, "not there")]
        )
        await until_async(lambda: "Said now: " in screen_text(pilot.app))
        assert composer(pilot).text == ""


async def test_a_channel_that_cannot_steer_says_why(tmp_path: Path) -> None:
    channel = TestChannel(queues=True)
    channel.capabilities[Verb.STEER] = "Only its background server can."
    async with joined(tmp_path, channel) as pilot:
        channel.tell(state=State.BUSY)
        await until_async(lambda: "the agent queues it" in screen_text(pilot.app))
        await typed(pilot, "now")
        assert "says it now" not in screen_text(pilot.app)
        await pilot.press("ctrl+n")
        assert "Only its background server can." in screen_text(pilot.app)
        assert (channel.asked, composer(pilot).text) == ([], "now")


async def test_without_a_queue_it_is_armed_and_sent_when_the_turn_ends(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        channel.tell(state=State.BUSY)
        await until_async(lambda: "sent when the turn ends" in screen_text(pilot.app))
        await typed(pilot, "then this")
        await pilot.press("enter")
        await until_async(lambda: "armed: prompt when the turn ends" in screen_text(pilot.app))
        assert (channel.asked, composer(pilot).text) == ([], "")
        channel.tell(state=State.IDLE)
        await until_async(lambda: [a.text for a in channel.asked] == ["then this"])
        await until_async(lambda: "armed:" not in screen_text(pilot.app))


async def test_what_was_armed_and_cancelled_comes_back(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        channel.tell(state=State.BUSY)
        await until_async(lambda: "sent when the turn ends" in screen_text(pilot.app))
        await typed(pilot, "then this")
        await pilot.press("enter", "escape")
        await until_async(lambda: "armed:" in screen_text(pilot.app))
        await pilot.press("A")
        await until_async(lambda: composer(pilot).text == "then this")


async def test_what_was_armed_and_refused_comes_back(tmp_path: Path) -> None:
    channel = TestChannel()
    channel.outcome = Outcome.REFUSED
    async with joined(tmp_path, channel) as pilot:
        channel.tell(state=State.BUSY)
        await until_async(lambda: "sent when the turn ends" in screen_text(pilot.app))
        await typed(pilot, "then this")
        await pilot.press("enter")
        channel.tell(state=State.IDLE)
        await until_async(lambda: "Not sent: A draft stands" in screen_text(pilot.app))
        assert composer(pilot).text == "then this"


async def test_nothing_is_sent_while_a_permission_is_open(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        await typed(pilot, "yes")
        channel.tell(state=State.WAITING, requests=(ASKS,))
        await until_async(lambda: "closed while a permission is open" in screen_text(pilot.app))
        await pilot.press("enter")
        assert channel.asked == []
        assert composer(pilot).writing
        assert "Answer it first." in screen_text(pilot.app)
        assert "ctrl+g ! answer" in row_of(pilot.app, AdviceLine)[0]
        await pilot.press("ctrl+g", "exclamation_mark")
        await until_async(lambda: isinstance(pilot.app.focused, RequestCard))
        await pilot.press("escape", "i")
        assert "! answer" in row_of(pilot.app, AdviceLine)[0]
        assert "ctrl+g" not in row_of(pilot.app, AdviceLine)[0]
        await pilot.pause()
        words = "  > closed while a permission is open · your draft is kept"
        assert resting(pilot) == words
        await pilot.press("i")
        assert not composer(pilot).writing


async def test_up_brings_back_what_was_sent_and_down_the_draft(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        for text in ("first", "second"):
            await typed(pilot, text)
            await pilot.press("enter")
            await until_async(lambda: composer(pilot).text == "")
            await pilot.press("escape")
        await typed(pilot, "third")
        await pilot.press("up")
        assert composer(pilot).text == "second"
        await pilot.press("up", "up")
        assert composer(pilot).text == "first"
        await pilot.press("down", "down")
        assert composer(pilot).text == "third"


async def test_a_file_is_completed_and_enter_does_not_send(tmp_path: Path) -> None:
    channel = TestChannel()
    (tmp_path / "src").mkdir()
    for name in ("list.tsx", "loader.ts"):
        (tmp_path / "src" / name).write_text("")
    async with joined(tmp_path, channel) as pilot:
        await typed(pilot, "read @lo")
        await until_async(lambda: "src/loader.ts" in screen_text(pilot.app))
        assert "list.tsx" not in screen_text(pilot.app)
        await pilot.press("enter")
        await until_async(lambda: composer(pilot).text == "read @src/loader.ts ")
        assert channel.asked == []
        await pilot.press("@", "l", "escape")
        await pilot.pause()
        assert composer(pilot).writing


async def test_the_draft_is_on_the_disk_within_a_second_and_comes_back(tmp_path: Path) -> None:
    async with joined(tmp_path, TestChannel()) as pilot:
        await typed(pilot, "not lost")
        written = Written(pilot.app.bridge.state)
        await until_async(lambda: written.draft(ONE) == "not lost", within=1.5)
    async with joined(tmp_path, TestChannel()) as pilot:
        await until_async(lambda: composer(pilot).text == "not lost")
        await typed(pilot, "!")
        assert composer(pilot).text == "not lost!"


async def test_pasted_text_stays_as_it_is_and_drives_no_terminal(tmp_path: Path) -> None:
    channel = TestChannel()
    pasted = "first\n\tsecond \x1b[31mred\u202e\n"
    async with joined(tmp_path, channel) as pilot:
        await typed(pilot, "")
        composer(pilot)._editor.insert(pasted)
        await pilot.press("enter")
        await until_async(lambda: [a.text for a in channel.asked] == [pasted])
        assert "\x1b" not in screen_text(pilot.app)


async def test_x_interrupts_once_it_works(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        await pilot.press("x")
        assert "Nothing runs that could be interrupted." in screen_text(pilot.app)
        channel.tell(state=State.BUSY)
        await until_async(lambda: "working" in screen_text(pilot.app))
        await pilot.press("x")
        await until_async(lambda: [a.verb for a in channel.asked] == [Verb.INTERRUPT])
        await until_async(lambda: "Interrupted: a turn began." in screen_text(pilot.app))


async def test_the_person_is_told_when_it_begins_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        rung: list[str] = []
        monkeypatch.setattr(pilot.app, "bell", lambda: rung.append("bell"))
        monkeypatch.setattr(pilot.app.notifier, "_send", rung.append)
        channel.tell(state=State.BUSY)
        channel.tell(state=State.WAITING, requests=(ASKS,))
        await until_async(lambda: len(rung) == 2)
        assert rung[0] == "bell"
        assert f"{tmp_path.name}: Codex asks for permission: Bash rm -rf build" in rung[1]
        channel.tell(state=State.WAITING, requests=(ASKS,), mode="plan")
        await pilot.pause(0.1)
        assert len(rung) == 2


async def test_what_is_written_while_a_prompt_goes_out_stays(tmp_path: Path) -> None:
    channel = TestChannel()
    channel.hold = asyncio.Event()
    async with joined(tmp_path, channel) as pilot:
        await typed(pilot, "first")
        await pilot.press("enter")
        await until_async(lambda: bool(channel.asked))
        await pilot.press(*" and more")
        channel.hold.set()
        await until_async(lambda: composer(pilot).text == " and more")


def prompt_given(seconds: float) -> bytes:
    """The record of a prompt that a person gave so many seconds from now."""
    record = json.loads(line("event_msg", type="user_message", message="No, do that first"))
    at = datetime.fromtimestamp(time.time() + seconds, UTC)
    return json.dumps({**record, "timestamp": at.isoformat()}).encode() + b"\n"


async def test_what_is_armed_runs_though_the_prompt_before_is_read_only_now(
    tmp_path: Path,
) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        channel.tell(state=State.BUSY)
        await until_async(lambda: "sent when the turn ends" in screen_text(pilot.app))
        await typed(pilot, "then this")
        await pilot.press("enter", "escape")
        with (tmp_path / "codex" / "one.jsonl").open("ab") as file:
            file.write(prompt_given(-60))
        await until_async(lambda: "No, do that first" in screen_text(pilot.app))
        assert "armed: prompt when the turn ends" in screen_text(pilot.app)
        channel.tell(state=State.IDLE)
        await until_async(lambda: [a.text for a in channel.asked] == ["then this"])


async def test_what_is_armed_asks_when_someone_typed_meanwhile(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel, (140, 36)) as pilot:
        channel.tell(state=State.BUSY)
        await until_async(lambda: "sent when the turn ends" in screen_text(pilot.app))
        await typed(pilot, "then this")
        await pilot.press("enter", "escape")
        with (tmp_path / "codex" / "one.jsonl").open("ab") as file:
            file.write(prompt_given(1))
        await until_async(
            lambda: "armed prompt asks: someone typed since" in screen_text(pilot.app)
        )
        channel.tell(state=State.IDLE)
        await pilot.pause(0.1)
        assert channel.asked == []
        assert "The armed prompt asks" in screen_text(pilot.app)
        await pilot.press("R")
        await until_async(lambda: [a.text for a in channel.asked] == ["then this"])


async def test_what_is_armed_asks_when_its_time_is_over(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel, (140, 36)) as pilot:
        acting = pilot.app.bridge.acting
        channel.tell(state=State.BUSY)
        await until_async(lambda: "sent when the turn ends" in screen_text(pilot.app))
        await typed(pilot, "then this")
        await pilot.press("enter", "escape")
        armed = acting.arming.armed(ONE)
        early = replace(
            armed.since, wall=armed.since.wall - LASTS, steady=armed.since.steady - LASTS
        )
        acting.arming._armed[ONE] = replace(armed, since=early)
        pilot.app.screen._beat()
        await until_async(lambda: "asks: half an hour is over" in screen_text(pilot.app))


async def test_below_80x24_the_composer_shows_while_one_writes(tmp_path: Path) -> None:
    async with joined(tmp_path, TestChannel(), (70, 20)) as pilot:
        assert "Message the agent" not in screen_text(pilot.app)
        await typed(pilot, "small")
        await until_async(lambda: "> small" in screen_text(pilot.app))
        await pilot.press("escape")
        await until_async(lambda: "> small" not in screen_text(pilot.app))


async def test_a_prompt_that_waited_and_went_out_is_no_draft_any_more(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        written = Written(pilot.app.bridge.state)
        channel.tell(state=State.BUSY)
        await until_async(lambda: "sent when the turn ends" in screen_text(pilot.app))
        await typed(pilot, "then this")
        await pilot.press("enter", *"more")
        await until_async(lambda: written.draft(ONE) == "then this\n\nmore")
        channel.tell(state=State.IDLE)
        await until_async(lambda: bool(channel.asked))
        await until_async(lambda: written.draft(ONE) == "more")
        assert composer(pilot).text == "more"
        await until_async(lambda: written.sent(top_of(tmp_path)) == ("then this",))


async def test_each_session_has_its_own_draft(tmp_path: Path) -> None:
    channel = TestChannel()
    async with joined(tmp_path, channel) as pilot:
        channel.tell(state=State.BUSY)
        await until_async(lambda: "sent when the turn ends" in screen_text(pilot.app))
        await typed(pilot, "waits")
        await pilot.press("enter", *"mine", "escape")
        stage = pilot.app.start.supervisor.agents["codex"]
        stage.put("two", said("Other."), cwd=str(tmp_path))
        pilot.app.start.supervisor.discover_now()
        screen, bridge = pilot.app.screen, pilot.app.bridge
        await screen.open(bridge.look(key("two")))
        await until_async(lambda: composer(pilot).text == "")
        await screen.open(bridge.look(ONE))
        await until_async(lambda: composer(pilot).text == "mine")
        assert bridge.acting.arming.armed(ONE).wanted.text == "waits"
