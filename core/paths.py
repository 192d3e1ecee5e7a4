"""Where clearhead keeps what is its own: settings, state, cache, sockets.

Asking for a folder creates nothing; `make_folder` does, when something is about to be written.
The variables of the XDG standard are respected.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from .problems import Problem

if TYPE_CHECKING:
    from platformdirs.api import PlatformDirsABC

APP = "clearhead"


class UnsafeFolder(Problem):
    """A folder that only its owner may use can be used by someone else, or is not ours."""

    title = "Folder not safe to use"


def config_folder() -> Path:
    """Return the folder of the settings file."""
    return _folders().user_config_path


def state_folder() -> Path:
    """Return the folder of what must survive: records of what was installed, the journal."""
    return _folders().user_state_path


def cache_folder() -> Path:
    """Return the folder of what can be made again; it may be deleted at any time."""
    return _folders().user_cache_path


def runtime_folder() -> Path:
    """Return the folder of sockets: in the user's runtime folder, else one of our own.

    The second lies in a place that everyone can write to, so use `make_runtime_folder`.
    """
    user = os.getuid()
    for base in (os.environ.get("XDG_RUNTIME_DIR"), f"/run/user/{user}"):
        if base and Path(base).is_dir():
            return Path(base) / APP
    from tempfile import gettempdir

    return Path(gettempdir()) / f"{APP}-{user}"


def make_runtime_folder() -> Path:
    """Return the runtime folder, made where it was missing, and safe.

    Raises:
        UnsafeFolder: it is a link, belongs to someone else, or others may enter it.
    """
    return safe_folder(runtime_folder())


def safe_folder(folder: Path) -> Path:
    """Return `folder`, made where it was missing, if nobody but its owner can reach into it.

    Raises:
        UnsafeFolder: it is a link, belongs to someone else, or others may enter it.
    """
    try:
        make_folder(folder)
        found = folder.lstat()
    except OSError as error:
        raise UnsafeFolder(
            f"{folder}: {error.strerror}", remedy="Set XDG_RUNTIME_DIR to a folder of your own."
        ) from error
    if wrong := _what_is_unsafe(found):
        raise UnsafeFolder(
            f"{folder} {wrong}", remedy=f"Look at what is in {folder}, remove it and try again."
        )
    return folder


def make_folder(folder: Path) -> Path:
    """Make `folder`, and what is missing above it, for its owner only; return it.

    Raises:
        OSError: it cannot be made.
    """
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _what_is_unsafe(found: os.stat_result) -> str | None:
    if stat.S_ISLNK(found.st_mode):
        return "is a symbolic link"
    if not stat.S_ISDIR(found.st_mode):
        return "is not a folder"
    if found.st_uid != os.getuid():
        return f"belongs to user {found.st_uid}"
    if (mode := stat.S_IMODE(found.st_mode)) & 0o077:
        return f"is open to others (mode {mode:04o})"
    return None


def _folders() -> PlatformDirsABC:
    from platformdirs import PlatformDirs

    return PlatformDirs(APP, appauthor=False)
