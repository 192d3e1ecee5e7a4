"""Tool calls and their answers, in every shape that a version of Codex wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clearhead.core.agents.base import Side
from clearhead.core.events import (
    ToolCalled,
    ToolReturned,
)
from clearhead.core.items import NONE, Flag

from .rollouts import (
    done,
    ended,
    event,
    item,
    read,
    started,
)

PATCH = """*** Begin Patch
*** Update File: src/app.py
@@ def main():
 keep
*** End of File
-old
+new
+newer
*** Add File: notes.md
+hello
*** End Patch"""


def call(name: str, arguments: str, call_id: str = "c1", **more: Any) -> dict[str, Any]:
    return item("function_call", name=name, arguments=arguments, call_id=call_id, **more)


def output(said: Any, call_id: str = "c1") -> dict[str, Any]:
    return item("function_call_output", call_id=call_id, output=said)


def only_call(*lines: dict[str, Any]) -> Any:
    reading = read(*lines)
    (found,) = reading.of(ToolCalled)
    return found.item


def result_of(said: Any) -> Any:
    (found,) = read(call("exec_command", '{"cmd":"x"}'), output(said)).of(ToolReturned)
    return found.item


@pytest.mark.parametrize(
    ("name", "arguments", "head"),
    [
        ("exec_command", '{"cmd":"npm test"}', "npm test"),
        ("shell", '{"command":["bash","-lc","npm test"]}', "npm test"),
        ("shell", '{"command":["/bin/zsh","-l","-c","npm test"]}', "npm test"),
        ("shell", '{"command":["git","status"]}', "git status"),
        ("shell_command", '{"command":"npm test"}', "npm test"),
        ("write_stdin", '{"session_id":7,"chars":"yes\\n"}', "yes"),
        ("write_stdin", '{"session_id":7,"chars":""}', "wait for session 7"),
        ("view_image", '{"path":"/w/a.png"}', "/w/a.png"),
        (
            "update_plan",
            '{"plan":[{"step":"a","status":"completed"},{"step":"b","status":"in_progress"}]}',
            "1 of 2 done b",
        ),
        ("request_user_input", '{"questions":[{"question":"Which?"}]}', "Which?"),
        ("exec_command", "no json", "no json"),
    ],
)
def test_the_head_of_a_call_says_what_it_does(name: str, arguments: str, head: str) -> None:
    found = only_call(call(name, arguments))
    assert (found.name, found.head) == (name, head)


def test_tools_of_servers_are_named_by_server_and_tool() -> None:
    assert only_call(call("mcp__github__get_issue", '{"number":7}')).name == "github: get_issue"
    assert only_call(call("get_issue", "{}", namespace="mcp__github")).name == "github: get_issue"
    assert only_call(call("spawn_agent", "{}", namespace="multi_agent_v1")).name == "spawn_agent"


@pytest.mark.parametrize(
    "given",
    [
        item("custom_tool_call", name="apply_patch", input=PATCH, call_id="c1"),
        call("apply_patch", '{"input":' + json.dumps(PATCH) + "}"),
        call(
            "exec_command",
            json.dumps({"cmd": f"apply_patch <<'EOF'\n{PATCH}\nEOF"}),
        ),
        call(
            "shell",
            json.dumps({"command": ["bash", "-lc", f"apply_patch <<'EOF'\n{PATCH}\nEOF"]}),
        ),
    ],
    ids=["custom", "function", "in a command", "in a shell"],
)
def test_a_patch_is_an_edit_with_its_files_its_counts_and_its_lines(given: dict[str, Any]) -> None:
    reading = read(given)
    (found,) = reading.items
    assert found.name == "apply_patch"
    assert found.head == "src/app.py, notes.md"
    assert found.meta == "+3 -1"
    assert found.flags & Flag.EDIT
    rows = [(row.side, row.text) for row in reading.bodies[0].diff]
    assert (Side.REMOVED, "old") in rows
    assert (Side.ADDED, "newer") in rows
    assert (Side.SAME, "keep") in rows
    assert (Side.SAME, "Add File: notes.md") in rows
    assert len(rows) == 8


def test_an_answer_goes_to_its_call_in_whatever_order() -> None:
    reading = read(
        event("user_message", message="go"),
        call("exec_command", '{"cmd":"one"}', "c1"),
        call("exec_command", '{"cmd":"two"}', "c2"),
        output("second", "c2"),
        output("first", "c1"),
        output("lost", "c9"),
    )
    assert [found.item.parent for found in reading.of(ToolReturned)] == [2, 1, NONE]
    assert [found.item.name for found in reading.of(ToolReturned)] == ["exec_command"] * 2 + [""]


@pytest.mark.parametrize(
    ("said", "head", "meta", "flags"),
    [
        ("plain", "plain", "", Flag(0)),
        (
            (
                "Chunk ID: ab12\nWall time: 0.1 seconds\nProcess exited with code 3\n"
                "Original token count: 1\nOutput:\nhi\n"
            ),
            "hi",
            "exit 3",
            Flag.FAILED,
        ),
        ("Exit code: 0\nWall time: 1 seconds\nOutput:\nfine", "fine", "ok", Flag(0)),
        (
            "Wall time: 0.0 seconds\nOutput:\nExit code: 1\nWall time: 0.1 seconds\nOutput:\nbad",
            "bad",
            "exit 1",
            Flag.FAILED,
        ),
        (
            "Wall time: 1.0 seconds\nProcess running with session ID 7\nOriginal token count: 0\nOutput:\n",
            "",
            "in background",
            Flag(0),
        ),
        ('{"output":"x","metadata":{"exit_code":1}}', "x", "exit 1", Flag.FAILED),
        ([{"type": "input_text", "text": "a"}, {"type": "input_image"}], "a [image]", "", Flag(0)),
        ({"type": "input_text", "text": "a.txt"}, "a.txt", "", Flag(0)),
        ({"output": "No.", "metadata": {"exit_code": 1}}, "No.", "exit 1", Flag.FAILED),
        ({"content": "No.", "success": False}, "No.", "failed", Flag.FAILED),
        (
            'exec_command failed: CreateProcess { message: "Rejected(\\"rejected by user\\")" }',
            'exec_command failed: CreateProcess { message: "Rejected(\\"rejected by user\\")" }',
            "denied",
            Flag.DENIED,
        ),
        ("Wall time: 3.9 seconds\naborted by user", "aborted by user", "interrupted", Flag.FAILED),
        ("apply_patch verification failed: no such line", None, "failed", Flag.FAILED),
        (None, "", "", Flag(0)),
    ],
)
def test_an_answer_says_how_the_call_ended(
    said: Any, head: str | None, meta: str, flags: Flag
) -> None:
    found = result_of(said)
    assert found.head == (said if head is None else head)
    assert (found.meta, found.flags) == (meta, flags)


def test_a_programs_output_cannot_pretend_another_exit_code() -> None:
    real = "Wall time: 0.1 seconds\nProcess exited with code 0\nOutput:\n"
    found = result_of(real + "Exit code: 9\nWall time: 1 seconds\nOutput:\nfake")
    assert (found.meta, found.flags) == ("ok", Flag(0))


@pytest.mark.parametrize(
    ("told", "meta", "flags"),
    [
        (done("CommandExecution", id="c1", status="failed", exit_code=7), "exit 7", Flag.FAILED),
        (done("CommandExecution", id="c1", status="declined"), "denied", Flag.DENIED),
        (event("exec_command_end", call_id="c1", exit_code=0), "ok", Flag(0)),
        (done("McpToolCall", id="c1", status="failed"), "failed", Flag.FAILED),
        (event("mcp_tool_call_end", call_id="c1", result={"Err": "x"}), "failed", Flag.FAILED),
        (event("patch_apply_end", call_id="c1", success=False), "failed", Flag.FAILED),
    ],
)
def test_what_an_event_told_of_the_end_counts(told: Any, meta: str, flags: Flag) -> None:
    reading = read(call("x", "{}"), told, output("whatever"))
    found = reading.of(ToolReturned)[0].item
    assert (found.meta, found.flags) == (meta, flags)


def test_a_search_by_the_vendor_is_over_when_it_is_told() -> None:
    action = {"type": "search", "query": "textual speed"}
    reading = read(item("web_search_call", id="ws1", status="completed", action=action))
    assert reading.heads() == ["textual speed", "completed"]
    assert reading.snapshot.open_calls == {}
    assert reading.items[1].parent == 0
    assert reading.bodies[1].text == "completed"


def test_an_open_call_stays_open_until_the_turn_ends() -> None:
    lines = [started("t1"), call("exec_command", '{"cmd":"sleep 60"}')]
    assert [found.head for found in read(*lines).snapshot.open_calls.values()] == ["sleep 60"]
    assert read(*lines, ended("t1")).snapshot.open_calls == {}


def test_a_command_of_the_persons_own_is_a_note_and_one_in_the_background_nothing() -> None:
    shell = {"command": ["/bin/bash", "-lc", "ls"], "aggregated_output": "a.py\n"}
    reading = read(
        done("CommandExecution", id="u1", source="user_shell", **shell),
        done("CommandExecution", id="c9", source="unified_exec_startup", **shell),
    )
    assert reading.heads() == ["! ls"]
    assert reading.bodies[0].text == "! ls\na.py"
