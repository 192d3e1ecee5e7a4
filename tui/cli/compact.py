"""`clearhead compact`: have a session summarise its context, and see what the summary kept."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import click

from ...core.acting.action import Outcome, Result, Verb, refused
from ...core.acting.action import action as action_of
from ...core.acting.channel import Channel
from ...core.acting.service import Acting
from ...core.agents.base import Sighting
from ...core.compacting.carrying import (
    Compacted,
    fitted,
    outcome,
    rests,
    seen_in_transcript,
    send,
    settled,
)
from ...core.compacting.comparing import missing, put_back
from ...core.compacting.instruction import sent_line
from ...core.compacting.preparing import Prepared, prepare
from ...core.config import load_config
from ...core.followed import Followed
from ...core.paths import state_folder
from ...core.problems import UsageProblem
from ...core.session_id import short_id
from ...core.snapshot import Snapshot
from ...core.text import clean
from ...core.thread import Thread
from .. import numbers
from . import acting, which
from .output import as_json, print_json, print_table

ANSWERED = 180.0
"""Seconds that the answer to what is put back may take."""


@click.command(name="compact")
@click.argument("session")
@click.option("--text", metavar="TEXT|-", help="What to keep, in place of the generated text.")
@click.option("--bare", is_flag=True, help="Say nothing of what to keep.")
@click.option("--put-back", is_flag=True, help="Send what the summary left out.")
@click.option("--dry-run", is_flag=True, help="Show the text and the figures, and send nothing.")
@acting.waiting
@acting.options
@as_json
def command(
    *,
    session: str,
    text: str | None,
    bare: bool,
    put_back: bool,
    dry_run: bool,
    when: str,
    timeout: float,
    tmux_socket: str | None,
    as_json: bool,
) -> int:
    """Compact SESSION, with a text made from its notes and its transcript, and check the summary.

    Each goal, failed approach, decision, next step and file is then said to be kept or missing.
    Exit status: 0 compacted, 1 refused, 3 it was sent and nothing tells what came of it.
    """
    if bare and text is not None:
        raise UsageProblem("--bare and --text exclude each other.", remedy="Choose one of them.")
    settings, _ = load_config()
    sighting = acting.sighting_of(session, settings)
    agents = {agent.name: agent for agent in which.agents_of(settings)}
    followed = Followed(agents[sighting.agent], sighting)
    prepared = look(followed, settings.progress_files)
    words = "" if bare else prepared.text if text is None else acting.text_of(text)
    if dry_run:
        show(prepared, words, as_json=as_json)
        return 0

    async def work(service: Acting, found: Sighting, channel: Channel) -> Compacted:
        if when == "idle" and not await acting.idle(channel, timeout):
            why = f"It was not idle within {timeout:g} s."
            asked = action_of(Verb.COMPACT, words)
            return Compacted(result=refused(asked, why, session_id=found.session_id))
        key = (found.agent, found.session_id)
        fits = await fitted(service, key, prepared, words)
        return await carry_out(service, key, prepared, fits, followed)

    done = acting.on_session(session, work, tmux_socket=tmux_socket)
    back = _put_back(session, done, prepared, tmux_socket) if put_back else None
    assert done.result is not None
    tell(done, done.result, prepared, back, as_json=as_json)
    return acting.EXIT[done.result.outcome]


def look(followed: Followed, names: tuple[str, ...]) -> Prepared:
    """Return what a compaction of a session would keep.

    Raises:
        Problem: git cannot say, or notes or transcript cannot be read.
    """
    followed.read_whole()
    view = followed.view
    return prepare(
        followed.sighting,
        followed.snapshot,
        view,
        followed.body,
        state_folder(),
        agent=followed.agent,
        names=names,
    )


async def carry_out(
    service: Acting, key: tuple[str, str], prepared: Prepared, text: str, followed: Followed
) -> Compacted:
    """Send the compaction, and look at what the transcript tells of it."""
    begun = time.monotonic()
    known = len(followed.snapshot.compactions)
    result = await send(service, key, prepared, text)
    took = time.monotonic() - begun
    found = None
    if result.outcome is Outcome.CONFIRMED:
        found = await seen_in_transcript(lambda: _read(followed), known)
    done = outcome(result, found, prepared, seconds=took)
    return settled(done, followed.snapshot) if found else done


async def _read(followed: Followed) -> tuple[Snapshot, Thread | None]:
    await asyncio.to_thread(followed.refresh)
    view = followed.view
    return followed.snapshot, Thread(view, followed.body) if view else None


def _put_back(
    session: str, done: Compacted, prepared: Prepared, tmux_socket: str | None
) -> Result | None:
    """Send what is missing as a prompt; `None` when nothing is."""
    words = put_back(missing(done.rows), prepared.notes_name)
    if not words:
        return None

    async def work(service: Acting, found: Sighting, channel: Channel) -> Result:
        await acting.idle(channel, ANSWERED)
        key = (found.agent, found.session_id)
        result = await service.act(key, action_of(Verb.PROMPT, words))
        await rests(service, key, ANSWERED)
        return result

    return acting.on_session(session, work, tmux_socket=tmux_socket)


def show(prepared: Prepared, text: str, *, as_json: bool) -> None:
    """Print what would be sent, and what it would free."""
    if as_json:
        print_json(
            {
                "text": text,
                "tokens": prepared.tokens(text),
                "before": prepared.before,
                "estimate": prepared.estimate,
                "notes": str(prepared.notes_path) if prepared.notes_path else None,
                "takes_text": prepared.takes_text,
            }
        )
        return
    click.echo(f"context  {of_figures(prepared.before, prepared.estimate, about=True)}")
    click.echo(f"notes    {clean(prepared.notes_name or 'none')}")
    click.echo(f"text     about {numbers.tokens(prepared.tokens(text))} tokens, {_how(prepared)}")
    for line in text.splitlines():
        click.echo(f"         {clean(line)}".rstrip())


def _how(prepared: Prepared) -> str:
    if prepared.takes_text:
        return "sent with the compaction on one line"
    return "sent as a prompt before the compaction, which takes no text itself"


def tell(
    done: Compacted, result: Result, prepared: Prepared, back: Result | None, *, as_json: bool
) -> None:
    """Say what came of it, and what the summary kept."""
    if as_json:
        print_json(of_compacted(done, result, back))
        return
    acting.tell(result, as_json=False)
    if not done.done:
        return
    click.echo(f"  context: {of_figures(done.before, done.after, about=done.settling)}")
    if not done.rows:
        click.echo("  no summary can be read, or there is nothing to compare it with")
        return
    left = len(missing(done.rows))
    click.echo(f"  {len(done.rows) - left} kept, {left} missing; the comparison is by wording")
    print_table(("", "", "your note", "in the summary"), map(_row, done.rows))
    if back is not None:
        click.echo(f"  put back: {back.outcome}")
    elif left:
        click.echo(f"  put back what is missing: {_hint(done, result, prepared)}")


def _row(row: Any) -> tuple[str, str, str, str]:
    word = "✓ kept" if row.kept else "✗ missing"
    return f"  {row.keep.point}", word, row.keep.text, row.shown


def _hint(done: Compacted, result: Result, prepared: Prepared) -> str:
    words = sent_line(put_back(missing(done.rows), prepared.notes_name))
    session = short_id(result.session_id or "SESSION")
    return f"clearhead prompt {session} {_quoted(words)}"


def _quoted(words: str) -> str:
    import shlex

    return shlex.quote(words)


def of_figures(before: int | None, after: int | None, *, about: bool) -> str:
    """Say before and after in words: "118.2k → about 31.0k, settling"."""
    first = "unknown" if before is None else numbers.tokens(before)
    if after is None:
        return f"{first} → not known before the next reply"
    return f"{first} → {'about ' if about else ''}{numbers.tokens(after)}"


def of_compacted(done: Compacted, result: Result, back: Result | None) -> dict[str, Any]:
    """Return what came of it as scripts read it."""
    rows = [
        {"point": r.keep.point, "text": r.keep.text, "kept": r.kept, "shown": r.shown}
        for r in done.rows
    ]
    return {
        **acting.of_result(result),
        "before": done.before,
        "after": done.after,
        "settling": done.settling if done.done else None,
        "kept": rows,
        "put_back": back.outcome if back is not None else None,
    }
