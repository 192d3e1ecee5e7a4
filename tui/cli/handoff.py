"""`clearhead handoff`: give a task to another agent or model, a person, or another machine."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import click

from ...core import gitrepo
from ...core.acting.plan import PROGRAMS
from ...core.agents.base import Agent, Sighting
from ...core.config import Settings, load_config
from ...core.figures import costs_of, gauge_of
from ...core.followed import Followed
from ...core.gitrun import run_git
from ...core.paths import state_folder
from ...core.problems import NotSaved, UsageProblem
from ...core.reset import bundle as bundles
from ...core.reset.preparing import Prepared
from ...core.reset.shift import Shift, report
from ...core.reset.transaction import Purpose, Step
from ...core.session import standing
from ...core.tasks import Tasks
from .. import numbers
from . import acting, reset, resetting, which
from .output import as_json, warn

PERSON, BUNDLE = "person", "bundle"
SHIFT_NAME = "shift-report.md"
COMMITS = 5


@click.command(name="handoff")
@click.argument("session")
@click.option("--to", "to", required=True, metavar="AGENT[:MODEL]|person|bundle")
@click.option("--output", metavar="PATH", help="Where the report or the bundle is written.")
@click.option("--dry-run", is_flag=True, help="Show every step and do nothing.")
@click.option("--yes", is_flag=True, help="Do it; refused where a person must decide.")
@click.option("--overrule", is_flag=True, help="Go on in spite of errors in the notes.")
@click.option(
    "--no-notes", is_flag=True, help="Do not ask the agent to bring the notes up to date."
)
@click.option("--no-commit", is_flag=True, help="Commit nothing.")
@as_json
def command(
    *,
    session: str,
    to: str,
    output: str | None,
    dry_run: bool,
    yes: bool,
    overrule: bool,
    no_notes: bool,
    no_commit: bool,
    as_json: bool,
) -> int:
    """Hand the task of SESSION on; the old session stays readable.

    To an agent (claude, codex), also with a model (claude:haiku): a fresh session begins with the
    brief. To a person: a one-page report. To another machine: a bundle for `clearhead pickup`.
    Exit status: 0 done, 1 refused or stopped, 3 unknown.
    """
    settings, reports = load_config()
    warn(reports)
    agents = {agent.name: agent for agent in which.agents_of(settings)}
    sighting = acting.sighting_of(session, settings)
    agent = agents[sighting.agent]
    if to in (PERSON, BUNDLE):
        write = _report if to == PERSON else _bundle
        text = write(sighting, agent, settings)
        return _deliver(text, output or (SHIFT_NAME if to == PERSON else bundles.NAME), dry_run)
    target, model = _target(to)
    prepared = resetting.look(
        sighting,
        agent,
        settings,
        purpose=Purpose.HAND_OFF,
        target=target,
        target_model=model,
    )
    if dry_run:
        resetting.show(prepared)
        return 0
    reset.allowed(yes=yes)
    resetting.free(sighting)
    left_out = {Step.NOTES: no_notes, Step.COMMIT: no_commit}
    skip = [step for step, out in left_out.items() if out]
    service = acting.acting_with(settings)
    done = asyncio.run(
        resetting.carry_out(prepared, service, agents, skip, quiet=as_json, overrule=overrule)
    )
    return resetting.tell(done, as_json=as_json)


def _target(to: str) -> tuple[str, str | None]:
    agent, _, model = to.partition(":")
    if agent not in PROGRAMS:
        known = ", ".join((*PROGRAMS, PERSON, BUNDLE))
        raise UsageProblem(f'Nothing can be handed to "{agent}".', remedy=f"Name one of: {known}.")
    return agent, model or None


def _deliver(text: str, name: str, dry_run: bool) -> int:
    """Write a text to a new file, or to standard output for `-`; nothing is overwritten."""
    if dry_run or name == "-":
        click.echo(text, nl=False)
        return 0
    path = Path(name)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise NotSaved(f"{path} is there already.", remedy="Name another with --output.") from None
    except OSError as error:
        raise NotSaved(f"{path}: {error.strerror}.", remedy="Name another place.") from error
    click.echo(f"written: {path}")
    return 0


def _prepared(sighting: Sighting, agent: Agent, settings: Settings) -> Prepared:
    return resetting.look(sighting, agent, settings, purpose=Purpose.HAND_OFF)


def _report(sighting: Sighting, agent: Agent, settings: Settings) -> str:
    prepared = _prepared(sighting, agent, settings)
    followed = Followed(agent, sighting)
    followed.read_whole()
    snapshot, now = followed.snapshot, time.time()
    gauge, where = gauge_of(snapshot, settings), standing(sighting, snapshot, now)
    usd = costs_of(snapshot, settings).usd
    repo = gitrepo.read_repo(Path(prepared.begun.cwd), state_folder())
    log = run_git(Path(prepared.begun.cwd), "log", "--oneline", f"-{COMMITS}") if repo else None
    shift = Shift(
        project=prepared.brief.project,
        agent=agent.title,
        session_id=sighting.session_id,
        since=snapshot.started_at,
        now=now,
        runs=f"It is {where.state}.",
        waits=f"It waits for: {where.waiting_for}" if where.waiting_for else "",
        branch=repo.branch if repo else None,
        commit=repo.head if repo else None,
        dirty=repo.dirty if repo else None,
        fill="unknown" if gauge.fill is None else numbers.tokens(gauge.fill),
        zone=gauge.zone.word if gauge.zone else "",
        spent="unknown" if usd is None else numbers.dollars(usd),
        last_said=snapshot.last_said,
        watch=tuple(finding.message for finding in prepared.findings),
        commits=tuple(log.text.splitlines()) if log and log.code == 0 else (),
    )
    return report(shift, prepared.notes_text)


def _bundle(sighting: Sighting, agent: Agent, settings: Settings) -> str:
    prepared = _prepared(sighting, agent, settings)
    begun, root = prepared.begun, Path(prepared.begun.root or prepared.begun.cwd)
    repo = gitrepo.read_repo(root, state_folder())
    remote = run_git(root, "config", "--get", "remote.origin.url") if repo else None
    task = Tasks(state_folder()).begin(begun.agent, begun.session_id, begun.root)
    followed = Followed(agent, sighting)
    followed.read_whole()
    return bundles.write(
        bundles.Bundle(
            task=task,
            project=prepared.brief.project,
            agent=begun.agent,
            session_id=begun.session_id,
            at=time.time(),
            branch=repo.branch if repo and not repo.detached else None,
            commit=repo.head if repo else None,
            remote=remote.text if remote and remote.code == 0 else None,
            notes_name=prepared.notes_path.name if prepared.notes_path else None,
            usd=costs_of(followed.snapshot, settings).usd,
            brief=prepared.brief_text,
            notes=prepared.notes_text,
        )
    )
