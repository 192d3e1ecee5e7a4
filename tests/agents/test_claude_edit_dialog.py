"""Whether a dialog of Claude Code shows an edit whole, as captured from 2.1.197 and 2.1.330."""

from __future__ import annotations

from typing import Any

import pytest

from clearhead.core.acting.live import Request, Source
from clearhead.core.agents.claude.edit_dialog import shows_edit
from clearhead.core.agents.claude.requests import request_of

FILE = "/home/dev/project/src/filters.py"
RULE = "╌" * 60
QUESTION = ["Do you want to make this edit to filters.py?", "❯ 1. Yes", "  3. No"]
EDIT = (" 1  def start():", " 2 -    return 1", " 2 +    return 11", " 3", " 4", " 5  def end():")
LONG = "total = sum(item.price for item in basket.items)  # the long line"
WRAPPED = (
    " 2 -    return 1",
    " 2 +    total = sum(item.price for item in basket.items)  #",
    "   + the long line",
    " 3 +    return 'x'",
)
OVER = (
    "  1 -def start():",
    "  2 -    return 1",
    "  1 +one line here",
    "  2 +and    another",
    "    \\ No newline at end of file",
)


def dialog(*body: str, name: str = "src/filters.py") -> list[str]:
    return ["● Update(src/filters.py)", "Edit file", f" {name}", RULE, *body, RULE, *QUESTION]


def asks(tool: str, **given: Any) -> Request:
    return request_of("1", tool, {"file_path": FILE, **given}, 0.0, Source.TERMINAL)


def edit(old: str, new: str, **more: Any) -> Request:
    return asks("Edit", old_string=old, new_string=new, **more)


@pytest.mark.parametrize(
    ("screen", "request_"),
    [
        pytest.param(dialog(*EDIT), edit("return 1", "return 11"), id="within-a-line"),
        pytest.param(
            dialog(*WRAPPED), edit("    return 1", f"    {LONG}\n    return 'x'"), id="wrapped"
        ),
        pytest.param(dialog(" 1  a", " 2 +b"), edit("a", "a\nb"), id="only-added"),
        pytest.param(
            dialog(" 1  a", " 2 -b", " 3  - item"), edit("a\nb\n- item", "a\n- item"), id="deleted"
        ),
        pytest.param(
            dialog(" 1 -a", " 1 +b", " 2  x", " 3 -a", " 3 +b"),
            edit("a", "b", replace_all=True),
            id="everywhere",
        ),
        pytest.param(
            dialog("  1 one line here", "  2 - item"),
            asks("Write", content="one line here\n- item"),
            id="new-file",
        ),
        pytest.param(
            dialog(*OVER), asks("Write", content="one line here\nand\tanother"), id="overwritten"
        ),
        pytest.param(
            dialog(*EDIT, name=FILE), edit("return 1", "return 11"), id="by-its-whole-name"
        ),
    ],
)
def test_an_edit_is_shown_whole(screen: list[str], request_: Request) -> None:
    assert shows_edit(screen, request_)


@pytest.mark.parametrize(
    ("screen", "request_"),
    [
        pytest.param([], edit("a", "b"), id="nothing"),
        pytest.param(dialog(*EDIT)[4:], edit("return 1", "return 11"), id="taller-than-the-window"),
        pytest.param(dialog(*EDIT), edit("return 1", "return 12"), id="another-text"),
        pytest.param(dialog(*EDIT), edit("return 1", "return 11\nevil()"), id="a-line-is-missing"),
        pytest.param(dialog(*EDIT, " 6 +evil()"), edit("return 1", "return 11"), id="a-line-more"),
        pytest.param(
            dialog(*EDIT, name="src/other.py"), edit("return 1", "return 11"), id="another-file"
        ),
        pytest.param(dialog(*EDIT, name=""), edit("return 1", "return 11"), id="no-file"),
        pytest.param(
            dialog("  1 one line here"), asks("Write", content="one line"), id="new-file-longer"
        ),
        pytest.param(dialog("  1 one"), asks("Write", content="one\ntwo"), id="new-file-shorter"),
        pytest.param(dialog(*OVER), asks("Write", content="one line here"), id="overwritten-else"),
        pytest.param(
            dialog("  1 -old", "  1 +one", " ⋮", "  9  two"),
            asks("Write", content="one\nhidden\ntwo"),
            id="overwritten-in-part",
        ),
        pytest.param(dialog(), edit("a", "b"), id="empty"),
    ],
)
def test_what_is_not_shown_whole_is_not_taken_for_it(screen: list[str], request_: Request) -> None:
    assert not shows_edit(screen, request_)
