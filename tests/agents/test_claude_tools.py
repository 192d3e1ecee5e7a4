"""Tool calls and their results: the row of each, and the whole text behind it."""

from __future__ import annotations

from typing import Any

import pytest

from clearhead.core.agents.base import DiffLine, Side
from clearhead.core.agents.claude.diffs import WIDEST
from clearhead.core.agents.claude.tools import head_of, shown_name, size_of
from clearhead.core.items import NONE, Flag, Item, Kind

from .claude_lines import TRANSCRIPTS, Chat, Reading, call, read, said

TODOS = [{"content": "a", "status": "completed"}, {"content": "b", "status": "pending"}, "c"]


@pytest.mark.parametrize(
    ("name", "given", "head"),
    [
        ("Bash", {"command": "ls -l", "description": "List"}, "ls -l"),
        ("Read", {"file_path": "/w/app/src/a.py", "limit": 9}, "src/a.py"),
        ("Read", {"file_path": "/w/apple/a.py"}, "/w/apple/a.py"),
        ("Edit", {"replace_all": False, "file_path": "/w/app/a.py"}, "a.py"),
        ("NotebookEdit", {"notebook_path": "/w/app/n.ipynb"}, "n.ipynb"),
        ("Grep", {"pattern": "def ", "path": "src"}, "def "),
        ("Glob", {"pattern": "**/*.py"}, "**/*.py"),
        ("WebFetch", {"prompt": "what", "url": "https://example.com"}, "https://example.com"),
        ("Task", {"prompt": "long", "description": "Look around"}, "Look around"),
        ("Agent", {"prompt": "long", "description": "Look around"}, "Look around"),
        ("TodoWrite", {"todos": TODOS}, "1 of 3 done"),
        ("TodoWrite", {"todos": "none"}, "0 of 0 done"),
        ("TaskUpdate", {"taskId": "3", "status": "completed"}, "#3 completed"),
        ("Skill", {"skill": "pr", "args": "draft"}, "pr draft"),
        ("AskUserQuestion", {"questions": [{"question": "Which?"}, {"question": "Why?"}]}, "Which? / Why?"),
        ("mcp__linear__get_issue", {"limit": 3, "id": "ENT-1"}, "ENT-1"),
        ("Unheard", {"deep": {"x": 1}, "count": 3, "name": "y"}, "3"),
        ("Unheard", {}, ""),
    ],
)  # fmt: skip
def test_the_head_of_a_call_says_what_it_is_about(name: str, given: dict, head: str) -> None:
    assert head_of(name, given, "/w/app") == head


def test_paths_of_windows_are_shortened_as_well() -> None:
    assert head_of("Read", {"file_path": "D:\\app\\src\\a.py"}, "D:\\app") == "src\\a.py"


def test_names_of_servers_are_shown_as_people_read_them() -> None:
    names = ["mcp__linear-server__get_issue", "Bash", "mcp__odd"]
    assert [shown_name(name) for name in names] == ["linear-server: get_issue", "Bash", "mcp__odd"]


def test_the_size_of_an_input_counts_its_text_at_any_depth() -> None:
    deep: Any = "four"
    for _ in range(5000):
        deep = [deep]
    assert size_of({"a": "xy", "b": [{"c": "z"}], "n": 12, "d": deep}) == 7


def result(
    name: str, content: Any, details: Any = None, *, version: str = "2.1.330", **more: Any
) -> tuple[Reading, Item]:
    chat = Chat(version=version)
    chat.answer(call(name, file_path="/w/app/a.py"))
    if details is not None:
        more["toolUseResult"] = details
    chat.returned("t1", content, **more)
    found = read(chat.data)
    (item,) = found.all(Kind.TOOL_RESULT)
    assert (item.parent, item.name) == (0, name)
    assert found.items.answer(0) == 1
    assert not found.snapshot.open_calls
    return found, item


PATCH = [{"oldStart": 3, "oldLines": 2, "newStart": 3, "newLines": 3, "lines": [" a", "-b", "+c", "+d", "-e", "\\ No"]}]  # fmt: skip
SHELL = {"stdout": "x", "stderr": "", "interrupted": False}
REFUSED = "The user doesn't want to proceed with this tool use. The tool use was rejected"


@pytest.mark.parametrize(
    ("name", "details", "meta"),
    [
        ("Bash", SHELL, "ok"),
        ("Bash", {**SHELL, "interrupted": True}, "interrupted"),
        ("Bash", {**SHELL, "backgroundTaskId": "b1"}, "in background"),
        ("Bash", {**SHELL, "returnCodeInterpretation": "No matches found"}, "No matches found"),
        ("Bash", None, ""),
        ("Read", {"type": "text", "file": {"numLines": 312}}, "312 lines"),
        ("Read", {"type": "text", "file": {"numLines": 1}}, "1 line"),
        ("Read", {"type": "file_unchanged", "file": {}}, "file unchanged"),
        ("Grep", {"mode": "content", "numFiles": 0, "numLines": 9}, "9 hits"),
        ("Grep", {"mode": "count", "numMatches": 1}, "1 hit"),
        ("Grep", {"mode": "files_with_matches", "numFiles": 2}, "2 files"),
        ("Glob", {"numFiles": 1200}, "1,200 files"),
        ("Edit", {"structuredPatch": PATCH}, "+2 -2"),
        ("Write", {"type": "create", "content": "a\nb\n", "structuredPatch": []}, "new, 2 lines"),
        ("Write", {"type": "update", "content": "x", "structuredPatch": PATCH}, "+2 -2"),
        ("Agent", {"totalToolUseCount": 12, "totalTokens": 34_000}, "12 tools, 34.0k"),
        ("Agent", {"isAsync": True, "totalTokens": 1}, "in background"),
        ("WebFetch", {"code": 200, "codeText": "OK"}, "200 OK"),
        ("Unheard", {"x": 1}, ""),
        ("Edit", "Error: no", ""),
    ],
)
def test_the_row_of_a_result_says_how_it_went(name: str, details: Any, meta: str) -> None:
    _, item = result(name, "fine", details)
    assert (item.head, item.meta, item.flags) == ("fine", meta, Flag(0))


@pytest.mark.parametrize(
    ("content", "more", "expected"),
    [
        pytest.param("Exit code 2\nno such file", {}, ("no such file", "exit 2", Flag.FAILED), id="exit"),
        pytest.param(
            "<tool_use_error>Not read yet</tool_use_error>", {}, ("Not read yet", "failed", Flag.FAILED), id="error"
        ),
        pytest.param(f"{REFUSED}.", {"toolDenialKind": "user-rejected", "toolDenialBeforeRun": True}, ("", "denied", Flag.DENIED), id="at-the-prompt"),
        pytest.param(f"{REFUSED}.", {"toolDenialKind": "user-rejected"}, ("", "interrupted", Flag.FAILED), id="while-running"),
        pytest.param(f"{REFUSED}. To tell you how to proceed, the user said:\nrebase first", {"version": "2.1.36"}, ("rebase first", "denied", Flag.DENIED), id="with-a-reason"),
        pytest.param(f"{REFUSED}.", {"toolDenialKind": "user-rejected", "version": "2.1.217"}, ("", "denied", Flag.DENIED), id="old-client-does-not-tell"),
        pytest.param("not this file", {"toolDenialKind": "permission-rule"}, ("not this file", "denied", Flag.DENIED), id="by-a-rule"),
    ],
)  # fmt: skip
def test_failures_and_refusals_are_told_apart(
    content: str, more: dict, expected: tuple[str, str, Flag]
) -> None:
    _, item = result("Bash", content, is_error=True, **more)
    assert (item.head, item.meta, item.flags) == expected


def test_an_answer_to_an_unknown_call_is_shown_all_the_same() -> None:
    chat = Chat()
    chat.returned("elsewhere", [said("done"), {"type": "tool_reference"}])
    (item,) = read(chat.data).items
    assert (item.kind, item.parent, item.head, item.name) == (Kind.TOOL_RESULT, NONE, "done", "")


def test_parallel_calls_are_answered_in_any_order() -> None:
    chat = Chat()
    for ident in ("t1", "t2"):
        chat.answer(call("Bash", ident, command=ident), id="m1")
    chat.returned("t2")
    found = read(chat.data)
    assert list(found.snapshot.open_calls) == ["t1"]
    chat.returned("t1")
    assert [item.parent for item in read(chat.data).all(Kind.TOOL_RESULT)] == [1, 0]


# Bodies


def test_the_body_of_a_command_is_the_command() -> None:
    chat = Chat()
    chat.answer(call("Bash", command="make\n\ttest", description="Test"))
    found = read(chat.data)
    body = found.body(found.items[0])
    assert (body.text, body.language) == ("make\n    test", "bash")


def test_the_body_of_another_call_is_its_input_as_json() -> None:
    chat = Chat()
    chat.answer(call("Grep", pattern="x", n=2))
    found = read(chat.data)
    body = found.body(found.items[0])
    assert (body.text, body.language) == ('{\n  "pattern": "x",\n  "n": 2\n}', "json")


def test_an_edit_shows_what_it_is_about_to_change() -> None:
    chat = Chat()
    old, new = "a\nb\nc", "a\nB\nc"
    chat.answer(call("Edit", file_path="/w/app/a.py", old_string=old, new_string=new))
    found = read(chat.data)
    body = found.body(found.items[0])
    assert body.text == "/w/app/a.py"
    assert body.diff == (
        DiffLine(Side.SAME, "a"),
        DiffLine(Side.REMOVED, "b"),
        DiffLine(Side.ADDED, "B"),
        DiffLine(Side.SAME, "c"),
    )


def test_several_edits_and_a_new_file_are_diffs_as_well() -> None:
    chat = Chat()
    edits = [{"old_string": "", "new_string": "x"}, {"old_string": "y", "new_string": ""}]
    chat.answer(call("MultiEdit", file_path="a", edits=edits))
    chat.answer(call("Write", "t2", file_path="b", content="one\ntwo\n"))
    found = read(chat.data)
    several, new = (found.body(item) for item in found.items)
    assert several.diff == (DiffLine(Side.ADDED, "x"), DiffLine(Side.REMOVED, "y"))
    assert new.diff == (DiffLine(Side.ADDED, "one", 1), DiffLine(Side.ADDED, "two", 2))


def test_the_result_of_an_edit_counts_the_lines_of_the_file() -> None:
    found, item = result("Edit", "updated", {"filePath": "a.py", "structuredPatch": PATCH})
    assert found.body(item).diff == (
        DiffLine(Side.SAME, "a", 3),
        DiffLine(Side.REMOVED, "b", 4),
        DiffLine(Side.ADDED, "c", 4),
        DiffLine(Side.ADDED, "d", 5),
        DiffLine(Side.REMOVED, "e", 5),
    )


def test_a_failed_edit_shows_why_and_no_diff() -> None:
    found, item = result("Edit", "String not found", {"structuredPatch": PATCH}, is_error=True)
    assert (found.body(item).text, found.body(item).diff) == ("String not found", ())


def test_a_very_long_text_is_cut_and_says_so() -> None:
    found, item = result("Bash", "x" * 2_000_100, SHELL)
    body = found.body(item)
    assert body.text.endswith("\n… cut here: 100 more characters")
    assert len(body.text) < 2_000_100


def test_a_line_without_end_in_a_diff_is_cut() -> None:
    chat = Chat()
    chat.answer(call("Write", file_path="min.js", content="x" * 100_000))
    found = read(chat.data)
    assert len(found.body(found.items[0]).diff[0].text) == WIDEST + 1


def test_a_large_replacement_is_shown_whole_old_before_new() -> None:
    chat = Chat()
    old, new = "\n".join(map(str, range(3000))), "\n".join(map(str, range(1, 3001)))
    chat.answer(call("Edit", file_path="a", old_string=old, new_string=new))
    found = read(chat.data)
    sides = [line.side for line in found.body(found.items[0]).diff]
    assert sides == [Side.REMOVED] * 3000 + [Side.ADDED] * 3000


def test_bodies_are_cleaned() -> None:
    found, item = result("Bash", "\x1b[31mred\x1b[0m\r\nok\u202e", SHELL)
    assert found.body(item).text == "red\nok"


@pytest.mark.parametrize("path", sorted(TRANSCRIPTS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_item_of_a_capture_has_its_text(path: Any) -> None:
    found = read(path.read_bytes())
    empty = [
        (index, item.head)
        for index, item in enumerate(found.items)
        if not (body := found.body(item)).text and not body.diff and item.size
    ]
    assert empty == []
