"""Every call to the model is counted once, however many lines repeat it."""

from __future__ import annotations

import pytest

from clearhead.core.agents.claude.usage import Ledger, tokens_of
from clearhead.core.events import UsageReported
from clearhead.core.tokens import Tokens

from .claude_lines import Chat, call, read, said, thought, used


def test_lines_of_one_message_count_once_with_the_greatest_figures() -> None:
    chat = Chat()
    for block, output in ((thought("hm"), 3), (said("a"), 3), (call("Bash", command="ls"), 358)):
        chat.answer(block, id="m1", usage=used(2, 52_000, 900, output))
    found = read(chat.data)
    assert found.snapshot.tokens == Tokens(2, 52_000, 900, 0, 358)
    assert (found.snapshot.calls, len(found.of(UsageReported))) == (1, 2)
    (entry,) = found.snapshot.spend.values()
    assert (entry.calls, entry.tokens.output) == (1, 358)


def test_lines_between_do_not_part_a_message() -> None:
    chat = Chat()
    chat.answer(said("a"), id="m1", usage=used(2, output=3))
    chat.answer(said("b"), id="m2", request="r2", usage=used(4, output=1))
    chat.returned("t1")
    chat.answer(said("c"), id="m1", usage=used(2, output=9))
    assert read(chat.data).snapshot.tokens == Tokens(input=6, output=10)


def test_one_message_id_in_two_requests_is_two_calls() -> None:
    chat = Chat()
    chat.answer(said("a"), id="m1", request="r1", usage=used(2, output=3))
    chat.answer(said("a"), id="m1", request="r2", usage=used(5, output=7))
    assert read(chat.data).snapshot.tokens == Tokens(input=7, output=10)


@pytest.mark.parametrize("order", [("r1", "r2", None), (None, "r1", "r2"), ("r1", None, "r2")])
def test_where_a_line_lacks_the_request_the_message_alone_counts(order: tuple) -> None:
    chat = Chat()
    for number, request in enumerate(order):
        chat.answer(said("a"), id="m1", request=request, usage=used(5, output=number))
    found = read(chat.data)
    assert found.snapshot.tokens == Tokens(input=5, output=2)
    assert sum((e.tokens for e in found.snapshot.spend.values()), start=Tokens()).input == 5


def test_messages_without_an_id_are_calls_of_their_own() -> None:
    chat = Chat()
    chat.answer(said("a"), id=None, usage=used(1))
    chat.answer(said("a"), id=None, usage=used(1))
    assert read(chat.data).snapshot.tokens.input == 2


@pytest.mark.parametrize(
    ("usage", "minutes", "hour"),
    [
        pytest.param(used(written=900), 900, 0, id="no-split-is-5-minutes"),
        pytest.param(
            used(
                written=900,
                cache_creation={
                    "ephemeral_5m_input_tokens": 300,
                    "ephemeral_1h_input_tokens": 600,
                },
            ),
            300,
            600,
            id="split",
        ),
        pytest.param(
            used(written=900, cache_creation={"ephemeral_1h_input_tokens": 900}),
            0,
            900,
            id="1-hour",
        ),
        pytest.param(used(written="many", cache_creation=[]), 0, 0, id="nonsense"),
    ],
)
def test_cache_writes_are_kept_apart_by_their_life(usage: dict, minutes: int, hour: int) -> None:
    tokens = tokens_of(usage)
    assert (tokens.cache_write_5m, tokens.cache_write_1h) == (minutes, hour)


def test_what_no_model_made_is_not_counted() -> None:
    chat = Chat()
    chat.answer(said("a"), id="m1", usage=used(0, 900))
    chat.answer(said("half a re"), id="m2", model="<synthetic>", usage=used(7))
    chat.answer(said("b"), id="m3", usage=used())
    snapshot = read(chat.data).snapshot
    assert (snapshot.calls, snapshot.model, snapshot.tokens.total) == (1, "claude-opus-4-5", 900)
    assert snapshot.fill is not None
    assert snapshot.fill.tokens == 900


def test_a_refused_attempt_is_paid_for_but_is_not_among_the_tokens() -> None:
    chat = Chat()
    refused = used(2, 32_238, 21_874, 2, model="claude-fable-5", type="message")
    final = used(2, 54_112, 0, 136, model="claude-opus-4-8", type="fallback_message")
    usage = used(2, 54_112, 0, 136, iterations=[refused, final])
    for block in (thought("hm"), said("a")):
        chat.answer(block, id="m1", model="claude-opus-4-8", usage=usage)
    snapshot = read(chat.data).snapshot
    assert snapshot.tokens == Tokens(2, 54_112, 0, 0, 136)
    assert snapshot.calls == 1
    spent = {key.model: entry.tokens for key, entry in snapshot.spend.items()}
    assert spent["claude-fable-5"] == Tokens(2, 32_238, 21_874, 0, 2)
    assert spent["claude-opus-4-8"] == snapshot.tokens


def test_the_fill_is_the_prompt_of_the_newest_main_chain_response() -> None:
    chat = Chat()
    chat.answer(said("a"), id="m1", usage=used(5, 1000, 200, output=9000))
    assert read(chat.data).snapshot.fill.tokens == 1205
    chat.answer(said("b"), id="m2", usage=used(1, 1, 0, output=1))
    assert read(chat.data).snapshot.fill.tokens == 2


def progress(message: str, output: int, agent: str = "a1") -> dict:
    reply = {"id": message, "model": "claude-haiku-4-5", "usage": used(3, 0, 100, output)}
    inner = {"type": "assistant", "message": reply, "requestId": f"r-{message}"}
    return {"type": "agent_progress", "agentId": agent, "message": inner}


def test_copies_of_a_sub_agents_messages_count_once_and_apart() -> None:
    chat = Chat()
    for message, output in (("x", 1), ("x", 40), ("y", 2)):
        chat.add("progress", data=progress(message, output))
    snapshot = read(chat.data).snapshot
    assert snapshot.tokens == Tokens()
    assert snapshot.fill is None
    assert snapshot.subagent_tokens == Tokens(input=6, cache_write_5m=200, output=42)


def test_copies_do_not_count_beside_the_sub_agents_own_lines() -> None:
    chat = Chat()
    chat.ask("go")
    chat.add("progress", data=progress("x", 40))
    side = {"isSidechain": True, "agentId": "a1"}
    for message in "xy":
        usage = used(3, 0, 100, 40)
        chat.answer(said("a"), id=message, request=f"r-{message}", usage=usage, **side)
    tokens = read(chat.data).snapshot.subagent_tokens
    assert tokens == Tokens(input=6, cache_write_5m=200, output=80)


def test_a_ledger_that_does_not_fit_together_is_refused() -> None:
    ledger = Ledger()
    ledger.report("m", "r", "model", 1.0, Tokens(1))
    state = ledger.freeze()
    state.requests = b""
    with pytest.raises(ValueError, match="differ"):
        Ledger.thaw(state)
