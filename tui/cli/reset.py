"""`clearhead reset`: end a session with its notes in order and begin a fresh one from them."""

from __future__ import annotations

import os
import time
from typing import Any

import click

from ...core.acting.action import Outcome
from ...core.acting.peers import why_not_act
from ...core.agents.base import Agent
from ...core.config import Settings, load_config
from ...core.paths import state_folder
from ...core.problems import NotFound, UsageProblem
from ...core.reset.carrying import Reset
from ...core.reset.rehearsal import rehearse
from ...core.reset.store import Store
from ...core.reset.transaction import Aborted, Transaction
from ...core.session_id import names, short_id
from ...core.text import clean
from . import acting, resetting, which
from .loop import run_to_end
from .output import as_json, print_json, warn
from .reset_words import EXIT, show, tell
from .resetting import How


@click.command(name="reset")
@click.argument("session", required=False)
@click.option("--go-on", metavar="ID", help="Go on with a reset that was cut off or failed.")
@click.option("--abort", metavar="ID", help="Leave a reset that was cut off as it is.")
@click.option("--repeat", metavar="ID", help="Ask a fresh session for what it missed.")
@click.option("--rehearse", is_flag=True, help="Only ask a throw-away session what it misses.")
@resetting.options
@as_json
def command(
    *,
    session: str | None,
    go_on: str | None,
    abort: str | None,
    repeat: str | None,
    rehearse: bool,
    dry_run: bool,
    yes: bool,
    **words: Any,
) -> int:
    """Reset SESSION: notes, commit, close, open with a brief, check.

    Each step is written down before and after it; one that was cut off can be gone on with.
    ID is that of the reset, or of a session in it. Exit status: 0 done, 1 refused or stopped,
    3 unknown.
    """
    how = How(**words)
    settings, reports = load_config()
    warn(reports)
    agents = {agent.name: agent for agent in which.agents_of(settings)}
    if abort:
        return _abort(abort, how)
    if go_on or repeat:
        resetting.allowed(yes=True)
        work = _go_on if go_on else _repeat
        return work(go_on or repeat or "", settings, agents, how)
    if session is None:
        raise UsageProblem("Which session?", remedy=_named())
    sighting = acting.sighting_of(session, settings)
    if dry_run or rehearse:
        prepared = resetting.look(sighting, agents[sighting.agent], settings, how)
        if rehearse:
            return _rehearse(prepared.begun, prepared.brief_text, how)
        show(prepared, as_json=how.as_json)
        return 0
    resetting.allowed(yes=yes)
    done, chain = run_to_end(resetting.carry_out(sighting, agents, settings, how))
    return tell(done, chain, as_json=how.as_json)


def _named() -> str:
    """Say what can be named: a session, or a reset that is not over."""
    found = [f"{t.begun.id} ({short_id(t.begun.session_id)})" for t in Store(state_folder()).open()]
    more = f" Not over, for --go-on: {', '.join(found)}." if found else ""
    return f"Name one; see `clearhead sessions`.{more}"


def _one(name: str, found: tuple[Transaction, ...]) -> Transaction:
    """Return the newest of some resets with this id, or the beginning of one of its sessions'."""
    for one in reversed(found):
        ids = (one.begun.session_id, one.new_session_id or "")
        if one.begun.id == name or any(names(name, known) for known in ids):
            return one
    raise NotFound(f'There is no such reset: "{name}".', remedy=_named())


def _abort(name: str, how: How) -> int:
    store = Store(state_folder())
    found = _one(name, store.open())
    store.write(found.begun.id, Aborted(at=time.time(), words="left on the command line"))
    store.reduce(found.begun.id)
    if how.as_json:
        print_json({"action": "abort", "outcome": "confirmed", "transaction": found.begun.id})
    else:
        click.echo(f"{found.begun.id}: left as it is. What was done stays done.")
    return 0


def _go_on(name: str, settings: Settings, agents: dict[str, Agent], how: How) -> int:
    found = _one(name, Store(state_folder()).open())
    done, chain = run_to_end(resetting.go_on(found, agents, settings, how))
    return tell(done, chain, as_json=how.as_json)


def _repeat(name: str, settings: Settings, agents: dict[str, Agent], how: How) -> int:
    """Ask for what the boot check found missing, and tell the check again."""
    found = _one(name, Store(state_folder()).all())

    async def work() -> tuple[Transaction, Outcome | None]:
        service = acting.acting_with(settings, how.tmux_socket)
        try:
            reset = Reset.resume(found, service, agents)
            result = await reset.runner.repeat_missed()
            return reset.transaction, result.outcome if result else None
        finally:
            await service.close()

    done, outcome = run_to_end(work())
    if done.closed is not None:
        Store(state_folder()).reduce(done.begun.id)
    if outcome is None and not how.as_json:
        click.echo("Nothing was missed.")
    status = tell(done, None, as_json=how.as_json)
    return status if outcome is None else EXIT[outcome.value]


def _rehearse(begun: Any, brief: str, how: How) -> int:
    """Print what a throw-away session would need to know; nothing else happens."""
    if why := why_not_act(os.getpid()):
        raise acting.NotByAnAgent(why)
    found = run_to_end(rehearse(begun, brief))
    if how.as_json:
        print_json({"action": "rehearse", "outcome": "confirmed", "questions": found})
        return 0
    click.echo("It asks:" if found else "Nothing is missing.")
    for question in found:
        click.echo(f"- {clean(question)}")
    return 0
