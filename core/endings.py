"""Say when a process has ended, without asking again and again: a killed client leaves no trace."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection


class Endings:
    """Calls `ended` on the running loop when one of the watched processes ends.

    Only Linux tells; elsewhere nothing is called, and the end is found by looking again.
    """

    def __init__(self, ended: Callable[[], None]) -> None:
        self._ended = ended
        self._open: dict[int, int] = {}

    def watch(self, pids: Collection[int]) -> None:
        """Watch these processes from now on, and no others."""
        for pid in self._open.keys() - set(pids):
            self._close(pid)
        for pid in set(pids) - self._open.keys():
            self._watch(pid)

    def close(self) -> None:
        """Watch nothing any more."""
        self.watch(())

    def _watch(self, pid: int) -> None:
        if not hasattr(os, "pidfd_open"):
            return
        try:
            self._open[pid] = os.pidfd_open(pid)
        except ProcessLookupError:
            self._ended()
        except OSError:
            return
        else:
            asyncio.get_running_loop().add_reader(self._open[pid], self._tell, pid)

    def _tell(self, pid: int) -> None:
        self._close(pid)
        self._ended()

    def _close(self, pid: int) -> None:
        descriptor = self._open.pop(pid)
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)
