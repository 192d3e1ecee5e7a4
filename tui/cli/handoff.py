"""`clearhead handoff`: give a task to another agent or model, a person, or another machine."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from ...core.acting.plan import PROGRAMS
from ...core.agents.base import Agent, Sighting
from ...core.config import Settings, load_config
from ...core.paths import state_folder
from ...core.problems import UsageProblem
from ...core.reset import bundle as bundles
from ...core.reset import delivering
from ...core.reset.preparing import Prepared
from ...core.reset.transaction import Purpose, Step
from .. import numbers
from . import acting, reset, resetting, which
from .output import as_json, warn

PERSON, BUNDLE = "person", "bundle"


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
        text = _text_of(to, sighting, agent, settings)
        usual = delivering.SHIFT_NAME if to == PERSON else bundles.NAME
        return _deliver(text, output or usual, dry_run)
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
    delivering.write_new(path, text)
    click.echo(f"written: {path}")
    return 0


def _prepared(sighting: Sighting, agent: Agent, settings: Settings) -> Prepared:
    return resetting.look(sighting, agent, settings, purpose=Purpose.HAND_OFF)


def _text_of(to: str, sighting: Sighting, agent: Agent, settings: Settings) -> str:
    """Return what a person, or another machine, is given."""
    prepared = _prepared(sighting, agent, settings)
    if to == PERSON:
        return delivering.shift_report(
            prepared,
            agent,
            sighting,
            settings,
            state=state_folder(),
            dollars=numbers.dollars,
        )
    return delivering.bundle_text(prepared, agent, sighting, settings, state=state_folder())
