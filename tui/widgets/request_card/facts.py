"""What the card says beside the command itself: where, what it does, what the notes say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from ....core import danger
from ....core.acting.live import Request, Source
from ....core.agents.base import Side, Waiting
from ....core.bearing import Bearing, Kind, bearings
from ....core.danger import Danger, Level
from ...numbers import count
from ..transcript.lines import Piece
from .excerpt import marks_of

SHELLS = {"Bash", "PowerShell", "Monitor", "exec_command", "shell", "local_shell"}
"""Tools that run a command."""

_WANTS = {
    "Write": "wants to write this file",
    "Edit": "wants to change this file",
    "MultiEdit": "wants to change this file",
    "NotebookEdit": "wants to change this notebook",
    "apply_patch": "wants to change this",
    "ExitPlanMode": "wants to begin with this plan",
    "request_permissions": "wants more rights",
}
_SOURCES = {
    Source.STREAM: "by its stream",
    Source.HOOK: "by its hook",
    Source.SERVER: "by its server",
    Source.TERMINAL: "by a key in its terminal",
    Source.TRANSCRIPT: "as its transcript suggests",
}
_KINDS = {
    Kind.FORBIDS: Piece("against", "reset", bold=True),
    Kind.FAILED: Piece("tried before", "dumb", bold=True),
    Kind.ASKS: Piece("asked for", "ok", bold=True),
}
_LEVELS = {
    Level.HIGH: Piece("high", "reset", bold=True),
    Level.NOTE: Piece("note", "dumb", bold=True),
}
SILENT = "none of the known words, which proves nothing"


class Setting(msgspec.Struct, frozen=True):
    """What surrounds a request.

    `home` is the person's home folder, `root` the repository's, `cwd` where the agent works,
    `notes` the text of the progress file. `closed` says in a sentence why nothing can be answered
    from here; `owned` is a session that no terminal but this one shows.
    """

    agent: str = ""
    owned: bool = False
    home: str = ""
    root: str | None = None
    cwd: str | None = None
    mode: str | None = None
    notes: str = ""
    closed: str = ""


class Fact(NamedTuple):
    """A row of the card; on a small screen those of the largest `weight` yield first."""

    label: str
    words: tuple[Piece, ...]
    weight: int


def wants(request: Request) -> str:
    """Return what a tool wants, to be read behind its name."""
    if request.kind is Waiting.INPUT:
        return "asks you"
    if request.kind is Waiting.DIALOG:
        return "waits, a dialog is open"
    if request.tool in SHELLS:
        return "wants to run this"
    return _WANTS.get(request.tool, "wants to do this")


def consent(request: Request) -> str:
    """Return what the two keys do, in two words."""
    return "run once" if request.tool in SHELLS else "allow once"


def why_closed(request: Request, setting: Setting) -> str:
    """Say in a sentence why a request cannot be answered here; "" when it can."""
    if setting.closed:
        return setting.closed
    if request.answerable:
        return ""
    return "It can be answered in its own terminal only."


@lru_cache(maxsize=8)
def facts_of(request: Request, setting: Setting) -> tuple[Fact, ...]:
    """Return every row about a request but the one on what was seen."""
    return (
        *_place(request, setting),
        *_notes(request, setting),
        *_risks(request, setting),
        *_asks(request, setting),
    )


def _place(request: Request, setting: Setting) -> Iterator[Fact]:
    cwd, root = request.cwd or setting.cwd, setting.root
    if cwd is None:
        return
    words = [Piece(_short(cwd, setting.home))]
    if root is None:
        words.append(Piece("   no repository is known here", "muted"))
    elif cwd == root:
        words.append(Piece("   the repository", "muted"))
    elif inside(cwd, root):
        words.append(Piece("   inside the repository", "muted"))
    else:
        words.append(Piece(f"   outside the repository {_short(root, setting.home)}", "dumb"))
    outside = root is not None and not inside(cwd, root)
    yield Fact("in", tuple(words), 2 if outside else 6)


def _risks(request: Request, setting: Setting) -> Iterator[Fact]:
    for one in danger.reasons(found_in(request, setting)):
        weight = 1 if one.level is Level.HIGH else 3
        yield Fact("risk", (_LEVELS[one.level], Piece(f"  {one.reason}")), weight)
    for remark in request.remarks:
        words = remark[:1].lower() + remark[1:].rstrip(".")
        yield Fact("risk", (_LEVELS[Level.NOTE], Piece(f"  {words}")), 2)
    if len(request.text) > danger.LOOKED_AT:
        words = f"  only the first {danger.LOOKED_AT:,} characters were looked at"
        yield Fact("risk", (_LEVELS[Level.NOTE], Piece(words)), 3)
    if not request.remarks and not found_in(request, setting) and request.tool in SHELLS:
        yield Fact("risk", (Piece(SILENT, "muted"),), 7)


def found_in(request: Request, setting: Setting) -> tuple[Danger, ...]:
    """Return what is marked in a command, or known of the files that an edit would change."""
    if not request.diff:
        return marks_of(request)
    found = [one for path in _paths(request) for one in danger.path_dangers(path)]
    if setting.root and any(not inside(path, setting.root) for path in _paths(request)):
        found.insert(0, Danger(Level.HIGH, "changes a file outside the repository"))
    return tuple(found)


def _paths(request: Request) -> list[str]:
    """Return the files that an edit would change, as far as its text names them."""
    return [line for line in request.text.split("\n") if line.startswith("/")]


def _notes(request: Request, setting: Setting) -> Iterator[Fact]:
    for one in bearings_of(request, setting):
        words = (_KINDS[one.kind], Piece(f"  {one.topic.value}: ", "muted"), Piece(one.text))
        yield Fact("notes", words, 0 if one.kind is Kind.FORBIDS else 2)


def bearings_of(request: Request, setting: Setting) -> tuple[Bearing, ...]:
    """Return the lines of the notes that bear on a request."""
    if request.kind is not Waiting.PERMISSION or not setting.notes:
        return ()
    does = (one.reason for one in found_in(request, setting))
    added = (line.text for line in request.diff if line.side is Side.ADDED)
    return bearings(setting.notes, request.text, does=does, added=added)


def _asks(request: Request, setting: Setting) -> Iterator[Fact]:
    mode = request.mode or setting.mode
    said = ", ".join(filter(None, (setting.agent, f"permission mode {mode}" if mode else "")))
    source = _SOURCES[request.source] if request.source else ""
    if said or source:
        words = (Piece(said), Piece(f"   {source}" if said else source, "muted"))
        yield Fact("asks", tuple(piece for piece in words if piece.text), 8)


def seen_of(shown: int, count_: int, window: tuple[int, int], key: str) -> Fact:
    """Return the row on what was seen: `shown` of all lines, those in the `window` just now."""
    noun = count(count_, "line")
    if shown >= count_:
        words = (Piece(f"all {noun} shown" if count_ > 1 else "its one line shown", "text"),)
        return Fact("seen", words, 9)
    first, last = window
    now = Piece(f"lines {first}-{last} of {count_:,}", "dumb", bold=True)
    return Fact("seen", (now, Piece(f"   {key} shows more", "muted")), 0)


def inside(path: str, folder: str) -> bool:
    """Say whether a path lies in a folder, by its name alone."""
    return Path(folder) in (Path(path), *Path(path).parents) and ".." not in Path(path).parts


def _short(path: str, home: str) -> str:
    near = home and (path == home or path.startswith(home + "/"))
    return f"~{path[len(home) :]}" if near else path


def trimmed(facts: Iterable[Fact], rows: int) -> list[Fact]:
    """Return the facts that matter most, as many as there are rows, in their order."""
    kept = list(facts)
    while len(kept) > max(0, rows):
        kept.remove(max(reversed(kept), key=lambda fact: fact.weight))
    return kept


def labelled(facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts with each label said once, on the first row of its kind."""
    told, before = [], ""
    for fact in facts:
        told.append(fact._replace(label="") if fact.label == before else fact)
        before = fact.label
    return told
