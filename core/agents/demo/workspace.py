"""The real git repository that the demo works in, and the programs it runs there.

Everything runs with an environment of its own: no settings, hooks or identity of the user, no
file outside the folder.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from .project import Commit, history

NAME = "order-dashboard"
BRANCH = "main"
MOST_OUTPUT = 30_000
"""Characters of a command's output that are kept; real agents cut it there as well."""

TIME_LIMIT = 60.0
"""Seconds after which a command is ended."""

_QUIET = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "commit.gpgsign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "init.defaultBranch": BRANCH,
    "advice.detachedHead": "false",
}

_OWN = {"user.name": "Demo agent", "user.email": "demo@localhost", "commit.gpgsign": "false"}
"""What the repository itself says, so that a person's commit in it needs no settings of theirs."""


class Ran(msgspec.Struct, frozen=True):
    """How a command ended: what it printed, and its exit status."""

    output: str
    exit: int


class Workspace:
    """A repository in `folder`, with a small Python project in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = _environment(folder.parent)

    def create(self) -> None:
        """Make the repository and its history; `OSError` or `CalledProcessError` if it fails."""
        self.folder.mkdir(mode=0o700)
        self._git("init", "--quiet")
        for key, value in _OWN.items():
            self._git("config", key, value)
        commits = history()
        begin = datetime.now().astimezone() - timedelta(days=len(commits))
        for number, commit in enumerate(commits):
            self._commit(commit, begin + timedelta(days=number))

    def path(self, name: str) -> Path:
        """Return the place of a file of the project."""
        return self.folder / name

    async def run(self, command: str) -> Ran:
        """Run commands joined by `&&` until one fails; no shell is involved."""
        ran = Ran("", 0)
        for part in command.split(" && "):
            last = await self._run_one(shlex.split(part))
            ran = Ran("\n".join(filter(None, (ran.output, last.output))), last.exit)
            if last.exit:
                break
        return ran

    async def _run_one(self, words: list[str]) -> Ran:
        """Run one command and return its output and errors, in their order."""
        program = [sys.executable, "-s"] if words[0] == "python" else [words[0]]
        process = await asyncio.create_subprocess_exec(
            *program,
            *words[1:],
            cwd=self.folder,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(TIME_LIMIT):
                printed, _ = await process.communicate()
        except TimeoutError:
            return Ran(f"Ended after {TIME_LIMIT:g} s.", await _end(process))
        except asyncio.CancelledError:
            await _end(process)
            raise
        return Ran(_shortened(printed.decode("utf-8", "replace")), process.returncode or 0)

    def _commit(self, commit: Commit, when: datetime) -> None:
        for name, text in commit.files.items():
            path = self.path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", commit.message, when=when)

    def _git(self, *words: str, when: datetime | None = None) -> None:
        moment = when.isoformat(timespec="seconds") if when else ""
        dates = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment} if when else {}
        subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env=self._environment | dates,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=TIME_LIMIT,
        )


def _environment(home: Path) -> dict[str, str]:
    """Return the whole environment of a command in the workspace."""
    who = {"NAME": "Demo agent", "EMAIL": "demo@localhost"}
    settings = {"GIT_CONFIG_COUNT": str(len(_QUIET))}
    for number, (key, value) in enumerate(_QUIET.items()):
        settings |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_PAGER": "cat",
        "PYTHONDONTWRITEBYTECODE": "1",
        **{
            f"GIT_{role}_{key}": text
            for role in ("AUTHOR", "COMMITTER")
            for key, text in who.items()
        },
        **settings,
    }


async def _end(process: asyncio.subprocess.Process) -> int:
    """End a command that still runs and return its exit status."""
    if process.returncode is None:
        process.kill()
    return await process.wait()


def _shortened(output: str) -> str:
    left_out = len(output) - MOST_OUTPUT
    if left_out <= 0:
        return output.rstrip("\n")
    return f"{output[:MOST_OUTPUT]}\n[{left_out:,} more characters left out]"
