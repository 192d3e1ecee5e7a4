"""What messages of Claude Code's stream change, on captured and on broken messages."""

from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.acting.live import Live
from clearhead.core.agents.base import Side, State, Waiting
from clearhead.core.agents.claude.stream_messages import LONGEST, answered, asked, told

CAPTURES = Path(__file__).parents[1] / "data" / "claude" / "stream"
VERSIONS = ("v197", "v330")
KINDS = (
    "system",
    "stream_event",
    "assistant",
    "user",
    "result",
    "control_request",
    "control_cancel_request",
)
NAMES = ("init", "status", "api_retry", "session_state_changed", "can_use_tool")
Message = dict[str, Any]


def captured(version: str) -> list[Message]:
    lines = (CAPTURES / f"{version}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def folded(*messages: Message, live: Live | None = None) -> Live:
    return reduce(lambda known, message: told(known, message, 5.0), messages, live or Live())


def asks(name: str, tool: str, **given_: object) -> Message:
    request = {"subtype": "can_use_tool", "tool_name": tool, "input": given_}
    return {"type": "control_request", "request_id": name, "request": request}


def says(words: str) -> Message:
    delta = {"type": "text_delta", "text": words}
    return {"type": "stream_event", "event": {"type": "content_block_delta", "delta": delta}}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_captured_session_is_followed_to_its_last_id_and_cost(version: str) -> None:
    messages = captured(version)
    last = [message for message in messages if message["type"] == "result"][-1]
    live = folded(*messages)
    assert live.session_id == last["session_id"]
    assert live.usd == last["total_cost_usd"]
    assert live.state is State.IDLE
    assert not live.requests


@pytest.mark.parametrize("version", VERSIONS)
def test_each_captured_request_makes_the_session_wait_with_its_whole_command(version: str) -> None:
    live, seen = Live(), 0
    for message in captured(version):
        live = told(live, message, 5.0)
        if message["type"] == "control_request":
            seen += 1
            assert live.state is State.WAITING
            command = message["request"]["input"].get("command", "")
            assert command in live.requests[-1].text
    assert seen


def test_a_reply_grows_within_its_bound_and_goes_with_the_whole_message() -> None:
    live = folded(says("Hel"), says("lo"))
    assert live.reply is not None
    assert live.reply.text == "Hello"
    long = folded(says("x" * (LONGEST + 9)), live=live)
    assert long.reply is not None
    assert len(long.reply.text) == LONGEST
    whole = {"type": "assistant", "message": {"content": [{"type": "text", "text": "Hello"}]}}
    assert folded(whole, live=long).reply is None


def test_an_edit_shows_its_path_and_what_it_changes() -> None:
    live = folded(asks("1", "Edit", file_path="a.py", old_string="old", new_string="new"))
    (request,) = live.requests
    assert request.text == "a.py"
    assert {line.side for line in request.diff} == {Side.ADDED, Side.REMOVED}


def test_a_question_to_the_person_is_input_with_its_choices() -> None:
    question = {"question": "Which?", "options": [{"label": "Red"}, {"label": "Blue"}]}
    (request,) = folded(asks("1", "AskUserQuestion", questions=[question])).requests
    assert request.kind is Waiting.INPUT
    assert request.text == "Which?\n1. Red\n2. Blue"


def test_a_withdrawn_request_goes_and_the_turn_goes_on() -> None:
    live = folded(asks("1", "Bash", command="ls"), asks("2", "Bash", command="id"))
    live = folded({"type": "control_cancel_request", "request_id": "1"}, live=live)
    assert [request.id for request in live.requests] == ["2"]
    assert live.state is State.WAITING
    assert answered(live, "2", 6.0).state is State.BUSY


def test_a_queued_prompt_is_shown_until_it_begins() -> None:
    live = asked(Live(state=State.BUSY), "next")
    live = folded({"type": "result"}, live=live)
    assert (live.queued, live.state) == (("next",), State.BUSY)
    begun = {"type": "user", "isReplay": True, "message": {"content": "next"}}
    assert folded(begun, live=live).queued == ()


def test_a_retry_is_told_in_words() -> None:
    retry = {"type": "system", "subtype": "api_retry", "attempt": 2, "max_retries": 10}
    assert folded({**retry, "error": "overloaded"}).retry == "overloaded, attempt 2 of 10"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["message", "request", "event", "request_id", "content", "delta", "input", "modelUsage"]
)


@given(
    st.sampled_from(KINDS),
    st.sampled_from(NAMES) | JSON,
    st.dictionaries(FIELDS, JSON | st.dictionaries(FIELDS, JSON, max_size=3), max_size=4),
)
def test_no_message_whatever_it_holds_raises(kind: str, name: object, rest: Message) -> None:
    assert isinstance(told(Live(), {"type": kind, "subtype": name, **rest}, 5.0), Live)
