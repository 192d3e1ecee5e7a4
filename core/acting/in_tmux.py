"""Start an agent's own screen in tmux, where a person can look and clearhead can type.

A new pane gets the environment of the tmux server, not of the shell that asks for it: keys and
addresses that were exported there would be missing. So they are handed over in a file, which the
pane reads and removes; on a command line everyone could read them.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from ..paths import make_runtime_folder
from ..storage import write_private
from ..tmux import Server, TmuxGone
from .plan import Plan

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OF_THE_PANE = {"TMUX", "TMUX_PANE", "TERM", "COLORTERM", "PWD", "OLDPWD", "SHLVL", "_"}
"""Variables that belong to the terminal they stand in."""

_RUN = '. "$0"; rm -f "$0"; exec "$@"'


def command_of(plan: Plan) -> list[str]:
    """Return the command that opens the agent's own screen for a plan."""
    return [plan.program, *_resumed(plan), *plan.args]


def _resumed(plan: Plan) -> list[str]:
    if plan.resume is None:
        return []
    if plan.agent == "codex":
        return ["fork" if plan.fork else "resume", plan.resume]
    return ["--resume", plan.resume, *(["--fork-session"] if plan.fork else [])]


async def start_in_tmux(
    plan: Plan, server: Server, *, beside: str | None = None
) -> tuple[str, int]:
    """Run the agent's own screen; return the new pane and its process.

    With `beside`, a pane, its window is split; without, a new session of the server is made,
    which a person enters with `tmux attach`.

    Raises:
        TmuxGone: tmux has no room, does not answer, or the pane ended at once.
        NotSaved: the environment cannot be handed over.
    """
    handed = make_runtime_folder() / f"environment-{uuid.uuid4().hex[:12]}"
    write_private(handed, exports(os.environ).encode())
    command, cwd = ["/bin/sh", "-c", _RUN, str(handed), *command_of(plan)], Path(plan.cwd)
    if beside is not None:
        name = await server.split(command, cwd, beside=beside)
    else:
        name = await server.session(command, cwd)
    for facts in await server.panes():
        if facts.id == name:
            return name, facts.pid
    raise TmuxGone(f"{plan.program} ended at once.", remedy="Run it yourself to see why.")


def exports(environment: Mapping[str, str]) -> str:
    """Return a shell script that sets the variables of an environment, the pane's own left out."""
    kept = (name for name in environment if _NAME.fullmatch(name) and name not in _OF_THE_PANE)
    return "".join(f"export {name}={quote(environment[name])}\n" for name in sorted(kept))
