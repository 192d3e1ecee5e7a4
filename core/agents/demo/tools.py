"""The tools of the demo's agent: what a call looks like in the transcript, and carrying it out."""

from __future__ import annotations

import difflib
from typing import TypeAlias

import msgspec

from . import notes
from .project import NOTES
from .script import AddNote, Bash, Edit, Explore, Grep, Read, RewriteNote, TickNote, Tool, Write
from .workspace import Workspace

Input: TypeAlias = dict[str, str | int]


class Outcome(msgspec.Struct, frozen=True):
    """What a tool gave back; `diff` (unified) is what it changed in a file.

    `denied` says that it was never carried out.
    """

    output: str
    is_error: bool = False
    exit: int | None = None
    diff: str | None = None
    denied: bool = False


def settled(tool: Tool, workspace: Workspace) -> Tool:
    """Return `tool` with its exact input: an edit of the notes depends on what stands there now."""
    match tool:
        case AddNote(section, entry):
            old, new = notes.added(read_notes(workspace), section, entry)
        case TickNote(section, entry):
            old, new = notes.ticked(read_notes(workspace), section, entry)
        case RewriteNote(section, text):
            old, new = notes.rewritten(read_notes(workspace), section, text)
        case _:
            return tool
    return Edit(NOTES, old, new) if old else Write(NOTES, new)


def read_notes(workspace: Workspace) -> str:
    """Return the progress file, "" when there is none that can be read."""
    try:
        return workspace.path(NOTES).read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        return ""


def called(tool: Tool) -> tuple[str, Input]:
    """Return name and input of a settled `tool`, as the transcript has them."""
    match tool:
        case Read(path, first, None):
            return "Read", {"file_path": path} | ({"offset": first} if first > 1 else {})
        case Read(path, first, int() as lines):
            return "Read", {"file_path": path, "offset": first, "limit": lines}
        case Grep(pattern):
            return "Grep", {"pattern": pattern}
        case Edit(path, old, new):
            return "Edit", {"file_path": path, "old_string": old, "new_string": new}
        case Write(path, text):
            return "Write", {"file_path": path, "content": text}
        case Bash(command):
            return "Bash", {"command": command}
        case Explore(task, prompt):
            return "Task", {"description": task, "prompt": prompt}
    raise TypeError(f"{tool} has not been settled")


async def use(tool: Tool, workspace: Workspace) -> Outcome:
    """Carry out a settled `tool` in the workspace; what goes wrong is its outcome."""
    try:
        match tool:
            case Read():
                return _read(tool, workspace)
            case Edit():
                return _edit(tool, workspace)
            case Write():
                return _write(tool, workspace)
            case Grep(pattern):
                ran = await workspace.run(f"git grep --line-number --untracked -e {pattern!r}")
                return Outcome(ran.output or "No matches.", exit=ran.exit)
            case Bash(command):
                ran = await workspace.run(command)
                return Outcome(ran.output, is_error=ran.exit != 0, exit=ran.exit)
    except (OSError, UnicodeError) as problem:
        return Outcome(
            f"{problem.strerror if isinstance(problem, OSError) else problem}", is_error=True
        )
    raise TypeError(f"{tool} is not a tool of the workspace")


def _read(tool: Read, workspace: Workspace) -> Outcome:
    path = workspace.path(tool.path)
    if not path.is_file():
        return Outcome(f"There is no file {tool.path}.", is_error=True)
    lines = path.read_text(encoding="utf-8").splitlines()
    begin = tool.first - 1
    end = len(lines) if tool.lines is None else begin + tool.lines
    numbered = enumerate(lines[begin:end], tool.first)
    return Outcome("\n".join(f"{number:>6}\t{line}" for number, line in numbered))


def _edit(tool: Edit, workspace: Workspace) -> Outcome:
    before = workspace.path(tool.path).read_bytes().decode()
    if tool.old not in before:
        return Outcome(
            f"The text to replace is not in {tool.path}; it may have been changed meanwhile.",
            is_error=True,
        )
    return _change(tool.path, before, before.replace(tool.old, tool.new, 1), workspace)


def _write(tool: Write, workspace: Workspace) -> Outcome:
    path = workspace.path(tool.path)
    before = path.read_bytes().decode() if path.is_file() else ""
    return _change(tool.path, before, tool.text, workspace)


def _change(name: str, before: str, after: str, workspace: Workspace) -> Outcome:
    workspace.path(name).write_bytes(after.encode())
    changed = difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="")
    lines = list(changed)
    plus = sum(line.startswith("+") for line in lines[2:])
    minus = sum(line.startswith("-") for line in lines[2:])
    return Outcome(f"{name} changed: +{plus} -{minus}", diff="\n".join(lines))
