"""Replace a file only if it still holds what was seen: what others write is never overwritten."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256

from .atomic import read_at, swap, write_at
from .problems import Problem

Keep = Callable[[bytes], None]
"""Puts a content aside that nobody has seen yet."""


def replace_if_same(
    folder: int, name: str, content: bytes, *, expected: str, limit: int, keep: Keep
) -> os.stat_result | None:
    """Replace the file `name` in an open folder; return the new file's status.

    Returns `None`, with the file as it was, when it does not hold what was expected. Contents
    are compared, not times. Where the system can swap two files, what stood there is looked at
    once more after the swap and put back when it is news, so no file that another program puts
    there is lost. Elsewhere the last look is right before the rename, which leaves the moment
    between the two. What another program writes through a file it holds open, after the last
    look, goes with the replaced file.

    Args:
        folder: handle of the folder.
        name: the file's name in it.
        content: what it shall hold.
        expected: SHA-256 of what it holds now.
        limit: bytes at most that a file of this kind may have.
        keep: gets contents that turn up in between and would be lost.

    Raises:
        OSError: the file is gone, or the new one cannot be written; the old one is as it was.
    """
    current, status = read_at(folder, name, limit=limit)
    if digest(current) != expected:
        return None
    if current == content:
        return status
    _sweep(folder, name, limit, keep)
    spare = f".{name}.{os.getpid()}.clearhead"
    status = write_at(folder, spare, content, like=status)
    try:
        return status if _take_place(folder, spare, name, expected, limit) else None
    finally:
        _discard(folder, spare, limit, keep, known={expected, digest(content)})


def digest(content: bytes) -> str:
    """Return the SHA-256 that tells contents apart."""
    return sha256(content).hexdigest()


def _take_place(folder: int, spare: str, name: str, expected: str, limit: int) -> bool:
    """Put the spare file in the place of `name`; false when that holds something else by now."""
    if swap(folder, spare, name):
        if _digest_at(folder, spare, limit) != expected:
            swap(folder, spare, name)
            return False
    elif _digest_at(folder, name, limit) == expected:
        os.replace(spare, name, src_dir_fd=folder, dst_dir_fd=folder)
    else:
        return False
    os.fsync(folder)
    return True


def _digest_at(folder: int, name: str, limit: int) -> str | None:
    """Return the digest of a file, `None` when it is no readable file any more."""
    try:
        return digest(read_at(folder, name, limit=limit)[0])
    except OSError:
        return None


def _sweep(folder: int, name: str, limit: int, keep: Keep) -> None:
    """Remove spare files of a clearhead that was ended in the middle of a save."""
    pattern = re.compile(rf"\.{re.escape(name)}\.(\d+)\.clearhead")
    for other in os.listdir(folder):
        if (match := pattern.fullmatch(other)) and not _is_other_process(int(match[1])):
            _discard(folder, other, limit, keep, known=set())


def _discard(folder: int, spare: str, limit: int, keep: Keep, *, known: set[str]) -> None:
    """Remove a spare file, once what it holds is known or kept; else the next save tries again."""
    with suppress(OSError, Problem):
        content, _ = read_at(folder, spare, limit=limit)
        if digest(content) not in known:
            keep(content)
        os.unlink(spare, dir_fd=folder)


def _is_other_process(pid: int) -> bool:
    """Say whether another process of this number runs."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return pid != os.getpid()
