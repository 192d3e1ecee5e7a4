"""What a message of the stream changes in what is known of a session. Pure.

The transcript is the source of items; the stream adds state, requests and the growing reply.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from ...acting.live import Live, Reply, Source
from ...model_ids import SYNTHETIC
from ...text import clean, one_line
from ..base import State
from ..fields import count, mapping, number, sequence, text, text_or_none
from .requests import request_of

LONGEST = 64 * 1024
"""Characters of the growing reply that are kept, from its end."""

Message = dict[str, Any]


def told(live: Live, message: Message, at: float) -> Live:
    """Return `live` after a message of the client at the time `at` (epoch seconds)."""
    take = _TAKERS.get(text(message.get("type")))
    if take is None or text_or_none(message.get("parent_tool_use_id")):
        return live
    return take(live, message, at)


def asked(live: Live, text_: str) -> Live:
    """Return `live` with a prompt that the client has and has not begun."""
    return replace(live, queued=(*live.queued, text_))


def answered(live: Live, request: str, at: float) -> Live:
    """Return `live` without a request that was answered or withdrawn."""
    left = tuple(known for known in live.requests if known.id != request)
    if left == live.requests:
        return live
    live = replace(live, requests=left)
    return live if left or live.state is not State.WAITING else _now(live, State.BUSY, at)


def _now(live: Live, state: State, at: float) -> Live:
    return live if live.state is state else replace(live, state=state, since=at)


def _system(live: Live, message: Message, at: float) -> Live:
    take = _SYSTEM.get(text(message.get("subtype")))
    return take(live, message, at) if take else live


def _init(live: Live, message: Message, at: float) -> Live:
    return _now(
        replace(
            live,
            session_id=text_or_none(message.get("session_id")) or live.session_id,
            model=one_line(text(message.get("model"))) or live.model,
            mode=one_line(text(message.get("permissionMode"))) or live.mode,
            failure=None,
        ),
        State.BUSY if live.state is not State.WAITING else State.WAITING,
        at,
    )


def _status(live: Live, message: Message, _: float) -> Live:
    mode = one_line(text(message.get("permissionMode")))
    return replace(live, mode=mode) if mode else live


def _retry(live: Live, message: Message, _: float) -> Live:
    attempt, limit = count(message.get("attempt")), count(message.get("max_retries"))
    words = [one_line(text(message.get("error")))]
    if attempt is not None:
        words.append(f"attempt {attempt}" + (f" of {limit}" if limit is not None else ""))
    return replace(live, retry=", ".join(filter(None, words)) or "trying again")


def _session_state(live: Live, message: Message, at: float) -> Live:
    state = {"running": State.BUSY, "idle": State.IDLE}.get(text(message.get("state")))
    if state is None or live.requests:
        return live
    return _now(live, state, at)


def _event(live: Live, message: Message, _: float) -> Live:
    event = mapping(message.get("event"))
    if text(event.get("type")) == "message_start":
        name = text(mapping(event.get("message")).get("id")) or None
        return replace(live, reply=Reply("", name), retry=None)
    delta = mapping(event.get("delta"))
    if text(delta.get("type")) != "text_delta":
        return live
    old = live.reply or Reply("")
    grown = (old.text + clean(text(delta.get("text"))))[-LONGEST:]
    return replace(live, reply=Reply(grown, old.message_id))


def _assistant(live: Live, message: Message, _: float) -> Live:
    """The whole block is in the transcript now; what grew of it is dropped."""
    blocks = [mapping(b) for b in sequence(mapping(message.get("message")).get("content"))]
    said = any(text(block.get("type")) == "text" for block in blocks)
    live = replace(live, fill=_fill(message) or live.fill)
    return replace(live, reply=None, retry=None) if said and live.reply else live


def _fill(message: Message) -> int | None:
    """Return what the model was given for a reply, in tokens; what the client invents has none.

    The client would tell more when asked for its context usage, but it asks the vendor to count.
    """
    said = mapping(message.get("message"))
    usage = mapping(said.get("usage"))
    if text(said.get("model")) == SYNTHETIC:
        return None
    kinds = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    return sum(count(usage.get(kind)) or 0 for kind in kinds) or None


def _compacted(live: Live, _: Message, __: float) -> Live:
    """What the context holds now is told by the next reply only."""
    return replace(live, fill=None)


def _user(live: Live, message: Message, _: float) -> Live:
    """A replayed prompt has begun; several that waited are begun as one."""
    if message.get("isReplay") is not True or not live.queued:
        return live
    begun = text(mapping(message.get("message")).get("content"))
    return replace(live, queued=tuple(words for words in live.queued if words not in begun))


def _result(live: Live, message: Message, at: float) -> Live:
    done = replace(
        live,
        session_id=text_or_none(message.get("session_id")) or live.session_id,
        usd=_dollars(message, live.usd),
        window=_window(message, live.model) or live.window,
        reply=None,
        requests=(),
        retry=None,
        failure=_failure(message),
    )
    return _now(done, State.IDLE if not done.queued else State.BUSY, at)


def _failure(message: Message) -> str | None:
    """Return why a turn failed; its subtype is "success" even then. An interrupt is no failure."""
    if message.get("is_error") is not True or "aborted" in text(message.get("terminal_reason")):
        return None
    return one_line(text(message.get("result"))) or "it ended in an error"


def _dollars(message: Message, before: float | None) -> float | None:
    usd = number(message.get("total_cost_usd"))
    return before if usd is None else usd


def _window(message: Message, model: str | None) -> int | None:
    """Return the window of the session's own model, else of the only one that was used."""
    used = mapping(message.get("modelUsage"))
    own = mapping(used.get(model or "")) or (
        mapping(next(iter(used.values()))) if len(used) == 1 else {}
    )
    return count(own.get("contextWindow")) or None


def _control(live: Live, message: Message, at: float) -> Live:
    request = mapping(message.get("request"))
    name = text(message.get("request_id"))
    if text(request.get("subtype")) != "can_use_tool" or not name:
        return live
    new = request_of(
        name,
        text(request.get("tool_name")),
        mapping(request.get("input")),
        at,
        Source.STREAM,
        mode=live.mode,
    )
    others = tuple(known for known in live.requests if known.id != name)
    return _now(replace(live, requests=(*others, new)), State.WAITING, at)


def _withdrawn(live: Live, message: Message, at: float) -> Live:
    return answered(live, text(message.get("request_id")), at)


Taker = Callable[[Live, Message, float], Live]

_SYSTEM: dict[str, Taker] = {
    "init": _init,
    "status": _status,
    "api_retry": _retry,
    "compact_boundary": _compacted,
    "session_state_changed": _session_state,
}
_TAKERS: dict[str, Taker] = {
    "system": _system,
    "stream_event": _event,
    "assistant": _assistant,
    "user": _user,
    "result": _result,
    "control_request": _control,
    "control_cancel_request": _withdrawn,
}
