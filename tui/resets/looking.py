"""What a course reads of the world: the plan of a reset, and figures. Runs in threads."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from ...core.config import Settings
from ...core.gauge import Zone
from ...core.next_turn import next_usd
from ...core.reset.preparing import Prepared, prepare
from ...core.reset.transaction import Begun
from ..look import Look
from .facts import Figures, Receiver


def plan(look: Look, receiver: Receiver, settings: Settings, state: Path) -> Prepared:
    """Return what a reset of a session would do now.

    Raises:
        Problem: git or the progress file cannot be read.
    """
    return prepare(
        look.seen.sighting,
        look.seen.snapshot,
        state,
        smart_of(look),
        today=today(),
        names=settings.progress_files,
        purpose=receiver.purpose,
        target=receiver.agent,
        target_model=receiver.model,
        next_usd=next_usd(look.seen.snapshot, settings),
    )


def smart_of(look: Look) -> int:
    """Return where the smart zone of a session ends, in tokens."""
    return look.gauge.edges.edge(Zone.DUMB).at


def figures_now(look: Look, settings: Settings) -> Figures:
    """Return how full a session is by now, and what going on costs."""
    snapshot = look.seen.snapshot
    fill = snapshot.fill.tokens if snapshot.fill else None
    return Figures(fill, look.gauge.window, next_usd(snapshot, settings))


def notes_text(begun: Begun) -> str | None:
    """Return the progress file as it is now; `None` where there is none."""
    try:
        return Path(begun.notes).read_text(errors="replace") if begun.notes else None
    except OSError:
        return None


def today() -> date:
    """Return the day it is here."""
    return datetime.now().astimezone().date()
