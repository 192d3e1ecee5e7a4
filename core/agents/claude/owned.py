"""A Claude Code session of our own: the person's own `claude`, spoken to over its pipes."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from ... import __version__
from ...acting.action import (
    RESET_INSTEAD,
    Action,
    Evidence,
    Result,
    Verb,
    confirmed,
    refused,
    unknown,
)
from ...acting.channel import Capabilities, Changed, Reach
from ...acting.live import Live
from ...text import clean, one_line
from ..base import State
from ..fields import mapping, text
from .conversation import Conversation
from .registry import named, rival
from .requests import QUESTION, answered
from .stream import Ended, Message, Refused
from .stream_messages import asked
from .stream_proofs import begins, boundary_words, is_other_session, is_result

FLAGS = (
    "-p",
    "--input-format=stream-json",
    "--output-format=stream-json",
    "--verbose",
    "--permission-prompt-tool=stdio",
    "--include-partial-messages",
    "--replay-user-messages",
)

MODES = ("default", "acceptEdits", "plan")
"""Permission modes that are offered; wider ones are for the person to start with."""

END_OTHER = "End one of the two, or go on with a copy: --fork."

NO_STEER = "Claude Code ends its turn for what is said at once: interrupt it, or queue the words."

GONE = "This request is not open any more."

UNKNOWN = "Unsupported control request"
"""How a client says that it does not know what it is asked."""


class ClaudeOwned:
    """A session that clearhead started and whose only writer it is."""

    name = "owned"
    reach = Reach.OWNED
    queues = True

    def __init__(self, session_id: str, folder: Path) -> None:
        self._folder = folder
        self._talk = Conversation(Live(session_id=session_id, state=State.IDLE))
        self._cannot: dict[Verb, str] = {Verb.STEER: NO_STEER}
        self._verbs: dict[Verb, Callable[[Action], Awaitable[Result]]] = {
            Verb.PROMPT: self._prompt,
            Verb.INTERRUPT: self._interrupt,
            Verb.APPROVE: self._approve,
            Verb.DENY: self._deny,
            Verb.COMPACT: self._compact,
            Verb.CLEAR: self._clear,
            Verb.MODE: self._mode,
            Verb.MODEL: self._model,
            Verb.STOP: self._stop,
        }

    @classmethod
    async def start(
        cls,
        program: str,
        cwd: Path,
        *,
        args: Sequence[str] = (),
        resume: str | None = None,
        fork: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> ClaudeOwned:
        """Start the client; return when it answers.

        `args` are the person's own arguments. `resume` takes a session up again under its id,
        with `fork` a copy of it under a new one.

        Raises:
            NotFound: there is no such program.
            NotBegun: it ended or did not answer; its own words are in the detail.
        """
        session_id = resume if resume and not fork else str(uuid.uuid4())
        given = environment if environment is not None else os.environ
        owned = cls(session_id, folder_of(given))
        which = ["--resume", resume] if resume else []
        if fork:
            which.append("--fork-session")
        if session_id != resume:
            which += ["--session-id", session_id]
        command = [program, *FLAGS, *which, *args]
        await owned._talk.begin(command, cwd, _environment(given))
        return owned

    @property
    def live(self) -> Live:
        """What the client told last."""
        return self._talk.live

    @property
    def pid(self) -> int:
        """The client's process."""
        return self._talk.stream.pid

    @property
    def capabilities(self) -> Capabilities:
        """Everything the stream takes; what this client refused as unknown is left out."""
        return dict[Verb, str | None](dict.fromkeys(Verb)) | self._cannot

    def listen(self, changed: Changed) -> None:
        """Tell `changed` when the client told something new."""
        self._talk.listen(changed)

    async def act(self, wanted: Action) -> Result:
        """Carry out one action and wait for the message that proves it."""
        if wanted.verb not in self._verbs:
            return self._refuse(wanted, self._cannot.get(wanted.verb, UNKNOWN))
        if self.live.problem is not None and wanted.verb is not Verb.STOP:
            return self._refuse(wanted, self.live.problem.detail, self.live.problem.remedy)
        try:
            async with asyncio.timeout(wanted.limit):
                return await self._verbs[wanted.verb](wanted)
        except TimeoutError:
            words = f"No message tells within {wanted.limit:g} s what came of it."
            return unknown(wanted, words, session_id=self.live.session_id)
        except Ended as problem:
            return unknown(wanted, problem.detail, session_id=self.live.session_id)
        except Refused as error:
            why = f"The client refuses: {clean(str(error))}"
            if UNKNOWN in str(error):
                self._cannot[wanted.verb] = why
            return self._refuse(wanted, why)

    async def close(self) -> None:
        """End the client: no one else can speak to it."""
        if self._talk.stream.ended is None:
            await self._talk.leave()

    def _proof(self, words: str) -> Evidence:
        return Evidence("stream", words, time.time())

    def _done(self, wanted: Action, words: str, new: str | None = None) -> Result:
        return confirmed(wanted, self._proof(words), session_id=self.live.session_id, new=new)

    def _refuse(self, wanted: Action, why: str, remedy: str = "") -> Result:
        return refused(wanted, why, remedy=remedy, session_id=self.live.session_id)

    # Actions

    async def _not_now(self, wanted: Action) -> Result | None:
        """Say why nothing new can be begun; `None` when it can."""
        if (no := self._busy(wanted)) is not None:
            return no
        other = await asyncio.to_thread(rival, self._folder, self.live.session_id, self.pid)
        return None if other is None else self._refuse(wanted, named(other), END_OTHER)

    def _busy(self, wanted: Action) -> Result | None:
        if self.live.state is State.IDLE:
            return None
        waits = self.live.state is State.WAITING
        why = "It waits for your answer." if waits else "It works on another prompt."
        return self._refuse(wanted, why, "Answer it first." if waits else "Wait, queue, or arm it.")

    async def _prompt(self, wanted: Action) -> Result:
        if wanted.queue and self.live.state is not State.IDLE:
            return await self._queue(wanted)
        if (no := await self._not_now(wanted)) is not None:
            return no
        name = str(uuid.uuid4())
        async with self._talk.watch(lambda m: begins(m, name, wanted.text)) as took:
            self._talk.become(replace(self.live, state=State.BUSY, since=time.time()))
            await self._talk.say(wanted.text, name)
            began = await took
        replayed = began.get("isReplay") is True
        return self._done(wanted, "the client took the prompt" if replayed else "a turn began")

    async def _queue(self, wanted: Action) -> Result:
        self._talk.become(asked(self.live, wanted.text))
        await self._talk.say(wanted.text, str(uuid.uuid4()))
        await self._talk.heard()
        return self._done(wanted, "the client has it, and takes it up when the turn ends")

    async def _interrupt(self, wanted: Action) -> Result:
        if self.live.state is State.IDLE:
            return self._refuse(wanted, "It does nothing that could be interrupted.")
        async with self._talk.watch(is_result) as ended:
            await self._talk.stream.ask("interrupt")
            how = text((await ended).get("terminal_reason")) or "the turn ended"
        more = f"; {len(self.live.queued)} queued begin now" if self.live.queued else ""
        return self._done(wanted, f"turn ended: {one_line(how)}{more}")

    async def _approve(self, wanted: Action) -> Result:
        request = self._talk.request(wanted.request)
        if request is None:
            return self._refuse(wanted, GONE)
        given = mapping(request.get("input"))
        if text(request.get("tool_name")) == QUESTION:
            if not wanted.text.strip():
                return self._refuse(wanted, "There is no answer to the question.")
            given = answered(given, wanted.text)
        return await self._answer(wanted, {"behavior": "allow", "updatedInput": given})

    async def _deny(self, wanted: Action) -> Result:
        if self._talk.request(wanted.request) is None:
            return self._refuse(wanted, GONE)
        words = wanted.text or "The person refused this."
        return await self._answer(wanted, {"behavior": "deny", "message": words})

    async def _answer(self, wanted: Action, response: Message) -> Result:
        await self._talk.answer(wanted.request or "", response)
        return self._done(wanted, f"the client read the answer: {response['behavior']}")

    async def _compact(self, wanted: Action) -> Result:
        if (no := await self._not_now(wanted)) is not None:
            return no
        boundary = asyncio.get_running_loop().create_future()

        def is_end(message: Message) -> bool:
            if text(message.get("subtype")) == "compact_boundary" and not boundary.done():
                boundary.set_result(message)
            return is_result(message)

        async with self._talk.watch(is_end) as ended:
            self._talk.become(replace(self.live, state=State.BUSY, since=time.time()))
            await self._talk.say(
                f"/compact {' '.join(wanted.text.split())}".strip(), str(uuid.uuid4())
            )
            result = await ended
        if not boundary.done():
            words = clean(text(result.get("result"))) or "it ended without a compaction"
            return self._refuse(wanted, words, RESET_INSTEAD)
        return self._done(wanted, boundary_words(boundary.result()))

    async def _clear(self, wanted: Action) -> Result:
        if (no := await self._not_now(wanted)) is not None:
            return no
        old = self.live.session_id
        async with self._talk.watch(lambda m: is_other_session(m, old)) as begun:
            await self._talk.say("/clear", str(uuid.uuid4()))
            new = text((await begun).get("session_id"))
        return confirmed(wanted, self._proof(f"new session id {new}"), session_id=old, new=new)

    async def _mode(self, wanted: Action) -> Result:
        if wanted.text not in MODES:
            return self._refuse(wanted, f"The modes are {', '.join(MODES)}.")
        answer = await self._talk.stream.ask("set_permission_mode", mode=wanted.text)
        now = one_line(text(answer.get("mode"))) or wanted.text
        self._talk.become(replace(self.live, mode=now))
        return self._done(wanted, f"permission mode {now}")

    async def _model(self, wanted: Action) -> Result:
        answer = await self._talk.stream.ask("set_model", model=wanted.text)
        now = one_line(text(answer.get("model"))) or wanted.text
        self._talk.become(replace(self.live, model=now))
        return self._done(wanted, f"model {now}")

    async def _stop(self, wanted: Action) -> Result:
        status = await self._talk.leave()
        if status is None:
            return unknown(wanted, "Its process has not ended.", session_id=self.live.session_id)
        return self._done(wanted, f"the client ended with status {status}")


def folder_of(given: Mapping[str, str]) -> Path:
    """Return the configuration folder of a client with this environment."""
    own = given.get("CLAUDE_CONFIG_DIR")
    return Path(own) if own else Path(given.get("HOME") or Path.home()) / ".claude"


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    return {
        **given,
        "CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS": "1",
        "CLAUDE_AGENT_SDK_CLIENT_APP": f"clearhead/{__version__}",
    }
