"""Following a thread through an app-server: what is known of it, and waiting for what comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from msgspec.structs import replace

from ...acting.channel import Changed
from ...acting.live import Live
from ..base import State
from .rpc import Answer, Asked, Payload, Rpc, Told
from .threads import Thread, asked, opened, queued, told
from .wires import CodexGone


class Following:
    """A thread as it is now, kept up to date by what the app-server tells."""

    def __init__(self) -> None:
        self._thread = Thread()
        self._rpc: Rpc | None = None
        self._asks: dict[str, Asked] = {}
        self._changed: Changed = _nobody
        self._waiting: list[tuple[Callable[[Thread], bool], asyncio.Future[None]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def live(self) -> Live:
        """What is known of the session now."""
        return self._thread.live

    def listen(self, changed: Changed) -> None:
        """Tell `changed` from now on when `live` is another value."""
        self._changed = changed

    # What the app-server tells

    def _set(self, thread: Thread) -> None:
        before, self._thread = self._thread, thread
        for holds, future in self._waiting:
            if not future.done() and holds(thread):
                future.set_result(None)
        if thread.live != before.live:
            self._changed()

    def _told(self, notification: Told) -> None:
        self._set(told(self._thread, notification, time.time()))
        if notification.method == "thread/queue/changed":
            self._go(self._look_at_queue())

    def _asked(self, question: Asked) -> None:
        thread = asked(self._thread, question, time.time())
        if thread is self._thread:
            self._not_for_people(question)
            return
        self._asks[str(question.id)] = question
        self._set(thread)

    def _not_for_people(self, question: Asked) -> None:
        """Take in a request that no person can answer."""

    async def _look_at_queue(self) -> None:
        answer = await self._request("thread/queue/list", {})
        if answer.good:
            self._set(queued(self._thread, answer.result))

    async def _until(self, holds: Callable[[Thread], bool], seconds: float) -> bool:
        """Wait until the thread is as `holds` says; false when that did not come in time."""
        if holds(self._thread):
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (holds, future)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        finally:
            self._waiting.remove(entry)
        return True

    def _lost(self, gone: CodexGone) -> None:
        """Stop whoever waits: nothing more will be told."""
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(gone)
        self._asks.clear()
        state = self.live.state
        live = Live(
            session_id=self.live.session_id,
            state=state if state is State.ENDED else None,
            model=self.live.model,
            problem=gone.report(),
        )
        self._set(replace(self._thread, live=live, status=None, turn=None))

    async def _request(
        self, method: str, params: Payload, then: Callable[[Answer], None] | None = None
    ) -> Answer:
        """Ask the app-server about this thread."""
        if self._rpc is None:
            raise CodexGone("The app-server has gone.")
        whole = {"threadId": self.live.session_id, **params}
        return await self._rpc.request(method, whole, then=then)

    def _opened(self, answer: Answer) -> None:
        """Take in the thread that was started or joined."""
        if answer.good:
            models = self.live.models
            thread = opened(answer.result, time.time())
            self._set(replace(thread, live=replace(thread.live, models=models)))

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except CodexGone:
            return  # whoever listens is told by `_lost`


def _nobody() -> None:
    """Listen to nothing."""
