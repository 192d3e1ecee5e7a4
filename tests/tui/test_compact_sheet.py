"""The sheets around a compaction: nothing before Enter, evidence after it, and what was lost."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from clearhead.core.acting.action import Outcome, Verb
from clearhead.core.agents.base import State
from clearhead.tui.screens.compact import CompactScreen
from clearhead.tui.screens.compacted import CompactedScreen
from clearhead.tui.screens.supervise import SuperviseScreen

from ..helpers import until_async
from .compact_world import World, put_up, way_into
from .stage import key, line, opened, said, used

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

BOTH = pytest.mark.parametrize("size", [(120, 36), (80, 24)])


class Sheets(World):
    """The sheets before and after a compaction."""

    async def open_sheet(self) -> None:
        await self.press("c")
        await self.until("What the summary should keep", "debounce the setter")

    async def compact(self) -> None:
        await self.open_sheet()
        await self.press("enter")
        await self.until("missing", "Compacted")


@asynccontextmanager
async def world(
    folder: Path, size: tuple[int, int] = (120, 36), **sighting: Any
) -> AsyncIterator[Sheets]:
    stage, path = put_up(folder, **sighting)
    async with opened(stage, folder, size) as pilot:
        made = Sheets(pilot, way_into(pilot.app, path))
        await made.until("118.2k")
        yield made


@BOTH
async def test_nothing_is_sent_before_enter(tmp_path: Path, size: tuple[int, int]) -> None:
    async with world(tmp_path, size) as it:
        await it.open_sheet()
        assert "118.2k" in it.text
        assert "~18.0k" in it.text
        assert "it goes first, as a prompt" in " ".join(it.text.split())
        await it.press("escape")
        assert isinstance(it.app.screen, SuperviseScreen)
        assert it.verbs == []


@BOTH
async def test_what_was_lost_goes_back(tmp_path: Path, size: tuple[int, int]) -> None:
    async with world(tmp_path, size) as it:
        await it.compact()
        assert it.verbs == [Verb.PROMPT, Verb.COMPACT]
        assert '"debounce the setter" because "it hides the loop' in it.way.asked[0].text
        assert "5 kept" in it.text
        assert "2 missing" in it.text
        assert "compact_boundary" in it.text
        assert "settling" in it.text
        await it.press("m")
        await it.until("2 sent back", "Sent back")
        sent = it.way.asked[-1]
        assert sent.verb is Verb.PROMPT
        assert "do not try it again: debounce the setter — it hides the loop" in sent.text
        assert "no new dependencies for date maths" in sent.text
        await it.press("m")
        assert len(it.way.asked) == 3
        await it.press("enter")
        assert isinstance(it.app.screen, SuperviseScreen)


async def test_what_may_have_arrived_is_not_sent_again_by_itself(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.compact()
        it.way.lost = True
        await it.press("m")
        await it.until("nothing tells whether it arrived")
        asked = len(it.way.asked)
        await it.press("m")
        await it.until("Nothing that is missing is chosen.")
        assert len(it.way.asked) == asked
        it.way.lost = False
        await it.press("space", "m")
        await it.until("1 sent back")


async def test_a_missing_line_can_be_left_out_and_the_text_be_edited(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.compact()
        await it.press("space")
        await it.until("not sent back", "1 line,")
        await it.press("e", *"Mine.", "escape")
        await it.press("m")
        await it.until("1 sent back")
        assert it.way.asked[-1].text.endswith("- Decision: no new dependencies for date mathsMine.")
        assert "debounce" not in it.way.asked[-1].text


async def test_the_edited_text_is_what_is_sent(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.open_sheet()
        await it.press("e", *" And c r x.", "escape", "enter")
        await it.until("Compacted")
        assert it.way.asked[0].text.endswith("commands. And c r x.")
        await it.press("v")
        await it.until("What was sent", "edited by you", "And c r x.")
        await it.press("escape", "V")
        await it.until("Whole summary", "Sorting on the client side")


async def test_the_true_figure_takes_the_place_of_the_estimate(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.compact()
        await it.until("~14.1k", "settling")
        start = line("event_msg", type="user_message", message="On.")
        it.way.write(start, said("On it."), used(21_400))
        await it.until("21.4k", "freed 96.8k")
        assert "settling" not in it.text


async def test_a_failure_leads_to_a_reset_and_into_no_loop(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.way.outcome = Outcome.REFUSED
        await it.open_sheet()
        await it.press("enter")
        await it.until("Not compacted", "Conversation too long.", "r resets instead")
        asked = len(it.way.asked)
        await it.press("enter", "enter")
        await it.until("It was tried. Reset instead")
        assert len(it.way.asked) == asked


async def test_what_was_not_sent_can_be_sent_again(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.way.draft = "A draft stands in its input box; it is left alone."
        await it.open_sheet()
        await it.press("enter")
        await it.until("Nothing was sent. A draft stands in its input box")
        it.way.draft = ""
        await it.press("enter")
        await it.until("Compacted", "2 missing")


async def test_an_unknown_outcome_is_said_as_unknown(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.way.outcome = Outcome.UNKNOWN
        await it.open_sheet()
        await it.press("enter")
        await it.until("Outcome unknown", "nothing tells what came of it")


async def test_an_agent_that_cannot_compact_says_so(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.way.can = {**it.way.can, Verb.COMPACT: "This agent has no compaction."}
        it.app.bridge.acting.way_into = it.app.bridge.acting.attach  # nobody to ask by hand
        await it.open_sheet()
        await it.press("enter")
        await it.until("This agent has no compaction.", "r resets instead")
        assert it.verbs == []


async def test_where_nothing_leads_in_the_person_pastes_it(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.way.can = {**it.way.can, Verb.COMPACT: "Nothing leads in."}
        await it.open_sheet()
        await it.press("enter")
        await it.until("Paste this command into Codex", "/compact", "copied")
        assert it.app.clipboard == "/compact"
        await it.until("compacting 0:01")
        await it.press("escape")
        assert isinstance(it.app.screen, SuperviseScreen)


async def test_a_busy_session_arms_it_for_the_end_of_the_turn(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.way.becomes(State.BUSY)
        await it.press("c")
        await it.until("Enter arms this")
        await it.press("enter")
        await until_async(lambda: isinstance(it.app.screen, SuperviseScreen))
        assert it.verbs == []
        assert it.app.bridge.acting.arming.armed(key("s1")).name == "compact"
        it.way.becomes(State.IDLE)
        await it.until("Compacted.")
        assert it.verbs == [Verb.PROMPT, Verb.COMPACT]
        await it.press("J")
        await it.until("2 missing")


async def test_a_session_that_waits_is_not_compacted(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.way.becomes(State.WAITING)
        await it.press("c")
        await it.until("answer it first")
        await it.press("enter")
        assert it.verbs == []
        assert isinstance(it.app.screen, CompactScreen)


async def test_closing_while_it_is_sent_ends_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.way.go_on.clear()
        await it.open_sheet()
        await it.press("enter")
        await it.until("saying what to keep 0:0", "what was sent stays sent")
        await it.press("enter")
        await it.press("escape", "c")
        await it.until("saying what to keep 0:0", "debounce the setter")
        await it.press("escape")
        assert isinstance(it.app.screen, SuperviseScreen)
        it.way.go_on.set()
        await it.until("J shows what the summary left out")
        assert it.verbs == [Verb.PROMPT, Verb.COMPACT]


async def test_an_automatic_compaction_is_looked_at_the_same_way(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.press("J")
        await it.until("was not compacted so far")
        it.way.write(line("compacted", message="Nothing of it is left."))
        await it.until("Compacted")
        await it.press("J")
        await until_async(lambda: isinstance(it.app.screen, CompactedScreen))
        await it.until("seen in the transcript", "7 missing")
        await it.press("v")
        await it.until("clearhead did not send this compaction")


async def test_the_sheet_stays_when_the_size_changes(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.compact()
        for size in ((80, 24), (200, 60), (60, 18), (120, 36)):
            await it.pilot.resize_terminal(*size)
            await it.pilot.pause()
            assert "missing" in it.text
        it.app.theme = "no-colour"
        await it.pilot.pause()
        assert "× missing" in it.text
