"""The small process that drives one session: it holds the client, the lock and the journal.

Screens and subcommands are equal clients of its socket; whoever leaves ends nothing. It is
started with a `Plan` on its standard input and says on its standard output, in one line, where it
listens or what went wrong.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ..paths import make_runtime_folder, state_folder
from ..problems import NotSaved, Problem, Report
from .action import Action, Result, Verb, action, refused
from .channel import Channel
from .journal import Journal
from .live import Live
from .lock import SessionLock
from .peers import peer, stranger, why_not_act
from .plan import Plan, own
from .records import Record
from .wire import LONGEST, Answer, Hello, Wish, change, encode, from_client

FRAME = 1 / 120
"""Seconds over which changes are gathered before clients are told."""

BEHIND = 256 * 1024
"""Bytes that may wait for a client; one that does not read hears of nothing new until it does."""

CATCHES_UP = 1.0
"""Seconds until a client that was behind is looked at again."""

LINGERS = 20.0
"""Seconds that a driver stays after its agent ended by itself, so that screens see why."""

AT_ONCE = {Verb.STEER, Verb.INTERRUPT, Verb.APPROVE, Verb.DENY}
"""What does not wait for the action before it: it is meant for what that one waits for."""


class Ready(msgspec.Struct, frozen=True):
    """What a driver says when it can be reached, or why it cannot be."""

    session_id: str | None = None
    socket: str | None = None
    problem: Report | None = None


class Driver:
    """Drives one channel for any number of clients."""

    def __init__(
        self,
        plan: Plan,
        channel: Channel,
        state: Path,
        socket: Path,
        lock: SessionLock | None = None,
    ) -> None:
        """Drive `channel`; `lock` is that of the session that `plan` resumes."""
        self._plan, self._channel, self._state = plan, channel, state
        self._journal = Journal(state)
        self._record = Record(state, plan.agent, plan.cwd, socket, plan.args, mark=plan.mark)
        self._socket = socket
        self._clients: dict[asyncio.StreamWriter, Live] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._due: asyncio.TimerHandle | None = None
        self._over = asyncio.Event()
        self._lost = False
        self._lock = lock
        self._server: asyncio.Server | None = None
        self._id = plan.resume if lock else None

    @property
    def session_id(self) -> str | None:
        """The session that is driven now."""
        return self._id

    async def serve(self) -> None:
        """Listen, take the lock where it is not held yet, and write the record.

        Raises:
            SessionTaken: another process drives the session.
            NotSaved: lock or record cannot be written.
        """
        if self._id is not None:
            self._record.write(self._id)
        self._follow_id()
        self._channel.listen(self._changed)
        self._server = await asyncio.start_unix_server(self._meet, self._socket, limit=LONGEST)
        self._socket.chmod(0o600)

    async def until_over(self) -> None:
        """Wait for the session's end, then tidy up."""
        await self._over.wait()
        await self._channel.close()
        self._record.remove()
        if self._server:
            self._server.close()
        for writer in tuple(self._clients):
            writer.close()
        with suppress(OSError):
            self._socket.unlink()
        if self._lock:
            self._lock.release()

    def end(self) -> None:
        """End the session: its client, then this process."""
        self._go(self._end())

    async def _end(self) -> None:
        await self._carry_out(action(Verb.STOP))
        self._over.set()

    # Clients

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        if stranger(connection):
            writer.close()
            return
        channel = self._channel
        live = channel.live
        hello = Hello(
            self._plan.agent, channel.name, channel.reach, dict(channel.capabilities), live
        )
        self._send(writer, encode(hello))
        self._clients[writer] = live
        try:
            await self._listen_to(reader, writer, peer(connection)[0])
        finally:
            self._clients.pop(writer, None)
            writer.close()

    async def _listen_to(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pid: int | None
    ) -> None:
        while True:
            try:
                line = await reader.readline()
            except (ValueError, OSError):
                return
            if not line:
                return
            with suppress(ValueError):
                self._go(self._answer(from_client(line), writer, pid))

    async def _answer(self, wish: Wish, writer: asyncio.StreamWriter, pid: int | None) -> None:
        why = await asyncio.to_thread(why_not_act, pid)
        wanted = wish.action
        result = refused(wanted, why, session_id=self._id) if why else await self._do(wanted)
        self._tell()
        self._send(writer, encode(Answer(result)))
        if wanted.verb is Verb.STOP and not why:
            self._over.set()

    def _send(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        with suppress(OSError, RuntimeError):
            writer.write(line + b"\n")

    # Acting

    async def _do(self, wanted: Action) -> Result:
        if wanted.verb in AT_ONCE:
            return await self._carry_out(wanted)
        async with self._turn:
            return await self._carry_out(wanted)

    async def _carry_out(self, wanted: Action) -> Result:
        """Journal, act, journal: an action that cannot be written down is not begun."""
        agent, at, name = self._plan.agent, self._id or "", self._channel.name
        try:
            self._journal.asked(agent, at, name, wanted)
        except NotSaved as problem:
            return refused(wanted, problem.detail, remedy=problem.remedy, session_id=self._id)
        try:
            result = await self._channel.act(wanted)
        except Problem as problem:
            result = refused(wanted, problem.detail, remedy=problem.remedy, session_id=self._id)
        with suppress(NotSaved):
            self._journal.ended(agent, at, name, result)
        return result

    # What the channel tells

    def _changed(self) -> None:
        self._later(FRAME)

    def _later(self, seconds: float) -> None:
        """Tell the clients soon, once for all that changes until then."""
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(seconds, self._tell)

    def _tell(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        live = self._channel.live
        for writer, known in tuple(self._clients.items()):
            if writer.transport.get_write_buffer_size() > BEHIND:
                self._later(CATCHES_UP)
                continue
            told = change(known, live)
            if told is not None:
                self._clients[writer] = live
                self._send(writer, encode(told))
        with suppress(Problem):
            self._follow_id()
        if live.problem is not None and not self._lost:
            self._let_go()

    def _let_go(self) -> None:
        """Give the session free at once: its client has gone, and someone may go on with it."""
        self._lost = True
        self._record.remove()
        if self._lock:
            self._lock.release()
        asyncio.get_running_loop().call_later(LINGERS, self._over.set)

    def _follow_id(self) -> None:
        """Take the lock of the session that the channel is on now, and give back the other."""
        session_id = self._channel.live.session_id
        if session_id is None or session_id == self._id or self._lost:
            return
        lock = lock_of(self._state, self._plan.agent, session_id)
        if self._lock:
            self._lock.release()
        self._lock, self._id = lock, session_id
        self._record.write(session_id)

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def lock_of(state: Path, agent: str, session_id: str) -> SessionLock:
    """Take the lock of a session for this driver.

    Raises:
        SessionTaken: another process drives the session; it is named.
    """
    return SessionLock.take(state / "locks", agent, session_id, "A clearhead driver")


async def drive(plan: Plan) -> None:
    """Start the plan's session, say that it is ready, and drive it until its end.

    A session that is resumed is locked before its client starts: a second one would write to it.
    """
    state = state_folder()
    socket = make_runtime_folder() / f"driver-{os.getpid()}.sock"
    resumes = plan.resume is not None and not plan.fork
    lock = lock_of(state, plan.agent, plan.resume or "") if resumes else None
    driver: Driver | None = None
    channel = await own(plan)
    try:
        driver = Driver(plan, channel, state, socket, lock)
        await driver.serve()
    except BaseException:
        await channel.act(action(Verb.STOP))
        await channel.close()
        raise
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(sign, driver.end)
    if not _say(Ready(driver.session_id, str(socket))):
        driver.end()
    await driver.until_over()


def _say(ready: Ready) -> bool:
    """Say it to whoever started this process, then let go of it; false when nobody is there."""
    heard = False
    with suppress(OSError):
        os.write(1, encode(ready) + b"\n")
        heard = True
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return heard


def main() -> int:
    """Drive the session of the plan on standard input."""
    os.umask(0o077)
    try:
        asyncio.run(drive(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)))
    except Problem as problem:
        _say(Ready(problem=problem.report()))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
