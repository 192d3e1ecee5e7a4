"""The end of a process is told at once, and only for those that are watched."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from clearhead.core.endings import Endings

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells the end of a process"
)


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "60"])


async def test_the_end_of_a_watched_process_is_told() -> None:
    ended = asyncio.Event()
    endings = Endings(ended.set)
    with sleeper() as process:
        endings.watch({process.pid})
        process.kill()
        await asyncio.wait_for(ended.wait(), 5)
    endings.close()


async def test_a_process_that_is_no_longer_watched_ends_unnoticed() -> None:
    ended = asyncio.Event()
    endings = Endings(ended.set)
    with sleeper() as process, sleeper() as other:
        endings.watch({process.pid, other.pid})
        endings.watch({other.pid})
        process.kill()
        process.wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ended.wait(), 0.1)
        endings.close()
        other.kill()


async def test_a_process_that_has_gone_already_is_told_as_ended() -> None:
    ended = asyncio.Event()
    with sleeper() as process:
        process.kill()
    Endings(ended.set).watch({process.pid})
    assert ended.is_set()
