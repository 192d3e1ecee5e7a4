"""The rehearsal: a throw-away session gets only the brief, and says what it misses.

Its client runs once, with tools that can only read, keeps no transcript, and is gone afterwards;
neither the repository nor the session that is to be reset is touched.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..acting.plan import PROGRAMS
from ..problems import NotFound, Problem, UsageProblem
from ..text import clean, one_line
from .flags import kept_flags, only_model
from .transaction import Begun

LIMIT = 180.0
"""Seconds that a rehearsal may take."""

ENDS = 3.0
"""Seconds that its client may take to end when it is told to."""

MOST = 12
"""Questions that are shown."""

LONGEST = 300
"""Characters of a question."""

ASKS = """\
This is a rehearsal. Change nothing, run nothing, and do not begin the task. Below stands the brief
that a fresh session will get. You may read the files that it names; you cannot run its commands.
Then list what you would need to know to go on, and what neither the brief nor these files tell:
one question a line, each beginning with "- ", the most important first, ten at the most.
If nothing is missing, say only: Nothing is missing.

--- the brief ---
{brief}
--- the end of the brief ---
"""

CLAUDE = (
    "-p",
    "--output-format=text",
    "--permission-mode=plan",
    "--no-session-persistence",
    "--strict-mcp-config",
    '--settings={"disableAllHooks":true}',
    "--tools=Read,Grep,Glob",
)
CODEX = ("exec", "--sandbox", "read-only", "--ephemeral", "--skip-git-repo-check")

_QUESTION = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+(.+)$")


class NotRehearsed(Problem):
    """The throw-away session gave no answer."""

    title = "The rehearsal failed"


async def rehearse(begun: Begun, brief: str, *, limit: float = LIMIT) -> tuple[str, ...]:
    """Return what a fresh session would still need to know, as questions; none when all is clear.

    Cancelling it ends the client.

    Raises:
        NotFound: the agent is not installed.
        NotRehearsed: it failed, or took longer than `limit` seconds; its words are in the detail.
        UsageProblem: no agent of this kind can be started.
    """
    command = command_of(begun)
    said = await _run(command, Path(begun.cwd), ASKS.format(brief=brief), limit)
    return questions(said)


def command_of(begun: Begun) -> tuple[str, ...]:
    """Return the command of the throw-away client: it can read, and nothing else.

    Raises:
        UsageProblem: no agent of this kind can be started.
    """
    agent = begun.receiver
    if agent not in PROGRAMS:
        raise UsageProblem(f"No rehearsal with {agent}: clearhead cannot start it.")
    own = only_model(kept_flags(agent, begun.args)) if agent == begun.agent else ()
    model = ("--model", begun.target_model) if begun.target_model else own
    if agent == "codex":
        return (PROGRAMS[agent], *CODEX, *model, "-")
    return (PROGRAMS[agent], *CLAUDE, *model)


def questions(said: str) -> tuple[str, ...]:
    """Return the questions in an answer, cleaned, each on one line."""
    found = (_QUESTION.match(line) for line in clean(said).splitlines())
    return tuple(one_line(match[1], LONGEST) for match in found if match)[:MOST]


async def _run(command: Sequence[str], cwd: Path, text: str, limit: float) -> str:
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise NotFound(f"{command[0]} is not installed.", remedy="Install it.") from None
    try:
        async with asyncio.timeout(limit):
            said, errors = await child.communicate(text.encode())
    except TimeoutError:
        raise NotRehearsed(f"It gave no answer within {limit:g} s.", remedy="Try again.") from None
    finally:
        await _end(child)
    if child.returncode:
        words = one_line((errors or said).decode(errors="replace").strip()[-LONGEST:])
        raise NotRehearsed(words or f"It ended with status {child.returncode}.")
    return said.decode(errors="replace")


async def _end(child: asyncio.subprocess.Process) -> None:
    """End the client and everything it started, first by asking."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if child.returncode is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(child.pid, sign)
        with suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), ENDS)
