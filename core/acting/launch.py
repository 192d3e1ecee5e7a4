"""Starts the driver process of a session of our own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

import msgspec

from ..paths import make_folder, state_folder
from ..problems import Problem
from .driver import Ready
from .plan import Plan
from .records import FOLDER
from .writers import check_alone

PROGRAM = f"{__package__}.driver"

START_LIMIT = 90.0
"""Seconds that agent and driver may take together until a session can be driven."""


class NotStarted(Problem):
    """A session of our own could not be started."""

    title = "The session did not start"


def launch(plan: Plan) -> Ready:
    """Start a driver that outlives this process; return where it listens and what it drives.

    Raises:
        SessionTaken: another live process runs the session that would be resumed.
        NotStarted: agent or driver failed, or took too long; the agent's words are in the detail.
    """
    check_alone(plan)
    log = make_folder(state_folder() / FOLDER) / "last.log"
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=plan.cwd,
            start_new_session=True,
        )
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(plan))
    process.stdin.close()
    return _ready(process, log)


def _ready(process: subprocess.Popen[bytes], log: Path) -> Ready:
    line = _line(process)
    if line is None:
        process.terminate()
        raise NotStarted(f"It was not ready after {START_LIMIT:g} s.")
    try:
        ready = msgspec.json.decode(line, type=Ready)
    except msgspec.MsgspecError:
        raise NotStarted(_last(log)) from None
    if ready.problem is not None:
        detail = f"{ready.problem.title}: {ready.problem.detail}"
        raise NotStarted(detail, remedy=ready.problem.remedy)
    return ready


def _line(process: subprocess.Popen[bytes]) -> bytes | None:
    """Return the driver's first line, empty when it ended; `None` when it did not come in time."""
    assert process.stdout is not None
    with DefaultSelector() as selector, process.stdout:
        selector.register(process.stdout, EVENT_READ)
        return process.stdout.readline() if selector.select(START_LIMIT) else None


def _last(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "The driver ended without a word."
