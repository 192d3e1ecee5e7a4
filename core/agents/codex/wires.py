"""The two ways to Codex's app-server: the pipes of a child of ours, and a socket to one that runs.

A wire carries whole messages as text: a line on a pipe, a text frame on a socket.
"""

from __future__ import annotations

import asyncio
import os
import signal
import stat
from asyncio.subprocess import SubprocessStreamProtocol
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ...acting.peers import stranger
from ...problems import Problem

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

LONGEST = 64 * 1024 * 1024
"""Bytes of the longest message that is taken; a resumed thread may bring a patch of megabytes."""

MEETS = 5.0
"""Seconds within which a socket must answer."""

LEAVES = 4.0
"""Seconds that a child has for leaving after its standard input has closed."""

TERMINATES = 3.0
"""Seconds that it has after it was asked to end."""

OUTLIVES = 1.0
"""Seconds for which what the launcher started may outlive it, before and after a signal."""

WORDS = 4000
"""Bytes of a child's last words on standard error that are kept."""


class CodexGone(Problem):
    """The way to Codex's app-server is gone or was never there."""

    title = "Codex cannot be reached"
    remedy = "Start the session again with `clearhead run codex --resume ID`."


class Wire(Protocol):
    """Carries messages to an app-server and back."""

    async def send(self, text: str) -> None:
        """Send one message.

        Raises:
            CodexGone: nobody is there to take it.
        """
        ...

    async def receive(self) -> str | bytes | None:
        """Return the next message; `None` when there will be no more."""
        ...

    async def close(self) -> None:
        """Let go of the other end."""
        ...


class _Watched(SubprocessStreamProtocol):
    """Tells when the child itself has ended.

    `Process.wait` of some Python versions also waits for the pipes, which others may hold open.
    """

    def __init__(self) -> None:
        super().__init__(limit=LONGEST, loop=asyncio.get_running_loop())
        self.exited = asyncio.Event()

    def process_exited(self) -> None:
        """Take note."""
        super().process_exited()
        self.exited.set()


class Child:
    """The pipes of an app-server that we started, in a process session of its own.

    The program that people have as `codex` is a launcher: what holds the other ends of the pipes
    is its child, and lives on when the launcher is killed.
    """

    def __init__(self, process: asyncio.subprocess.Process, exited: asyncio.Event) -> None:
        self._process, self._exited = process, exited
        self._errors = bytearray()
        self._silent = asyncio.Event()
        self._listener = asyncio.create_task(self._keep_words())
        self._end = asyncio.create_task(self._until_end())

    @classmethod
    async def start(
        cls, command: Sequence[str], cwd: Path, environment: Mapping[str, str] | None = None
    ) -> Child:
        """Start `command` in `cwd`.

        Raises:
            CodexGone: the program or the folder is not there.
        """
        loop = asyncio.get_running_loop()
        try:
            transport, protocol = await loop.subprocess_exec(
                _Watched, *command, cwd=cwd, env=environment, start_new_session=True
            )
        except OSError as error:
            raise CodexGone(
                f"{command[0]} does not start in {cwd}: {error.strerror}.",
                remedy="Check that Codex is installed and that the folder is there.",
            ) from error
        process = asyncio.subprocess.Process(transport, protocol, loop)
        return cls(process, protocol.exited)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The child's exit status, negative for a signal; `None` while it runs."""
        return self._process.returncode

    @property
    def words(self) -> str:
        """The last that the child said on its standard error."""
        return self._errors.decode("utf-8", "replace").strip()

    async def send(self, text: str) -> None:
        """Write one line."""
        pipe = self._process.stdin
        assert pipe is not None
        try:
            pipe.write(text.encode() + b"\n")
            await pipe.drain()
        except (OSError, RuntimeError) as error:
            raise CodexGone("The app-server has ended.") from error

    async def receive(self) -> bytes | None:
        """Read one line; one that is too long is left out."""
        pipe = self._process.stdout
        assert pipe is not None
        while True:
            try:
                line = await pipe.readline()
            except ValueError:
                continue
            except OSError:
                line = b""
            if not line:
                self._silent.set()
            return line or None

    async def close(self) -> None:
        """Close its standard input, wait, then end it by its number; it leaves nobody behind."""
        pipe = self._process.stdin
        assert pipe is not None
        pipe.close()
        for patience, sign in ((LEAVES, signal.SIGTERM), (TERMINATES, signal.SIGKILL)):
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await asyncio.shield(self._end)
                break
            self._signal(sign)
        await self._end
        self._listener.cancel()
        with suppress(asyncio.CancelledError):
            await self._listener

    async def ended(self) -> int:
        """Wait for the child's end and return its exit status."""
        await asyncio.shield(self._end)
        return self._process.returncode or 0

    async def _until_end(self) -> None:
        """Wait until the launcher has ended and nobody holds its pipes any more."""
        await self._exited.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(TimeoutError):
                async with asyncio.timeout(OUTLIVES):
                    await self._silent.wait()
                return
            self._signal(sign)

    def _signal(self, sign: signal.Signals) -> None:
        """Signal each process of the child's own session by its number."""
        for pid in (self._process.pid, *_session(self._process.pid)):
            if pid != self._process.pid or self._process.returncode is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, sign)

    async def _keep_words(self) -> None:
        pipe = self._process.stderr
        assert pipe is not None
        with suppress(OSError, ValueError):
            while piece := await pipe.read(WORDS):
                self._errors += piece
                del self._errors[:-WORDS]


def _session(leader: int) -> Iterator[int]:
    """Yield the processes of the session that `leader` began, without itself."""
    import psutil

    for pid in psutil.pids():
        with suppress(ProcessLookupError, PermissionError):
            if pid != leader and os.getsid(pid) == leader:
                yield pid


class Socket:
    """A WebSocket over a Unix socket that another app-server listens on."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    @classmethod
    async def join(cls, path: Path) -> Socket:
        """Join the app-server that listens at `path`.

        Raises:
            CodexGone: nobody listens, or the socket or its server is not the user's own.
        """
        from websockets.asyncio.client import unix_connect
        from websockets.exceptions import WebSocketException

        real, wrong = await asyncio.to_thread(look_at, path)
        if wrong:
            raise CodexGone(f"{path} {wrong}.", remedy=NO_SERVER)
        try:
            connection = await unix_connect(
                str(real),
                open_timeout=MEETS,
                close_timeout=1.0,
                max_size=LONGEST,
                compression=None,
                ping_interval=None,
                user_agent_header=None,
            )
        except (OSError, TimeoutError, WebSocketException) as error:
            raise CodexGone(f"Nobody answers at {path}.", remedy=NO_SERVER) from error
        if stranger(connection.transport.get_extra_info("socket")):
            await connection.close()
            raise CodexGone(f"Someone else listens at {path}.", remedy=NO_SERVER)
        return cls(connection)

    async def send(self, text: str) -> None:
        """Send one frame."""
        from websockets.exceptions import ConnectionClosed

        try:
            await self._connection.send(text)
        except (ConnectionClosed, OSError) as error:
            raise CodexGone("Codex's background server has gone.", remedy=NO_SERVER) from error

    async def receive(self) -> str | bytes | None:
        """Wait for one frame."""
        from websockets.exceptions import ConnectionClosed

        try:
            return await self._connection.recv()
        except (ConnectionClosed, OSError):
            return None

    async def close(self) -> None:
        """Leave; the server goes on."""
        await self._connection.close()


NO_SERVER = "Open the session in Codex again; its own window starts the background server."


def look_at(path: Path) -> tuple[Path, str | None]:
    """Return where the socket at `path` really is, and why it is not used.

    Only one is used that nobody but the user can have put there.

    Codex keeps its socket in a short folder of its own and puts a link to it into its home.
    """
    try:
        real = path.resolve(strict=True)
        found, places = real.stat(), (path.lstat(), path.parent.stat(), real.parent.stat())
    except OSError:
        return path, "is not there"
    if not stat.S_ISSOCK(found.st_mode):
        return real, "is not a socket"
    if {place.st_uid for place in (found, *places)} != {os.getuid()}:
        return real, "does not belong to you"
    if any(stat.S_IMODE(folder.st_mode) & 0o022 for folder in places[1:]):
        return real, "lies in a folder that others may write to"
    return real, None
