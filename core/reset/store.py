"""Transactions on disk: one file each, one line for each thing that was decided or done."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from pathlib import Path

import msgspec

from ..acting.lock import SessionLock
from ..problems import NotSaved
from ..storage import append_line, write_private
from .transaction import Asking, Chosen, Finished, Line, Seen, Status, Transaction, fold

FOLDER = "transactions"

KEPT_DAYS = 30
"""Days after which the files of finished transactions are removed."""

_TEXTS = ("brief", "asked", "message", "prompt", "words", "before", "after")
"""Facts that hold someone's text; a finished transaction keeps none of them."""

_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def new_id() -> str:
    """Return an id for a new transaction: its time, so that names sort, and chance."""
    return f"{time.strftime('%Y%m%dT%H%M%S')}-{uuid.uuid4().hex[:6]}"


class Store:
    """The transactions in the state folder `state`."""

    def __init__(self, state: Path) -> None:
        self._folder = state / FOLDER

    def write(self, name: str, line: Line) -> None:
        """Put a line on the disk; it lasts when this returns.

        Raises:
            NotSaved: it could not be written; then the effect must not happen.
        """
        append_line(self._path(name), msgspec.json.encode(line), lasting=True)

    def hold(self, name: str) -> SessionLock:
        """Take the right to go on with a transaction; no second process may, until it is released.

        Raises:
            SessionTaken: another clearhead goes on with it; it is named.
            NotSaved: the lock cannot be written.
        """
        locks = self._folder.parent / "locks"
        return SessionLock.take(locks, "reset", name, "Another clearhead")

    def read(self, name: str) -> Transaction | None:
        """Return a transaction; a torn or foreign line is passed over."""
        return fold(_lines(self._path(name)))

    def all(self) -> tuple[Transaction, ...]:
        """Return every transaction, oldest first."""
        found = (fold(_lines(path)) for path in sorted(self._folder.glob("*.jsonl")))
        return tuple(transaction for transaction in found if transaction is not None)

    def open(self) -> tuple[Transaction, ...]:
        """Return those that are not over, oldest first."""
        return tuple(t for t in self.all() if t.closed is None and t.aborted is None)

    def reduce(self, name: str) -> None:
        """Leave only figures of a transaction that is over: no one's text stays."""
        path = self._path(name)
        lines = [msgspec.json.encode(_without_texts(line)) for line in _lines(path)]
        with suppress(NotSaved):
            write_private(path, b"\n".join(lines) + b"\n")

    def sweep(self, now: float) -> None:
        """Remove what is over and older than `KEPT_DAYS`."""
        for transaction in self.all():
            old = now - transaction.begun.at > KEPT_DAYS * 86400
            if old and (transaction.closed or transaction.aborted is not None):
                with suppress(OSError):
                    self._path(transaction.begun.id).unlink()

    def over(self, root: Path | None = None) -> tuple[Transaction, ...]:
        """Return those that are over, of the repositories below `root`."""
        ended = (t for t in self.all() if t.closed is not None or t.aborted is not None)
        return tuple(t for t in ended if _is_of(t, root))

    def forget(self, root: Path | None = None) -> None:
        """Remove those that are over; without the others nobody could go on."""
        for transaction in self.over(root):
            with suppress(OSError):
                self._path(transaction.begun.id).unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.jsonl"


def _lines(path: Path) -> list[Line]:
    try:
        content = path.read_bytes()
    except OSError:
        return []
    found: list[Line] = []
    for line in content.splitlines():
        with suppress(msgspec.MsgspecError):
            found.append(_decoder.decode(line))
    return found


def _is_of(transaction: Transaction, root: Path | None) -> bool:
    return root is None or Path(transaction.begun.cwd).is_relative_to(root)


def _without_texts(line: Line) -> Line:
    if isinstance(line, Seen) or (isinstance(line, Finished) and line.status is Status.FAILED):
        line = msgspec.structs.replace(line, words="")
    if isinstance(line, Asking | Finished | Seen | Chosen):
        facts = {key: value for key, value in line.facts.items() if key not in _TEXTS}
        if "checks" in facts:
            facts["checks"] = [[*row[:2], "", ""] for row in facts["checks"]]
        return msgspec.structs.replace(line, facts=facts)
    return line
