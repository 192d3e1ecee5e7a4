"""One writer for each session, named, and gone with its process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from clearhead.core.acting.lock import SessionLock, SessionTaken

if TYPE_CHECKING:
    from pathlib import Path

HOLDS = """
import pathlib, sys, time
from clearhead.core.acting.lock import SessionLock
lock = SessionLock.take(pathlib.Path(sys.argv[1]), "claude", "one", "Another screen")
print("held", flush=True)
time.sleep(60)
"""


def test_the_second_is_told_who_drives(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(SessionTaken) as problem:
            SessionLock.take(tmp_path, "claude", "one", "Me")
        assert "Another screen" in problem.value.detail
        assert str(process.pid) in problem.value.detail
        SessionLock.take(tmp_path, "claude", "two", "Me").release()
        process.kill()
        process.wait()
    SessionLock.take(tmp_path, "claude", "one", "Me").release()


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    lock = SessionLock.take(tmp_path, "claude", "one", "Me")
    with pytest.raises(SessionTaken, match=str(os.getpid())):
        SessionLock.take(tmp_path, "claude", "one", "Me")
    lock.release()
    lock.release()
    SessionLock.take(tmp_path, "claude", "one", "Me").release()


def test_an_id_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    lock = SessionLock.take(tmp_path, "claude", "../../one", "Me")
    assert lock.path.parent == tmp_path
    lock.release()
