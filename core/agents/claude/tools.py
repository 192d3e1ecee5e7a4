"""What the row of a tool call shows: which part of its input says what it does."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ...items import Flag
from ...text import one_line
from ..fields import mapping, sequence, text
from .desk import NOTHING

Input = dict[str, Any]

EDITS = {"Edit", "MultiEdit", "NotebookEdit", "Write"}
"""The tools that change a file."""

AGENTS = {"Agent", "Task"}
"""The tools that start a sub-agent: one tool, renamed."""

_PATHS = {
    "Edit": "file_path",
    "LS": "path",
    "MultiEdit": "file_path",
    "NotebookEdit": "notebook_path",
    "NotebookRead": "notebook_path",
    "Read": "file_path",
    "Write": "file_path",
}
_TEXTS = {
    "Agent": "description",
    "Artifact": "file_path",
    "Bash": "command",
    "BashOutput": "bash_id",
    "ExitPlanMode": "plan",
    "Glob": "pattern",
    "Grep": "pattern",
    "KillShell": "shell_id",
    "Monitor": "command",
    "PowerShell": "command",
    "SlashCommand": "command",
    "Task": "description",
    "TaskCreate": "subject",
    "TaskOutput": "task_id",
    "TaskStop": "task_id",
    "ToolSearch": "query",
    "WebFetch": "url",
    "WebSearch": "query",
}


@lru_cache(maxsize=512)
def shown_name(name: str) -> str:
    """Return a tool's name as people read it: `mcp__github__get_issue` is `github: get_issue`."""
    server, found, tool = name.removeprefix("mcp__").partition("__")
    return one_line(f"{server}: {tool}" if name.startswith("mcp__") and found else name, 80)


def head_of(name: str, given: Input, cwd: str) -> str:
    """Return what a call is about, uncleaned: a command, a path, a pattern, a description."""
    if name in _PATHS:
        return within(text(given.get(_PATHS[name])), cwd)
    if name in _TEXTS:
        return text(given.get(_TEXTS[name])) or _first(given)
    special = _SPECIAL.get(name)
    if special is not None:
        return special(given)
    if name.startswith("mcp__"):
        return next((value for value in given.values() if isinstance(value, str)), "")
    return _first(given)


def meta_of(name: str, given: Input) -> str:
    """Return what stands at the end of a call's row: for a sub-agent, its kind."""
    return text(given.get("subagent_type")) if name in AGENTS else ""


def flags_of(name: str) -> Flag:
    """Return what is known of a call by its name."""
    return Flag.EDIT if name in EDITS else NOTHING


def size_of(given: Any) -> int:
    """Return how many characters of text an input holds."""
    size, waiting = 0, [given]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            size += len(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return size


def within(path: str, cwd: str) -> str:
    """Return `path` relative to `cwd` when it lies inside; both may be Windows paths."""
    inside = cwd and path.startswith(cwd) and path[len(cwd) : len(cwd) + 1] in {"/", "\\"}
    return path[len(cwd) + 1 :] if inside else path


def _first(given: Input) -> str:
    """Return the first plain value of an input of unknown make."""
    plain = (value for value in given.values() if isinstance(value, str | int | float))
    return str(next(plain, ""))


def _todos(given: Input) -> str:
    todos = [mapping(todo) for todo in sequence(given.get("todos"))]
    done = sum(todo.get("status") == "completed" for todo in todos)
    return f"{done} of {len(todos)} done"


def _update(given: Input) -> str:
    change = text(given.get("status")) or text(given.get("subject"))
    return f"#{text(given.get('taskId'))} {change}".strip()


def _skill(given: Input) -> str:
    return f"{text(given.get('skill'))} {text(given.get('args'))}".strip()


def _question(given: Input) -> str:
    asked = (mapping(entry) for entry in sequence(given.get("questions")))
    return " / ".join(text(entry.get("question")) for entry in asked)


_SPECIAL: dict[str, Callable[[Input], str]] = {
    "AskUserQuestion": _question,
    "Skill": _skill,
    "TaskUpdate": _update,
    "TodoWrite": _todos,
}
