"""The tmux program, as far as sessions in its panes need it: find a pane, look at it, type into it.

Keys go where they are sent, whatever runs there. So nothing here decides whether to send: that is
for whoever knows the program in the pane.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from .agents.processes import PROC, ancestors, process
from .problems import Problem

LIMIT = 5.0
"""Seconds that one call of tmux may take."""

_FACTS = (
    "pane_id",
    "pane_pid",
    "pane_in_mode",
    "pane_dead",
    "pane_width",
    "pane_height",
    "session_name",
    "window_index",
)
_FORMAT = "\t".join(f"#{{{name}}}" for name in _FACTS)


class TmuxGone(Problem):
    """tmux is not installed, its server does not answer, or the pane is no more."""

    title = "tmux cannot be reached"


class Facts(msgspec.Struct, frozen=True):
    """What tmux says of a pane; `pid` is its first program, `in_mode` whether keys go to tmux."""

    id: str
    pid: int
    in_mode: bool
    dead: bool
    width: int
    height: int
    session: str
    window: int


class Server:
    """One tmux server, by its socket; `None` is the usual one."""

    def __init__(self, socket: str | None) -> None:
        self.socket = socket

    async def run(self, *words: str) -> str:
        """Run one tmux command and return what it printed.

        Raises:
            TmuxGone: tmux is not there, does not answer in time, or refuses.
        """
        where = ["-S", self.socket] if self.socket else []
        try:
            child = await asyncio.create_subprocess_exec(
                "tmux",
                *where,
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise TmuxGone("tmux is not installed.", remedy="Install tmux.") from error
        try:
            async with asyncio.timeout(LIMIT):
                out, err = await child.communicate()
        except TimeoutError:
            with suppress(ProcessLookupError):
                child.send_signal(signal.SIGKILL)
            raise TmuxGone(f"tmux did not answer within {LIMIT:g} s.") from None
        if child.returncode:
            raise TmuxGone(err.decode(errors="replace").strip() or "tmux refuses.")
        return out.decode(errors="replace")

    async def panes(self) -> tuple[Facts, ...]:
        """Return every pane of the server.

        Raises:
            TmuxGone: the server does not answer.
        """
        lines = (await self.run("list-panes", "-a", "-F", _FORMAT)).splitlines()
        return tuple(facts for line in lines if (facts := _facts(line)))

    async def split(self, command: Sequence[str], cwd: Path, *, beside: str | None = None) -> str:
        """Run a program in a new pane beside another one; return the new pane's id.

        Raises:
            TmuxGone: there is no room, or the server does not answer.
        """
        target = ["-t", beside] if beside else []
        words = ["split-window", "-h", "-d", "-P", "-F", "#{pane_id}", "-c", str(cwd), *target]
        return (await self.run(*words, "--", *command)).strip()

    async def session(self, command: Sequence[str], cwd: Path) -> str:
        """Run a program in a new session that nobody looks at yet; return its pane's id.

        Raises:
            TmuxGone: tmux is not there or refuses.
        """
        words = ["new-session", "-d", "-P", "-F", "#{pane_id}", "-c", str(cwd)]
        return (await self.run(*words, "--", *command)).strip()


class Pane:
    """One pane of a server."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.id = server, name

    async def facts(self) -> Facts:
        """Return what tmux says of the pane now.

        Raises:
            TmuxGone: it is no more.
        """
        line = await self.server.run("display-message", "-p", "-t", self.id, _FORMAT)
        found = _facts(line.rstrip("\n"))
        if found is None or found.dead or found.id != self.id:
            raise TmuxGone(f"The pane {self.id} is no more.")
        return found

    async def screen(self) -> str:
        """Return what the pane shows, with the escape codes of its styles."""
        return await self.server.run("capture-pane", "-p", "-e", "-t", self.id)

    async def type(self, text: str) -> None:
        """Type text as it is; it must hold no control characters."""
        await self.server.run("send-keys", "-t", self.id, "-l", "--", text)

    async def press(self, *keys: str) -> None:
        """Press keys by tmux's names: `Enter`, `Escape`, `C-j`."""
        await self.server.run("send-keys", "-t", self.id, *keys)

    async def leave_mode(self) -> None:
        """Leave copy mode, which swallows keys."""
        await self.server.run("send-keys", "-t", self.id, "-X", "cancel")


async def pane_of(pid: int, *, named: str | None = None, socket: str | None = None) -> Pane | None:
    """Return the pane that a process runs in.

    Its server is the one of the process' own `TMUX`, else ours, else `socket`, else the usual
    one. `named` is the pane that the program itself names; the process tree has the last word.
    """
    own = _environment(pid)
    sockets = (own.get("TMUX", ""), os.environ.get("TMUX", ""))
    tried = dict.fromkeys([*(s.partition(",")[0] for s in sockets if s), *filter(None, [socket])])
    wanted = own.get("TMUX_PANE") or named
    for name in (*tried, None):
        with suppress(TmuxGone):
            server = Server(name)
            found = _holding(pid, await server.panes(), wanted)
            if found is not None:
                return Pane(server, found.id)
    return None


def in_foreground(pid: int) -> bool:
    """Say whether keys typed into a process' terminal reach it; true where nobody can tell."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return fields[2] == fields[5]
    except (OSError, IndexError):
        return process(pid) is not None


def _holding(pid: int, panes: Sequence[Facts], wanted: str | None) -> Facts | None:
    """Return the pane whose first program is `pid` or one of its ancestors."""
    family = {pid, *ancestors(pid)}
    holding = [pane for pane in panes if pane.pid in family and not pane.dead]
    named = (pane for pane in holding if pane.id == wanted)
    return next(named, holding[0] if len(holding) == 1 else None)


def _environment(pid: int) -> dict[str, str]:
    """Return the tmux variables that a process of ours was started with."""
    try:
        entries = (PROC / str(pid) / "environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return {}
    pairs = (entry.partition("=") for entry in entries if entry.startswith("TMUX"))
    return {name: value for name, _, value in pairs}


def _facts(line: str) -> Facts | None:
    fields = line.split("\t")
    if len(fields) != len(_FACTS) or not fields[0]:
        return None
    return _converted(fields)


def _converted(fields: list[str]) -> Facts | None:
    try:
        return Facts(
            id=fields[0],
            pid=int(fields[1]),
            in_mode=fields[2] not in ("", "0"),
            dead=fields[3] not in ("", "0"),
            width=int(fields[4]),
            height=int(fields[5]),
            session=fields[6],
            window=int(fields[7]),
        )
    except ValueError:
        return None
