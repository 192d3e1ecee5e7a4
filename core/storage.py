"""Write clearhead's own files so that none is ever lost, half written or open to others.

A file is replaced whole or not at all. A file that cannot be read is set aside under another
name, with a report, and never deleted.
"""

from __future__ import annotations

import errno
import itertools
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from .clock import Clock, SystemClock
from .paths import make_folder
from .problems import NotSaved, Problem, Report, StateDamaged, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

PRIVATE = 0o600
FULL = {errno.ENOSPC, errno.EDQUOT}
LOCKED = {errno.EACCES, errno.EPERM, errno.EROFS}


def write_private(path: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """Replace the file at `path` by `content` in one step; missing folders are made (0700).

    Raises:
        NotSaved: it could not be written; the old file is as it was.
    """
    try:
        make_folder(path.parent)
        _replace(path, content, mode)
    except OSError as error:
        raise not_saved(path, error) from error


def append_line(path: Path, line: bytes, *, lasting: bool = False) -> None:
    """Add one line to a file that only grows; a line that was torn before stays by itself.

    A `lasting` line is on the disk when this returns, also over a power cut.

    Raises:
        NotSaved: it could not be written whole.
    """
    try:
        make_folder(path.parent)
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE)
        with os.fdopen(handle, "ab+") as file:
            torn = file.tell() > 0 and os.pread(handle, 1, file.tell() - 1) != b"\n"
            file.write((b"\n" if torn else b"") + line + b"\n")
            if lasting:
                file.flush()
                os.fsync(handle)
    except OSError as error:
        raise not_saved(path, error) from error


def read_state(
    path: Path, decode: Callable[[bytes], T], *, clock: Clock | None = None
) -> tuple[T | None, Report | None]:
    """Return what `decode` makes of the file, or `None`, and a report when something was wrong.

    A missing file is no problem. A file that `decode` refuses (`ValueError`, which msgspec's
    errors are) is renamed to `<name>.damaged-<time>`.
    """
    try:
        return decode(path.read_bytes()), None
    except FileNotFoundError:
        return None, None
    except OSError as error:
        return None, Unreadable(f"{path}: {error.strerror}", remedy=_remedy(path, error)).report()
    except (ValueError, RecursionError) as error:
        return None, _set_aside(path, str(error), clock or SystemClock()).report()


class Schema(Generic[T]):
    """A kind of state file: its type, its version, and the way up from older versions.

    The file is `{"schema": version, "data": …}`. `migrations[n]` turns the plain data of version
    n into that of version n + 1.
    """

    def __init__(
        self,
        kind: type[T],
        version: int = 1,
        migrations: Mapping[int, Callable[[Any], Any]] | None = None,
    ) -> None:
        self._kind = kind
        self._version = version
        self._migrations = migrations or {}

    def encode(self, value: T) -> bytes:
        """Return the bytes of a file that holds `value`."""
        return msgspec.json.encode(_Envelope(self._version, value))

    def decode(self, content: bytes) -> T:
        """Return the value in a file of this or an older version.

        Raises:
            ValueError: damaged, of another kind, or written by a newer clearhead.
        """
        envelope = msgspec.json.decode(content, type=_Envelope)
        if envelope.schema > self._version:
            raise ValueError(
                f"written by a newer clearhead (schema {envelope.schema}, known {self._version})"
            )
        return msgspec.convert(self._migrated(envelope), self._kind)

    def _migrated(self, envelope: _Envelope) -> Any:
        data = envelope.data
        for version in range(envelope.schema, self._version):
            try:
                data = self._migrations[version](data)
            except (LookupError, TypeError) as error:
                raise ValueError(f"not what schema {version} holds: {error!r}") from error
        return data


class _Envelope(msgspec.Struct, frozen=True):
    schema: int
    data: Any


def not_saved(path: Path, error: OSError) -> NotSaved:
    """Return the problem that `path` could not be written, with what to do about it."""
    return NotSaved(
        f"{path} could not be written: {error.strerror}. What was there before is unchanged.",
        remedy=_remedy(path, error),
    )


def _replace(path: Path, content: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name last over a power cut, where the file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _set_aside(path: Path, why: str, clock: Clock) -> Problem:
    aside = _unused(path.with_name(f"{path.name}.damaged-{_stamp(clock.now())}"))
    try:
        path.rename(aside)
    except OSError as error:
        return Unreadable(f"{path}: {why}", remedy=_remedy(path, error))
    return StateDamaged(
        f"{path}: {why}", remedy=f"Nothing to do; it is kept as {aside.name}, and a new one begun."
    )


def _stamp(at: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))


def _unused(path: Path) -> Path:
    """Return `path`, or the first of `path-2`, `path-3`, … that does not exist."""
    names = (path.with_name(f"{path.name}-{n}") for n in itertools.count(2))
    return next(name for name in itertools.chain([path], names) if not name.exists())


def _remedy(path: Path, error: OSError) -> str:
    if error.errno in FULL:
        return f"Free some space on the disk that holds {path.parent}, then try again."
    if error.errno in LOCKED:
        return f"Make {path.parent} and {path.name} yours to read and write, then try again."
    return f"Look at {path.parent}, then try again."
