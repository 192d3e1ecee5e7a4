"""The brief: what a fresh session starts from. Pointers to files, not their content. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

import msgspec

TEMPLATE = """\
You continue a task in $project. An earlier session ended on purpose; its notes are in the
repository. Before you change anything:

$reading

Then say in one sentence which next step the notes name, and begin with it.

$next
$test

$constraints

$tree
"""
"""The text of a brief. People can have their own, with the same `$names`, beside their settings."""

SHARE = 0.2
"""The share of the smart zone above which the start load is warned of: a fifth."""

CONSTRAINTS = (
    "Do not retry what stands under failed approaches.",
    "Do not declare the task done until the tests pass.",
    "Keep the notes up to date at every checkpoint.",
)
"""What every fresh session is told."""

LOG = "git log --oneline -10"
"""The command that a fresh session reads the history with."""


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """What a fresh session has to know. Paths are as it can open them from its folder.

    `notes` is `None` without a progress file, `log` false without a repository, `next_step` ""
    where the notes name none. `extra` is what the person adds in their own words.
    """

    project: str
    maps: tuple[str, ...] = ()
    notes: str | None = None
    log: bool = False
    test_command: str | None = None
    next_step: str = ""
    tree: tuple[str, ...] = ()
    constraints: tuple[str, ...] = CONSTRAINTS
    extra: str = ""


def render(brief: Brief, template: str = TEMPLATE) -> str:
    """Return the text that the fresh session gets as its first prompt."""
    text = Template(template).safe_substitute(_parts(brief))
    lines = [line.rstrip() for line in text.splitlines()]
    return _without_gaps(lines).strip() + "\n"


def _parts(brief: Brief) -> Mapping[str, str]:
    return {
        "project": brief.project,
        "reading": "\n".join(_numbered(_reading(brief))),
        "next": f"The notes name as next step: {brief.next_step}" if brief.next_step else "",
        "test": f"The tests: `{brief.test_command}`" if brief.test_command else "",
        "constraints": "\n".join(f"- {line}" for line in (*brief.constraints, brief.extra) if line),
        "tree": "\n".join(("The tree:", *(f"    {line}" for line in brief.tree)))
        if brief.tree
        else "",
    }


def _reading(brief: Brief) -> list[str]:
    steps = [f"Read {name}." for name in brief.maps]
    if brief.notes:
        steps.append(f"Read {brief.notes}, all of it.")
    if brief.log:
        steps.append(f"Run `{LOG}`.")
    return steps


def _numbered(steps: list[str]) -> list[str]:
    return [f"{number}. {step}" for number, step in enumerate(steps, 1)]


def _without_gaps(lines: list[str]) -> str:
    """Join lines, several empty ones in a row as one."""
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept)
