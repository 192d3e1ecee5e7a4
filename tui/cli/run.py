"""`clearhead run AGENT`: start an agent and supervise it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from ...core.acting.driver import Ready
from ...core.acting.peers import why_not_act
from ...core.acting.plan import PROGRAMS, Plan
from ...core.agents.base import Sighting
from ...core.config import load_config
from ...core.problems import NotFound, UsageProblem
from . import acting, which
from .output import as_json, print_json, warn


@click.command(name="run")
@click.argument("agent", type=click.Choice(list(PROGRAMS)))
@click.argument("args", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARGUMENTS]")
@click.option("--owned", is_flag=True, help="Let clearhead speak with the agent, also inside tmux.")
@click.option("--detach", is_flag=True, help="Start it and do not open the screen.")
@click.option("--resume", metavar="ID", help="Go on with this session.")
@click.option("--fork", is_flag=True, help="With --resume: go on with a copy under a new id.")
@click.option("--folder", default=".", metavar="PATH", help="Where the agent works.")
@as_json
def command(
    *,
    agent: str,
    args: tuple[str, ...],
    owned: bool,
    detach: bool,
    resume: str | None,
    fork: bool,
    folder: str,
    as_json: bool,
) -> int:
    """Start AGENT (claude or codex) and supervise it.

    Inside tmux the window is split: the agent's own screen on one side, clearhead attached on the
    other. Elsewhere, or with --owned, clearhead speaks with the agent itself; the session then
    goes on when the screen is left, and `clearhead stop` ends it. What stands behind `--` is
    handed to the agent.
    """
    if why := why_not_act(os.getpid()):
        raise acting.NotByAnAgent(why)
    if fork and not resume:
        raise UsageProblem("--fork needs --resume ID.", remedy="Name the session to copy.")
    plan = Plan(
        agent=agent,
        cwd=str(acting.folder_of(folder)),
        program=_program(agent),
        args=args,
        resume=resume,
        fork=fork,
    )
    if os.environ.get("TMUX") and not (owned or detach or as_json):
        from .beside import run_beside

        return run_beside(plan)
    return _own(plan, detach=detach or as_json, as_json=as_json)


def _program(agent: str) -> str:
    found = shutil.which(PROGRAMS[agent])
    if found is None:
        raise NotFound(
            f"{PROGRAMS[agent]} is not installed, or not in the PATH.",
            remedy=f"Install it and log in once by running `{PROGRAMS[agent]}` yourself.",
        )
    return found


def _own(plan: Plan, *, detach: bool, as_json: bool) -> int:
    """Start a driver for the plan; open the screen on it unless that is not wanted."""
    from ...core.acting.launch import launch
    from .open import need_terminal

    if not detach:
        need_terminal()
    if plan.resume and not plan.fork:
        _no_other_owner(plan.agent, plan.resume)
    ready = launch(plan)
    if not detach:
        return _open(plan, ready)
    if as_json:
        print_json(_of_ready(plan, ready))
    else:
        click.echo(f"{plan.agent} {ready.session_id} runs in {plan.cwd}")
    return 0


def _of_ready(plan: Plan, ready: Ready) -> dict[str, object]:
    return {"agent": plan.agent, "session_id": ready.session_id, "cwd": plan.cwd}


def _no_other_owner(agent: str, session_id: str) -> None:
    """Refuse to write to a session that another live process writes to."""
    settings, reports = load_config()
    warn(reports)
    found = [a.discover() for a in which.agents_of(settings) if a.name == agent]
    for sighting in (s for discovery in found for s in discovery.sightings):
        if sighting.session_id == session_id and sighting.pid is not None:
            place = f" in {sighting.place}" if sighting.place else ""
            raise UsageProblem(
                f"Process {sighting.pid}{place} runs this session.",
                remedy="Leave it there first, or add --fork to go on with a copy.",
            )


def _open(plan: Plan, ready: Ready) -> int:
    """Open the screen on a session of our own, which may have no transcript yet."""
    from .open import run_session

    assert ready.session_id is not None
    sighting = Sighting(plan.agent, ready.session_id, cwd=plan.cwd)
    return run_session(sighting, Path(plan.cwd)) or 0
