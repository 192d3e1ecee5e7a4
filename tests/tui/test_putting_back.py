"""What goes back after a compaction: chosen at first, sent once, and kept where it was refused."""

from __future__ import annotations

import pytest

from clearhead.core.acting.action import Evidence, Verb, action, confirmed, refused, unknown
from clearhead.core.compacting.comparing import Row
from clearhead.core.compacting.keeping import Keep, Point
from clearhead.tui.putting_back import PuttingBack

WANTED = action(Verb.PROMPT, "Keep this.")


@pytest.fixture
def back() -> PuttingBack:
    return PuttingBack(
        [
            Row(Keep(Point.GOAL, "a dashboard"), kept=True),
            Row(Keep(Point.FAILED, "debounce"), kept=False),
            Row(Keep(Point.DECISION, "no new parts"), kept=False),
            Row(Keep(Point.FILE, "list.ts"), kept=False),
        ]
    )


def test_what_is_missing_is_chosen_but_for_files(back: PuttingBack) -> None:
    assert back.chosen == {1, 2}
    assert [back.can_choose(at) for at in range(4)] == [False, True, True, True]
    assert not PuttingBack([]).can_choose(0)


def test_a_choice_makes_the_text_anew(back: PuttingBack) -> None:
    back.own = True
    back.choose(1)
    assert (back.chosen, back.own) == ({2}, False)
    assert "no new parts" in back.text("notes.md")
    assert "debounce" not in back.text("notes.md")


def test_what_arrived_cannot_be_chosen_again(back: PuttingBack) -> None:
    proof = Evidence("transcript", "it stands there", 0.0)
    back.take(confirmed(WANTED, proof, session_id="s1"), {1, 2})
    assert back.well
    assert back.told.endswith("it stands there.")
    assert (back.sent, back.chosen, back.can_choose(1)) == ({1, 2}, set(), False)


def test_what_may_have_arrived_is_not_chosen_any_more_and_can_be(back: PuttingBack) -> None:
    back.take(unknown(WANTED, "It does not stand there."), {1, 2})
    assert not back.well
    assert "nothing tells whether it arrived" in back.told
    assert (back.sent, back.chosen, back.can_choose(1)) == (set(), set(), True)


def test_what_was_refused_stays_chosen(back: PuttingBack) -> None:
    back.own = True
    back.take(refused(WANTED, "A draft stands there.", remedy="Send it."), {1, 2})
    assert back.told == "Not sent: A draft stands there. Send it."
    assert (back.sent, back.chosen, back.own) == (set(), {1, 2}, True)
