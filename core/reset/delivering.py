"""A task as a text for someone who is not an agent here: a person, or another machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from .. import gitrepo
from ..agents.base import Agent, Sighting
from ..config import Settings
from ..figures import costs_of, gauge_of
from ..followed import Followed
from ..gitrun import run_git
from ..problems import NotSaved
from ..secrets import find_secrets
from ..session import standing
from ..task_chain import chain_of
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
    prepared: Prepared,
    agent: Agent,
    sighting: Sighting,
    settings: Settings,
    *,
    state: Path,
    agents: Mapping[str, Agent] | None = None,
) -> str:
    """Return the file that `clearhead pickup` reads on another machine; secrets are masked.

    It tells what the whole task has cost until now; `agents` are whose sessions are in its chain.

    Raises:
        Problem: the transcript or git cannot be read.
    """
    begun, root = prepared.begun, Path(prepared.begun.root or prepared.begun.cwd)
    repo = gitrepo.read_repo(root, state)
    remote = run_git(root, "config", "--get", "remote.origin.url") if repo else None
    task = Tasks(state).begin(begun.agent, sighting.session_id, begun.root)
    known = agents or {agent.name: agent}
    chain = chain_of(begun.agent, sighting.session_id, state, known, settings)
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
            usd=chain.usd if chain else None,
            brief=prepared.brief_text,
            notes=prepared.notes_text,
        )
    )


def unshared(prepared: Prepared) -> tuple[str, ...]:
    """Return in words what whoever takes over will not find: looks only."""
    if prepared.begun.root is None:
        return ("There is no repository: only this text goes along.",)
    found, root = [], Path(prepared.begun.root)
    if changes := len(prepared.committable.changes):
        paths = "path is" if changes == 1 else "paths are"
        found.append(f"{changes} changed {paths} in no commit.")
    if not run_git(root, "branch", "-r", "--contains", "HEAD").text.strip():
        found.append("The newest commit is on no remote branch: push it first.")
    if prepared.notes_ignored:
        found.append("git ignores the progress file: only its text goes along.")
    return tuple(found)


def masked_in(prepared: Prepared) -> tuple[str, ...]:
    """Return which kinds of secrets are masked in what is handed on."""
    texts = (prepared.brief_text, prepared.notes_text)
    return tuple(sorted({secret.kind for text in texts for secret in find_secrets(text)}))


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
