"""`clearhead pickup`: take up a task that another machine handed off."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import click

from ...core.acting.action import Verb, action
from ...core.acting.client import Driven
from ...core.acting.launch import launch
from ...core.acting.peers import why_not_act
from ...core.acting.plan import PROGRAMS, Plan
from ...core.gitrun import run_git
from ...core.paths import state_folder
from ...core.problems import NotFound, Unreadable, UsageProblem
from ...core.reset.bundle import LARGEST, NAME, Bundle, read
from ...core.tasks import Came, Tasks
from ...core.text import clean
from . import acting
from .loop import run_to_end
from .output import as_json, print_json


@click.command(name="pickup")
@click.argument("path", default=NAME)
@click.option("--folder", default=".", metavar="PATH", help="The checkout to go on in.")
@click.option("--agent", type=click.Choice(list(PROGRAMS)), help="Another agent than before.")
@click.option("--yes", is_flag=True, help="Start it; without it, everything is only shown.")
@as_json
def command(*, path: str, folder: str, agent: str | None, yes: bool, as_json: bool) -> int:
    """Show what the hand-off PATH holds, check it against this checkout, and start it.

    Nothing in the file is run; the brief is shown before it is sent, and git is only looked at.
    Exit status: 0 shown or started, 1 something does not fit, 3 unknown.
    """
    root = acting.folder_of(folder)
    found = read(_text(Path(path)))
    wrong = misfits(found, root)
    goes_on = agent or found.agent
    if goes_on not in PROGRAMS:
        known = " or ".join(PROGRAMS)
        wrong = (*wrong, f"clearhead cannot start {goes_on}; name {known} with --agent")
    if not as_json:
        _show(found, wrong)
    if not yes:
        if as_json:
            print_json(_of(found, wrong) | {"outcome": "planned"})
        else:
            click.echo("Start it with --yes.")
        return int(bool(wrong))
    if why := why_not_act(os.getpid()):
        raise acting.NotByAnAgent(why)
    if wrong:
        raise UsageProblem(f"It does not fit: {'; '.join(wrong)}.", remedy="Mend that first.")
    plan = Plan(agent=goes_on, cwd=str(root), program=PROGRAMS[goes_on])
    return run_to_end(_start(found, plan, as_json=as_json))


def _of(found: Bundle, wrong: tuple[str, ...]) -> dict[str, Any]:
    return {
        "action": "pickup",
        "task": found.task,
        "project": found.project,
        "agent": found.agent,
        "session_id": found.session_id,
        "branch": found.branch,
        "commit": found.commit,
        "usd": found.usd,
        "brief": found.brief,
        "masked": found.masked,
        "misfits": wrong,
    }


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST).decode(errors="replace")
    except OSError as error:
        raise NotFound(f"{path}: {error.strerror}.", remedy="Name the hand-off's file.") from error


def misfits(found: Bundle, root: Path) -> tuple[str, ...]:
    """Return what in a checkout is not as the hand-off says; looks only."""
    wrong = []
    head = run_git(root, "rev-parse", "--quiet", "--verify", "HEAD")
    if head.code:
        return ("this folder is in no repository",)
    if found.commit and run_git(root, "cat-file", "-e", f"{found.commit}^{{commit}}").code:
        where = f" from {found.remote}" if found.remote else ""
        wrong.append(f"the commit {found.commit[:9]} is not here; fetch it{where}")
    elif found.commit and not _stands_on(root, found.commit):
        wrong.append(f"the checkout is at {head.text[:9]}, which does not hold {found.commit[:9]}")
    branch = run_git(root, "symbolic-ref", "--quiet", "--short", "HEAD").text
    if found.branch and branch != found.branch:
        wrong.append(f"the branch is {branch or 'none'}, not {found.branch}")
    if found.notes_name and not (root / found.notes_name).is_file():
        wrong.append(f"{found.notes_name} is not here")
    return tuple(clean(words) for words in wrong)


def _stands_on(root: Path, commit: str) -> bool:
    """Say whether HEAD is at a commit, or came after it: the bundle itself may be committed."""
    return run_git(root, "merge-base", "--is-ancestor", commit, "HEAD").code == 0


def _show(found: Bundle, wrong: tuple[str, ...]) -> None:
    click.echo(f"task     {found.task} of {clean(found.project)}")
    click.echo(f"from     {found.agent} {found.session_id}")
    click.echo(f"at       {found.branch or 'no branch'} {(found.commit or '')[:9]}")
    for words in wrong:
        click.echo(f"  does not fit: {words}")
    click.echo("brief")
    for line in found.brief.splitlines():
        click.echo(f"  {clean(line)}".rstrip())
    if found.masked:
        click.echo(f"masked   {', '.join(map(clean, found.masked))}")


async def _start(found: Bundle, plan: Plan, *, as_json: bool) -> int:
    ready = await asyncio.to_thread(launch, plan)
    if ready.socket is None or ready.session_id is None:
        raise Unreadable("The session that was started does not say where it is.")
    tasks = Tasks(state_folder())
    if found.task:
        known = tasks.of(found.agent, found.session_id) == found.task
        spent = None if known else found.usd
        came = Came.PICKED_UP
        tasks.add(found.task, plan.agent, ready.session_id, came, plan.cwd, usd=spent)
    channel = await Driven.join(Path(ready.socket))
    try:
        result = await channel.act(action(Verb.PROMPT, found.brief))
    finally:
        await channel.close()
    if as_json:
        done = {"action": "pickup", "new_session_id": ready.session_id, "task": found.task}
        print_json(acting.of_result(result) | done)
    else:
        click.echo(f"pickup: {result.outcome}, {plan.agent} {ready.session_id}")
        if result.reason:
            click.echo(f"  {clean(result.reason)} {clean(result.remedy)}".rstrip(), err=True)
    return acting.EXIT[result.outcome]
