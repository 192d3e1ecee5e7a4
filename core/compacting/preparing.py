"""What a compaction would say and free, worked out and shown before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import msgspec

from .. import gitrepo
from ..agents.base import Agent, Sighting
from ..kept import Kept
from ..notefile import text_of
from ..notes import Notes
from ..problems import Problem
from ..progress import NAMES
from ..snapshot import Snapshot
from ..start_load import start_load
from ..thread import Load, Thread
from ..tokens import about
from ..transcript import View
from .instruction import instruction
from .keeping import Keep, keeps_of
from .reading import files_in_play, goal_of

SUMMARY = 4_000
"""Tokens that a summary takes, roughly: client-written ones were 2k to 12k."""

MOST_START = 60_000
"""Tokens above which a first call carried more than the client's own words: a session that was
taken up again, or a transcript that begins in its middle. Clients were seen to bring 5k to 45k."""

TAKES_TEXT = frozenset({"claude", "demo"})
"""Agents whose compaction takes a text; the others are told with a prompt before it."""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A compaction that could begin. `text` can still be edited.

    `before` is the fill now, `estimate` about what is left, in tokens; `None` is unknown.
    `takes_text` is false where the text goes out as a prompt of its own, before the compaction.
    """

    keeps: tuple[Keep, ...]
    text: str
    notes_path: Path | None
    notes_text: str
    takes_text: bool
    model: str | None
    before: int | None
    estimate: int | None
    start: int | None = None
    """About what the client brings along itself, in tokens."""

    @property
    def notes_name(self) -> str | None:
        """The name of the progress file, where there is one."""
        return self.notes_path.name if self.notes_path else None

    def tokens(self, text: str) -> int:
        """Return about how many tokens a text is for the session's model."""
        return about(len(text), self.model)


def prepare(
    sighting: Sighting,
    snapshot: Snapshot,
    view: View | None,
    load: Load,
    state: Path,
    *,
    agent: Agent | None = None,
    names: Iterable[str] = NAMES,
    stop: int | None = None,
) -> Prepared:
    """Look at a session and its notes, and say what its compaction should keep.

    `stop` is the item of a compaction that has happened: only files before it count.

    Raises:
        Problem: git cannot say, or the progress file cannot be read.
    """
    path, notes = notes_of(Path(snapshot.cwd or sighting.cwd or "."), state, names)
    thread = Thread(view, load) if view else None
    goal = goal_of(thread) if thread else ""
    files = tuple(f for f in files_in_play(thread, stop) if not _is(f, path)) if thread else ()
    keeps = keeps_of(notes, goal, files)
    start = _start(agent, sighting, snapshot.model)
    return Prepared(
        keeps=keeps,
        text=instruction(keeps, path.name if path else None),
        notes_path=path,
        notes_text=notes,
        takes_text=sighting.agent in TAKES_TEXT,
        model=snapshot.model,
        before=snapshot.fill.tokens if snapshot.fill and not snapshot.settling else None,
        estimate=estimate(snapshot, start),
        start=start,
    )


def notes_of(cwd: Path, state: Path, names: Iterable[str] = NAMES) -> tuple[Path | None, str]:
    """Return the progress file of a folder's repository and what it says.

    Raises:
        Problem: git cannot say, or the file cannot be read as text.
    """
    repo = gitrepo.read_repo(cwd, state)
    root = repo.root if repo and not repo.bare else cwd
    path = Notes(root, Kept(state)).find(names)
    return path, text_in(path) if path else ""


def text_in(path: Path) -> str:
    """Return the text of a progress file.

    Raises:
        Problem: it is gone, or no text.
    """
    try:
        return text_of(path, path.read_bytes())[0]
    except OSError as error:
        raise Problem(f"{path.name} cannot be read: {error.strerror}.") from error


def estimate(snapshot: Snapshot, start: int | None) -> int | None:
    """Return about what is left in the context, in tokens.

    It is what was left after the last compaction; before the first one, what the client brings
    along (`start`) and a summary. `None` where neither is known, or nothing would be gained.
    """
    after = [b.fill for a, b in pairwise(snapshot.history) if a.compacted and not b.compacted]
    left = after[-1] if after else start + SUMMARY if start is not None else None
    fill = snapshot.fill.tokens if snapshot.fill else None
    return left if left is not None and (fill is None or left < fill) else None


def _start(agent: Agent | None, sighting: Sighting, model: str | None) -> int | None:
    if agent is None or sighting.path is None:
        return None
    found = start_load(agent, sighting.path, model)
    return found if found is not None and found <= MOST_START else None


def _is(name: str, path: Path | None) -> bool:
    """Say whether a file is the progress file: that one is named anyway."""
    return path is not None and name.rpartition("/")[2] == path.name
