"""Removes what killed demos left behind, and nothing else.

A root is ours to remove when its name, its owner, its mode and its owner file all say that it is
a demo's, and neither the process that made it nor its agent runs any more.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from .identity import Identity, lives
from .places import Places

PREFIX = "clearhead-demo-"
MARK = "clearhead demo: removed by clearhead once both processes are gone"


class Owner(msgspec.Struct, frozen=True):
    """Whose a root is. `root` is its own path, so that a copied file claims nothing."""

    mark: str
    root: str
    launcher: Identity
    agent: Identity | None = None


def claim(places: Places, launcher: Identity, agent: Identity | None = None) -> None:
    """Say in the root whose it is."""
    owner = Owner(MARK, str(places.root), launcher, agent)
    beside = places.owner.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_bytes(msgspec.json.encode(owner))
    beside.replace(places.owner)


def sweep(parent: Path | None = None) -> list[Path]:
    """Remove the roots of dead demos in `parent` (default: the temporary folder); return them."""
    folder = Path(tempfile.gettempdir()) if parent is None else parent
    dead = [root for root in sorted(folder.glob(f"{PREFIX}*")) if _is_leftover(root)]
    return [root for root in dead if remove(root)]


def remove(root: Path) -> bool:
    """Remove a root that is known to be a demo's; say whether it is gone."""
    shutil.rmtree(root, ignore_errors=True)
    return not root.exists()


def _is_leftover(root: Path) -> bool:
    """Say whether `root` is a demo's, and nobody uses it any more."""
    owner = _owner(root)
    if owner is None or owner.mark != MARK or owner.root != str(root.resolve()):
        return False
    return not any(lives(process) for process in (owner.launcher, owner.agent) if process)


def _owner(root: Path) -> Owner | None:
    """Return what the owner file of `root` says; `None` unless folder and file are ours alone."""
    path = Places(root).owner
    try:
        if not (_is_mine(root.lstat(), stat.S_ISDIR) and _is_mine(path.lstat(), stat.S_ISREG)):
            return None
        return msgspec.json.decode(path.read_bytes(), type=Owner)
    except (OSError, msgspec.MsgspecError):
        return None


def _is_mine(found: os.stat_result, kind: Callable[[int], bool]) -> bool:
    """Say whether a file (no link) is of this kind, belongs to us and is closed to all others."""
    closed = not stat.S_IMODE(found.st_mode) & 0o077
    return kind(found.st_mode) and found.st_uid == os.getuid() and closed
