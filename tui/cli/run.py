"""`clearhead run AGENT`: start an agent and supervise it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click
import msgspec

from ...core.acting.driver import Ready
from ...core.acting.errand import PATIENCE
from ...core.acting.peers import why_not_act
from ...core.acting.plan import PROGRAMS, Plan
from ...core.acting.take_over import TakeOver
from ...core.agents.base import Sighting
from ...core.config import load_config
from ...core.problems import NotFound, UsageProblem
from . import acting, which
from .loop import run_to_end
from .output import as_json, print_json, warn


@click.command(name="run")
@click.argument("agent", type=click.Choice(list(PROGRAMS)))
@click.argument("args", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARGUMENTS]")
@click.option("--owned", is_flag=True, help="Let clearhead speak with the agent, also inside tmux.")
@click.option("--detach", is_flag=True, help="Start it and do not open the screen.")
@click.option("--resume", metavar="ID", help="Go on with this session.")
@click.option("--fork", is_flag=True, help="With --resume: go on with a copy under a new id.")
@click.option(
    "--take-over", is_flag=True, help="With --resume: wait until it was left where it runs."
)
@click.option(
    "--timeout",
    type=click.FloatRange(0),
    default=PATIENCE,
    metavar="SECONDS",
    help="With --take-over: how long to wait.",
)
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
    take_over: bool,
    timeout: float,
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
    if take_over and (fork or not resume):
        raise UsageProblem("--take-over needs --resume ID and no --fork.")
    plan = Plan(
        agent=agent,
        cwd=str(acting.folder_of(folder)),
        program=_program(agent),
        args=args,
        resume=resume,
        fork=fork,
    )
    if take_over:
        plan = _left_there(plan, timeout)
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


def _left_there(plan: Plan, seconds: float) -> Plan:
    """Wait until a person has left the session where it runs; return how it goes on.

    Raises:
        NotLeft: it still runs after so many seconds.
        Problem: there is no such session, or several.
    """
    settings, reports = load_config()
    warn(reports)
    found = [a.discover() for a in which.agents_of(settings) if a.name == plan.agent]
    taken = TakeOver(which.of_session(plan.resume or "", found))
    if not taken.left:
        click.echo(f"clearhead: {taken.todo} Waiting for that; ctrl+c gives up.", err=True)
        run_to_end(taken.until_left(seconds))
    going_on = taken.plan(plan.program, here=Path(plan.cwd))
    return msgspec.structs.replace(going_on, args=plan.args or going_on.args)


def _open(plan: Plan, ready: Ready) -> int:
    """Open the screen on a session of our own, which may have no transcript yet."""
    from .open import run_session

    assert ready.session_id is not None
    sighting = Sighting(plan.agent, ready.session_id, cwd=plan.cwd)
    return run_session(sighting, Path(plan.cwd)) or 0
