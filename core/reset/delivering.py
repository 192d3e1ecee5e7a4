"""A task as a text for someone who is not an agent here: a person, or another machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from .. import gitrepo
from ..agents.base import Agent, Sighting
from ..config import Settings
from ..figures import costs_of, gauge_of
from ..followed import Followed
from ..gitrun import run_git
from ..problems import NotSaved
from ..session import standing
from ..tasks import Tasks
from ..tokens import short
from . import bundle as bundles
from .preparing import Prepared
from .shift import Shift, report

SHIFT_NAME = "shift-report.md"
"""The usual name of a report for a person."""

COMMITS = 5
"""The newest commits that a report names."""


def shift_report(
    prepared: Prepared,
    agent: Agent,
    sighting: Sighting,
    settings: Settings,
    *,
    state: Path,
    dollars: Callable[[float], str],
) -> str:
    """Return the page for the person who takes over; `dollars` writes an amount as people read it.

    Raises:
        Problem: the transcript or git cannot be read.
    """
    followed = Followed(agent, sighting)
    followed.read_whole()
    snapshot, now = followed.snapshot, time.time()
    gauge, where = gauge_of(snapshot, settings), standing(sighting, snapshot, now)
    usd = costs_of(snapshot, settings).usd
    cwd = Path(prepared.begun.cwd)
    repo = gitrepo.read_repo(cwd, state)
    log = run_git(cwd, "log", "--oneline", f"-{COMMITS}") if repo else None
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
        fill="unknown" if gauge.fill is None else short(gauge.fill),
        zone=gauge.zone.word if gauge.zone else "",
        spent="unknown" if usd is None else dollars(usd),
        last_said=snapshot.last_said,
        watch=tuple(finding.message for finding in prepared.findings),
        commits=tuple(log.text.splitlines()) if log and log.code == 0 else (),
    )
    return report(shift, prepared.notes_text)


def bundle_text(
    prepared: Prepared, agent: Agent, sighting: Sighting, settings: Settings, *, state: Path
) -> str:
    """Return the file that `clearhead pickup` reads on another machine; secrets are masked.

    Raises:
        Problem: the transcript or git cannot be read.
    """
    begun, root = prepared.begun, Path(prepared.begun.root or prepared.begun.cwd)
    repo = gitrepo.read_repo(root, state)
    remote = run_git(root, "config", "--get", "remote.origin.url") if repo else None
    followed = Followed(agent, sighting)
    followed.read_whole()
    return bundles.write(
        bundles.Bundle(
            task=Tasks(state).begin(begun.agent, begun.session_id, begun.root),
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


def write_new(path: Path, text: str) -> None:
    """Write a text to a file that is not there yet.

    Raises:
        NotSaved: something is there already, or it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise NotSaved(f"{path} is there already.", remedy="Name another place.") from None
    except OSError as error:
        raise NotSaved(f"{path}: {error.strerror}.", remedy="Name another place.") from error
