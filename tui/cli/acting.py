"""What every command that acts has in common: whom, when, and how the outcome is told."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from ...core.acting.action import Action, Outcome, Result, refused
from ...core.acting.channel import Channel
from ...core.acting.peers import why_not_act
from ...core.acting.records import driven
from ...core.acting.service import Acting
from ...core.agents.base import Discovery, Sighting, State
from ...core.config import Settings, load_config
from ...core.paths import state_folder
from ...core.problems import NotFound, Problem
from ...core.text import clean
from ..told_once import once
from . import which
from .loop import run_to_end
from .output import print_json, warn

EXIT = {Outcome.CONFIRMED: 0, Outcome.REFUSED: 1, Outcome.UNKNOWN: 3}
"""Exit status by outcome."""

PATIENCE = 30 * 60.0
"""Seconds that `--when idle` waits unless told otherwise."""

LOOK = 0.2
"""Seconds between two looks at a state that nothing announces."""

Made = TypeVar("Made", bound=Callable[..., Any])
Found = TypeVar("Found")


class NotByAnAgent(Problem):
    """A process that an agent started may look at sessions, and not act on them."""

    title = "An agent may not do that"
    remedy = "Do it in a terminal of your own."


def options(command: Made) -> Made:
    """Add the options that every command has which must find a way into a session."""
    socket = click.option(
        "--tmux-socket", metavar="PATH", help="The tmux server's socket, where it is not found."
    )
    return socket(command)


def waiting(command: Made) -> Made:
    """Add the options of commands that can wait for the end of the turn."""
    when = click.option(
        "--when",
        type=click.Choice(["now", "idle"]),
        default="now",
        show_default=True,
        help="Act now and be refused while the agent works, or wait until it is idle.",
    )
    timeout = click.option(
        "--timeout",
        type=click.FloatRange(0),
        default=PATIENCE,
        metavar="SECONDS",
        help="How long to wait for it.",
    )
    return when(timeout(command))


def perform(
    session: str,
    wanted: Action,
    *,
    as_json: bool,
    tmux_socket: str | None = None,
    when: str = "now",
    timeout: float = 0.0,
) -> int:
    """Find the session, act on it, tell what came of it; return the exit status.

    Raises:
        Problem: there is no such session, nothing leads into it, or an agent asks.
    """

    async def work(acting: Acting, sighting: Sighting, channel: Channel) -> Result:
        at = sighting.session_id
        if when == "idle" and not await idle(channel, timeout):
            return refused(wanted, f"It was not idle within {timeout:g} s.", session_id=at)
        if channel.live.session_id not in (None, at):
            why = f"It went on as session {channel.live.session_id}."
            return refused(wanted, why, remedy="Name that one.", session_id=at)
        return await acting.act((sighting.agent, at), wanted)

    try:
        result = on_session(session, work, tmux_socket=tmux_socket)
    except Problem as problem:
        if not as_json or problem.exit_code != EXIT[Outcome.REFUSED]:
            raise
        result = refused(wanted, f"{problem.title}: {problem.detail}", remedy=problem.remedy)
    tell(result, as_json=as_json)
    return EXIT[result.outcome]


def on_session(
    session: str,
    work: Callable[[Acting, Sighting, Channel], Awaitable[Found]],
    *,
    tmux_socket: str | None = None,
) -> Found:
    """Attach to a session and do `work` with it.

    Raises:
        Problem: there is no such session, nothing leads into it, or an agent asks.
    """
    if why := why_not_act(os.getpid()):
        raise NotByAnAgent(why)
    settings, reports = load_config()
    warn(reports)
    sighting = sighting_of(session, settings)

    async def attached() -> Found:
        acting = acting_with(settings, tmux_socket)
        warn(acting.left_open())
        try:
            channel = await acting.attach(sighting)
            caution = acting.caution((sighting.agent, sighting.session_id))
            if caution and once("without-hooks-in-a-shell"):
                click.echo(f"clearhead: {caution}", err=True)
            return await work(acting, sighting, channel)
        finally:
            await acting.close()

    return run_to_end(attached())


def acting_with(settings: Settings, tmux_socket: str | None = None) -> Acting:
    """Return the service that acts, with the folders of the settings."""
    folders = {"claude": settings.claude_folders, "codex": settings.codex_folders}
    return Acting(state_folder(), folders, tmux_socket)


def sighting_of(session: str, settings: Settings) -> Sighting:
    """Return the session a person names; one of our own also before its first turn.

    Raises:
        Problem: there is none, or there are several.
    """
    found = [agent.discover() for agent in which.agents_of(settings)]
    known = {s.session_id for discovery in found for s in discovery.sightings}
    fresh = tuple(s for s in driven(state_folder()) if s.session_id not in known)
    return which.of_session(session, [*found, Discovery(fresh)])


async def idle(channel: Channel, seconds: float) -> bool:
    """Wait until the session is idle; false when it was not within `seconds`."""
    stirred = asyncio.Event()
    channel.listen(stirred.set)
    end = time.monotonic() + seconds
    while channel.live.state is not State.IDLE:
        if time.monotonic() >= end or channel.live.problem is not None:
            return False
        stirred.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await stirred.wait()
    return True


def tell(result: Result, *, as_json: bool) -> None:
    """Say what came of an action, and what tells so."""
    if as_json:
        print_json(of_result(result))
        return
    click.echo(f"{result.action.verb}: {result.outcome}")
    for evidence in result.evidence:
        click.echo(f"  {evidence.kind}: {clean(evidence.detail)}")
    for words in (result.reason, result.remedy):
        if words:
            click.echo(f"  {clean(words)}", err=True)


def of_result(result: Result) -> dict[str, Any]:
    """Return an outcome as scripts read it."""
    return {
        "action": result.action.verb,
        "outcome": result.outcome,
        "evidence": [{"kind": e.kind, "detail": e.detail, "at": e.at} for e in result.evidence],
        "session_id": result.session_id,
        "new_session_id": result.new_session_id,
        "reason": result.reason or None,
        "remedy": result.remedy or None,
    }


def text_of(argument: str) -> str:
    """Return a text that is given, or what standard input holds for `-`.

    Raises:
        NotFound: it is empty.
    """
    text = sys.stdin.read() if argument == "-" else argument
    if not text.strip():
        raise NotFound("There is no text to send.", remedy="Give a text, or `-` and the text.")
    return text


def folder_of(path: str) -> Path:
    """Return a folder that is there.

    Raises:
        NotFound: it is not.
    """
    folder = Path(path).expanduser().resolve()
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", remedy="Check the path.")
    return folder
