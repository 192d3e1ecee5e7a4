"""What Claude Code asks for becomes a request, and nothing of it is left out silently."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clearhead.core.acting.live import Request, Source
from clearhead.core.acting.questions import Question
from clearhead.core.agents.base import Waiting
from clearhead.core.agents.claude.diffs import LARGEST, LONGEST, WIDEST
from clearhead.core.agents.claude.requests import request_of

HOOKS = Path(__file__).parents[1] / "data" / "claude" / "hooks"


def asked(tool: str, **given: object) -> Request:
    return request_of("1", tool, given, 7.0, Source.STREAM)


def captured(name: str) -> Request:
    told = json.loads((HOOKS / name).read_text())
    return request_of("1", told["tool_name"], told["tool_input"], 7.0, Source.HOOK)


def test_a_captured_command_is_whole() -> None:
    request = captured("v330-PermissionRequest-Bash.json")
    assert (request.tool, request.kind) == ("Bash", Waiting.PERMISSION)
    assert request.text == "echo hello-from-bash > bash-made.txt && cat bash-made.txt"
    assert request.whole
    assert not request.remarks


def test_a_captured_file_is_its_path_and_its_lines() -> None:
    request = captured("v330-PermissionRequest-Write.json")
    assert request.text == "/home/dev/project/notes.txt"
    assert [line.text for line in request.diff] == ["written by the stub"]


def test_a_captured_question_has_its_choices() -> None:
    request = captured("v330-PermissionRequest-AskUserQuestion.json")
    assert request.kind is Waiting.INPUT
    assert request.questions == (
        Question("Which way?", ("Left", "Right"), ("go left", "go right")),
    )
    assert request.text == "Which way?\n1. Left: go left\n2. Right: go right"


@pytest.mark.parametrize(
    ("given", "remark"),
    [
        ({"dangerouslyDisableSandbox": True}, "Runs outside the sandbox."),
        ({"run_in_background": True}, "Runs in the background."),
        ({"run_in_background": False}, None),
        ({"run_in_background": "yes"}, None),
    ],
)
def test_a_switch_that_the_command_does_not_show_is_a_remark(
    given: dict[str, object], remark: str | None
) -> None:
    assert asked("Bash", command="npm test", **given).remarks == ((remark,) if remark else ())


def test_an_edit_of_every_place_says_so() -> None:
    given = {"file_path": "/a", "old_string": "x", "new_string": "y", "replace_all": True}
    assert asked("Edit", **given).remarks == (
        "Replaces the old text at every place where it stands.",
    )


def test_characters_that_no_terminal_shows_are_counted() -> None:
    request = asked("Bash", command="echo a\u200b\u202eb\x1b[31m")
    assert request.text == "echo ab"
    assert request.remarks == ("Holds 7 characters that no terminal shows.",)
    assert asked("Bash", command="echo a\n\techo b").remarks == ()


@pytest.mark.parametrize(
    ("tool", "given", "whole"),
    [
        ("Bash", {"command": "x" * LONGEST}, True),
        ("Bash", {"command": "x" * (LONGEST + 1)}, False),
        ("Write", {"file_path": "/a", "content": "x\n" * 100}, True),
        ("Write", {"file_path": "/a", "content": "x\n" * LARGEST}, False),
        ("Write", {"file_path": "/a", "content": "x" * (WIDEST + 1)}, False),
        ("Edit", {"file_path": "/a", "edits": [{"new_string": "x" * (WIDEST + 1)}]}, False),
    ],
)
def test_what_was_cut_is_not_whole(tool: str, given: dict[str, object], whole: bool) -> None:
    assert asked(tool, **given).whole is whole


@pytest.mark.parametrize(
    "given", [{}, {"command": 7}, {"questions": "none"}, {"questions": [7, {"options": 7}]}]
)
def test_any_input_makes_a_request(given: dict[str, object]) -> None:
    for tool in ("Bash", "Edit", "AskUserQuestion", "", "mcp__a__b"):
        assert asked(tool, **given).id == "1"
