"""`clearhead checkpoint`: have the agent bring its notes up to date, and commit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ...core.acting.action import Outcome, Result, Verb, refused
from ...core.acting.action import action as action_of
from ...core.acting.channel import Channel
from ...core.acting.service import Acting
from ...core.agents.base import Sighting
from ...core.checkpointing import Brought, Review, bring_up_to_date, place_of, review
from ...core.committing import Committed, commit
from ...core.config import load_config
from ...core.differing import difference
from ...core.followed import Followed
from ...core.paths import state_folder
from ...core.text import clean
from . import acting, which
from .output import as_json, print_json


@click.command(name="checkpoint")
@click.argument("session")
@click.option("--no-commit", is_flag=True, help="Commit nothing.")
@click.option("--overrule", is_flag=True, help="Commit in spite of errors or a new hook.")
@acting.waiting
@acting.options
@as_json
def command(
    *,
    session: str,
    no_commit: bool,
    overrule: bool,
    when: str,
    timeout: float,
    tmux_socket: str | None,
    as_json: bool,
) -> int:
    """Ask SESSION to bring its notes up to date, show what changed, and commit; it goes on then.

    Committed are tracked changes and the notes, as git would by itself. Exit status: 0 done, 1
    refused or not committed, 3 unknown.
    """
    settings, _ = load_config()
    sighting = acting.sighting_of(session, settings)
    agents = {agent.name: agent for agent in which.agents_of(settings)}
    followed = Followed(agents[sighting.agent], sighting)
    followed.refresh()
    cwd = Path(followed.snapshot.cwd or sighting.cwd or ".")
    place = place_of(cwd, state_folder(), settings.progress_files)

    async def work(service: Acting, found: Sighting, channel: Channel) -> Brought:
        if when == "idle" and not await acting.idle(channel, timeout):
            why = f"It was not idle within {timeout:g} s."
            no = refused(action_of(Verb.PROMPT), why, session_id=found.session_id)
            return Brought(no, place.text, place.text)
        told = _quiet if as_json else _told
        return await bring_up_to_date(service, (found.agent, found.session_id), place, told)

    brought = acting.on_session(session, work, tmux_socket=tmux_socket)
    if not brought.done:
        _tell(brought, None, None, "", as_json=as_json)
        return acting.EXIT[brought.result.outcome]
    key = (sighting.agent, sighting.session_id)
    began, today = followed.snapshot.started_at, datetime.now().astimezone().date()
    found = review(place, state_folder(), key, began, today)
    done, why = _commit(found, no_commit=no_commit, overrule=overrule)
    _tell(brought, found, done, why, as_json=as_json)
    return _status(done, why, no_commit=no_commit)


def _told(words: str) -> None:
    click.echo(words, err=True)


def _quiet(_: str) -> None:
    """Scripts read the end."""


def _commit(found: Review, *, no_commit: bool, overrule: bool) -> tuple[Committed | None, str]:
    """Commit what is ticked; say why where that needs a person, or where there is nothing."""
    if no_commit:
        return None, "not asked for"
    if found.committable.why_not or not found.ticked:
        return None, found.committable.why_not or "nothing has changed"
    if found.new_hooks and not overrule:
        return None, "a hook that git will run is newer than the session; look, then --overrule"
    if found.errors and not overrule:
        words = "; ".join(finding.message for finding in found.errors)
        return None, f"the notes have errors ({words}); mend them, or --overrule"
    return commit(found.root, found.ticked, found.message), ""


def _status(done: Committed | None, why: str, *, no_commit: bool) -> int:
    if done is not None:
        return acting.EXIT[done.outcome]
    return 1 if "--overrule" in why and not no_commit else 0


def _tell(
    brought: Brought,
    found: Review | None,
    done: Committed | None,
    why: str,
    *,
    as_json: bool,
) -> None:
    if as_json:
        print_json(_json(brought, found, done, why))
        return
    acting.tell(brought.result, as_json=False)
    if found is None:
        return
    for line in _changes(brought):
        click.echo(f"  {clean(line)}")
    for finding in found.findings:
        click.echo(f"  {finding.severity}: {clean(finding.message)}")
    if done is None:
        click.echo(f"  no commit: {clean(why)}")
    elif done.outcome is Outcome.CONFIRMED:
        click.echo(f"  commit {done.commit}: {', '.join(map(clean, found.ticked))}")
    else:
        click.echo(f"  commit {done.outcome}: {clean(done.words)}", err=True)


def _changes(brought: Brought) -> Iterator[str]:
    if not brought.changed:
        yield "the notes are as they were"
    yield from (f"{row.sign} {row.text}" for row in difference(brought.before, brought.after))


def _json(
    brought: Brought, found: Review | None, done: Committed | None, why: str
) -> dict[str, Any]:
    """Return what came of it as scripts read it."""
    result: Result = brought.result
    return {
        **acting.of_result(result),
        "action": "checkpoint",
        "notes_changed": brought.changed,
        "findings": [f.message for f in found.findings] if found else [],
        "commit": done.commit if done else None,
        "committed": list(found.ticked) if found and done and done.commit else [],
        "no_commit": why or (done.words if done and not done.commit else None),
    }
