"""What a session asks the person for, by whatever way it was told. Pure but for loading a body."""

from __future__ import annotations

from collections.abc import Callable

from ....core.acting.live import Request, Source
from ....core.agents.base import Body, State, Waiting
from ....core.snapshot import OpenCall
from ...facts import newest_call
from ...look import Look

DIALOG = "What it shows is not told to anyone outside its terminal."

Load = Callable[[int], Body | None]


def asked_of(look: Look, load: Load) -> tuple[Request, ...]:
    """Return what waits for an answer, the oldest first.

    Where no channel tells of it, it is read from the transcript and can only be looked at.
    """
    if look.ended:
        return ()
    if look.live is not None and look.live.requests:
        return look.live.requests
    if look.standing.state is not State.WAITING:
        return ()
    call = newest_call(look.seen.snapshot)
    if call is None and look.standing.waiting_for in (Waiting.PERMISSION, Waiting.INPUT):
        return ()
    return (_suggested(look, call, load),)


def _suggested(look: Look, call: OpenCall | None, load: Load) -> Request:
    """Return what the newest call without an answer suggests; a dialog may ask for else."""
    kind = look.standing.waiting_for or Waiting.DIALOG
    body = load(call.item) if call is not None else None
    text = body.text if body is not None and not body.missing else (call.head if call else DIALOG)
    return Request(
        id=f"item {call.item}" if call else "dialog",
        tool=call.name if call else "",
        text=text,
        since=look.standing.since or look.seen.snapshot.last_at or 0.0,
        diff=body.diff if body is not None else (),
        kind=kind,
        answerable=False,
        source=Source.TRANSCRIPT,
        whole=body is not None and not body.missing,
    )
