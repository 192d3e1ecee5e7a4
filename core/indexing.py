"""Read a long transcript from its start in a process of its own.

A thread would fight the screen for the interpreter; a process does not. It leaves a checkpoint in
the cache folder and ends, and its memory with it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

from . import checkpoint
from .transcript import Transcript

NICE = 5
"""The worker steps back behind whatever the person does."""


async def index(agent: str, transcript: Path, cache: Path) -> checkpoint.Checkpoint | None:
    """Return the fold of a whole transcript; `None` when it could not be made.

    Cancelling ends the worker.
    """
    command = (sys.executable, "-m", __name__, agent, str(transcript), str(cache))
    nothing = asyncio.subprocess.DEVNULL
    worker = await asyncio.create_subprocess_exec(
        *command, stdin=nothing, stdout=nothing, stderr=nothing
    )
    try:
        code = await worker.wait()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            worker.kill()
        raise
    loaded = checkpoint.load if code == 0 else None
    return await asyncio.to_thread(loaded, cache, transcript) if loaded else None


def main(arguments: list[str]) -> int:
    """Make the checkpoint of one transcript: AGENT TRANSCRIPT CACHE."""
    from .agents.registry import agent_named

    name, path, cache = arguments
    os.nice(NICE)
    transcript = Transcript(agent_named(name), Path(path))
    transcript.catch_up()
    made = transcript.checkpoint()
    if made is None:
        return 1
    checkpoint.save(Path(cache), Path(path), made)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
