"""Why each verb cannot be done now: the channel's word first, then the moment's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from clearhead.core.acting.action import Verb, action
from clearhead.core.acting.channel import Reach
from clearhead.core.acting.live import Live, Request
from clearhead.core.agents.base import Sighting, State
from clearhead.core.config import default_settings
from clearhead.core.figures import gauge_of
from clearhead.core.problems import Report
from clearhead.core.session import Standing
from clearhead.core.snapshot import Snapshot
from clearhead.core.supervisor import Seen
from clearhead.tui.act_reasons import act_reasons, attach_reason, channel_reasons
from clearhead.tui.look import Look

ASKS = Live(requests=(Request(id="1", tool="Bash", text="make", since=0.0),))
GONE = Live(problem=Report("Gone", "The driver of this session is gone.", "Start it again."))
NO_PANE = "it is in no tmux pane"


def look(state: State = State.IDLE, reach: Reach = Reach.OWNED, **told: Any) -> Look:
    """A session as it is seen, with everything its channel can do unless told otherwise."""
    seen = Seen(Sighting("claude", "7f3", path=Path("/t/7f3.jsonl"), pid=1), Snapshot())
    shown = Look(
        seen=seen,
        standing=Standing(state, asserted=True),
        gauge=gauge_of(seen.snapshot, default_settings(), None),
        title="Claude Code",
        reach=reach,
        channel=reach.value,
        live=None if reach is Reach.WATCHED else Live(),
        capabilities={} if reach is Reach.WATCHED else dict.fromkeys(Verb),
    )
    return replace(shown, **told)


@pytest.mark.parametrize(
    ("shown", "verb", "reason"),
    [
        pytest.param(look(), Verb.PROMPT, None, id="idle-takes-a-prompt"),
        pytest.param(look(State.BUSY), Verb.PROMPT, None, id="work-lets-a-prompt-wait"),
        pytest.param(look(State.WAITING), Verb.PROMPT, "waits for your answer", id="it-asks"),
        pytest.param(look(State.BUSY), Verb.STEER, None, id="steer-work"),
        pytest.param(look(), Verb.STEER, "No turn runs", id="nothing-to-steer"),
        pytest.param(look(State.UNKNOWN), Verb.STEER, "No turn runs", id="no-steering-unknown"),
        pytest.param(look(State.WAITING), Verb.STEER, "waits for your answer", id="steer-asks"),
        pytest.param(look(), Verb.INTERRUPT, "Nothing runs", id="nothing-to-interrupt"),
        pytest.param(look(State.BUSY), Verb.INTERRUPT, None, id="interrupt-work"),
        pytest.param(look(State.WAITING), Verb.INTERRUPT, None, id="interrupt-a-question"),
        pytest.param(look(), Verb.COMPACT, None, id="idle-compacts"),
        pytest.param(look(State.BUSY), Verb.COMPACT, "The agent works", id="no-compact-in-work"),
        pytest.param(look(State.UNKNOWN), Verb.COMPACT, "not known", id="no-compact-unknown"),
        pytest.param(look(), Verb.APPROVE, "asks for nothing", id="nothing-to-approve"),
        pytest.param(look(State.WAITING, live=ASKS), Verb.APPROVE, None, id="approve"),
        pytest.param(
            look(reach=Reach.WATCHED), Verb.PROMPT, "only watched. Press a", id="only-watched"
        ),
        pytest.param(
            look(State.ENDED), Verb.PROMPT, "clearhead run claude --resume 7f3", id="ended"
        ),
        pytest.param(look(live=GONE), Verb.PROMPT, "gone. Start it again.", id="channel-gone"),
        pytest.param(
            look(capabilities={Verb.PROMPT: NO_PANE}), Verb.PROMPT, "It is in no", id="no-pane"
        ),
        pytest.param(look(capabilities={}), Verb.MODE, "This channel cannot.", id="not-named"),
        pytest.param(look(forbidden="CLAUDECODE"), Verb.PROMPT, "Started by an agent", id="agent"),
        pytest.param(
            look(under_way=action(Verb.COMPACT)), Verb.PROMPT, "Compact is still", id="one-by-one"
        ),
        pytest.param(
            look(State.BUSY, under_way=action(Verb.COMPACT)),
            Verb.INTERRUPT,
            None,
            id="interrupt-at-once",
        ),
    ],
)
def test_the_reason_of_the_moment(shown: Look, verb: Verb, reason: str | None) -> None:
    found = act_reasons(shown)[verb]
    assert (found is None) if reason is None else (found is not None and reason in found)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("reach", list(Reach))
def test_every_reason_is_a_sentence(state: State, reach: Reach) -> None:
    for reason in act_reasons(look(state, reach)).values():
        assert reason is None or reason[0].isupper()


def test_what_only_has_to_wait_is_no_fault_of_the_channel() -> None:
    busy = look(State.BUSY)
    assert act_reasons(busy)[Verb.COMPACT] is not None
    assert channel_reasons(busy)[Verb.COMPACT] is None


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        pytest.param(look(reach=Reach.WATCHED), None, id="watched"),
        pytest.param(look(), "You can act already: owned.", id="joined"),
        pytest.param(look(live=GONE), None, id="lost-and-found-again"),
        pytest.param(look(State.ENDED, reach=Reach.WATCHED), "has ended", id="ended"),
        pytest.param(look(reach=Reach.WATCHED, forbidden="x"), "Started by", id="agent"),
    ],
)
def test_when_to_attach(shown: Look, reason: str | None) -> None:
    found = attach_reason(shown)
    assert (found is None) if reason is None else (found is not None and reason in found)
