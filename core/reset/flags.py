"""The flags that a session is brought back with: those it had, and never wider ones.

Each client's flags are a table. What is not in it is left out: an unknown word could be a prompt.
What narrows is kept; what asks for less than the client does by itself is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from ..agents.processes import PROC

WIDE = frozenset(
    {
        "bypassPermissions",
        "auto",
        "dontAsk",
        "never",
        "on-failure",
        "danger-full-access",
        "danger-no-sandbox",
    }
)
"""Values of permission flags that ask for nothing, or less than the client by itself."""

_MODELS = ("--model", "-m")
_ORDERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "claude": ("--permission-mode", ("plan", "default", "acceptEdits")),
    "codex": ("--ask-for-approval", ("untrusted", "on-request")),
}
"""The flag that says when a client asks, and its values, the narrowest first."""

_PROFILE = frozenset({"--profile", "-p"})
_SHORT = {"--ask-for-approval": "-a"}
_POLICY = ("approval", "sandbox", "permission", "trust", "shell_environment", "hooks", "notify")
"""Words in the names of settings that decide what an agent may do, or what is run."""


class Table(msgspec.Struct, frozen=True):
    """The flags of one client that are worth keeping.

    `valued` take one word, `many` all words up to the next flag, `alone` none. `settings` take a
    text that is kept only when `harmless` says so. `instead` stands in for a named profile, which
    may have been narrower than what holds without it.
    """

    valued: frozenset[str]
    many: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()
    harmless: Callable[[str], bool] = lambda _: False
    instead: tuple[str, ...] = ()


def _plain_settings(text: str) -> bool:
    """Say whether Claude Code settings, a file or JSON, say nothing about permissions or hooks."""
    try:
        raw = text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8")
        found = json.loads(raw)
    except (OSError, ValueError):
        return False
    words = json.dumps(found).lower()
    return isinstance(found, dict) and not any(word in words for word in (*_POLICY, "apikeyhelper"))


def _plain_override(text: str) -> bool:
    """Say whether a Codex override of one setting leaves what the agent may do as it is."""
    key = text.partition("=")[0].lower()
    return bool(key) and not any(word in key for word in (*_POLICY, "profile", "mcp"))


TABLES = {
    "claude": Table(
        valued=frozenset({"--model", "--permission-mode", "--fallback-model", "--effort"}),
        many=frozenset(
            {"--disallowedTools", "--disallowed-tools", "--mcp-config", "--tools", "--add-dir"}
        ),
        alone=frozenset({"--strict-mcp-config"}),
        settings=frozenset({"--settings"}),
        harmless=_plain_settings,
    ),
    "codex": Table(
        valued=frozenset(
            {"--model", "-m", "--sandbox", "-s", "--ask-for-approval", "-a", "--cd", "-C"}
        ),
        settings=frozenset({"--config", "-c"}),
        harmless=_plain_override,
        instead=("--sandbox", "read-only"),
    ),
}


def kept_flags(agent: str, command: Sequence[str]) -> tuple[str, ...]:
    """Return the flags of a client's command line that its session is brought back with."""
    table = TABLES.get(agent)
    if table is None:
        return ()
    found: list[str] = []
    for name, values in _flags(table, command):
        if name in table.alone:
            found.append(name)
        elif values and not WIDE.intersection(values):
            kept = [v for v in values if name not in table.settings or table.harmless(v)]
            found += [name, *kept] if kept else []
    return (*found, *(table.instead if _PROFILE.intersection(command) else ()))


def _flags(table: Table, command: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each known flag with its words; `--flag=word` and `-fword` count as two words."""
    for at, word in enumerate(command):
        name, equals, value = word.partition("=")
        if word[:1] == "-" and word[1:2] not in ("-", "") and len(word) > 2:
            name, equals, value = word[:2], "=", word[2:].removeprefix("=")
        rest = command[at + 1 :]
        if name in table.alone:
            yield name, []
        elif name in table.many:
            stop = next((i for i, w in enumerate(rest) if w.startswith("-")), len(rest))
            yield name, [value] if equals else list(rest[:stop])
        elif name in table.valued or name in table.settings:
            follows = [w for w in rest[:1] if not w.startswith("-")]
            yield name, [value] if equals and value else follows


def narrowed(agent: str, flags: Sequence[str], mode: str | None) -> tuple[str, ...]:
    """Return flags no wider than `mode`, what the transcript says of the session's rules.

    People switch modes while a session runs; what it was started with may be wider by then.
    """
    words = {word.strip() for word in (mode or "").split(",")}
    name, order = _ORDERS.get(agent, ("", ()))
    now = next((one for one in order if one in words), None)
    at = next((i for i, word in enumerate(flags) if word in (name, _SHORT.get(name))), None)
    before = flags[at + 1] if at is not None else None
    if now is None or (before in order and order.index(before) <= order.index(now)):
        return tuple(flags)
    if before is None:
        return (*flags, name, now) if now == order[0] else tuple(flags)
    return tuple(now if at is not None and i == at + 1 else word for i, word in enumerate(flags))


def command_of(pid: int) -> tuple[str, ...]:
    """Return the words after the program on the command line of a process; nothing if it went."""
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ()
    return tuple(words.rstrip("\0").split("\0")[1:])


def without_model(flags: Sequence[str]) -> tuple[str, ...]:
    """Return flags without the one that names a model."""
    drop = {at + step for at, word in enumerate(flags) if word in _MODELS for step in (0, 1)}
    return tuple(word for at, word in enumerate(flags) if at not in drop)


def only_model(flags: Sequence[str]) -> tuple[str, ...]:
    """Return the flag that names a model, if there is one."""
    at = next((at for at, word in enumerate(flags) if word in _MODELS), None)
    return () if at is None else tuple(flags[at : at + 2])
