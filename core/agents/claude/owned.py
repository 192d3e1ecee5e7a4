"""A Claude Code session of our own: the person's own `claude`, spoken to over its pipes."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from ...problems import Problem
from ...text import clean, one_line
from ..base import State
from ..fields import count, mapping, sequence, text
from .registry import named, rival
from .requests import QUESTION
from .stream import Ended, Message, Refused, Stream
from .stream_messages import answered, asked, told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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

BEGINS = 60.0
"""Seconds that a client may take until it answers for the first time."""

END_OTHER = "End one of the two, or go on with a copy: --fork."

NO_STEER = "Claude Code ends its turn for what is said at once: interrupt it, or queue the words."

ASKS = "can_use_tool"
"""The request of the client that a person answers."""

UNKNOWN = "Unsupported control request"
"""How a client says that it does not know what it is asked."""

HEARD = "get_binary_version"
"""Asked after a message: its answer, even a refusal, proves that the message was read."""

Test = Callable[[Message], bool]


class NotBegun(Problem):
    """Claude Code does not start, or not in a way that can be spoken to."""

    title = "Claude Code did not start"


class ClaudeOwned:
    """A session that clearhead started and whose only writer it is."""

    name = "owned"
    reach = Reach.OWNED
    queues = True

    def __init__(self, session_id: str, folder: Path) -> None:
        self._folder = folder
        self._live = Live(session_id=session_id, state=State.IDLE, modes=MODES)
        self._changed: Changed = _nobody
        self._open: dict[str, Message] = {}
        self._watching: list[tuple[Test, asyncio.Future[Message]]] = []
        self._stream: Stream
        self._leaving = False
        self._tasks: set[asyncio.Task[None]] = set()
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
        owned._stream = await Stream.start(
            [program, *FLAGS, *which, *args],
            cwd,
            _environment(given),
            told=owned._told,
            gone=owned._gone,
        )
        await owned._begin()
        return owned

    @property
    def live(self) -> Live:
        """What the client told last."""
        return self._live

    @property
    def pid(self) -> int:
        """The client's process."""
        return self._stream.pid

    @property
    def capabilities(self) -> Capabilities:
        """Everything the stream takes; what this client refused as unknown is left out."""
        return dict[Verb, str | None](dict.fromkeys(Verb)) | self._cannot

    def listen(self, changed: Changed) -> None:
        """Tell `changed` when the client told something new."""
        self._changed = changed

    async def act(self, wanted: Action) -> Result:
        """Carry out one action and wait for the message that proves it."""
        if wanted.verb not in self._verbs:
            return self._refuse(wanted, self._cannot.get(wanted.verb, UNKNOWN))
        if self._live.problem is not None and wanted.verb is not Verb.STOP:
            return self._refuse(wanted, self._live.problem.detail, self._live.problem.remedy)
        try:
            async with asyncio.timeout(wanted.limit):
                return await self._verbs[wanted.verb](wanted)
        except TimeoutError:
            words = f"No message tells within {wanted.limit:g} s what came of it."
            return unknown(wanted, words, session_id=self._live.session_id)
        except Ended as problem:
            return unknown(wanted, problem.detail, session_id=self._live.session_id)
        except Refused as error:
            why = f"The client refuses: {clean(str(error))}"
            if UNKNOWN in str(error):
                self._cannot[wanted.verb] = why
            return self._refuse(wanted, why)

    async def close(self) -> None:
        """End the client: no one else can speak to it."""
        if self._stream.ended is None:
            self._leaving = True
            await self._stream.leave()

    # Messages

    async def _begin(self) -> None:
        try:
            async with asyncio.timeout(BEGINS):
                about = await self._stream.ask("initialize", hooks=None)
        except (TimeoutError, Refused, Ended) as error:
            self._leaving = True
            await self._stream.leave()
            words = self._stream.last_words() if self._stream.errors else str(error)
            raise NotBegun(
                words or "It did not answer.",
                remedy="Run `claude` yourself once: it may want a login, or an update.",
            ) from error
        models = (text(mapping(model).get("value")) for model in sequence(about.get("models")))
        self._live = replace(self._live, models=tuple(one_line(m) for m in models if m))

    def _told(self, message: Message) -> None:
        if text(message.get("type")) == "control_request":
            self._take_request(text(message.get("request_id")), mapping(message.get("request")))
        for entry in tuple(self._watching):
            test, waiting = entry
            if not waiting.done() and test(message):
                waiting.set_result(message)
        live = told(self._live, message, time.time())
        known = {request.id for request in live.requests}
        self._open = {name: asked_ for name, asked_ in self._open.items() if name in known}
        self._set(live)

    def _take_request(self, name: str, request: Message) -> None:
        """Keep what a person answers; decline the rest, or the client would wait for ever."""
        kind = text(request.get("subtype"))
        if kind == ASKS:
            self._open[name] = request
            return
        said = f"clearhead does not serve {kind}"
        body = {"subtype": "error", "request_id": name, "error": said}
        task = asyncio.create_task(
            self._send_quietly({"type": "control_response", "response": body})
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_quietly(self, message: Message) -> None:
        with suppress(Ended):
            await self._stream.send(message)

    def _gone(self) -> None:
        if self._leaving:
            self._set(replace(self._live, state=State.ENDED, reply=None, requests=(), queued=()))
            return
        remedy = f"Go on with it: clearhead run claude --resume {self._live.session_id}"
        report = Ended(self._stream.last_words(), remedy=remedy).report()
        for _, waiting in self._watching:
            if not waiting.done():
                waiting.set_exception(Ended(report.detail, remedy=remedy))
        self._set(replace(self._live, state=State.ENDED, reply=None, requests=(), problem=report))

    def _set(self, live: Live) -> None:
        if live != self._live:
            self._live = live
            self._changed()

    @asynccontextmanager
    async def _watch(self, test: Test) -> AsyncIterator[asyncio.Future[Message]]:
        """Give a future of the first message that passes `test`, watched from now on."""
        waiting: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        entry = (test, waiting)
        self._watching.append(entry)
        try:
            yield waiting
        finally:
            self._watching.remove(entry)
            waiting.cancel()

    async def _say(self, words: str, name: str) -> None:
        message = {"role": "user", "content": words}
        await self._stream.send(
            {
                "type": "user",
                "message": message,
                "parent_tool_use_id": None,
                "session_id": "",
                "uuid": name,
            }
        )

    async def _heard(self) -> None:
        """Wait until the client has read everything that was sent."""
        with suppress(Refused):
            await self._stream.ask(HEARD)

    def _proof(self, words: str) -> Evidence:
        return Evidence("stream", words, time.time())

    def _done(self, wanted: Action, words: str, new: str | None = None) -> Result:
        return confirmed(wanted, self._proof(words), session_id=self._live.session_id, new=new)

    def _refuse(self, wanted: Action, why: str, remedy: str = "") -> Result:
        return refused(wanted, why, remedy=remedy, session_id=self._live.session_id)

    # Actions

    async def _not_now(self, wanted: Action) -> Result | None:
        """Say why nothing new can be begun; `None` when it can."""
        if (no := self._busy(wanted)) is not None:
            return no
        other = await asyncio.to_thread(rival, self._folder, self._live.session_id, self.pid)
        return None if other is None else self._refuse(wanted, named(other), END_OTHER)

    def _busy(self, wanted: Action) -> Result | None:
        if self._live.state is State.IDLE:
            return None
        waits = self._live.state is State.WAITING
        why = "It waits for your answer." if waits else "It works on another prompt."
        return self._refuse(wanted, why, "Answer it first." if waits else "Wait, queue, or arm it.")

    async def _prompt(self, wanted: Action) -> Result:
        if wanted.queue and self._live.state is not State.IDLE:
            return await self._queue(wanted)
        if (no := await self._not_now(wanted)) is not None:
            return no
        name = str(uuid.uuid4())
        async with self._watch(lambda m: _begins(m, name, wanted.text)) as took:
            self._set(replace(self._live, state=State.BUSY, since=time.time()))
            await self._say(wanted.text, name)
            began = await took
        replayed = began.get("isReplay") is True
        return self._done(wanted, "the client took the prompt" if replayed else "a turn began")

    async def _queue(self, wanted: Action) -> Result:
        self._set(asked(self._live, wanted.text))
        await self._say(wanted.text, str(uuid.uuid4()))
        await self._heard()
        return self._done(wanted, "the client has it, and takes it up when the turn ends")

    async def _interrupt(self, wanted: Action) -> Result:
        if self._live.state is State.IDLE:
            return self._refuse(wanted, "It does nothing that could be interrupted.")
        async with self._watch(_is_result) as ended:
            await self._stream.ask("interrupt")
            how = text((await ended).get("terminal_reason")) or "the turn ended"
        more = f"; {len(self._live.queued)} queued begin now" if self._live.queued else ""
        return self._done(wanted, f"turn ended: {one_line(how)}{more}")

    async def _approve(self, wanted: Action) -> Result:
        request = self._open.get(wanted.request or "")
        if request is None:
            return self._refuse(wanted, "This request is not open any more.")
        given = mapping(request.get("input"))
        if text(request.get("tool_name")) == QUESTION and wanted.text:
            given = {**given, "answers": _answers(given, wanted.text)}
        return await self._answer(wanted, {"behavior": "allow", "updatedInput": given})

    async def _deny(self, wanted: Action) -> Result:
        if wanted.request not in self._open:
            return self._refuse(wanted, "This request is not open any more.")
        words = wanted.text or "The person refused this."
        return await self._answer(wanted, {"behavior": "deny", "message": words})

    async def _answer(self, wanted: Action, response: Message) -> Result:
        """Answer a request, once: from here on it is closed, whatever comes of it."""
        name = wanted.request or ""
        del self._open[name]
        body = {"subtype": "success", "request_id": name, "response": response}
        await self._stream.send({"type": "control_response", "response": body})
        self._set(answered(self._live, name, time.time()))
        await self._heard()
        return self._done(wanted, f"the client read the answer: {response['behavior']}")

    async def _compact(self, wanted: Action) -> Result:
        if (no := await self._not_now(wanted)) is not None:
            return no
        boundary = asyncio.get_running_loop().create_future()

        def is_end(message: Message) -> bool:
            if text(message.get("subtype")) == "compact_boundary" and not boundary.done():
                boundary.set_result(message)
            return _is_result(message)

        async with self._watch(is_end) as ended:
            self._set(replace(self._live, state=State.BUSY, since=time.time()))
            await self._say(f"/compact {' '.join(wanted.text.split())}".strip(), str(uuid.uuid4()))
            result = await ended
        if not boundary.done():
            words = clean(text(result.get("result"))) or "it ended without a compaction"
            return self._refuse(wanted, words, RESET_INSTEAD)
        return self._done(wanted, _boundary_words(boundary.result()))

    async def _clear(self, wanted: Action) -> Result:
        if (no := await self._not_now(wanted)) is not None:
            return no
        old = self._live.session_id
        async with self._watch(lambda m: _is_other_session(m, old)) as begun:
            await self._say("/clear", str(uuid.uuid4()))
            new = text((await begun).get("session_id"))
        return confirmed(wanted, self._proof(f"new session id {new}"), session_id=old, new=new)

    async def _mode(self, wanted: Action) -> Result:
        if wanted.text not in MODES:
            return self._refuse(wanted, f"The modes are {', '.join(MODES)}.")
        answer = await self._stream.ask("set_permission_mode", mode=wanted.text)
        now = one_line(text(answer.get("mode"))) or wanted.text
        self._set(replace(self._live, mode=now))
        return self._done(wanted, f"permission mode {now}")

    async def _model(self, wanted: Action) -> Result:
        answer = await self._stream.ask("set_model", model=wanted.text)
        now = one_line(text(answer.get("model"))) or wanted.text
        self._set(replace(self._live, model=now))
        return self._done(wanted, f"model {now}")

    async def _stop(self, wanted: Action) -> Result:
        self._leaving = True
        status = await self._stream.leave()
        if status is None:
            return unknown(wanted, "Its process has not ended.", session_id=self._live.session_id)
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


def _is_result(message: Message) -> bool:
    return text(message.get("type")) == "result"


def _begins(message: Message, name: str, words: str) -> bool:
    """Say whether the client tells that it begins with our prompt.

    It replays the prompt, and opens each turn with `init`; 2.1.197 replays only with the reply.
    """
    if (text(message.get("type")), text(message.get("subtype"))) == ("system", "init"):
        return True
    if message.get("isReplay") is not True:
        return False
    content = mapping(message.get("message")).get("content")
    return text(message.get("uuid")) == name or text(content).strip() == words.strip()


def _is_other_session(message: Message, old: str | None) -> bool:
    """Say whether a message is of another session; the one of `conversation_reset` is none."""
    kind = (text(message.get("type")), text(message.get("subtype")))
    named = text(message.get("session_id"))
    return (kind == ("system", "init") or kind[0] == "result") and named not in ("", old)


def _boundary_words(message: Message) -> str:
    figures = mapping(message.get("compact_metadata"))
    before, after = count(figures.get("pre_tokens")), count(figures.get("post_tokens"))
    told_ = f", {before} → {after} tokens of messages" if before and after is not None else ""
    return f"compact_boundary{told_}"


def _answers(given: Message, words: str) -> dict[str, Any]:
    """Return the answer to each question: a line for each, else all of it for every one."""
    questions = [text(mapping(q).get("question")) for q in sequence(given.get("questions"))]
    lines = words.split("\n")
    said = lines if len(lines) == len(questions) else [words] * len(questions)
    return {question: line for question, line in zip(questions, said, strict=True) if question}


def _nobody() -> None:
    """Listen to nothing."""
