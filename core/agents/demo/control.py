"""The control socket: one JSON object a line in, one a line out.

    {"do": "status"}                    what the agent does, and how full its context is
    {"do": "pause"}  {"do": "resume"}   let the script stand still, and go on
    {"do": "speed", "value": 2.0}       0.1 to 100 seconds of the script in a second
    {"do": "prompt", "text": "…"}       words for the agent, answered when it is idle
    {"do": "interrupt"}                 stop the turn after the running step
    {"do": "compact", "text": "…"}      summarise the context; `text` says what to keep
    {"do": "reset"}                     end the session and begin a fresh one
    {"do": "stop"}                      end the agent program

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
from .pace import FASTEST, SLOWEST, Pace
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
        return {}

    def _resume(self, _: Command) -> Answer:
        self._pace.resume()
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


async def serve(path: Path, obey: Callable[[bytes], Answer]) -> asyncio.Server:
    """Listen at `path`; the folder and the mask of the process keep everyone else out."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(msgspec.json.encode(obey(line)) + b"\n")
                await writer.drain()
        except (ValueError, ConnectionError):
            """The line was too long, or the other side went away."""
        finally:
            writer.close()

    return await asyncio.start_unix_server(talk, path, limit=LONGEST_LINE)
