"""What a session of our own is started with, and how an agent's own channel is made."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import msgspec

from ..problems import UsageProblem
from .channel import Channel

_OWNERS = {
    "claude": ("..agents.claude.owned", "ClaudeOwned"),
    "codex": ("..agents.codex.owned", "CodexOwned"),
}

PROGRAMS = {"claude": "claude", "codex": "codex"}
"""The program of each agent that clearhead can start, as people have it in their PATH."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A session to start: agent, folder, the person's own arguments, and what it continues.

    `resume` is the id of a session to take up again; with `fork` it is copied under a new id.
    `mark` names what it is started for, so that whoever goes on after a crash finds it.
    """

    agent: str
    cwd: str
    program: str
    args: tuple[str, ...] = ()
    resume: str | None = None
    fork: bool = False
    mark: str = ""


class _Owner(Protocol):
    @staticmethod
    async def start(
        program: str,
        cwd: Path,
        *,
        args: tuple[str, ...] = (),
        resume: str | None = None,
        fork: bool = False,
    ) -> Channel:
        """Start the program and return the channel to it."""


async def own(plan: Plan) -> Channel:
    """Start the agent's program and return the channel to it.

    Raises:
        UsageProblem: clearhead cannot start sessions of this agent.
        Problem: the program is not there or does not start; its own words are in the detail.
    """
    try:
        module, name = _OWNERS[plan.agent]
    except KeyError:
        known = " and ".join(_OWNERS)
        raise UsageProblem(
            f'clearhead cannot start sessions of "{plan.agent}".',
            remedy=f"This version starts {known}.",
        ) from None
    owner = cast("_Owner", getattr(import_module(module, __package__), name))
    return await owner.start(
        plan.program, Path(plan.cwd), args=plan.args, resume=plan.resume, fork=plan.fork
    )
