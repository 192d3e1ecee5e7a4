"""A first reply that a client wrote before the prompt it answers, and what only looks like it."""

from __future__ import annotations

import pytest

from clearhead.core.agents.claude.reader import ClaudeReader
from clearhead.core.agents.records import Record, Splitter
from clearhead.core.items import Kind
from clearhead.core.snapshot import total

from .claude_lines import Chat, call, jsonl, read, said, used

ORDER = ["do it", "At once.", "echo made"]


def begun() -> Chat:
    chat = Chat(version="2.1.197")
    chat.apart("mode", mode="normal")
    chat.apart("permission-mode", permissionMode="default")
    return chat


def early() -> Chat:
    """What 2.1.197 wrote when the reply came within milliseconds."""
    chat = begun()
    chat.answer(said("At once."), id="m1", parent="second", usage=used(0, 1000, output=5))
    chat.answer(call("Bash", command="echo made"), id="m1", usage=used(0, 1000, output=9))
    chat.apart("file-history-snapshot", messageId="first")
    chat.ask("do it", uuid="first", parent=None)
    chat.add("attachment", uuid="second", attachment={"type": "skill_listing", "content": "- a"})
    return chat


def heads(data: bytes) -> list[str]:
    kinds = {Kind.PROMPT, Kind.SAID, Kind.TOOL_CALL}
    return [item.head for item in read(data).visible() if item.kind in kinds]


def test_a_reply_that_stands_before_its_prompt_is_read_behind_it() -> None:
    found = read(early().data)
    assert heads(early().data) == ORDER
    assert total(found.snapshot.spend).output == 9
    assert found.snapshot.turns == 1


def test_it_does_not_matter_where_the_reading_was_cut() -> None:
    data = early().data
    whole = read(data)
    for cut in range(0, len(data), 7):
        again = read(data, cuts=[cut])
        assert (again.snapshot, again.events) == (whole.snapshot, whole.events), cut


def test_what_comes_after_is_read_as_it_stands() -> None:
    chat = early()
    chat.last = "u2"
    chat.returned("t1", "made")
    chat.answer(said("Done."), id="m2")
    assert heads(chat.data) == [*ORDER, "Done."]


def test_answers_to_the_calls_of_an_early_reply_wait_with_it() -> None:
    chat = begun()
    chat.answer(call("Bash", command="echo made"), parent="first")
    chat.returned("t1", "made")
    chat.ask("do it", uuid="first", parent=None)
    kinds = [item.kind for item in read(chat.data).visible()]
    assert kinds == [Kind.PROMPT, Kind.TOOL_CALL, Kind.TOOL_RESULT]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(early().lines[2:4], id="nothing-before-it"),
        pytest.param([{"type": "summary", "summary": "s"}, *early().lines[2:4]], id="a-summary"),
    ],
)
def test_a_file_that_no_client_began_so_is_read_as_it_stands(lines: list) -> None:
    assert heads(jsonl(lines)) == ["At once.", "echo made"]


def test_a_slice_from_the_middle_is_read_as_it_stands() -> None:
    data = jsonl(early().lines[:4])
    reader, splitter = ClaudeReader(), Splitter(1000)
    records = [found for found in splitter.feed(data) if isinstance(found, Record)]
    assert any(reader.read(record) for record in records[2:])


def test_a_prompt_that_never_comes_does_not_hold_the_rest_for_long() -> None:
    chat = begun()
    chat.answer(said("At once."), parent="lost")
    for number in range(8):
        chat.answer(said(f"more {number}"), id=f"n{number}")
    assert heads(chat.data)[:3] == ["At once.", "more 0", "more 1"]


def test_another_reply_ends_the_wait() -> None:
    chat = begun()
    chat.answer(said("At once."), parent="lost")
    chat.answer(said("other"), parent="elsewhere", id="n1")
    assert heads(chat.data) == ["At once.", "other"]
