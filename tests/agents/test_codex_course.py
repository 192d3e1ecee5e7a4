"""How a thread stands by its rollout alone, line by line."""

from __future__ import annotations

from typing import Any

from clearhead.core.acting.typed import same_text
from clearhead.core.agents.codex.course import Course, told
from clearhead.core.agents.codex.lines import Line, line_of
from clearhead.core.agents.records import Record
from clearhead.core.items import Span


def line(kind: str, **payload: Any) -> Line:
    value = {"type": kind, "timestamp": "2026-11-28T09:51:12.013Z", "payload": payload}
    return line_of(Record(value, Span(0, 0, 0), 1))


def course(*lines: Line, before: Course | None = None) -> Course:
    at = before or Course()
    for one in lines:
        at = told(at, one)
    return at


BEGUN = line("event_msg", type="task_started", turn_id="t1")
DONE = line("event_msg", type="task_complete", turn_id="t1")
ABORTED = line("event_msg", type="turn_aborted", turn_id="t1", reason="interrupted")
CALL = line(
    "response_item",
    type="function_call",
    name="exec_command",
    call_id="c1",
    arguments='{"cmd": "echo a > a.txt", "workdir": "/repo"}',
)
ANSWER = line("response_item", type="function_call_output", call_id="c1", output="ok")


def prompt(words: str) -> Line:
    item = {"type": "UserMessage", "content": [{"type": "text", "text": words}]}
    return line("event_msg", type="item_completed", item=item)


def test_a_turn_runs_until_it_is_told_how_it_ended() -> None:
    assert course().turn is None
    assert course(BEGUN).turn == "t1"
    assert (course(BEGUN, DONE).turn, course(BEGUN, DONE).ended) == (None, ("completed",))
    assert course(BEGUN, ABORTED).ended == ("interrupted",)
    assert course(BEGUN).since == course(BEGUN, DONE).since is not None


def test_a_call_is_open_until_its_answer_or_the_end_of_the_turn() -> None:
    (call,) = course(BEGUN, CALL).calls
    assert (call.id, call.call.given, call.cwd) == ("c1", "echo a > a.txt", "/repo")
    assert call.call.is_command
    assert course(BEGUN, CALL, ANSWER).calls == ()
    assert course(BEGUN, CALL, ABORTED).calls == ()


def test_a_prompt_is_taken_only_when_it_came_since() -> None:
    before = course(prompt("go on"))
    assert not before.took("go on", before, same_text)
    after = course(prompt("something else"), before=before)
    assert not after.took("go on", before, same_text)
    assert course(prompt("go\non"), before=after).took("go on", before, same_text)


def test_a_compaction_is_counted_and_what_is_remembered_is_bounded() -> None:
    assert course(line("compacted", message="…")).compactions == 1
    many = course(*[one for n in range(200) for one in (BEGUN, prompt(str(n)), CALL, DONE)])
    assert many.endings == many.said == 200
    assert max(len(many.prompts), len(many.ended), len(many.calls)) <= 32


def test_nonsense_changes_nothing() -> None:
    for odd in (
        line("event_msg", type=7),
        line("event_msg", type="item_completed", item=[]),
        line("response_item", type="function_call_output", call_id=["x"]),
        line_of(Record({"type": ["x"], "payload": 3}, Span(0, 0, 0), 1)),
    ):
        assert course(odd, before=course(BEGUN)).turn == "t1"
