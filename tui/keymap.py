"""The commands with the keys of one person: the registry's own, or as the configuration says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from textual.keys import Keys

from ..core.config import SettingWrong
from ..core.problems import Report
from .command import STACKS, Command, Context
from .commands import COMMANDS, LEADER, textual_keys

_NAMED_KEYS = frozenset(key.value for key in Keys) | {"space"}
_WITH_MODIFIER = re.compile(r"(?:ctrl|alt)\+[a-z0-9]")
_SENT_AS = {"ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+m": "enter", "ctrl+j": "enter"}
"""Keys that terminals cannot tell from others."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """All commands, each with the keys it has for this person."""

    commands: tuple[Command, ...] = COMMANDS

    def __getitem__(self, name: str) -> Command:
        """Return the command with the id `name`."""
        return next(command for command in self.commands if command.id == name)

    def within(self, *contexts: Context) -> tuple[Command, ...]:
        """Return the commands that work in any of `contexts`, in the registry's order."""
        return tuple(
            command for command in self.commands if not command.contexts.isdisjoint(contexts)
        )

    def after_leader(self, *contexts: Context) -> dict[str, Command]:
        """Return, for an editor, the commands that need the leader, by the letter they need."""
        return {
            key: command
            for command in self.within(*contexts)
            for key in command.keys.split()
            if len(key) == 1
        }

    def of_action(self, action: object) -> Command | None:
        """Return the command that `action` runs; `None` when it is no command of ours."""
        return next((command for command in self.commands if command.action == action), None)

    def changed(self) -> dict[str, str]:
        """Return what differs from the registry, for Textual's `App.set_keymap`."""
        return {
            mine.id: textual_keys(mine.keys)
            for mine, original in zip(self.commands, COMMANDS, strict=True)
            if mine.keys != original.keys
        }


def remap(wishes: Mapping[str, str]) -> tuple[Keymap, tuple[Report, ...]]:
    """Return the keymap for a person's `wishes` (command id → keys, blanks between).

    A wish that names no command, no key, or a key that is taken where it would work is not
    followed and reported; the command keeps its own keys.
    """
    if not wishes:
        return Keymap(), ()
    usable, reports = _usable(wishes)
    while clash := _first_clash(_applied(usable), usable):
        name, key, other = clash
        del usable[name]
        detail = f"{key} for {name} is already the key of {other}."
        remedy = f"Choose another key for {name}, or give {other} another one as well."
        reports.append(SettingWrong(detail, remedy=remedy).report())
    return Keymap(_applied(usable)), tuple(reports)


def _usable(wishes: Mapping[str, str]) -> tuple[dict[str, str], list[Report]]:
    """Keep the wishes that make sense by themselves."""
    usable: dict[str, str] = {}
    reports: list[Report] = []
    names = {command.id for command in COMMANDS}
    for name, keys in wishes.items():
        if name not in names:
            reports.append(_report(name, "There is no command of this name."))
        elif fault := next((f for key in keys.split() if (f := _fault(name, key))), None):
            reports.append(_report(name, fault))
        elif keys.split():
            usable[name] = " ".join(keys.split())
        else:
            reports.append(_report(name, "No key is named."))
    return usable, reports


def _fault(name: str, key: str) -> str | None:
    """Say why `key` cannot be the key of the command `name`."""
    if key in _SENT_AS:
        return f"Terminals send {key} as {_SENT_AS[key]}."
    if name == LEADER and len(key) == 1:
        return f"{key} types a character; the leader needs a key that does not."
    known = len(key) == 1 or key in _NAMED_KEYS or _WITH_MODIFIER.fullmatch(key)
    return None if known else f"{key!r} is not the name of a key."


def _report(name: str, detail: str) -> Report:
    remedy = "The help screen (F1) lists the keys and their names."
    return SettingWrong(f"{name}: {detail}", remedy=remedy).report()


def _applied(wishes: Mapping[str, str]) -> tuple[Command, ...]:
    return tuple(
        replace(command, keys=wishes.get(command.id, command.keys)) for command in COMMANDS
    )


def _first_clash(
    commands: tuple[Command, ...], wishes: Mapping[str, str]
) -> tuple[str, str, str] | None:
    """Return a wish that clashes: its command, the key, and the command that has the key."""
    for one, other, key in clashes(commands):
        if one.id in wishes:
            return one.id, key, other.id
        if other.id in wishes:
            return other.id, key, one.id
    return None


def clashes(commands: tuple[Command, ...]) -> Iterator[tuple[Command, Command, str]]:
    """Yield pairs of commands that share a key in contexts that are active together."""
    for stack in STACKS:
        owner: dict[str, Command] = {}
        for command in commands:
            if command.contexts.isdisjoint(stack):
                continue
            for key in command.keys.split():
                other = owner.setdefault(key, command)
                if other is not command:
                    yield command, other, key
