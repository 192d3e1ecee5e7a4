"""ctrl+c reaches a command that waits, whichever moment and thread it comes to."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from clearhead.tui.cli.loop import run_to_end

LONG = 20.0
"""Seconds that the work waits; nobody waits for its end."""


def to_the_process() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def to_another_thread() -> None:
    """As when it comes while the loop is about to wait: nothing interrupts that wait."""
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)


@pytest.mark.parametrize("press", [to_the_process, to_another_thread])
def test_it_ends_a_silent_wait(press: Callable[[], None]) -> None:
    left = False

    async def work() -> None:
        nonlocal left
        threading.Timer(0.1, press).start()
        try:
            await asyncio.sleep(LONG)
        finally:
            left = True

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_to_end(work())
    assert left
    assert time.monotonic() - begun < LONG / 2


def test_what_came_of_the_work_is_returned() -> None:
    async def work() -> str:
        return "done"

    assert run_to_end(work()) == "done"


def test_work_that_cancels_itself_is_no_key_press() -> None:
    async def work() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run_to_end(work())
