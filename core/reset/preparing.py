"""What a reset would do now, worked out and shown before anything is done."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec
from msgspec.structs import replace

from .. import gitrepo
from ..acting.records import driver_of
from ..agents.base import Sighting
from ..agents.processes import process
from ..committable import Committable, look
from ..gitrun import run_git
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
from .flags import command_of, kept_flags, narrowed
from .place import brief_of, open_steps
from .store import new_id
from .transaction import Begun, Purpose

NO_REPOSITORY = "there is no repository"

OWN_TEMPLATE = "brief.md"
"""The person's own text of a brief, in their settings folder."""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A reset that could begin. `brief_text` can still be edited, `ticked` be changed.

    `notes_path` is `None` while the progress file is still to be made from its template, as
    `begun.notes`; `notes_ignored` when git leaves it out. `start_tokens` is about what the fresh
    session begins with beyond its own: brief, maps, notes; `smart` is where the smart zone of the
    model ends. `findings` are the notes' health.
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
    notes_ignored: bool = False
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
    there, wanted = _notes_in(root, tuple(names))
    notes_text = decode(there.read_bytes())[0] if there else ""
    brief = brief_of(root, cwd, wanted, notes_text, agent=target or sighting.agent)
    text = render(brief, template())
    committable = look(repo) if repo else Committable(why_not=NO_REPOSITORY)
    begun = Begun(
        at=time.time(),
        id=new_id(),
        agent=sighting.agent,
        session_id=sighting.session_id,
        cwd=str(cwd),
        session_began=snapshot.started_at,
        root=str(root) if repo and not repo.bare else None,
        task=task,
        purpose=purpose,
        target=target,
        target_model=target_model,
        notes=str(wanted) if wanted else None,
        fill=snapshot.fill.tokens if snapshot.fill else None,
        next_usd=next_usd,
    )
    begun = _with_client(begun, sighting, state, snapshot.mode)
    return Prepared(
        begun=begun,
        brief=brief,
        brief_text=text,
        notes_path=there,
        notes_text=notes_text,
        notes_ignored=bool(repo) and _ignored(root, wanted),
        committable=committable,
        ticked=committable.ticked(_below(wanted, root)),
        message=message_of(begun, root.name),
        start_tokens=_start_tokens(root, brief, text, notes_text, snapshot.model),
        smart=smart,
        next_steps=open_steps(notes_text),
        findings=_health(there, notes_text, today),
    )


def _with_client(begun: Begun, sighting: Sighting, state: Path, mode: str | None) -> Begun:
    """Say which process runs the session, and with which flags it can be brought back."""
    driver = driver_of(state, begun.agent, begun.session_id)
    pid = driver.pid if driver else sighting.pid
    found = process(pid) if pid else None
    words = driver.args if driver else command_of(pid) if pid else ()
    return replace(
        begun,
        pid=pid,
        start=found.start if found else None,
        owned=driver is not None,
        args=narrowed(begun.agent, kept_flags(begun.agent, words), mode),
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
    found = look(repo) if repo else Committable(why_not=NO_REPOSITORY)
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


def _notes_in(root: Path, names: tuple[str, ...]) -> tuple[Path | None, Path | None]:
    """Return the progress file that is there, and the one that is wanted: that, or a new one."""
    there = next((root / name for name in names if (root / name).is_file()), None)
    return there, there or (root / names[0] if names else None)


def _ignored(root: Path, path: Path | None) -> bool:
    """Say whether git leaves the progress file out, so that no commit can hold it."""
    return path is not None and run_git(root, "check-ignore", "-q", "--", str(path)).code == 0


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
