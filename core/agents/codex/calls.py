"""What the row of a tool call shows: its name and the part of its input that says what it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ..fields import mapping, number, sequence, text
from .lines import Line, Payload
from .patches import BEGIN, Patch, patch_in

SHELLS = {"bash", "sh", "zsh", "fish", "pwsh", "powershell", "powershell.exe", "pwsh.exe", "cmd"}
SWITCHES = {"-c", "-lc", "-l", "-ic", "-Command", "-NoProfile", "/c"}

_SHELL = {"container.exec", "exec_command", "local_shell", "shell", "shell_command"}
_LOOK = 64 * 1024
"""Characters of an input that are searched for a patch, for its row."""


class Call(msgspec.Struct, frozen=True):
    """A tool call: `given` is its input as written, `head` what it is about, both uncleaned."""

    name: str
    head: str
    given: str
    patch: Patch | None = None

    @property
    def is_command(self) -> bool:
        """Whether its input is a command for a shell."""
        return self.name in _SHELL


def call_of(line: Line) -> Call | None:
    """Return the call a response item makes, `None` when it makes none."""
    maker = _MAKERS.get(line.kind.partition("/")[2])
    return maker(line.payload) if maker else None


def command_in(value: Any) -> str:
    """Return a shell command as a person would type it; `["bash", "-lc", CMD]` is CMD."""
    if isinstance(value, str):
        return value
    words = [word for word in sequence(value) if isinstance(word, str)]
    shell = words[0].replace("\\", "/").rpartition("/")[2] if words else ""
    if len(words) > 2 and shell in SHELLS:
        rest = words[1:]
        while len(rest) > 1 and rest[0] in SWITCHES:
            rest = rest[1:]
        return " ".join(rest)
    return " ".join(words)


def written(value: Any) -> str:
    """Return an input as text, compact JSON unless it is a text already."""
    if isinstance(value, str):
        return value
    try:
        return "" if value is None else msgspec.json.encode(value).decode()
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""


def decoded(given: Any) -> Payload:
    """Return the arguments of a call, which are JSON inside a text; empty when they are none."""
    if not isinstance(given, str):
        return mapping(given)
    try:
        return mapping(msgspec.json.decode(given))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}


def shown_name(name: str, namespace: str) -> str:
    """Return a tool's name as people read it; `mcp__github__get_issue` is `github: get_issue`."""
    if namespace.startswith("mcp__"):
        return f"{namespace.removeprefix('mcp__').strip('_')}: {name}"
    server, found, tool = name.removeprefix("mcp__").partition("__")
    return f"{server}: {tool}" if name.startswith("mcp__") and found else name


def _function(payload: Payload) -> Call:
    name = shown_name(text(payload.get("name")), text(payload.get("namespace")))
    given = payload.get("arguments", payload.get("summary"))
    arguments = decoded(given)
    if name in _SHELL:
        command = command_in(arguments.get("cmd", arguments.get("command")))
        return _shell(name, command or written(given))
    if name == "apply_patch":
        return _patch(name, text(arguments.get("input")) or written(given))
    about = _HEADS.get(name, _first)(arguments)
    return Call(name, about or written(given), written(given))


def _custom(payload: Payload) -> Call:
    name = shown_name(text(payload.get("name")), text(payload.get("namespace")))
    given = text(payload.get("input"))
    if name == "apply_patch":
        return _patch(name, given)
    if name in _SHELL:
        command = command_in(decoded(given).get("command"))
        return _shell(name, command or given)
    return Call(name, given, given)


def _local_shell(payload: Payload) -> Call:
    return _shell("local_shell", command_in(mapping(payload.get("action")).get("command")))


def _shell(name: str, command: str) -> Call:
    if BEGIN in command[:_LOOK] and "apply_patch" in command[:_LOOK]:
        return _patch("apply_patch", command)
    return Call(name, command, command)


def _patch(name: str, given: str) -> Call:
    patch = patch_in(given)
    if patch is None:
        return Call(name, given, given)
    return Call(name, ", ".join(patch.files), given, patch)


def _search(payload: Payload) -> Call:
    arguments = payload.get("arguments")
    return Call("tool_search", text(decoded(arguments).get("query")), written(arguments))


def _web_search(payload: Payload) -> Call:
    action = mapping(payload.get("action"))
    queries = " / ".join(filter(None, map(text, sequence(action.get("queries")))))
    told = (text(action.get(key)) for key in ("query", "url", "pattern"))
    return Call("web_search", next(filter(None, told), queries), written(action) if action else "")


def _image(payload: Payload) -> Call:
    prompt = text(payload.get("revised_prompt"))
    return Call("image_generation", prompt, prompt)


def _first(arguments: Payload) -> str:
    """Return the first plain value of an input of unknown make."""
    for value in arguments.values():
        said = _plain(value)
        if said:
            return said
    return ""


def _typed(arguments: Payload) -> str:
    typed = text(arguments.get("chars")).strip()
    return typed or f"wait for session {_plain(arguments.get('session_id'))}".strip()


def _plain(value: Any) -> str:
    """Return a text or a number as it is written, "" for anything else."""
    figure = number(value)
    return text(value) if figure is None else f"{figure:g}"


def _plan(arguments: Payload) -> str:
    steps = [mapping(step) for step in sequence(arguments.get("plan"))]
    done = sum(step.get("status") == "completed" for step in steps)
    now = next((s for s in steps if s.get("status") == "in_progress"), {})
    return f"{done} of {len(steps)} done {text(now.get('step'))}".strip()


def _questions(arguments: Payload) -> str:
    asked = (mapping(entry) for entry in sequence(arguments.get("questions")))
    return " / ".join(filter(None, (text(entry.get("question")) for entry in asked)))


_HEADS: dict[str, Callable[[Payload], str]] = {
    "request_user_input": _questions,
    "update_plan": _plan,
    "write_stdin": _typed,
}
_MAKERS: dict[str, Callable[[Payload], Call]] = {
    "custom_tool_call": _custom,
    "function_call": _function,
    "image_generation_call": _image,
    "local_shell_call": _local_shell,
    "tool_search_call": _search,
    "web_search_call": _web_search,
}
