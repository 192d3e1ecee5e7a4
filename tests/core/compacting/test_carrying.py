"""What is sent for a compaction, and how its outcome is told."""

from __future__ import annotations

import pytest

from clearhead.core.acting.action import Action, Evidence, Outcome, Result, Verb, confirmed, refused
from clearhead.core.acting.live import Live
from clearhead.core.agents.base import State
from clearhead.core.compacting.carrying import (
    Compacted,
    TooLong,
    about_after,
    fitted,
    outcome,
    send,
    settled,
)
from clearhead.core.compacting.instruction import instruction
from clearhead.core.compacting.keeping import Keep, Point
from clearhead.core.compacting.preparing import Prepared
from clearhead.core.compacting.reading import Summary
from clearhead.core.snapshot import Compaction, Fill, Snapshot

KEY = ("claude", "s1")
KEEPS = (
    Keep(Point.FAILED, "debounce the setter", "it hides the loop"),
    Keep(Point.NEXT, "Parse it"),
)
TOLD = Compaction("manual", 100_000, 3_000, 5.0, 7)


class Sent:
    """Takes actions and has so much room for a command."""

    def __init__(self, room: int | None = None, state: State = State.IDLE) -> None:
        self.asked: list[Action] = []
        self.characters, self.state = room, state
        self.refuses: Verb | None = None

    async def act(self, _: object, wanted: Action) -> Result:
        self.asked.append(wanted)
        if wanted.verb is self.refuses:
            return refused(wanted, "No.")
        return confirmed(wanted, Evidence("stream", "done", 1.0), session_id="s1")

    async def room(self, _: object) -> int | None:
        return self.characters

    def live(self, _: object) -> Live:
        return Live(state=self.state)


def prepared(*, takes_text: bool = True, start: int | None = 20_000) -> Prepared:
    return Prepared(
        keeps=KEEPS,
        text=instruction(KEEPS, None),
        notes_path=None,
        notes_text="",
        takes_text=takes_text,
        model="claude-opus-4-5",
        before=100_000,
        estimate=None,
        start=start,
    )


async def test_the_text_goes_with_the_compaction_or_before_it() -> None:
    sent = Sent()
    await send(sent, KEY, prepared(), "Keep it.")
    assert [(a.verb, a.text) for a in sent.asked] == [(Verb.COMPACT, "Keep it.")]
    sent = Sent()
    told: list[str] = []
    await send(sent, KEY, prepared(takes_text=False), "Keep it.", told.append)
    assert [a.verb for a in sent.asked] == [Verb.PROMPT, Verb.COMPACT]
    assert sent.asked[0].text.endswith("Keep it.")
    assert sent.asked[1].text == ""
    assert told == ["saying what to keep", "compacting"]


async def test_without_a_text_nothing_is_said_before() -> None:
    sent = Sent()
    await send(sent, KEY, prepared(takes_text=False), "  ")
    assert [a.verb for a in sent.asked] == [Verb.COMPACT]


async def test_what_was_not_told_is_not_compacted() -> None:
    sent = Sent()
    sent.refuses = Verb.PROMPT
    result = await send(sent, KEY, prepared(takes_text=False), "Keep it.")
    assert result.outcome is Outcome.REFUSED
    assert [a.verb for a in sent.asked] == [Verb.PROMPT]


async def test_a_session_that_ends_meanwhile_is_not_compacted() -> None:
    sent = Sent(state=State.ENDED)
    result = await send(sent, KEY, prepared(takes_text=False), "Keep it.")
    assert result.outcome is Outcome.UNKNOWN
    assert [a.verb for a in sent.asked] == [Verb.PROMPT]


async def test_a_text_is_fitted_to_the_room_there_is() -> None:
    ready = prepared()
    assert await fitted(Sent(), KEY, ready, ready.text) == ready.text
    shorter = await fitted(Sent(len(ready.text) - 20), KEY, ready, ready.text)
    assert "debounce the setter" in shorter
    assert "hides the loop" not in shorter
    for text in (ready.text, "my own words " * 20):
        with pytest.raises(TooLong, match="shows 40"):
            await fitted(Sent(40), KEY, ready, text)


@pytest.mark.parametrize(
    ("compaction", "summary", "start", "after"),
    [
        pytest.param(TOLD, "", 20_000, 23_000, id="client-and-start"),
        pytest.param(TOLD, "", None, 3_000, id="messages-alone"),
        pytest.param(Compaction("auto", 1, None, None, 7), "", 20_000, None, id="nothing-known"),
    ],
)
def test_what_is_left_is_told_as_an_estimate(
    compaction: Compaction, summary: str, start: int | None, after: int | None
) -> None:
    assert about_after(Summary(compaction, summary), prepared(start=start)) == after


def test_a_summary_is_weighed_where_the_client_tells_nothing() -> None:
    found = Summary(Compaction("auto", 1, None, None, 7), "word " * 1_000)
    assert 21_000 < (about_after(found, prepared()) or 0) < 23_000


def test_without_a_summary_nothing_is_compared() -> None:
    assert outcome(None, Summary(TOLD, ""), prepared()).rows == ()
    assert outcome(None, None, prepared()).before == 100_000
    rows = outcome(None, Summary(TOLD, "Parse it next."), prepared()).rows
    assert [row.kept for row in rows] == [False, True]


def test_the_true_figure_comes_with_the_next_response() -> None:
    done = Compacted(before=100_000, after=23_000)
    assert settled(done, Snapshot(fill=Fill(30_000), settling=True)) is done
    after = settled(done, Snapshot(fill=Fill(30_000)))
    assert (after.after, after.settling) == (30_000, False)
    assert settled(after, Snapshot(fill=Fill(40_000))) is after
