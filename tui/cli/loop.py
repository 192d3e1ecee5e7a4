"""Run a command's work on a loop that ctrl+c always reaches."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` and return what came of it.

    `asyncio.run` sees ctrl+c only at the next event when it comes while the loop is about to wait,
    and an agent may be silent for minutes. A handler of the loop itself wakes it.

    Raises:
        KeyboardInterrupt: somebody pressed ctrl+c; `work` was cancelled.
    """
    pressed = False

    async def watched() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def stop() -> None:
            nonlocal pressed
            pressed = True
            task.cancel()

        loop.add_signal_handler(signal.SIGINT, stop)
        return await work

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        if pressed:
            raise KeyboardInterrupt from None
        raise
