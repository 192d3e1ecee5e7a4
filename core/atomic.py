"""Replace a file in one step: readers see the old content or the new, never a part.

Everything happens through a handle on the folder, so that a folder exchanged for a link
meanwhile leads nowhere else.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NO_LINK = os.O_NOFOLLOW | os.O_CLOEXEC
_SWAP = 2
"""`RENAME_EXCHANGE` of Linux and `RENAME_SWAP` of macOS."""
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}


@contextmanager
def open_folder(folder: Path, *, inside: Path) -> Iterator[int]:
    """Open `folder`, walking from `inside` one name at a time and following no link.

    Raises:
        OSError: a name on the way is missing, or is a link or a file by now.
    """
    handle = os.open(inside, os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in folder.relative_to(inside).parts:
            deeper = os.open(name, os.O_DIRECTORY | _NO_LINK, dir_fd=handle)
            os.close(handle)
            handle = deeper
        yield handle
    finally:
        os.close(handle)


def read_at(folder: int, name: str, *, limit: int) -> tuple[bytes, os.stat_result]:
    """Return at most `limit` bytes of a regular file and its status.

    Raises:
        OSError: it cannot be opened or is a link; `EINVAL` when it is not a regular file.
    """
    handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | _NO_LINK, dir_fd=folder)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", name)
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(limit), status
    finally:
        os.close(handle)


def write_at(
    folder: int, name: str, data: bytes, *, mode: int = 0o600, like: os.stat_result | None = None
) -> os.stat_result:
    """Write a new file to the disk itself and return its status.

    It gets the mode and owner of `like`, else `mode` and ours.

    Raises:
        OSError: the name is taken, the disk is full, or the owner cannot be kept.
    """
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, mode, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if like is not None:
                _dress(handle, like)
            file.flush()
            os.fsync(handle)
            return os.fstat(handle)
    except OSError:
        os.unlink(name, dir_fd=folder)
        raise


def _dress(handle: int, like: os.stat_result) -> None:
    """Give an open file the owner and then the mode of another (changing owners clears bits)."""
    mine = os.fstat(handle)
    if (mine.st_uid, mine.st_gid) != (like.st_uid, like.st_gid):
        os.fchown(handle, like.st_uid, like.st_gid)
    os.fchmod(handle, stat.S_IMODE(like.st_mode))


def swap(folder: int, one: str, other: str) -> bool:
    """Exchange two files of a folder in one step; false where the system cannot.

    Unlike a rename this destroys nothing: what stood at the place until this very moment is
    still there under the other name and can be looked at.
    """
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    name = "renameatx_np" if sys.platform == "darwin" else "renameat2"
    if not hasattr(library, name):
        return False
    if getattr(library, name)(folder, os.fsencode(one), folder, os.fsencode(other), _SWAP) == 0:
        return True
    if (code := ctypes.get_errno()) in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), one)
