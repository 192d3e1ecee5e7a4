"""The control socket: one JSON object a line in, one a line out.

    {"do": "status"}                    what the agent does, and how full its context is
    {"do": "pause"}  {"do": "resume"}   let the script stand still, and go on
    {"do": "speed", "value": 2.0}       0.1 to 100 seconds of the script in a second
    {"do": "prompt", "text": "…"}       words for the agent, answered when it is idle
    {"do": "interrupt"}                 stop the turn after the running step
    {"do": "answer", "id": "…", "allow": true, "text": "…"}    the permission it waits for
    {"do": "compact", "text": "…"}      summarise the context; `text` says what to keep
    {"do": "reset"}                     end the session and begin a fresh one
    {"do": "stop"}                      end the agent program
    {"do": "follow"}                    how things are, a line at every change (see `news`)

An answer has `ok`; a refusal has `error`, a sentence. That a command was taken is all an answer
says: what came of it stands in the transcript.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from .agent import Agent, Busy
from .format import Author
from .news import News
from .pace import FASTEST, SLOWEST, Pace
from .permission import Verdict
from .recorder import Recorder

LONGEST_LINE = 256 * 1024
"""Bytes of a command; a longer line ends the connection."""

LONGEST_PROMPT = 100_000
"""Characters of a prompt."""

Answer: TypeAlias = dict[str, Any]


class Refused(Exception):
    """A command that cannot be carried out; the message says why."""


class Command(msgspec.Struct, frozen=True):
    """One command; fields it does not need are ignored."""

    do: str
    value: float | None = None
    text: str = ""
    id: str = ""
    allow: bool = False


class Control:
    """Carries out the commands of the socket."""

    def __init__(
        self, agent: Agent, recorder: Recorder, pace: Pace, stop: Callable[[], None]
    ) -> None:
        self._agent = agent
        self._recorder = recorder
        self._pace = pace
        self._stop = stop
        self._commands: dict[str, Callable[[Command], Answer]] = {
            "status": self._status,
            "pause": self._pause,
            "resume": self._resume,
            "speed": self._speed,
            "prompt": self._prompt,
            "interrupt": self._interrupt,
            "answer": self._answer,
            "compact": self._compact,
            "reset": self._reset,
            "stop": self._end,
        }

    def obey(self, line: bytes) -> Answer:
        """Carry out the command in `line` and return the answer."""
        try:
            command = msgspec.json.decode(line, type=Command)
            return {"ok": True} | self._known(command.do)(command)
        except msgspec.MsgspecError as error:
            return _refusal(f"This is not a command: {error}")
        except Refused as error:
            return _refusal(str(error))
        except Busy:
            return _refusal("The agent is in the middle of a turn. Wait until it is idle.")

    def _known(self, do: str) -> Callable[[Command], Answer]:
        if do not in self._commands:
            known = ", ".join(self._commands)
            raise Refused(f"There is no command {do[:40]!r}. There are: {known}.")
        return self._commands[do]

    def _status(self, _: Command) -> Answer:
        return {
            "status": self._recorder.status,
            "session_id": self._recorder.session_id,
            "paused": self._pace.paused,
            "speed": self._pace.speed,
            "fill": self._agent.fill,
            "turn": self._agent.turn,
            "turns": self._agent.turns,
            "waiting_prompts": self._agent.waiting_prompts,
        }

    def _pause(self, _: Command) -> Answer:
        self._pace.pause()
        self._recorder.news.stir()
        return {}

    def _resume(self, _: Command) -> Answer:
        self._pace.resume()
        self._recorder.news.stir()
        return {}

    def _speed(self, command: Command) -> Answer:
        if command.value is None or not SLOWEST <= command.value <= FASTEST:
            raise Refused(f"The speed is a number from {SLOWEST:g} to {FASTEST:g}.")
        self._pace.speed = command.value
        return {"speed": command.value}

    def _prompt(self, command: Command) -> Answer:
        if not command.text.strip():
            raise Refused("The prompt is empty.")
        if len(command.text) > LONGEST_PROMPT:
            raise Refused(f"The prompt is longer than {LONGEST_PROMPT:,} characters.")
        self._agent.prompt(command.text)
        return {"waiting_prompts": self._agent.waiting_prompts}

    def _interrupt(self, _: Command) -> Answer:
        if not self._agent.interrupt():
            raise Refused("The agent is idle: there is no turn to interrupt.")
        return {}

    def _answer(self, command: Command) -> Answer:
        verdict = Verdict(allowed=command.allow, author=Author.PERSON, reason=command.text)
        if not self._agent.answer(command.id, verdict):
            raise Refused("This request is not open any more: someone answered first.")
        return {}

    def _compact(self, command: Command) -> Answer:
        resized = self._agent.compact(command.text)
        return {"before": resized.before, "after": resized.after}

    def _reset(self, _: Command) -> Answer:
        resized = self._agent.reset()
        session = self._recorder.session_id
        return {"session_id": session, "before": resized.before, "after": resized.after}

    def _end(self, _: Command) -> Answer:
        self._stop()
        return {}


def _refusal(why: str) -> Answer:
    return {"ok": False, "error": why}


async def serve(path: Path, obey: Callable[[bytes], Answer], news: News) -> asyncio.Server:
    """Listen at `path`; the folder and the mask of the process keep everyone else out."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                if _follows(line):
                    await _tell(reader, writer, news)
                    return
                writer.write(msgspec.json.encode(obey(line)) + b"\n")
                await writer.drain()
        except (ValueError, ConnectionError):
            """The line was too long, or the other side went away."""
        finally:
            writer.close()

    return await asyncio.start_unix_server(talk, path, limit=LONGEST_LINE)


def _follows(line: bytes) -> bool:
    try:
        return msgspec.json.decode(line, type=Command).do == "follow"
    except msgspec.MsgspecError:
        return False


async def _tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, news: News) -> None:
    """Write how things are whenever they change, until the other side says or hears no more."""

    async def write() -> None:
        async for told in news.follow():
            writer.write(msgspec.json.encode(told) + b"\n")
            await writer.drain()

    writing, left = asyncio.create_task(write()), asyncio.create_task(reader.read(1))
    try:
        await asyncio.wait({writing, left}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (writing, left):
            task.cancel()
        await asyncio.gather(writing, left, return_exceptions=True)
