"""A Codex session of our own: a child `codex app-server` that is spoken to over its pipes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Self

from msgspec.structs import replace

from ... import __version__
from ...acting.action import Action, Evidence, Result, Verb, confirmed
from ...acting.channel import Reach
from ...text import clean, one_line
from ..base import State
from ..fields import mapping, sequence, text
from .arguments import arguments
from .conversation import Conversation
from .rpc import Answer, Asked, Payload, Rpc
from .wires import LEAVES, Child, CodexGone

NO_MODE = (
    "Codex takes its approval policy at the start.",
    "Stop it and go on with `clearhead run codex --resume ID -- -a POLICY`.",
)

TAKEN = "active writer"
"""Part of the refusal to resume a thread that another Codex has open."""

JOIN = "It is open in another Codex: join it there, or end it there first."

ARCHIVED = "is archived"
"""Part of the refusal to resume a thread that was put away, as clearing does."""


class CodexOwned(Conversation):
    """A session that clearhead started and whose only client it is."""

    name = "owned"
    reach = Reach.OWNED
    _cannot = MappingProxyType({Verb.MODE: NO_MODE})

    def __init__(self, child: Child, settings: Mapping[str, str]) -> None:
        super().__init__()
        self._child = child
        self._settings = dict(settings)
        self._ending = False
        self._rpc = Rpc(child, told=self._told, asked=self._asked, gone=self._gone)
        self._verbs |= {Verb.CLEAR: self._clear, Verb.MODEL: self._model, Verb.STOP: self._stop}

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
        approval_policy: str | None = None,
        sandbox: str | None = None,
    ) -> Self:
        """Start `program` in `cwd` and begin a thread, or take one up again.

        Args:
            program: Codex, by its path or as it is found.
            cwd: The folder that the session works in.
            args: The person's own arguments, see `arguments`.
            resume: The id of a thread to go on with, with `fork` in a copy.
            fork: Whether to copy the thread that is resumed.
            environment: The child's whole environment; by default this process's own.
            approval_policy: When Codex asks; by default what its own settings say.
            sandbox: What Codex may touch; by default what its own settings say.

        Raises:
            UsageProblem: an argument cannot be obeyed.
            CodexGone: Codex does not start, or refuses the thread; its words are in the detail.
        """
        given = arguments(args)
        said = {"approvalPolicy": approval_policy, "sandbox": sandbox}
        settings = {**given.settings, **{name: value for name, value in said.items() if value}}
        child = await Child.start([program, "app-server", *given.options], cwd, environment)
        channel = cls(child, {"cwd": str(cwd), **settings})
        try:
            await channel._begin(resume, fork=fork)
        except BaseException:
            await channel.close()
            raise
        return channel

    @property
    def pid(self) -> int:
        """The process id of the child."""
        return self._child.pid

    async def close(self) -> None:
        """End the child: a session on pipes cannot go on without its client."""
        self._ending = True
        if self._rpc is not None:
            await self._rpc.close()

    # Beginning

    async def _begin(self, resume: str | None, *, fork: bool) -> None:
        try:
            self._check(await self._ask("initialize", {}))
            if resume is None:
                answer = await self._ask("thread/start", self._settings)
            else:
                answer = await self._take_up(resume, fork=fork)
        except CodexGone:
            raise await self._not_started("it ended at once") from None
        self._check(answer)
        self._go(self._look_at_models())

    async def _ask(self, method: str, params: Payload) -> Answer:
        assert self._rpc is not None
        if method == "initialize":
            return await self._rpc.meet(__version__)
        return await self._rpc.request(method, params, then=self._opened)

    async def _take_up(self, thread: str, *, fork: bool) -> Answer:
        """Resume or copy a thread; one that was put away is brought back before."""
        method = "thread/fork" if fork else "thread/resume"
        params = {"threadId": thread, "excludeTurns": True, **self._settings}
        answer = await self._ask(method, params)
        if answer.refusal and ARCHIVED in answer.refusal:
            assert self._rpc is not None
            await self._rpc.request("thread/unarchive", {"threadId": thread})
            answer = await self._ask(method, params)
        return answer

    def _check(self, answer: Answer) -> None:
        if not answer.good:
            words = answer.refusal or "it did not answer in time"
            raise CodexGone(
                f"Codex refused: {one_line(words, 400)}.",
                remedy=JOIN if TAKEN in words else "Check the id and the arguments.",
            )

    async def _not_started(self, words: str) -> CodexGone:
        await self.close()
        said = one_line(self._child.words, 400)
        return CodexGone(
            f"Codex did not start: {said or words}.",
            remedy="Try `codex app-server` in this folder yourself.",
        )

    async def _look_at_models(self) -> None:
        answer = await self._request("model/list", {})
        entries = map(mapping, sequence(answer.result.get("data")))
        names = (one_line(text(entry.get("model"))) for entry in entries if not entry.get("hidden"))
        models = tuple(filter(None, names))
        self._set(replace(self._thread, live=replace(self.live, models=models)))

    # What else is heard

    def _not_for_people(self, question: Asked) -> None:
        """Decline what a window would do for Codex: nobody else would answer."""
        if self._rpc is not None:
            self._go(self._rpc.decline(question))

    def _gone(self) -> None:
        if not self._ending:
            self._go(self._tell_end())

    async def _tell_end(self) -> None:
        status = await self._child.ended()
        words = clean(self._child.words)[-400:].strip()
        said = f"Codex's app-server ended by itself, exit status {status}."
        ident = self.live.session_id
        self._lost(
            CodexGone(
                f"{said}\n{words}".strip(),
                remedy=f"Go on with it: clearhead run codex --resume {ident}",
            )
        )

    # Verbs

    async def _clear(self, wanted: Action) -> Result:
        """Begin a new thread with the same settings, then put the old one away."""
        if not self._thread.idle:
            return self._busy(wanted)
        old = self.live.session_id
        assert self._rpc is not None
        params = {**self._settings, "sessionStartSource": "clear"}
        answer = await self._rpc.request("thread/start", params, wanted.limit, then=self._opened)
        if answer.refusal:
            return self._refused(wanted, answer.refusal)
        new = self.live.session_id
        if new == old or new is None:
            return self._unknown(wanted, "Codex has not told of a new session.")
        said = [f"new session id {new}", await self._put_away(old)]
        facts = [Evidence("app-server", words, time.time()) for words in said]
        return confirmed(wanted, *facts, session_id=old, new=new)

    async def _put_away(self, thread: str | None) -> str:
        assert self._rpc is not None
        await self._rpc.request("thread/unsubscribe", {"threadId": thread})
        answer = await self._rpc.request("thread/archive", {"threadId": thread})
        if answer.good:
            return f"{thread} was archived; resuming it brings it back"
        return f"{thread} was left where it is: {answer.refusal or 'no answer'}"

    async def _model(self, wanted: Action) -> Result:
        """Set the model of this thread and of the one that clearing would begin."""
        model = wanted.text.strip()
        if not model:
            return self._refused(wanted, "No model was named.")
        answer = await self._request("thread/settings/update", {"model": model})
        if answer.refusal:
            return self._refused(wanted, answer.refusal)
        if not await self._until(lambda thread: thread.live.model == model, wanted.limit):
            return self._unknown(wanted, "Codex has not told of another model.")
        self._settings["model"] = model
        return self._confirmed(wanted, f"the model is {model} from the next turn on")

    async def _stop(self, wanted: Action) -> Result:
        """End the turn that runs, then the child."""
        self._ending = True
        if turn := self._thread.turn:
            await self._request("turn/interrupt", {"turnId": turn})
            await self._until(lambda thread: thread.turn is None, LEAVES)
        await self.close()
        live = replace(self.live, state=State.ENDED, since=time.time(), reply=None, requests=())
        self._set(replace(self._thread, live=live, turn=None))
        how = Evidence("process", f"exit status {self._child.status}", time.time())
        return confirmed(wanted, how, session_id=self.live.session_id)
