"""A checkpoint while the vendor is down: each attempt is told, and nobody waits in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from clearhead.core import checkpointing
from clearhead.core.acting import failing
from clearhead.core.acting.action import Action, Evidence, Outcome, Result, confirmed
from clearhead.core.acting.live import Live
from clearhead.core.agents.base import State
from clearhead.core.checkpointing import Place, bring_up_to_date

if TYPE_CHECKING:
    from pathlib import Path

    from clearhead.core.acting.service import Acting

DOWN = Live(session_id="one", state=State.BUSY, retry="overloaded, attempt 2 of 10")
MORE = Live(session_id="one", state=State.BUSY, retry="overloaded, attempt 3 of 10")
WORKS = Live(session_id="one", state=State.BUSY)
RESTS = Live(session_id="one", state=State.IDLE)
FAILED = Live(session_id="one", state=State.IDLE, failure="529 overloaded")
ENDED = Live(session_id="one", state=State.ENDED)


class Played:
    """An agent that takes the request, and is then as it is told to be; the last for ever."""

    def __init__(self, *lives: Live) -> None:
        self.lives = list(lives)

    async def act(self, _: tuple[str, str], wanted: Action) -> Result:
        return confirmed(wanted, Evidence("test", "taken", 1.0), session_id="one")

    def live(self, _: tuple[str, str]) -> Live:
        return self.lives.pop(0) if len(self.lives) > 1 else self.lives[0]


@pytest.mark.parametrize(
    ("lives", "reason", "told"),
    [
        pytest.param((WORKS, RESTS), "", 0, id="it answers"),
        pytest.param((DOWN, DOWN, WORKS, RESTS), "", 1, id="a call fails and the next does not"),
        pytest.param((DOWN, MORE), "cannot answer: overloaded, attempt 3 of 10", 2, id="down"),
        pytest.param((DOWN, FAILED), "could not answer: 529 overloaded", 1, id="it gave up"),
        pytest.param((WORKS, ENDED), "its session has ended", 0, id="it has gone"),
    ],
)
async def test_a_turn_is_waited_for_only_while_it_can_bring_something(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lives: tuple[Live, ...],
    reason: str,
    told: int,
) -> None:
    monkeypatch.setattr(failing, "FAILS", 0.1)
    monkeypatch.setattr(checkpointing, "LOOK", 0.02)
    notes = tmp_path / "notes.md"
    notes.write_text("as they were\n")
    heard: list[str] = []
    played = cast("Acting", Played(*lives))
    place = Place(tmp_path, notes, notes.read_text())
    brought = await bring_up_to_date(played, ("claude", "one"), place, heard.append)
    assert brought.done is not bool(reason)
    assert reason in brought.result.reason
    assert (brought.result.outcome is Outcome.UNKNOWN) is bool(reason)
    assert sum("tries again" in words for words in heard) == told
