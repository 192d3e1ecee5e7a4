"""Name → agent; an agent's package is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from ..problems import UsageProblem
from .base import Agent

_MAKERS = {
    "claude": (".claude.agent", "ClaudeCode"),
    "codex": (".codex.agent", "Codex"),
    "demo": (".demo.watched", "Demo"),
}

NAMES = tuple(_MAKERS)
"""Every agent this version can watch."""


def agent_named(name: str, folders: Sequence[Path] = ()) -> Agent:
    """Return the agent called `name`; it looks into `folders`, by default its usual ones."""
    try:
        module, maker = _MAKERS[name]
    except KeyError:
        known = ", ".join(NAMES)
        raise UsageProblem(
            f'There is no agent "{name}".', remedy=f"This version knows {known}."
        ) from None
    agent: Agent = getattr(import_module(module, __package__), maker)(folders)
    return agent
