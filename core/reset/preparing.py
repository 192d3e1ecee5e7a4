"""What a reset would do now, worked out and shown before anything is done."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from .. import gitrepo
from ..acting.records import driver_of
from ..agents.base import Sighting
from ..agents.processes import process
from ..committable import Committable, look
from ..health.facts import facts_of
from ..health.finding import Finding, Severity
from ..health.linter import check
from ..lineends import decode
from ..paths import config_folder
from ..problems import Problem
from ..progress import NAMES
from ..snapshot import Snapshot
from ..tokens import about
from .brief import SHARE, TEMPLATE, Brief, render
from .place import brief_of, open_steps
from .store import new_id
from .transaction import Begun, Purpose

OWN_TEMPLATE = "brief.md"
"""The person's own text of a brief, in their settings folder."""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A reset that could begin. `brief_text` can still be edited, `ticked` be changed.

    `start_tokens` is about what the fresh session begins with beyond its own: brief, maps, notes;
    `smart` is where the smart zone of the model ends. `findings` are the notes' health.
    """

    begun: Begun
    brief: Brief
    brief_text: str
    notes_path: Path | None
    notes_text: str
    committable: Committable
    ticked: tuple[str, ...]
    message: str
    start_tokens: int
    smart: int
    next_steps: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def heavy(self) -> bool:
        """Whether the start load is more than a fifth of the smart zone."""
        return self.start_tokens > SHARE * self.smart

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What is wrong with the notes, so that the person has to overrule it."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)


def prepare(
    sighting: Sighting,
    snapshot: Snapshot,
    state: Path,
    smart: int,
    *,
    today: date,
    names: Iterable[str] = NAMES,
    purpose: Purpose = Purpose.RESET,
    target: str = "",
    target_model: str | None = None,
    task: str = "",
    next_usd: float | None = None,
) -> Prepared:
    """Look at a session, its repository and its notes, and say what a reset would do.

    Raises:
        Problem: git or the progress file cannot be read.
    """
    cwd = Path(snapshot.cwd or sighting.cwd or ".")
    repo = gitrepo.read_repo(cwd, state)
    root = repo.root if repo and not repo.bare else cwd
    notes_path = _notes_in(root, names)
    notes_text = decode(notes_path.read_bytes())[0] if notes_path else ""
    brief = brief_of(root, cwd, notes_path, notes_text)
    text = render(brief, template())
    committable = look(repo) if repo else Committable(why_not="no repository")
    driver = driver_of(state, sighting.agent, sighting.session_id)
    pid = driver.pid if driver else sighting.pid
    found = process(pid) if pid else None
    begun = Begun(
        at=time.time(),
        id=new_id(),
        agent=sighting.agent,
        session_id=sighting.session_id,
        cwd=str(cwd),
        pid=pid,
        start=found.start if found else None,
        session_began=snapshot.started_at,
        owned=driver is not None,
        args=driver.args if driver else (),
        root=str(root) if repo and not committable.why_not else None,
        task=task,
        purpose=purpose,
        target=target,
        target_model=target_model,
        notes=str(notes_path) if notes_path else None,
        fill=snapshot.fill.tokens if snapshot.fill else None,
        next_usd=next_usd,
    )
    return Prepared(
        begun=begun,
        brief=brief,
        brief_text=text,
        notes_path=notes_path,
        notes_text=notes_text,
        committable=committable,
        ticked=committable.ticked(_below(notes_path, root)),
        message=message_of(begun, root.name),
        start_tokens=_start_tokens(root, brief, text, notes_text, snapshot.model),
        smart=smart,
        next_steps=open_steps(notes_text),
        findings=_health(notes_path, notes_text, today),
    )


class Review(msgspec.Struct, frozen=True):
    """What the person looks at between the notes and the rest: both may have changed since."""

    committable: Committable
    ticked: tuple[str, ...]
    message: str
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What is wrong with the notes, so that the person has to overrule it."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)


def review(begun: Begun, state: Path, today: date) -> Review:
    """Look again at what a reset that is under way would commit, and at its notes.

    Raises:
        Problem: git cannot say.
    """
    cwd = Path(begun.cwd)
    repo = gitrepo.read_repo(cwd, state)
    root = repo.root if repo and not repo.bare else cwd
    path = Path(begun.notes) if begun.notes else None
    text = decode(path.read_bytes())[0] if path and path.is_file() else ""
    found = look(repo) if repo else Committable(why_not="no repository")
    ticked = found.ticked(_below(path, root))
    return Review(found, ticked, message_of(begun, root.name), _health(path, text, today))


def template() -> str:
    """Return the text of a brief: the person's own, else ours."""
    try:
        return (config_folder() / OWN_TEMPLATE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return TEMPLATE


def message_of(begun: Begun, project: str) -> str:
    """Return the message of a reset's commit: it names the session, and this reset."""
    return (
        f"Bring {project} to a checkpoint\n\n"
        f"Before the {begun.purpose} of {begun.agent} session {begun.session_id}.\n"
        f"Clearhead-Reset: {begun.id}\n"
    )


def _notes_in(root: Path, names: Iterable[str]) -> Path | None:
    return next((root / name for name in names if (root / name).is_file()), None)


def _below(path: Path | None, root: Path) -> str | None:
    return str(path.relative_to(root)) if path and path.is_relative_to(root) else None


def _start_tokens(root: Path, brief: Brief, text: str, notes: str, model: str | None) -> int:
    sizes = [(root / name).stat().st_size for name in brief.maps]
    return about(len(text) + len(notes) + sum(sizes), model)


def _health(path: Path | None, text: str, today: date) -> tuple[Finding, ...]:
    if path is None:
        return ()
    try:
        return check(text, facts_of(path, text, today=today))
    except Problem:
        return ()
