"""`clearhead undo`: bring the session from before a reset back."""

from __future__ import annotations

from typing import Any

import click

from ...core.config import load_config
from ...core.paths import state_folder
from ...core.reset.store import Store
from ...core.reset.transaction import Transaction
from ...core.reset.undo import flags_back, newest_for, undo
from ...core.text import clean
from . import acting, resetting, which
from .loop import run_to_end
from .output import as_json, print_json, warn


@click.command(name="undo")
@click.argument("session")
@click.option("--dry-run", is_flag=True, help="Show what would come back and do nothing.")
@click.option("--yes", is_flag=True, help="Do it.")
@as_json
def command(*, session: str, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Undo the reset that left or began SESSION: the old session comes back beside the new one.

    The commit and the notes stay. Exit status: 0 it is back, 1 refused.
    """
    settings, reports = load_config()
    warn(reports)
    found = newest_for(Store(state_folder()), session)
    if dry_run:
        _show(found, as_json=as_json)
        return 0
    resetting.allowed(yes=yes)
    agents = {agent.name: agent for agent in which.agents_of(settings)}
    undone = run_to_end(undo(found, acting.acting_with(settings), agents))
    if as_json:
        evidence = [{"kind": "client", "detail": undone.words, "at": undone.at}]
        print_json(_of(found, "confirmed") | {"evidence": evidence})
    else:
        click.echo(f"undo: {undone.words}. The commit and the notes stay.")
    return 0


def _show(found: Transaction, *, as_json: bool) -> None:
    begun = found.begun
    flags = flags_back(begun)
    if as_json:
        print_json(_of(found, "planned") | {"flags": flags, "commit": found.commit})
        return
    click.echo(f"back    {begun.agent} {begun.session_id}, beside {found.new_session_id}")
    click.echo(f"flags   {' '.join(map(clean, flags)) or 'none'}; never a wider permission mode")
    click.echo(f"stays   commit {(found.commit or 'none')[:9]}, the notes, the new session")


def _of(found: Transaction, outcome: str) -> dict[str, Any]:
    return {
        "action": "undo",
        "outcome": outcome,
        "session_id": found.new_session_id,
        "new_session_id": found.begun.session_id,
    }
