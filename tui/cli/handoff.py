"""`clearhead handoff`: give a task to another agent or model, a person, or another machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ...core.acting.plan import PROGRAMS
from ...core.agents.base import Agent, Sighting
from ...core.config import Settings, load_config
from ...core.paths import state_folder
from ...core.problems import NotSaved, UsageProblem
from ...core.reset import bundle as bundles
from ...core.reset import delivering
from ...core.reset.preparing import Prepared
from ...core.reset.transaction import Purpose
from ...core.text import clean
from .. import numbers
from . import acting, resetting, which
from .loop import run_to_end
from .output import as_json, print_json, warn
from .reset_words import show, tell
from .resetting import How

PERSON, BUNDLE = "person", "bundle"
NAMES = {PERSON: delivering.SHIFT_NAME, BUNDLE: bundles.NAME}
"""What the files are called that are handed on."""


@click.command(name="handoff")
@click.argument("session")
@click.option("--to", "to", required=True, metavar="AGENT[:MODEL]|person|bundle")
@click.option("--output", metavar="PATH", help="Where report or bundle go; `-` prints it.")
@resetting.options
@as_json
def command(
    *, session: str, to: str, output: str | None, dry_run: bool, yes: bool, **words: Any
) -> int:
    """Hand the task of SESSION on; the old session stays as it is, and readable.

    To an agent (claude, codex), also with a model (claude:haiku): a fresh session begins with the
    brief. To a person: a one-page report. To another machine: a bundle for `clearhead pickup`;
    with --yes notes and commit come first, without it the file is written from what is there.
    Exit status: 0 done, 1 refused or stopped, 3 unknown.
    """
    how = How(**words)
    settings, reports = load_config()
    warn(reports)
    agents = {agent.name: agent for agent in which.agents_of(settings)}
    sighting = acting.sighting_of(session, settings)
    if to in NAMES:
        return _on_paper(sighting, agents, settings, how, (to, output, dry_run, yes))
    target, model = _target(to)
    whom = {"purpose": Purpose.HAND_OFF, "target": target, "target_model": model}
    if dry_run:
        prepared = resetting.look(sighting, agents[sighting.agent], settings, how, **whom)
        show(prepared, as_json=how.as_json)
        return 0
    resetting.allowed(yes=yes)
    done, chain = run_to_end(resetting.carry_out(sighting, agents, settings, how, **whom))
    return tell(done, chain, as_json=how.as_json)


def _target(to: str) -> tuple[str, str | None]:
    agent, _, model = to.partition(":")
    if agent not in PROGRAMS:
        known = ", ".join((*PROGRAMS, *NAMES))
        raise UsageProblem(f'Nothing can be handed to "{agent}".', remedy=f"Name one of: {known}.")
    return agent, model or None


def _on_paper(
    sighting: Sighting,
    agents: dict[str, Agent],
    settings: Settings,
    how: How,
    what: tuple[str, str | None, bool, bool],
) -> int:
    to, output, dry_run, yes = what
    path = None if dry_run or output == "-" else Path(output or NAMES[to])
    if path is not None and path.exists():
        raise NotSaved(f"{path} is there already.", remedy="Name another with --output.")
    whom = {"purpose": Purpose.HAND_OFF, "target": to}
    if yes and not dry_run:
        resetting.allowed(yes=yes)
        carrying = resetting.carry_out(sighting, agents, settings, how, **whom)
        done, chain = run_to_end(carrying)
        if done.closed is None:
            return tell(done, chain, as_json=how.as_json)
    prepared = resetting.look(sighting, agents[sighting.agent], settings, how, **whom)
    text = _text_of(to, prepared, sighting, agents, settings)
    if path is not None:
        delivering.write_new(path, text)
    _tell(prepared, text, path, as_json=how.as_json)
    return 0


def _text_of(
    to: str,
    prepared: Prepared,
    sighting: Sighting,
    agents: dict[str, Agent],
    settings: Settings,
) -> str:
    """Return what a person, or another machine, is given."""
    agent, state = agents[sighting.agent], state_folder()
    if to == PERSON:
        dollars = numbers.dollars
        return delivering.shift_report(
            prepared, agent, sighting, settings, state=state, dollars=dollars
        )
    return delivering.bundle_text(prepared, agent, sighting, settings, state=state, agents=agents)


def _tell(prepared: Prepared, text: str, path: Path | None, *, as_json: bool) -> None:
    """Say where it is, what was masked in it, and what whoever takes over will not find."""
    masked, missing = delivering.masked_in(prepared), delivering.unshared(prepared)
    if as_json:
        print_json(
            {
                "action": "hand off",
                "outcome": "planned" if path is None else "confirmed",
                "path": str(path) if path else None,
                "text": text if path is None else None,
                "session_id": prepared.begun.session_id,
                "masked": masked,
                "warnings": missing,
            }
        )
        return
    click.echo(f"written: {path}" if path else text, nl=bool(path))
    kinds = (f"Masked: {', '.join(masked)}. Others may have been missed.",) if masked else ()
    for words in (*missing, *kinds):
        click.echo(f"clearhead: {clean(words)}", err=True)
