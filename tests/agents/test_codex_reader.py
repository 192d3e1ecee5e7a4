"""Rollouts → events: whole captures, old files, and what nobody knows."""

from __future__ import annotations

import pytest

from clearhead.core.events import (
    Noted,
    Prompted,
    RecordSkipped,
)
from clearhead.core.items import Kind
from clearhead.core.snapshot import Activity

from .rollouts import (
    DATA,
    capture,
    done,
    event,
    item,
    line,
    read,
    read_bytes,
)

PATCH = """*** Begin Patch
*** Update File: src/app.py
@@ def main():
 keep
-old
+new
+newer
*** Add File: notes.md
+hello
*** End Patch"""


def test_a_real_course_is_told_as_it_happened() -> None:
    reading = capture("rollout-alone-course-1")
    rows = [(found.kind, found.name, found.meta) for found in reading.items]
    assert rows[0][0] is Kind.PROMPT
    assert (Kind.TOOL_CALL, "apply_patch", "+1 -1") in rows
    assert (Kind.TOOL_RESULT, "exec_command", "interrupted") in rows
    assert (Kind.TOOL_RESULT, "exec_command", "exit 1") in rows
    snapshot = reading.snapshot
    assert snapshot.turns == 8
    assert snapshot.activity is Activity.IDLE
    assert snapshot.model == "scripted-model"
    assert snapshot.window == 190_000
    assert [(c.trigger, c.before, c.after) for c in snapshot.compactions] == [
        ("manual", 162_000, None)
    ]
    assert snapshot.fill is not None
    assert snapshot.fill.tokens == 28_000
    assert snapshot.unknown_records == {}
    assert snapshot.open_calls == {}


def test_an_automatic_compaction_is_told_from_one_that_was_asked_for() -> None:
    compactions = capture("rollout-owned-manual-and-auto-compact").snapshot.compactions
    assert [(c.trigger, c.before) for c in compactions] == [("manual", 5861), ("auto", 189_008)]


def test_no_capture_shows_a_prompt_that_nobody_typed() -> None:
    for path in DATA.glob("*.jsonl"):
        for found in read_bytes(path.read_bytes(), path=path).of(Prompted):
            assert not found.item.head.startswith(("<", "# AGENTS.md"))


def test_every_item_of_a_capture_has_a_body_that_begins_like_its_head() -> None:
    for path in DATA.glob("*.jsonl"):
        reading = read_bytes(path.read_bytes(), path=path)
        for found, body in zip(reading.items, reading.bodies, strict=True):
            assert body.kind is found.kind
            assert body.missing is None
            if found.kind in {Kind.PROMPT, Kind.SAID}:
                assert " ".join(body.text.split()).startswith(found.head[:60])


def test_a_real_bare_file_is_read() -> None:
    reading = capture("rollout-v027-exec-bare")
    assert [found.kind for found in reading.items] == [
        Kind.PROMPT,
        Kind.TOOL_CALL,
        Kind.TOOL_RESULT,
        Kind.SAID,
    ]
    assert reading.heads()[:2] == ["RUN[echo old; exit 2]", "echo old; exit 2"]
    assert reading.items[2].meta == "failed"
    assert reading.snapshot.unknown_records == {}


def test_bare_files_of_before_0_32_are_read() -> None:
    header = {"id": "s1", "timestamp": "2025-06-01T10:00:00.000Z", "instructions": None}
    reading = read(
        header,
        {"record_type": "state"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}]},
        {
            "type": "function_call",
            "name": "shell",
            "arguments": '{"command":["bash","-lc","ls"]}',
            "call_id": "c1",
        },
        {
            "type": "function_call_output",
            "call_id": "c1",
            "output": '{"output":"a.py\\n","metadata":{"exit_code":2,"duration_seconds":0.1}}',
        },
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Yes"}],
        },
    )
    assert reading.snapshot.session_id == "s1"
    assert reading.heads() == ["Hi", "Hm", "ls", "a.py", "Yes"]
    assert reading.items[3].meta == "exit 2"
    assert reading.items[3].parent == 2
    assert reading.snapshot.unknown_records == {}


def test_a_bare_prompt_is_shown_before_any_answer() -> None:
    user = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
    assert read({"id": "s1", "instructions": ""}, user).heads() == ["Hi"]


def test_a_message_without_a_type_is_one() -> None:
    content = [{"type": "input_text", "text": "Run the tests"}]
    reading = read(
        line("response_item", role="user", content=content),
        item("function_call", name="x", arguments="{}", call_id="c1"),
    )
    assert reading.heads()[0] == "Run the tests"


def test_notes_are_quiet_lines_with_their_whole_text() -> None:
    finding = {"title": "Bug", "body": "Off by one"}
    review = {"overall_explanation": "One thing.", "findings": [finding]}
    goal = {"objective": "ship", "status": "active", "tokensUsed": 1}
    reading = read(
        done("EnteredReviewMode", user_facing_hint="uncommitted changes"),
        event("exited_review_mode", review_output=review),
        event("thread_goal_updated", goal=goal),
        event("thread_goal_updated", goal={**goal, "tokensUsed": 2}),
        item("agent_message", author="a", recipient="b", content=[{"text": "done"}]),
    )
    names = [(found.item.name, found.item.head) for found in reading.of(Noted)]
    assert names == [
        ("review", "uncommitted changes"),
        ("review over", "One thing. - Bug Off by one"),
        ("goal", "ship (active)"),
        ("a → b", "done"),
    ]
    assert reading.bodies[1].text == "One thing.\n- Bug\n  Off by one"


def test_unknown_records_are_counted_by_name() -> None:
    reading = read(
        line("novelty"),
        event("novelty"),
        item("novelty"),
        done("Novelty"),
        {"timestamp": "x"},
        {"type": "event_msg", "payload": None},
    )
    assert len(reading.of(RecordSkipped)) == 6
    assert set(reading.snapshot.unknown_records) == {
        "novelty",
        "event_msg/novelty",
        "response_item/novelty",
        "item_completed/Novelty",
        "untyped record",
        "event_msg/",
    }


def test_what_an_agent_wrote_is_cleaned_everywhere() -> None:
    evil = "\x1b]0;owned\x07\u202egone\x00"
    reading = read(
        line("session_meta", id=evil, cwd=evil, git={"branch": evil}, cli_version=evil),
        line("turn_context", model=evil, cwd=evil, approval_policy=evil),
        event("user_message", message=evil + "x"),
        event("thread_name_updated", thread_name=evil),
        item("function_call", name=evil, arguments=evil, call_id="c1"),
        item("function_call_output", call_id="c1", output=evil),
        item(
            "custom_tool_call", name="apply_patch", call_id="c2", input=PATCH.replace("new", evil)
        ),
        event("stream_error", message=evil),
        line(evil),
        line("compacted", message=evil),
    )
    shown = repr(reading.snapshot) + repr(reading.items) + repr(reading.bodies)
    assert "owned" not in shown
    assert "\\x1b" not in shown
    assert "\\u202e" not in shown


def test_a_memory_of_another_format_is_refused() -> None:
    reader = read(event("user_message", message="x")).reader
    with pytest.raises(ValueError, match=r"\w"):
        reader.thaw(b"nonsense")
    memory = reader.freeze()
    reader.thaw(memory)
    assert reader.freeze() == memory
