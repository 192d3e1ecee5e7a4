"""`clearhead reset`: end a session with its notes in order and begin a fresh one from them."""

from __future__ import annotations

import asyncio
import os

import click

from ...core.acting.peers import why_not_act
from ...core.agents.base import Agent
from ...core.config import Settings, load_config
from ...core.paths import state_folder
from ...core.problems import NotFound, UsageProblem
from ...core.reset.carrying import Reset
from ...core.reset.store import Store
from ...core.reset.transaction import Step, Transaction
from . import acting, resetting, which
from .output import as_json, warn


@click.command(name="reset")
@click.argument("session", required=False)
@click.option("--dry-run", is_flag=True, help="Show every step and do nothing.")
@click.option("--yes", is_flag=True, help="Do it; refused where a person must decide.")
@click.option("--overrule", is_flag=True, help="Go on in spite of errors in the notes.")
@click.option(
    "--no-notes", is_flag=True, help="Do not ask the agent to bring the notes up to date."
)
@click.option("--no-commit", is_flag=True, help="Commit nothing.")
@click.option("--go-on", metavar="ID", help="Go on with a reset that was cut off.")
@click.option("--abort", metavar="ID", help="Leave a reset that was cut off as it is.")
@as_json
def command(
    *,
    session: str | None,
    dry_run: bool,
    yes: bool,
    overrule: bool,
    no_notes: bool,
    no_commit: bool,
    go_on: str | None,
    abort: str | None,
    as_json: bool,
) -> int:
    """Reset SESSION: notes, commit, close, open with a brief, check.

    Each step is written down before and after it; one that was cut off can be gone on with.
    Exit status: 0 done, 1 refused or stopped, 3 unknown.
    """
    settings, reports = load_config()
    warn(reports)
    agents = {agent.name: agent for agent in which.agents_of(settings)}
    if abort:
        return _abort(abort)
    if go_on:
        return _go_on(go_on, settings, agents, overrule=overrule, as_json=as_json)
    if session is None:
        raise UsageProblem("Which session?", remedy="Name one; see `clearhead sessions`.")
    sighting = acting.sighting_of(session, settings)
    prepared = resetting.look(sighting, agents[sighting.agent], settings)
    if dry_run:
        resetting.show(prepared)
        return 0
    allowed(yes=yes)
    resetting.free(sighting)
    left_out = {Step.NOTES: no_notes, Step.COMMIT: no_commit}
    skip = [step for step, out in left_out.items() if out]
    service = acting.acting_with(settings)
    done = asyncio.run(
        resetting.carry_out(prepared, service, agents, skip, quiet=as_json, overrule=overrule)
    )
    return resetting.tell(done, as_json=as_json)


def allowed(*, yes: bool) -> None:
    """Refuse what nobody said yes to, and what an agent asks.

    Raises:
        Problem: `--yes` is missing, or a process of an agent's session asks.
    """
    if why := why_not_act(os.getpid()):
        raise acting.NotByAnAgent(why)
    if not yes:
        raise UsageProblem(
            "Nothing was done.", remedy="See the steps with --dry-run, then say --yes."
        )


def _open_one(name: str) -> Transaction:
    found = Store(state_folder()).read(name)
    if found is None or found.closed is not None or found.aborted is not None:
        raise NotFound(f'There is no open reset "{name}".', remedy="It may be over already.")
    return found


def _abort(name: str) -> int:
    from ...core.reset.transaction import Aborted

    found = _open_one(name)
    Store(state_folder()).write(name, Aborted(at=found.begun.at, words="left on the command line"))
    click.echo(f"{name}: left as it is. What was done stays done.")
    return 0


def _go_on(
    name: str, settings: Settings, agents: dict[str, Agent], *, overrule: bool, as_json: bool
) -> int:
    if why := why_not_act(os.getpid()):
        raise acting.NotByAnAgent(why)
    found = _open_one(name)
    reset = Reset.resume(found, acting.acting_with(settings), agents)
    done = asyncio.run(resetting.finish(reset, overrule=overrule))
    return resetting.tell(done, as_json=as_json)
