"""A thread as the app-server's notifications tell it, message by message. Pure.

What acting needs as evidence is kept beside `Live`: which turn runs and how the last ones ended,
which prompts have begun, how commands and edits came out. All of it is bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from ...acting.live import Live, Reply, Request
from ...text import clean, one_line
from ..base import State
from ..fields import count, mapping, sequence, text, text_or_none
from .asked import request_of
from .rpc import Asked, Payload, Told

KEPT = 64
"""Ended turns, begun prompts, ended items and open edits that are remembered, each."""

Pairs = tuple[tuple[str, Any], ...]
"""A small map that keeps the order in which its entries came."""


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """A thread: `live` is what is shown, the rest is what proves that something happened.

    `status` is what the app-server says of the thread itself: a request of a helper can make the
    session wait while its thread is busy. `turn` is the turn that runs. `ended` has the outcome
    of turns by id, `begun` the turn of prompts by the id that their sender gave them, `done` the
    outcome of commands and edits by the id of their item, `edits` what an edit would change.
    `items` has the item that a request is about, `queue` the senders' ids of queued prompts.
    `estimate` is what Codex thinks the context holds after a compaction, in tokens.
    """

    live: Live = Live()
    cwd: str | None = None
    status: State | None = None
    turn: str | None = None
    ended: Pairs = ()
    begun: Pairs = ()
    done: Pairs = ()
    edits: Pairs = ()
    items: Pairs = ()
    queue: tuple[str, ...] = ()
    compacting: bool = False
    compactions: int = 0
    estimate: int | None = None
    failure: str | None = None

    @property
    def idle(self) -> bool:
        """Whether a prompt would begin a turn of its own."""
        return self.status is State.IDLE and self.turn is None


def opened(result: Payload, now: float) -> Thread:
    """Return the thread that `thread/start`, `thread/resume` or `thread/fork` answered with."""
    found = mapping(result.get("thread"))
    cwd = text_or_none(result.get("cwd")) or text_or_none(found.get("cwd"))
    live = Live(
        session_id=text_or_none(found.get("id")),
        model=_line(result.get("model")) or _line(found.get("model")),
        mode=_line(result.get("approvalPolicy")),
    )
    thread = Thread(live=live, cwd=cwd)
    thread = _status(thread, found, now)
    turns = sequence(mapping(result.get("initialTurnsPage")).get("data"))
    return _in_progress(thread, mapping(turns[0]), now) if turns else thread


def told(thread: Thread, notification: Told, now: float) -> Thread:
    """Return the thread after a notification; one of another thread changes nothing."""
    params, at = notification.params, notification.at or now
    if notification.method == "serverRequest/resolved":
        return _without(thread, str(params.get("requestId")), at)
    reader = _READERS.get(notification.method)
    if reader is None or params.get("threadId") != thread.live.session_id:
        return thread
    return reader(thread, params, at)


def asked(thread: Thread, question: Asked, now: float) -> Thread:
    """Return the thread after a request of the app-server; unchanged if no person is asked."""
    item = text(question.params.get("itemId"))
    request = request_of(question, dict(thread.edits).get(item, ()), now)
    if request is None:
        return thread
    others = tuple(known for known in thread.live.requests if known.id != request.id)
    thread = replace(thread, items=_with(thread.items, request.id, item))
    return _requests(thread, (*others, request), now)


def queued(thread: Thread, result: Payload) -> Thread:
    """Return the thread with the prompts that `thread/queue/list` told."""
    entries = [mapping(entry) for entry in sequence(result.get("data"))]
    texts = tuple(clean(said(entry.get("input"))) for entry in entries)
    ids = tuple(text(entry.get("clientUserMessageId")) for entry in entries)
    return replace(thread, live=replace(thread.live, queued=texts), queue=ids)


def said(content: Any) -> str:
    """Return the text of what a person gave."""
    parts = (mapping(part) for part in sequence(content))
    return "\n".join(text(part.get("text")) for part in parts if part.get("type") == "text")


def _in_progress(thread: Thread, turn: Payload, now: float) -> Thread:
    """Take in the newest turn of a thread that was joined."""
    ident = text(turn.get("id"))
    for item in map(mapping, sequence(turn.get("items"))):
        thread = _item(thread, {"item": item, "turnId": ident}, now)
    running = turn.get("status") == "inProgress" and thread.status is not State.IDLE
    return replace(thread, turn=ident) if running and ident else thread


def _started(thread: Thread, params: Payload, at: float) -> Thread:
    ident = text_or_none(mapping(params.get("turn")).get("id"))
    live = replace(thread.live, failure=None)
    thread = replace(thread, turn=ident, failure=None, live=live)
    return _in_status(thread, State.BUSY, at) if thread.status is State.IDLE else thread


def _completed(thread: Thread, params: Payload, _: float) -> Thread:
    turn = mapping(params.get("turn"))
    ident, error = text(turn.get("id")), _line(mapping(turn.get("error")).get("message"))
    return replace(
        thread,
        turn=None if thread.turn == ident else thread.turn,
        ended=_with(thread.ended, ident, text(turn.get("status"))),
        failure=error or thread.failure,
        compacting=False,
        edits=(),
        live=replace(thread.live, reply=None, retry=None, failure=error or thread.failure),
    )


def _status_changed(thread: Thread, params: Payload, at: float) -> Thread:
    return _status(thread, params, at)


def _status(thread: Thread, params: Payload, at: float) -> Thread:
    status = mapping(params.get("status"))
    state = _STATES.get(text(status.get("type")), State.UNKNOWN)
    if state is State.BUSY:
        return _in_status(thread, State.WAITING if status.get("activeFlags") else state, at)
    thread = replace(thread, live=replace(thread.live, requests=()))
    return _in_status(thread, state, at)


def _closed(thread: Thread, _: Payload, at: float) -> Thread:
    return _in_status(replace(thread, turn=None), State.ENDED, at)


def _settings(thread: Thread, params: Payload, _: float) -> Thread:
    settings = mapping(params.get("threadSettings"))
    model, mode = _line(settings.get("model")), _line(settings.get("approvalPolicy"))
    live = replace(thread.live, model=model or thread.live.model, mode=mode or thread.live.mode)
    return replace(thread, live=live)


def _usage(thread: Thread, params: Payload, _: float) -> Thread:
    usage = mapping(params.get("tokenUsage"))
    window = count(usage.get("modelContextWindow")) or thread.live.window
    last = mapping(usage.get("last"))
    live, given = replace(thread.live, window=window), count(last.get("inputTokens"))
    if not given:
        return replace(thread, live=live, estimate=count(last.get("totalTokens")) or None)
    if not thread.compacting:
        live = replace(live, fill=given + (count(last.get("outputTokens")) or 0))
    return replace(thread, live=live)


def _delta(thread: Thread, params: Payload, _: float) -> Thread:
    ident, old = text(params.get("itemId")), thread.live.reply
    before = old.text if old and old.message_id == ident else ""
    reply = Reply(before + clean(text(params.get("delta"))), ident)
    return replace(thread, live=replace(thread.live, reply=reply, retry=None))


def _item_started(thread: Thread, params: Payload, at: float) -> Thread:
    item = mapping(params.get("item"))
    ident, kind = text(item.get("id")), text(item.get("type"))
    thread = _no_retry(thread)
    if kind == "agentMessage":
        return replace(thread, live=replace(thread.live, reply=Reply("", ident)))
    if kind == "contextCompaction":
        return replace(thread, compacting=True)
    if kind == "fileChange":
        return _edit_told(thread, {"itemId": ident, "changes": item.get("changes")}, at)
    return _item(thread, params, at) if kind == "userMessage" else thread


def _item(thread: Thread, params: Payload, _: float) -> Thread:
    """Take in an item that has ended, or a prompt, which is whole from its start."""
    item = mapping(params.get("item"))
    ident, kind = text(item.get("id")), text(item.get("type"))
    thread = _no_retry(thread)
    if kind == "userMessage":
        sender = text(item.get("clientId"))
        begun = _with(thread.begun, sender, text(params.get("turnId"))) if sender else thread.begun
        return replace(thread, begun=begun)
    if kind == "agentMessage":
        return replace(thread, live=replace(thread.live, reply=None))
    if kind == "contextCompaction":
        live = replace(thread.live, fill=None)
        return replace(thread, compacting=False, compactions=thread.compactions + 1, live=live)
    if kind in {"commandExecution", "fileChange"}:
        return replace(thread, done=_with(thread.done, ident, text(item.get("status"))))
    return thread


def _edit_told(thread: Thread, params: Payload, _: float) -> Thread:
    changes = tuple(sequence(params.get("changes")))
    return replace(thread, edits=_with(thread.edits, text(params.get("itemId")), changes))


def _error(thread: Thread, params: Payload, _: float) -> Thread:
    words = _line(mapping(params.get("error")).get("message")) or "the model call failed"
    if params.get("willRetry") is True:
        return replace(thread, live=replace(thread.live, retry=words))
    return replace(thread, failure=words, live=replace(thread.live, retry=None, failure=words))


def _without(thread: Thread, ident: str, at: float) -> Thread:
    left = tuple(request for request in thread.live.requests if request.id != ident)
    return thread if len(left) == len(thread.live.requests) else _requests(thread, left, at)


def _requests(thread: Thread, requests: tuple[Request, ...], at: float) -> Thread:
    thread = replace(thread, live=replace(thread.live, requests=requests))
    return _in_status(thread, thread.status, at)


def _in_status(thread: Thread, status: State | None, at: float) -> Thread:
    """Return the thread in a status; whatever that is, open requests make the session wait."""
    state, live = State.WAITING if thread.live.requests else status, thread.live
    if live.state is not state:
        live = replace(live, state=state, since=at)
    return replace(thread, status=status, live=live)


def _no_retry(thread: Thread) -> Thread:
    if thread.live.retry is None:
        return thread
    return replace(thread, live=replace(thread.live, retry=None))


def _with(pairs: Pairs, key: str, value: Any) -> Pairs:
    """Return the map with one more entry, without the oldest when there are too many."""
    kept = tuple(pair for pair in pairs if pair[0] != key)
    return (*kept[-(KEPT - 1) :], (key, value))


def _line(value: Any) -> str | None:
    return one_line(text(value), 400) or None


_STATES = {
    "idle": State.IDLE,
    "systemError": State.IDLE,
    "active": State.BUSY,
    "notLoaded": State.ENDED,
}
"""After a failed turn a thread says `systemError` and takes the next prompt all the same."""

_READERS: dict[str, Callable[[Thread, Payload, float], Thread]] = {
    "error": _error,
    "item/agentMessage/delta": _delta,
    "item/completed": _item,
    "item/fileChange/patchUpdated": _edit_told,
    "item/started": _item_started,
    "thread/closed": _closed,
    "thread/settings/updated": _settings,
    "thread/status/changed": _status_changed,
    "thread/tokenUsage/updated": _usage,
    "turn/completed": _completed,
    "turn/started": _started,
}
